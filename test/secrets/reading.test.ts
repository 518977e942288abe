// Many values beside each other: what reading them costs.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { fileStore } from '../../engine/secrets/store.ts'

const dir = path.join(fs.mkdtempSync(path.join(tmpdir(), 'tsplay-reading-')), 'store')
beforeAll(() => {
  // as the store writes them; with their locks and their waiting for the disk, they would take seconds
  fs.mkdirSync(path.join(dir, 'pki/k8s'), { recursive: true, mode: 0o700 })
  for (const name of names)
    for (const ending of ['.pem', '-key.pem']) fs.writeFileSync(path.join(dir, name + ending), name.padEnd(1700, '.'))
  return () => fs.rmSync(path.dirname(dir), { recursive: true, force: true })
})
const names = Array.from({ length: 500 }, (_, index) => `pki/k8s/node-${index}.example`)

/** Calls of a function of node:fs from now on. */
function callsOf(name: 'readdirSync' | 'openSync'): unknown[] {
  const calls: unknown[] = []
  const own = fs[name] as (...given: unknown[]) => unknown
  const put = (call: unknown): void => {
    Object.assign(fs, { [name]: call })
    syncBuiltinESMExports()
  }
  put((...given: unknown[]) => {
    calls.push(given[0])
    return own.apply(fs, given)
  })
  onTestFinished(() => put(own))
  return calls
}

it('500 values of one folder are read without listing it, each with a fixed number of files (M18)', async () => {
  const store = fileStore(dir, { check: true })
  await store.open()
  const [listed, opened] = [callsOf('readdirSync'), callsOf('openSync')]
  const values = await Promise.all(names.map((name) => store.read(name)))
  expect(values.map((value) => value?.['-key.pem']?.replace(/\.*$/, ''))).toEqual(names)
  expect(listed).toEqual([])
  expect(opened.length).toBeLessThanOrEqual(6 * names.length)
})

it('500 values of one folder are found unchanged within 0.3 s, the best of five times (M18)', async () => {
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    const store = fileStore(dir, { check: true })
    const begin = performance.now()
    await Promise.all(names.map((name) => store.update(name, async (present) => present!)))
    times.push(performance.now() - begin)
  }
  expect(Math.min(...times)).toBeLessThan(300)
})
