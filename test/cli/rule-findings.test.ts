// Rules over many hosts: what each is called for, and that every host is named that something was found for.
import { expect, test } from 'vitest'
import { ruleFindings } from '../../engine/cli/lint/rule-findings.ts'
import { site, z } from '../../engine/index.ts'
import type { LintRule } from '../../engine/lint.ts'
import { opened } from '../inventory/opened.ts'

const world = site({ vars: z.object({ low: z.number().default(1) }), groups: { web: z.object({}) } })

const inventory = () =>
  opened(
    { 'hosts.yml': 'web: { hosts: { a: {}, b: {}, c: { low: 2 }, d: { low: 2 }, e: {} } }\n' },
    { site: world as never },
  )

test('one that does not look at the host is called once for hosts in a row that have the same variables', async () => {
  const seen: number[] = []
  const rule: LintRule<typeof world> = ({ vars: { low }, hosts }) => {
    seen.push(low)
    return [{ level: 'warning', rule: 'r', message: `${hosts.length} hosts, low is ${low}` }]
  }
  const found = ruleFindings({ rules: [rule] as never }, await inventory())
  expect(seen).toEqual([1, 2, 1])
  expect(found.map(({ message, hosts }) => [message, hosts])).toEqual([
    ['5 hosts, low is 1', ['a', 'b', 'e']],
    ['5 hosts, low is 2', ['c', 'd']],
  ])
})

test('one that looks at the host is called for each', async () => {
  const rule: LintRule<typeof world> = ({ host }) => [
    host.name !== 'b' && { level: 'warning', rule: 'r', message: host.name < 'c' ? 'early' : 'late' },
  ]
  const found = ruleFindings({ rules: [rule] as never }, await inventory())
  expect(found.map(({ message, hosts }) => [message, hosts])).toEqual([
    ['early', ['a']],
    ['late', ['c', 'd', 'e']],
  ])
})
