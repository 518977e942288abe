// Whether login shells find folders: with a shell of the test's own, whose profile is what the test says.
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { loginPath } from '../../playbooks/roles/path-env/login-path.ts'
import { runLocally } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'

/** A bash whose profile is this shell text, and whether it was ever opened. */
function bash(profile: string) {
  const folder = folderHere()
  const text = `#!/bin/sh\n: > ${folder}/opened\n[ "$1" = -lc ] || exit 1\n${profile}\neval "$2"\n`
  writeFileSync(path.join(folder, 'bash'), text, { mode: 0o755 })
  return {
    shell: ['env', `PATH=${folder}:${process.env.PATH}`, 'sh'],
    opened: () => readdirSync(folder).includes('opened'),
  }
}
const action = loginPath({ dirs: ['/opt/k8s/bin', '/opt/etcd/bin'] })
const control = (check: boolean) => ({ control: { check } })

test.each([
  ['PATH=$PATH:/opt/etcd/bin:/opt/k8s/bin'],
  ['echo welcome; printf "no newline"; export PATH=/opt/k8s/bin:/opt/etcd/bin:$PATH'],
  ['echo path=/nowhere; PATH=/opt/k8s/bin:/opt/etcd/bin; cat'],
])('a profile that has them is right, whatever it prints or asks: %s', async (profile) => {
  const { shell } = bash(profile)
  expect((await runLocally(action, { shell, ...control(false) })).differences).toEqual([])
})

test.each([
  ['', '/opt/k8s/bin, /opt/etcd/bin'],
  ['PATH=$PATH:/opt/k8s/bin', '/opt/etcd/bin'],
  ['PATH=$PATH:/opt/k8s/binary:/opt/etcd/bin', '/opt/k8s/bin'],
  ['exit 3', '/opt/k8s/bin, /opt/etcd/bin'],
])('one that has not is a failure that names them and says how to mend it (B08): %j', async (profile, missing) => {
  const { shell } = bash(profile)
  const { output } = await runLocally(action, { shell, ...control(false) })
  expect(output!.code).toBe(1)
  expect(output!.stderr).toContain(`a login shell does not find ${missing}: /etc/profile does not read`)
  expect(output!.stderr).toMatch(/bring back the one of the distribution: (cp \/usr\/share|rm \/etc\/profile && yum)/)
})

test("the PATH of whoever runs it is not the shell's", async () => {
  const { shell } = bash('')
  const own = [shell[0]!, `${shell[1]}:/opt/k8s/bin:/opt/etcd/bin`, 'sh']
  expect((await runLocally(action, { shell: own, ...control(false) })).differences).toHaveLength(1)
})

test('a check opens no shell, and nothing is ever called changed', async () => {
  const { shell, opened } = bash('')
  expect((await runLocally(action, { shell, ...control(true) })).differences).toEqual([])
  expect(opened()).toBe(false)
  expect([action.module.waits, action.module.touches!({ dirs: [], check: false })]).toEqual([true, []])
})
