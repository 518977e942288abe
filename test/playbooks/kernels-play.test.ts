// The site's play of kernels: who is rebooted, when, and how many at a time. No host is asked.
import { expect, test } from 'vitest'
import type { Play } from '../../engine/play.ts'
import type { RoleCall, TaskItem } from '../../engine/task.ts'
import playbook from '../../playbooks/site.ts'

const { spec } = (playbook.plays as unknown as readonly Play[]).find(({ spec }) => spec.name === 'kernels')!

const facts = { os: { id: 'centos', family: 'redhat', majorVersion: '7' }, arch: 'x86_64' }
const rolesFor = (vars: object): string[] =>
  (spec.tasks({ vars, facts } as never) as readonly (TaskItem | false | undefined)[])
    .filter((item) => !!item)
    .map((item) => (item as RoleCall).name)

test('nothing is rebooted unless the inventory says so', () => {
  expect(rolesFor({ rebootWhenRequired: false })).toEqual([])
})

test('a kernel is upgraded where the inventory names one, and a reboot follows where it is asked for', () => {
  expect(rolesFor({ kernel: { minimum: '4.19', args: [] }, rebootWhenRequired: false })).toEqual(['kernel-upgrade'])
  expect(rolesFor({ rebootWhenRequired: true })).toEqual(['reboot'])
})

test('hosts go one after the other, and none behind one that does not come back', () => {
  expect(spec).toMatchObject({ hosts: ['masters', 'nodes'], serial: 1, maxFailPercentage: 0 })
})
