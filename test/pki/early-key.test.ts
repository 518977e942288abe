// Keys of a run: made several at once, each once, none where one is there, and none for a run that cannot begin.
import { createPrivateKey } from 'node:crypto'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Control, Store } from '../../engine/module.ts'
import { earlyKey, newKey } from '../../engine/pki/early-key.ts'
import { earlyWorks } from '../../engine/run/early-work.ts'
import type { TaskNode } from '../../engine/run/nodes.ts'
import { fileStore } from '../../engine/secrets/store.ts'
import { task } from '../../engine/task.ts'
import { ca } from '../../modules/ca.ts'
import { cert } from '../../modules/cert.ts'
import { here, memoryStore } from '../support/run-here.ts'

const control = (store: Store) => ({ store }) as unknown as Control
const spec = { algo: 'ecdsa', size: 256 } as const

it('a key that was begun early is taken where it is of the kind that is wanted, and made where it is not', async () => {
  const made = await earlyKey('pki/ca/a', async () => spec).make(control(memoryStore()))
  const store = memoryStore()
  expect(await newKey(store, spec, made)).toBe(made)
  expect((await newKey(store, { algo: 'ed25519' }, made)).asymmetricKeyType).toBe('ed25519')
  expect((await newKey(store, spec, undefined)).asymmetricKeyType).toBe('ec')
})

it('a check begins no key and makes one of each kind, which it keeps nowhere; a run makes as many as there are names', async () => {
  const host = here(['a', 'b'])
  onTestFinished(() => host.remove())
  const keys: Record<string, Set<string>> = {}
  for (const check of [true, false]) {
    const store = fileStore(path.join(host.dir, 'store'), { check })
    expect((await earlyKey('pki/ca/z', async () => spec).make(control(store))) === undefined).toBe(check)
    await host.run(
      (context) => [
        task('ca', ca({ name: 'ca', subject: { cn: 'ca' }, key: spec })),
        task('own', cert({ name: context.host.name, subject: { cn: 'x' }, key: spec })),
      ],
      { store, check },
    )
    const made = await Promise.all(['pki/ca/a', 'pki/ca/b'].map((name) => store.read(name)))
    keys[String(check)] = new Set(made.map((value) => value!['-key.pem']!))
    expect(existsSync(path.join(host.dir, 'store'))).toBe(!check)
  }
  expect([keys.true!.size, keys.false!.size]).toEqual([1, 2])
})

it('no key is begun for what the store has', async () => {
  const store = memoryStore()
  await store.update('pki/ca/a', async () => ({ '.pem': 'x' }))
  const never = async () => {
    throw new Error('asked for a kind of key')
  }
  expect(await earlyKey('pki/ca/a', never).make(control(store))).toBeUndefined()
})

it('the keys of a run are begun for every host of a play at once, one for each name in the store', async () => {
  const host = here(['a', 'b', 'c'])
  onTestFinished(() => host.remove())
  const store = fileStore(path.join(host.dir, 'store'), { check: false })
  const order: string[] = []
  const watched: Store = {
    ...store,
    read: async (name) => {
      order.push(`read ${name}`)
      return store.read(name)
    },
    update: (name, renew) => {
      order.push(`update ${name}`)
      return store.update(name, renew)
    },
  }
  const leaf = (name: string) => cert({ name, subject: { cn: name }, key: spec })
  const { log } = await host.run(
    (context) => [
      task('ca', ca({ name: 'ca', subject: { cn: 'ca' }, key: spec })),
      task('own', leaf(context.host.name)),
      task('shared', leaf('shared')),
    ],
    { store: watched },
  )
  expect(log).toHaveLength(9)
  for (const name of ['a', 'b', 'c', 'shared'].map((each) => `pki/ca/${each}`)) {
    expect(order.filter((each) => each === `read ${name}`)).toHaveLength(1)
    expect(order.indexOf(`read ${name}`)).toBeLessThan(order.indexOf(`update ${name}`))
  }
  expect(order.filter((each) => each === 'update pki/ca/shared')).toHaveLength(3)
  const keys = await Promise.all(
    ['a', 'b', 'c', 'shared'].map(async (name) => (await store.read(`pki/ca/${name}`))!['-key.pem']!),
  )
  expect(new Set(keys).size).toBe(4)
  for (const key of keys) expect(createPrivateKey(key).asymmetricKeyType).toBe('ec')
})

it('what has not been begun when a run cannot go on is not begun any more', async () => {
  const store = memoryStore()
  const works = earlyWorks()
  const made: string[] = []
  const nodes = Array.from({ length: 200 }, (_, index) => ({
    action: cert({ name: `n${index}`, subject: { cn: 'x' }, key: spec }),
  })) as unknown as TaskNode[]
  const watched: Store = {
    ...store,
    read: async (name) => {
      made.push(name)
      return store.read(name)
    },
  }
  for (const node of nodes) works.begin(node, () => control(watched))
  await works.of(nodes[0]!)
  works.stop()
  await Promise.all(nodes.map((node) => works.of(node)))
  expect(made.length).toBeGreaterThan(0)
  expect(made.length).toBeLessThan(2 + 2 * availableParallelism())
})
