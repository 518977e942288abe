// The site's plays of kernels and reboots: who is rebooted, when, and how many at a time. No host is asked.
import { describe, expect, test } from 'vitest'
import type { Play } from '../../engine/play.ts'
import type { RoleCall, TaskItem } from '../../engine/task.ts'
import playbook from '../../playbooks/site.ts'

const specOf = (play: string) =>
  (playbook.plays as unknown as readonly Play[]).find(({ spec }) => spec.name === play)!.spec

const facts = { os: { id: 'centos', family: 'redhat', majorVersion: '7' }, arch: 'x86_64' }
const rolesFor = (play: string, vars: object): string[] =>
  (specOf(play).tasks({ vars, facts } as never) as readonly (TaskItem | false | undefined)[])
    .filter((item) => !!item)
    .map((item) => (item as RoleCall).name)

test('nothing is rebooted unless the inventory says so', () => {
  for (const play of ['kernels', 'reboots']) expect(rolesFor(play, { rebootWhenRequired: false })).toEqual([])
})

test('a kernel is upgraded where the inventory names one, and hosts that ask for it are rebooted behind all that may', () => {
  const kernel = { minimum: '4.19', args: [], also: [], replaces: [] }
  expect(rolesFor('kernels', { kernel })).toEqual(['kernel-upgrade'])
  expect(rolesFor('reboots', { rebootWhenRequired: true })).toEqual(['reboot'])
})

describe.each(['kernels', 'reboots'])('play %s', (play) => {
  test('takes hosts one after the other, and none behind one that does not come back', () => {
    expect(specOf(play)).toMatchObject({ hosts: ['masters', 'nodes'], serial: 1, maxFailPercentage: 0, requireAllHosts: true })
  })
})
