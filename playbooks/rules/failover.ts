// Whether a virtual address moves when it should: keepalived's priorities and weights (B42). Asks no host.
import type { Finding } from 'tsplay'
import { error, warning } from './error.ts'

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
            ...warning(
              'failover-reach',
              `${name} never gets the address: when all before it fail, ${highest.name} still has ${highest.priority + weight}, which is not below its ${priority}`,
              `give it a priority above ${highest.priority + weight}`,
              variables.priority,
            ),
            host: name,
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
        ...warning(
          'failover-priority',
          `${hosts.find((each) => each.priority === priority)!.name} and ${name} have the same priority, ${priority}: which of them takes the address is left to chance`,
          'give each host a priority of its own',
          variables.priority,
        ),
        host: name,
      })),
    ...(highest && !second
      ? [
          {
            ...warning(
              'failover-alone',
              `${highest.name} alone bears the virtual address ${vip}: when it fails, nobody has it`,
              'give another host a priority, too',
              variables.priority,
            ),
            host: highest.name,
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
