// Whether a virtual address moves when it should: keepalived's priorities, weights and the address itself (B42). Asks no host.
import type { Finding } from 'tsplay'
import { contains, isSameAddress, networksIn, parseCidr } from '../cidr.ts'
import { error } from './error.ts'

/** How hosts share a virtual address. */
export interface Failover {
  readonly vip: string
  /** What a failing check takes off a host's priority: a negative number. */
  readonly weight: number
  readonly hosts: readonly { readonly name: string; readonly priority: number }[]
  /** Variables that say so, for where to look. */
  readonly variables: { readonly weight: string; readonly priority: string }
}

/** Every reason for which the address would stay where it should not, or be nobody's. */
export function failoverFindings({ vip, weight, hosts, variables }: Failover): Finding[] {
  const [highest, ...others] = hosts.toSorted((a, b) => b.priority - a.priority)
  const second = others[0]
  const gap = highest && second ? highest.priority - second.priority : 0
  const stays = weight < 0 && -weight <= gap
  return [
    ...(second && stays
      ? [
          error(
            'failover-weight',
            `a failing check takes ${-weight} off ${highest!.name}'s priority of ${highest!.priority}, and it still is not below ${second.name}'s ${second.priority}: the address stays with the host that fails`,
            `choose a weight below -${gap}, or priorities closer together`,
            variables.weight,
          ),
        ]
      : []),
    ...(highest && weight < 0 && !stays
      ? others
          .filter(({ priority }) => -weight <= highest.priority - priority)
          .map(({ name, priority }) => ({
            ...error(
              'failover-reach',
              `${name} never gets the address: when all before it fail, ${highest.name} still has ${highest.priority + weight}, which is not below its ${priority}`,
              `give it a priority above ${highest.priority + weight}`,
              variables.priority,
            ),
            ...{ level: 'warning' as const, host: name },
          }))
      : []),
    ...(weight >= 0
      ? [
          error(
            'failover-weight',
            `a weight of ${weight} takes nothing off a failing host's priority`,
            `choose a negative one, below -${gap}`,
            variables.weight,
          ),
        ]
      : []),
    ...hosts
      .filter(({ priority }, index) => hosts.findIndex((each) => each.priority === priority) !== index)
      .map(({ name, priority }) => ({
        ...error(
          'failover-priority',
          `${hosts.find((each) => each.priority === priority)!.name} and ${name} have the same priority, ${priority}: which of them takes the address is left to chance`,
          'give each host a priority of its own',
          variables.priority,
        ),
        ...{ level: 'warning' as const, host: name },
      })),
    ...(highest && !second
      ? [
          {
            ...error(
              'failover-alone',
              `${highest.name} alone bears the virtual address ${vip}: when it fails, nobody has it`,
              'give another host a priority, too',
              variables.priority,
            ),
            ...{ level: 'warning' as const, host: highest.name },
          },
        ]
      : []),
  ]
}

/** Hosts that would have the address, and nothing that answers there. */
export const deafBearerFindings = (
  bearers: readonly { readonly name: string; readonly ports: readonly number[] }[],
  port: number,
  variable: string,
): Finding[] =>
  bearers
    .filter(({ ports }) => !ports.includes(port))
    .map(({ name }) => ({
      ...error(
        'failover-port',
        `${name} may bear the virtual address, and nothing of the API listens on its port ${port}`,
        'put it into the group of the load balancers, or take its priority away',
        variable,
      ),
      host: name,
    }))

/** A virtual address that is a host's own. */
export const ownedAddressFindings = (
  vip: string,
  hosts: readonly { readonly name: string; readonly address: string }[],
  variable: string,
): Finding[] =>
  hosts
    .filter(({ address }) => isSameAddress(address, vip))
    .slice(0, 1)
    .map(({ name }) =>
      error(
        'vip-host',
        `the virtual address ${vip} is the address of ${name}`,
        'it needs an address that no host has',
        variable,
      ),
    )

/** A virtual address that is in no network of the hosts, or that no host can have there. One of the other family is not judged. */
export function outsideFindings(vip: string, network: string, variable: string): Finding[] {
  const [address, net] = [parseCidr(vip), parseCidr(network)]
  if (!address || !net || address.family !== net.family) return []
  const problem = (what: string): Finding[] => [
    error('vip-network', `the virtual address ${vip} ${what}`, 'choose a free address of that network', variable),
  ]
  if (!contains(net, address)) return problem(`is not in the hosts' network ${network}: nobody would find it`)
  if (net.family === 6 || net.prefix > 30) return []
  if (address.first === net.first) return problem(`is that of the hosts' network ${network} itself`)
  return address.last === net.last ? problem(`reaches all hosts of their network ${network}`) : []
}

/** A virtual address that would be taken for that of a pod or a service. */
export const innerFindings = (
  vip: string,
  networks: readonly { readonly what: string; readonly value: string }[],
  variable: string,
): Finding[] =>
  networks
    .flatMap(({ what, value }) => networksIn(value).map((each) => ({ what, value: each })))
    .filter(({ value }) => isInside(value, vip))
    .map(({ what, value }) =>
      error(
        'vip-network',
        `the virtual address ${vip} is in the network of the ${what}, ${value}`,
        'choose a free address of the network that the hosts are in',
        variable,
      ),
    )

function isInside(network: string, address: string): boolean {
  const [net, one] = [parseCidr(network), parseCidr(address)]
  return net !== undefined && one !== undefined && contains(net, one)
}
