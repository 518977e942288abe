// Facts kept on disk: who may read them, for how long they hold, and what makes them void.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { fileFactCache, flushFactCache } from '../../engine/cache/fact-cache.ts'
import { factQuestions } from '../../engine/facts.ts'
import type { Host } from '../../engine/site.ts'
import { folderHere } from '../support/settle-here.ts'

const host = (name = 'm1', address = '10.0.0.1'): Host => ({ name, address, groups: [], vars: {}, connection: {} })
const [os, mounts, env] = (['os', 'mounts', 'env'] as const).map((key) => factQuestions([key])[0]!.id) as [
  string,
  string,
  string,
]
const answer = (stdout: string) => ({ code: 0, stdout })

function cacheIn(dir: string, { maxAge = 60, now = () => 1_000_000 }: { maxAge?: number; now?: () => number } = {}) {
  const warnings: string[] = []
  const identity = ({ name, address }: Host): string => `${name} ${address}`
  const settings = { dir, maxAge: maxAge === 0 ? undefined : maxAge, identity, now }
  return { warnings, ...fileFactCache({ ...settings, warn: (text) => void warnings.push(text) }) }
}

test('what was kept is there for the next run, for its owner alone (A065)', async () => {
  const dir = path.join(folderHere(), 'store/facts')
  await cacheIn(dir).save(host(), new Map([[os, answer('a')]]))
  await cacheIn(dir).save(host(), new Map([[mounts, answer('b')]]))
  expect(await cacheIn(dir).load(host())).toEqual(
    new Map([
      [os, answer('a')],
      [mounts, answer('b')],
    ]),
  )
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  expect(statSync(path.join(dir, 'm1.json')).mode & 0o777).toBe(0o600)
  expect(readdirSync(dir)).toEqual(['m1.json'])
})

test('each answer is good for its own time, and none of the future is taken (A065)', async () => {
  const dir = folderHere()
  const at = (seconds: number) => cacheIn(dir, { now: () => seconds * 1000 })
  await at(1000).save(host(), new Map([[os, answer('a')]]))
  await at(1030).save(host(), new Map([[mounts, answer('b')]]))
  const known = async (seconds: number) => [...(await at(seconds).load(host())).keys()]
  expect(await known(1059)).toEqual([os, mounts])
  expect(await known(1060)).toEqual([mounts])
  expect(await known(1090)).toEqual([])
  expect(await known(1010)).toEqual([os])
  expect(await known(999)).toEqual([])
})

test('another machine behind the same name starts anew (A065)', async () => {
  const dir = folderHere()
  await cacheIn(dir).save(host(), new Map([[os, answer('a')]]))
  const moved = host('m1', '10.0.0.2')
  expect(await cacheIn(dir).load(moved)).toEqual(new Map())
  await cacheIn(dir).save(moved, new Map([[mounts, answer('b')]]))
  expect([...(await cacheIn(dir).load(moved)).keys()]).toEqual([mounts])
  expect(await cacheIn(dir).load(host())).toEqual(new Map())
})

test.each(['', '{', '[]', 'null', '{"version":2,"identity":"m1 10.0.0.1","answers":{}}', '\0\xff', '{"version":1}'])(
  'a broken file is as good as none, and replaced: %j (A065)',
  async (text) => {
    const dir = folderHere()
    writeFileSync(path.join(dir, 'm1.json'), text)
    const cache = cacheIn(dir)
    expect(await cache.load(host())).toEqual(new Map())
    await cache.save(host(), new Map([[os, answer('a')]]))
    expect((await cache.load(host())).size).toBe(1)
    expect(cache.warnings).toEqual([])
  },
)

test('what was changed is forgotten, even by runs that keep nothing themselves (A065)', async () => {
  const dir = folderHere()
  const both = new Map([os, mounts].map((id) => [id, answer('x')]))
  await cacheIn(dir).save(host(), both)
  const other = cacheIn(dir, { maxAge: 0 })
  expect(await other.load(host())).toEqual(new Map())
  await other.save(host(), both)
  await other.forget(host(), [mounts, 'unknown'])
  expect([...(await cacheIn(dir).load(host())).keys()]).toEqual([os])
  await other.forget(host(), [os])
  expect(readdirSync(dir)).toEqual([])
  await other.forget(host(), [os])
  await flushFactCache(path.join(dir, 'never made'))
})

test('the environment is not kept, as it holds secrets more often than not (A065)', async () => {
  const dir = folderHere()
  await cacheIn(dir).save(host(), new Map([[env, answer('TOKEN=abc')]]))
  expect(readdirSync(dir)).toEqual([])
  await cacheIn(dir).save(host(), new Map([env, os].map((id) => [id, answer('TOKEN=abc'.slice(id === os ? 9 : 0))])))
  expect(readFileSync(path.join(dir, 'm1.json'), 'utf8')).not.toContain('TOKEN')
})

test.each(['..', 'a/b', '../../x', 'fe80::1%eth0', 'ü ☃'])('a host may be called %s (A065)', async (name) => {
  const dir = folderHere()
  const cache = cacheIn(path.join(dir, 'facts'))
  await cache.save(host(name), new Map([[os, answer('a')]]))
  expect((await cache.load(host(name))).size).toBe(1)
  expect(readdirSync(dir)).toEqual(['facts'])
  expect(readdirSync(path.join(dir, 'facts'))).toHaveLength(1)
})

test('a flush forgets every host and touches nothing else (A065)', async () => {
  const dir = folderHere()
  for (const name of ['m1', 'm2']) await cacheIn(dir).save(host(name), new Map([[os, answer('a')]]))
  writeFileSync(path.join(dir, 'notes.txt'), 'x')
  await flushFactCache(dir)
  expect(readdirSync(dir)).toEqual(['notes.txt'])
})

test('a disk that does not take it is told once, and stops nobody (A065)', async () => {
  const dir = path.join(folderHere(), 'facts')
  writeFileSync(dir, 'a file in the way')
  const cache = cacheIn(dir)
  for (const name of ['m1', 'm2']) await cache.save(host(name), new Map([[os, answer('a')]]))
  expect(cache.warnings).toEqual([expect.stringMatching(/^the fact cache cannot be written: /)])
  rmSync(dir)
  mkdirSync(dir)
  await cache.save(host(), new Map([[os, answer('a')]]))
  expect((await cache.load(host())).size).toBe(1)
})
