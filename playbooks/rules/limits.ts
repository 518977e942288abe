// Limits of sessions that keep people from logging in, or that say two things. Asks no host.
import type { Finding } from 'tsplay'
import type { Limit } from '../roles/limits/index.ts'

/**
 * Soft limits above hard ones, which no session can be given, lines that overrule each other, and values that are none or that
 * no login survives.
 * @param nrOpen the kernel's own limit of open files, `fs.nr_open`. Default: what kernels come with
 */
export function limitFindings(limits: readonly Limit[], variable: string, nrOpen = 1_048_576): Finding[] {
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
    if (item !== 'chroot' && Number.isNaN(amount(value)))
      return [error(`'${value}' is no limit of ${item} for ${domain}`, "write a whole number, or 'unlimited'")]
    if (item === 'nofile' && amount(value) > nrOpen)
      return [
        error(
          `nofile of ${domain} is ${value}, and the kernel gives nobody more than ${nrOpen}: who is to have more cannot log in`,
          'choose a number, or raise fs.nr_open in `sysctl`',
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
