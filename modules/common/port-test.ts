// Shell that tells whether a TCP port takes connections, with whatever the host has for it.
import { type Script, sh } from '../../engine/script.ts'

/**
 * Defines `_port_open`: 0 the port takes connections, 1 it does not, 3 the host has no means to tell. What listens on the
 * host's own loopback is read from the kernel; elsewhere a connection is tried, of at most five seconds.
 */
export const portOpen = (host: string, port: number): Script =>
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
    timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' ${host} ${port} 2>/dev/null || return 1
  elif command -v curl >/dev/null 2>&1; then
    [ "$(curl -s -o /dev/null --connect-timeout 5 --max-time 5 -w '%{time_connect}' ${`telnet://${host.includes(':') ? `[${host}]` : host}:${port}`} </dev/null | tr -d '0.,')" ]
  elif command -v socat >/dev/null 2>&1; then
    socat -T 1 /dev/null ${`TCP:${host.includes(':') ? `[${host}]` : host}:${port},connect-timeout=5`} 2>/dev/null || return 1
  elif command -v nc >/dev/null 2>&1; then
    nc -w 5 ${host} ${port} </dev/null >/dev/null 2>&1 || return 1
  else
    echo 'the host has none of bash, curl, socat and nc to try a connection with' >&2
    return 3
  fi
}`

/** How /proc/net/tcp and tcp6 write the addresses that a connection to the loopback reaches, on machines of either byte order. */
function listeners(host: string, port: number): string[] {
  const v6 = host === '::1'
  const zero = '00000000'
  const addresses = v6
    ? [zero.repeat(4), `${zero.repeat(3)}01000000`, `${zero.repeat(3)}00000001`]
    : [
        zero,
        '0100007F',
        '7F000001',
        zero.repeat(4),
        `${zero.repeat(2)}FFFF00000100007F`,
        `${zero.repeat(2)}0000FFFF7F000001`,
        ...(host === 'localhost' ? [`${zero.repeat(3)}01000000`, `${zero.repeat(3)}00000001`] : []),
      ]
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return addresses.map((address) => `${address}:${hex}`)
}
