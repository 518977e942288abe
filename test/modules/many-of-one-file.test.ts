// Many entries of one file are one change of it: hosts, keys, jobs and limits in a row.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Action } from '../../engine/module.ts'
import { task } from '../../engine/task.ts'
import { authorizedKey, cron, knownHosts, pamLimits } from '../../modules/index.ts'
import { folderOf, here } from '../support/run-here.ts'

const isRoot = process.getuid?.() === 0
const key = (index: number) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${String.fromCharCode(97 + index).repeat(43)}`
const numbers = Array.from({ length: 20 }, (_none, index) => index)

it.skipIf(!isRoot).each<[string, (path: string, index: number) => Action]>([
  ['knownHosts', (path, index) => knownHosts({ path, name: `h${index}`, key: key(index) })],
  ['authorizedKey', (path, index) => authorizedKey({ path, user: 'root', key: key(index) })],
  ['cron', (cronFile, index) => cron({ cronFile, user: 'root', name: `job ${index}`, job: 'true' })],
  ['pamLimits', (dest, index) => pamLimits({ dest, domain: `u${index}`, type: 'soft', item: 'nofile', value: index })],
])('twenty tasks of %s on one file cost no more than one; skipped without root', async (_name, action) => {
  const site = here()
  const list = (folder: string) => numbers.map((index) => task(`task ${index}`, action(join(folder, 'file'), index)))
  let folder = ''
  const run = () =>
    site.run((context) => {
      folder = folderOf(context)
      return list(folder)
    })
  const first = await run()
  expect(first.log).toEqual(numbers.map((index) => `h1: task ${index}: changed`))
  expect(first.outcome.hosts.h1!.roundTrips).toBeLessThanOrEqual(3)
  const text = readFileSync(join(folder, 'file'), 'utf8')
  expect(text.match(/\n/g)!.length).toBeGreaterThanOrEqual(numbers.length)
  const second = await run()
  expect(second.log).toEqual(numbers.map((index) => `h1: task ${index}: ok`))
  expect(second.outcome.hosts.h1!.roundTrips).toBe(1)
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe(text)
  await site.remove()
})
