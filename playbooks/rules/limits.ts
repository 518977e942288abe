// Limits of sessions that keep people from logging in, or that say two things. Asks no host.
import type { Finding } from 'tsplay'
import type { Limit } from '../roles/limits/index.ts'

/** Soft limits above hard ones, which no session can be given, and lines that overrule each other. */
export function limitFindings(limits: readonly Limit[], variable: string): Finding[] {
  const lines = limits.flatMap((limit) =>
    (limit.type === '-' ? (['soft', 'hard'] as const) : [limit.type]).map((type) => ({ ...limit, type })),
  )
  const same = (a: Limit, b: Limit): boolean => a.domain === b.domain && a.item === b.item
  const error = (message: string, hint: string): Finding => ({
    ...{ level: 'error', rule: 'limits', message, hint, variable },
  })
  return lines.flatMap((limit, index) => {
    const { domain, type, item, value } = limit
    const other = lines.slice(0, index).find((each) => same(each, limit) && each.type === type && each.value !== value)
    if (other)
      return [
        error(
          `${item} of ${domain} is ${other.value} and ${value} (${type})`,
          'the later one holds: leave one of them',
        ),
      ]
    const hard = type === 'soft' && lines.find((each) => same(each, limit) && each.type === 'hard')
    return hard && amount(value) > amount(hard.value)
      ? [
          error(
            `the soft limit of ${item} of ${domain}, ${value}, is above the hard one, ${hard.value}`,
            'no session can be given that: raise the hard one',
          ),
        ]
      : []
  })
}

const amount = (value: string): number =>
  /^(?:unlimited|infinity|-1)$/.test(value) ? Number.POSITIVE_INFINITY : Number(value)
