// Findings as lines for people and for programs. Decides nothing.
import { formatPlace } from '../../error.ts'
import { harmless } from '../../report/harmless.ts'
import type { Found } from './rule-findings.ts'

/** `error [cidr-overlap] …`, then where, for which hosts and what to do, each on a line of its own. */
export const findingLines = ({ level, rule, message, place, variable, hosts, hint }: Found, all: number): string[] =>
  [
    `${level} [${rule}] ${message}`,
    place && `  at ${formatPlace(place)}${variable === undefined ? '' : ` (${variable})`}`,
    !place && variable !== undefined && `  of ${variable}, which the inventory leaves at its default`,
    hosts.length > 0 && hosts.length < all && `  hosts: ${hosts.join(', ')}`,
    hint && `  hint: ${hint}`,
  ]
    .filter((line) => typeof line === 'string')
    .map(harmless)

/** One finding as an event. */
export const findingEvent = (
  playbook: string,
  { level, rule, message, place, variable, hosts, hint }: Found,
): object => ({
  type: 'finding',
  ...{ playbook, level, rule, message },
  ...(place && { place }),
  ...(variable !== undefined && { variable }),
  hosts,
  ...(hint && { hint }),
})

/** `2 errors, 1 warning`. */
export function countOf(found: readonly Pick<Found, 'level'>[]): string {
  const errors = found.filter(({ level }) => level === 'error').length
  const warnings = found.length - errors
  const several = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
  return [errors > 0 && several(errors, 'error'), warnings > 0 && several(warnings, 'warning')]
    .filter(Boolean)
    .join(', ')
}
