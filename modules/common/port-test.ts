// Shell that tells how a TCP port is, with whatever the host has for it.
import { type Script, sh } from '../../engine/script.ts'
import { type ConnectionState, connectionStates, procAddresses } from './connections.ts'
import type { HostPattern } from './host-pattern.ts'

/**
 * Defines `_port_open`: 0 the port takes connections, 1 it does not, 3 the host has no means to tell. What listens on the
 * host's own loopback is read from the kernel; elsewhere a connection is tried, of at most `seconds`.
 */
export const portOpen = (host: string, port: number, seconds = 5): Script =>
  ['127.0.0.1', 'localhost', '::1'].includes(host)
    ? sh`_port_open() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | {
    while read -r _n _local _remote _state _rest; do
      if [ "$_state" = 0A ]; then case $_local in ${sh.raw(listeners(host, port).join(' | '))}) exit 0 ;; esac; fi
    done
    exit 1
  }
}`
    : sh`_port_open() {
  if command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1; then
    timeout ${seconds} bash -c 'exec 3<>"/dev/tcp/$0/$1"' ${host} ${port} 2>/dev/null || return 1
  elif command -v curl >/dev/null 2>&1; then
    [ "$(curl -s -o /dev/null --connect-timeout ${seconds} --max-time ${seconds} -w '%{time_connect}' ${`telnet://${bracketed(host)}:${port}`} </dev/null | tr -d '0.,')" ]
  elif command -v socat >/dev/null 2>&1; then
    socat -T 1 /dev/null ${`TCP:${bracketed(host)}:${port},connect-timeout=${seconds}`} 2>/dev/null || return 1
  elif command -v nc >/dev/null 2>&1; then
    nc -w ${Math.ceil(seconds)} ${host} ${port} </dev/null >/dev/null 2>&1 || return 1
  else
    echo 'the host has none of bash, curl, socat and nc to try a connection with' >&2
    return 3
  fi
}`

/**
 * Defines `_port_says`: 0 what the port says within `seconds` of a connection holds the pattern, 1 it does not, 3 the host
 * has no means to tell.
 */
export function portSays(host: string, port: number, pattern: HostPattern, seconds = 5): Script {
  const grep = grepOf(pattern)
  // bash looks as it reads, and need not wait for the other side to end
  return sh`_port_says() {
  command -v timeout >/dev/null 2>&1 || { echo 'the host has no timeout, which ends a connection that goes on' >&2; return 3; }
  if command -v bash >/dev/null 2>&1; then
    timeout ${seconds} bash -c 'exec 3<>"/dev/tcp/$0/$1" || exit 1
said=
while :; do
  IFS= read -r -d "" -t 0.2 -N 4096 part <&3; ended=$?; said=$said$part
  if printf "%s\n" "$said" | grep "\${@:2}"; then exit 0; fi
  [ $ended -gt 128 ] || [ $ended -eq 0 ] || exit 1
done' ${host} ${port} ${grep} 2>/dev/null || return 1
  elif command -v socat >/dev/null 2>&1; then
    timeout ${seconds} socat -u ${`TCP:${bracketed(host)}:${port},connect-timeout=${seconds}`} - 2>/dev/null | grep ${grep} || return 1
  elif command -v nc >/dev/null 2>&1; then
    { sleep ${seconds} | timeout ${seconds} nc ${host} ${port} 2>/dev/null; } | grep ${grep} || return 1
  else
    echo 'the host has none of bash, socat and nc to listen to a port with' >&2
    return 3
  fi
}`
}

/** Arguments of the grep that tells by its exit code whether the pattern is there. */
export const grepOf = ({ extended, ignoreCase }: HostPattern): readonly string[] => [
  '-q',
  ...(ignoreCase ? ['-i'] : []),
  '-E',
  '-e',
  extended,
]

/** Defines `_port_drained`: 0 no connection is left at the port, in one of these states and to others than `excluded`. */
export function portDrained(options: {
  readonly address: string | undefined
  readonly port: number
  readonly states: readonly ConnectionState[]
  readonly excluded: readonly string[]
}): Script {
  const { address, port, states, excluded } = options
  const hex = portHex(port)
  const local = address === undefined ? [`*:${hex}`] : procAddresses(address).map((each) => `${each}:${hex}`)
  const others = excluded.flatMap(procAddresses).map((each) => `${each}:*`)
  const skip = others.length > 0 ? sh`case $_remote in ${sh.raw(others.join(' | '))}) continue ;; esac` : sh.empty
  return sh`_port_drained() {
  [ -r /proc/net/tcp ] || { echo 'the host has no /proc/net/tcp to count connections in' >&2; return 3; }
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | {
    while read -r _n _local _remote _state _rest; do
      case $_state in ${sh.raw(states.map((state) => connectionStates[state]).join(' | '))}) ;; *) continue ;; esac
      case $_local in ${sh.raw(local.join(' | '))}) ;; *) continue ;; esac
      ${skip}
      exit 1
    done
    exit 0
  }
}`
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** How /proc/net/tcp and tcp6 write the addresses that a connection to the loopback reaches. */
function listeners(host: string, port: number): string[] {
  const v6 = ['::', '::1'].flatMap(procAddresses)
  const v4 = ['0.0.0.0', '127.0.0.1'].flatMap(procAddresses)
  const addresses = host === '::1' ? v6 : [...v4, ...procAddresses('::'), ...(host === 'localhost' ? v6 : [])]
  return [...new Set(addresses)].map((address) => `${address}:${portHex(port)}`)
}

const portHex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')
