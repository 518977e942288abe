// Where hosts must be: the network that they share, and the router of it. Asks no host.
import type { Finding } from 'tsplay'
import { type Cidr, contains, formatCidr, isAligned, isSameAddress, networksIn, overlap, parseCidr } from '../cidr.ts'

interface Machine {
  readonly name: string
  readonly address: string
}

/** The network that hosts share: what it holds, and what must be apart from it. */
export function hostNetworkFindings(
  hosts: readonly Machine[],
  network: string,
  inside: readonly { readonly value: string; readonly variable: string; readonly what: string }[],
): Finding[] {
  const net = parseCidr(network)
  const error = (rule: string, message: string, hint: string, variable = 'network.hosts'): Finding => ({
    ...{ level: 'error', rule, message, hint, variable },
  })
  if (!net) return [error('cidr', `the network of the hosts, '${network}', is no network`, 'write it as 172.31.0.0/21')]
  const outside = hosts.filter(({ address }) => {
    const own = parseCidr(address)
    return own !== undefined && !contains(net, own)
  })
  return [
    ...(isAligned(net)
      ? []
      : [
          error(
            'cidr-host-bits',
            `the network of the hosts, ${network}, has host bits set: it is ${formatCidr(net)}`,
            `write ${formatCidr(net)} if that is meant`,
          ),
        ]),
    ...outside.map(
      ({ name, address }): Finding => ({
        ...{ level: 'error', rule: 'host-network', host: name },
        message: `${name} has the address ${address}, which is not in the hosts' network ${network}`,
        hint: 'is the address right, or `network.hosts`?',
      }),
    ),
    ...inside.flatMap(({ value, variable, what }) => {
      if (!networksIn(value).some((each) => isOverlapped(net, each))) return []
      return [
        error(
          'cidr-overlap',
          `the network of the ${what}, ${value}, overlaps that of the hosts, ${network}`,
          'hosts would be taken for pods or services: choose networks that are apart',
          variable,
        ),
      ]
    }),
  ]
}

function isOverlapped(net: Cidr, text: string): boolean {
  const other = parseCidr(text)
  return other !== undefined && overlap(net, other)
}

/** What a host's own file says of its network, and what the inventory says of it. */
export function prefixFindings(prefix: number, network: string, variable: string): Finding[] {
  const net = parseCidr(network)
  if (!net || net.prefix === prefix) return []
  return [
    {
      ...{ level: 'error', rule: 'host-prefix', variable },
      message: `hosts are given a network of ${prefix} bits, and theirs, ${network}, has ${net.prefix}`,
      hint: `with a prefix of ${net.prefix} they reach all of it, and nothing else, without their router`,
    },
  ]
}

/** A router that hosts cannot reach, or that is one of them, or the virtual address that they share. */
export function gatewayFindings(
  gateway: string,
  {
    hosts,
    network,
    vip,
  }: { readonly hosts: readonly Machine[]; readonly network: string | undefined; readonly vip?: string | undefined },
  variable: string,
): Finding[] {
  const [address, net] = [parseCidr(gateway), network === undefined ? undefined : parseCidr(network)]
  const error = (message: string, hint: string): Finding => ({
    ...{ level: 'error', rule: 'host-gateway', message, hint, variable },
  })
  const shared = vip === undefined ? [] : [{ name: 'the virtual address of the API', address: vip }]
  const host = [...hosts, ...shared].find((each) => isSameAddress(each.address, gateway))
  return [
    ...(host
      ? [error(`the router of the hosts, ${gateway}, is ${host.name}`, 'is one of the two addresses wrong?')]
      : []),
    ...(address && net && !contains(net, address)
      ? [
          error(
            `the router of the hosts, ${gateway}, is not in their network ${network}: they would not reach it`,
            'name its address in that network',
          ),
        ]
      : []),
  ]
}
