// Ports that a cluster's own programs listen on must not be given to a service (B28). Asks no host.
import type { Finding } from 'tsplay'

/** A port and what listens on it. */
export interface UsedPort {
  readonly port: number
  readonly by: string
}

/** Ports that every node has in use. */
export const componentPorts: readonly UsedPort[] = [
  { port: 2379, by: 'etcd' },
  { port: 2380, by: 'etcd, for its members' },
  { port: 10250, by: 'the kubelet' },
  { port: 10256, by: 'kube-proxy' },
  { port: 10257, by: 'the controller manager' },
  { port: 10259, by: 'the scheduler' },
]

/** Which of the ports lie in the range of node ports, `30000-32767`. */
export function nodePortFindings(range: string, variable: string, used: readonly UsedPort[]): Finding[] {
  const [, low, high] = /^(\d+)-(\d+)$/.exec(range)?.map(Number) ?? []
  if (low === undefined || high === undefined || low < 1 || high > 65_535 || low > high)
    return [
      {
        level: 'error',
        rule: 'node-ports',
        message: `'${range}' is no range of ports`,
        hint: "write it as '30000-32767'",
        variable,
      },
    ]
  return used
    .filter(({ port }) => port >= low && port <= high)
    .map(({ port, by }) => ({
      level: 'error',
      rule: 'node-ports',
      message: `the node ports ${range} hold ${port}, on which ${by} listens: a service may claim it`,
      hint: 'choose a range without it, such as 30000-32767',
      variable,
    }))
}

/** Two programs of one host that are to listen on the same port. */
export function sharedPortFindings(
  host: string,
  wanted: readonly { readonly port: number; readonly unit: string }[],
  variable: string,
): Finding[] {
  return wanted.flatMap(({ port, unit }, index) => {
    const before = wanted.slice(0, index).find((each) => each.port === port && each.unit !== unit)
    if (!before) return []
    return [
      {
        ...{ level: 'error', rule: 'shared-port', variable, host },
        message: `${before.unit} and ${unit} are both to listen on port ${port} of ${host}`,
        hint: 'give one of them another port, or a host of its own',
      },
    ]
  })
}
