// What yum says that could be upgraded, and an upgrade by a yum of the test's own.
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { newerIn, upgraded } from '../../playbooks/roles/base-packages/upgraded.ts'
import { runLocally } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'

const listed = `
bind-libs.x86_64             32:9.11.4-26.P2.el7_9.16     updates
a-name-that-is-too-long-for-its-column.noarch
                             1.0-2.el7                    updates
glibc.i686                   2.17-326.el7_9.3             updates
Obsoleting Packages
grub2.x86_64                 1:2.02-0.87.el7_9.14         updates
    grub2.x86_64             1:2.02-0.86.el7              @base
`

test('newer versions are read from what it lists, long names and what becomes obsolete besides', () => {
  expect(newerIn({ code: 100, stdout: listed })).toEqual([
    ['bind-libs', '32:9.11.4-26.P2.el7_9.16'],
    ['a-name-that-is-too-long-for-its-column', '1.0-2.el7'],
    ['glibc', '2.17-326.el7_9.3'],
  ])
  expect(newerIn({ code: 0, stdout: '' })).toEqual([])
  // nothing is cached yet: nobody knows
  expect(newerIn({ code: 1, stdout: 'Error: Cache-only enabled but no cache' })).toBeUndefined()
})

/** A yum that has something to upgrade until it has done so; `broken`: it cannot. */
function yum(broken = false) {
  const folder = folderHere()
  const done = path.join(folder, 'done')
  const upgrade = broken ? "echo 'Error: no space' >&2; exit 1" : `: > ${done}`
  const text = `#!/bin/sh
case "$*" in
*check-update) [ -e ${done} ] || { echo 'a.noarch 2-1 base'; exit 100; } ;;
*upgrade) ${upgrade} ;;
esac
`
  writeFileSync(path.join(folder, 'yum'), text, { mode: 0o755 })
  return { shell: ['env', `PATH=${folder}:${process.env.PATH}`, 'sh'], done: () => existsSync(done) }
}

test('a second upgrade finds nothing, and a check tells what there is and upgrades nothing', async () => {
  const { shell, done } = yum()
  const checked = await runLocally(upgraded({}), { shell, check: true })
  expect(checked.differences.map(({ before, after }) => [before, after])).toEqual([[[['a', '2-1']], []]])
  expect(done()).toBe(false)
  expect((await runLocally(upgraded({}), { shell })).output!.code).toBe(0)
  expect((await runLocally(upgraded({}), { shell })).differences).toEqual([])
})

test('what keeps it from upgrading is told', async () => {
  const { output } = await runLocally(upgraded({}), { shell: yum(true).shell })
  expect([output!.code, output!.stderr]).toEqual([1, 'Error: no space\n'])
})
