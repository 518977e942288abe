// Hosts that are rebooted together: whether etcd keeps its majority meanwhile. Asks no host.
import { batches, type Finding, type Serials } from 'tsplay'
import { warning } from './error.ts'

/** Who is rebooted: masters first, and the others behind them. */
export interface Reboots {
  readonly masters: number
  /** All that may be rebooted. */
  readonly hosts: number
  /** How many at a time, as a number or as a share of all; the last of a list repeats. */
  readonly serial: Serials
}

/** More masters at a time than etcd can do without. Fewer than one at a time cannot be had, however few there are. */
export function rebootFindings({ masters, hosts, serial }: Reboots, variable: string): Finding[] {
  const needed = Math.floor(masters / 2) + 1
  const isMaster = Array.from({ length: hosts }, (_, index) => index < masters)
  const together = Math.max(0, ...batches(isMaster, serial).map((batch) => batch.filter(Boolean).length))
  if (together < 2 || masters - together >= needed) return []
  return [
    warning(
      'reboot-quorum',
      `${together} of ${masters} masters are rebooted at a time, and etcd needs ${needed} of them`,
      `before there is a cluster that saves time; then let masters go one by one: [${'1, '.repeat(masters)}5]`,
      variable,
    ),
  ]
}
