// A host's network interfaces with their addresses: from /sys and /proc, and from ip where the host has it.
import { compressedIPv6 } from '../compressed-ipv6.ts'
import { map, type Probe, script } from '../probe.ts'
import { sh } from '../script.ts'
import { networkOf, prefixOf, readRoutes, routesScript } from './routes.ts'

/** A network interface. */
export interface InterfaceFacts {
  /** Hardware address; empty where it has none. */
  readonly mac: string
  readonly mtu: number
  /** Whether it is set up and not without a link. */
  readonly up: boolean
  readonly ipv4: readonly { readonly address: string; readonly prefix: number }[]
  readonly ipv6: readonly {
    readonly address: string
    readonly prefix: number
    readonly scope: 'global' | 'link' | 'site' | 'host'
  }[]
}

/** Interfaces by name. */
export type Interfaces = Readonly<Record<string, InterfaceFacts>>

/** Every address of a host but those of the loopback interface, in the order of the interfaces. */
export interface Addresses {
  readonly ipv4: readonly string[]
  readonly ipv6: readonly string[]
}

export const interfacesProbe = (root = ''): Probe<Interfaces> =>
  map(
    script(
      sh`for _d in ${`${root}/sys/class/net`}/*; do
  [ -d "$_d" ] || continue
  _m=0; _g=0; _o=unknown; _a=
  read -r _m < "$_d/mtu"; read -r _g < "$_d/flags"; read -r _o < "$_d/operstate"; read -r _a < "$_d/address"
  printf 'link %s %s %s %s %s\n' "\${_d##*/}" "$_m" "$_g" "$_o" "$_a"
done 2>/dev/null
if command -v ip >/dev/null 2>&1; then ip -o -4 addr show 2>/dev/null | sed 's/^/inet /'; else
${routesScript(root)}
fi
sed 's/^/inet6 /' ${`${root}/proc/net/if_inet6`} 2>/dev/null; :`,
      { reads: ['network', 'facts'] },
    ),
    ({ stdout }) => readInterfaces(stdout.split('\n')),
  )

export function addressesOf(interfaces: Interfaces): Addresses {
  const outside = Object.entries(interfaces)
    .filter(([name]) => name !== 'lo')
    .map(([, each]) => each)
  return {
    ipv4: outside.flatMap(({ ipv4 }) => ipv4.map(({ address }) => address)),
    ipv6: outside.flatMap(({ ipv6 }) => ipv6.map(({ address }) => address)),
  }
}

type Building = { -readonly [Key in keyof InterfaceFacts]: InterfaceFacts[Key] }

function readInterfaces(lines: readonly string[]): Interfaces {
  const found = new Map<string, Building>()
  const named = (name: string): Building => {
    const known = found.get(name) ?? { mac: '', mtu: 0, up: true, ipv4: [], ipv6: [] }
    found.set(name, known)
    return known
  }
  const { routes, addresses } = readRoutes(lines)
  for (const line of lines) {
    const [kind, ...fields] = line.trim().split(/\s+/)
    if (kind === 'link') {
      const [name, mtu, flags, state, mac = ''] = fields
      // 0x1 is IFF_UP; the state of interfaces that have no link is `unknown`
      const up = (Number(flags) & 1) === 1 && state !== 'down' && state !== 'lowerlayerdown'
      Object.assign(named(name!), { mac: /^(00:)*00$/.test(mac) ? '' : mac, mtu: Number(mtu), up })
    } else if (kind === 'inet') {
      const [, name, address, prefix] = /^inet \d+: (\S+)\s+inet ([\d.]+)(?: peer [\d.]+)?(?:\/(\d+))?/.exec(line) ?? []
      if (address) add(named(name!), 'ipv4', { address, prefix: Number(prefix ?? 32) })
    } else if (kind === 'inet6' && fields.length === 6) {
      const [digits, , prefix, scope, , name] = fields
      add(named(name!), 'ipv6', {
        address: canonical(digits!),
        prefix: Number.parseInt(prefix!, 16),
        scope: scopes[scope!] ?? 'global',
      })
    }
  }
  for (const address of addresses) {
    const network = networkOf(address, routes)
    if (network) add(named(network.interface), 'ipv4', { address, prefix: prefixOf(network.mask) })
    else if (address.startsWith('127.')) add(named('lo'), 'ipv4', { address, prefix: 8 })
  }
  return Object.fromEntries(found)
}

const add = <Key extends 'ipv4' | 'ipv6'>(to: Building, key: Key, entry: Building[Key][number]): void => {
  to[key] = [...to[key], entry] as unknown as Building[Key]
}

const scopes: Readonly<Record<string, InterfaceFacts['ipv6'][number]['scope']>> = {
  '00': 'global',
  '10': 'host',
  '20': 'link',
  '40': 'site',
}

/** 32 hexadecimal digits as an address in its short form. */
const canonical = (digits: string): string => compressedIPv6(digits.match(/.{4}/g)!.join(':'))
