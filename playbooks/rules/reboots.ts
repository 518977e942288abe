// Hosts that are rebooted together: whether etcd keeps its majority meanwhile. Asks no host.
import type { Finding } from 'tsplay'

/** Who is rebooted: masters first, and the others behind them. */
export interface Reboots {
  readonly masters: number
  /** All that may be rebooted. */
  readonly hosts: number
  /** How many at a time, as a number or as a share of all; the last of a list repeats. */
  readonly serial: Count | readonly Count[]
}

type Count = number | `${number}%`

/** More masters at a time than etcd can do without. Fewer than one at a time cannot be had, however few there are. */
export function rebootFindings({ masters, hosts, serial }: Reboots, variable: string): Finding[] {
  const needed = Math.floor(masters / 2) + 1
  const together = Math.max(0, ...batches([serial].flat(), hosts, masters))
  if (together < 2 || masters - together >= needed) return []
  return [
    {
      ...{ level: 'warning', rule: 'reboot-quorum', variable },
      message: `${together} of ${masters} masters are rebooted at a time, and etcd needs ${needed} of them`,
      hint: `before there is a cluster that saves time; then let masters go one by one: [${'1, '.repeat(masters)}5]`,
    },
  ]
}

/** How many masters are in each batch that has some. */
function batches(sizes: readonly Count[], hosts: number, masters: number): number[] {
  const result: number[] = []
  for (let start = 0; start < masters; ) {
    const size = sizes[Math.min(result.length, sizes.length - 1)]!
    const count = typeof size === 'number' ? size : Math.max(1, Math.floor((hosts * Number.parseInt(size, 10)) / 100))
    result.push(Math.min(count, masters - start))
    start += count
  }
  return result
}
