// The site's plays of kernels and reboots: who is rebooted, when, and how many at a time. No host is asked.
import { describe, expect, test } from 'vitest'
import type { Play } from '../../engine/play.ts'
import type { RoleCall, TaskItem } from '../../engine/task.ts'
import { cluster } from '../../playbooks/cluster.ts'
import playbook from '../../playbooks/site.ts'

const specOf = (play: string) =>
  (playbook.plays as unknown as readonly Play[]).find(({ spec }) => spec.name === play)!.spec

const facts = { os: { id: 'centos', family: 'redhat', majorVersion: '7' }, arch: 'x86_64' }
const rolesFor = (play: string, vars: object): string[] =>
  (specOf(play).tasks({ vars, facts } as never) as readonly (TaskItem | false | undefined)[])
    .filter((item) => !!item)
    .map((item) => (item as RoleCall).name)

/** What the inventory says of batches, as the schemas let it through. */
function sizesOf(play: string, vars: object): unknown {
  const { serial } = specOf(play)
  if (typeof serial !== 'function') throw new Error(`the batches of '${play}' do not hang on the inventory`)
  return serial({ vars: cluster.vars.parse({ api: { name: 'x' }, ...vars }) } as never)
}

test.each([[0], [-1], [1.5], ['0%'], ['101%'], ['2'], ['all'], [[]], [[1, '0%']]])(
  '%j is no number of hosts to be rebooted',
  (rebootSerial) => {
    expect(() => sizesOf('reboots', { rebootSerial })).toThrow(/rebootSerial/)
    expect(() => sizesOf('reboots', { rebootSerial: 'all' })).toThrow(
      /a number of hosts, a share of them such as '20%'/,
    )
  },
)

test('nothing is rebooted unless the inventory says so', () => {
  for (const play of ['kernels', 'reboots']) expect(rolesFor(play, { rebootWhenRequired: false })).toEqual([])
})

test('a kernel is upgraded where the inventory names one, and hosts that ask for it are rebooted behind all that may', () => {
  const kernel = { minimum: '4.19', args: [], also: [], replaces: [] }
  expect(rolesFor('kernels', { kernel })).toEqual(['kernel-upgrade'])
  expect(rolesFor('reboots', { rebootWhenRequired: true })).toEqual(['reboot'])
})

describe.each([
  ['kernels', ['masters', 'nodes']],
  // whoever runs containers may have been told to account for swap, from the next boot on
  ['reboots', ['masters', 'nodes', 'harbor']],
])('play %s', (play, hosts) => {
  test('takes hosts one after the other, and none behind one that does not come back', () => {
    expect(specOf(play)).toMatchObject({ hosts, maxFailPercentage: 0, requireAllHosts: true })
    expect(sizesOf(play, {})).toBe(1)
  })

  test.each([[5], ['20%'], [[1, 1, 1, 5, '20%']]])(
    'takes %j hosts at a time where the inventory says so',
    (rebootSerial) => {
      expect(sizesOf(play, { rebootSerial })).toEqual(rebootSerial)
    },
  )
})
