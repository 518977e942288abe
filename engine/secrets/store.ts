// The control side's store: named values as files that people can use. Knows nothing of what the values mean.
import path from 'node:path'
import type { Store } from '../module.ts'
import { listValues } from './list-values.ts'
import { withLock } from './lock.ts'
import { readValue, removeValue, writeValue } from './value-files.ts'
import { checkEndings, checkName, sameValue, type Value } from './value-name.ts'

/** A store that is a folder: what it holds can be listed and taken out. */
export interface FileStore extends Store {
  /** Names of the values that there are, sorted: all, or those that begin with `prefix` (`pki/`, `pki/kubernetes/`). */
  list(prefix?: string): Promise<readonly string[]>
  /** Takes a value out, if there is one. Its files are kept aside, in `.old` beside it; in a check nothing is moved. */
  remove(name: string): Promise<void>
}

/**
 * A store in the folder `dir`, made when the first value is written. A value is a set of files beside each other: `name`
 * followed by each of its keys, which are endings such as `.pem` and `-key.pem`. With `check`, nothing is written: new
 * values live as long as the store object.
 */
export function fileStore(dir: string, { check }: { readonly check: boolean }): FileStore {
  /** What a check would have written; undefined: taken out. */
  const planned = new Map<string, Value | undefined>()
  const queues = new Map<string, Promise<unknown>>()

  const fileOf = (name: string): string => path.join(dir, ...name.split('/'))
  const presentValue = async (name: string): Promise<Value | undefined> =>
    planned.has(name) ? planned.get(name) : readValue(fileOf(name))

  /** One caller at a time for each name. */
  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    checkName(name)
    const turn = (queues.get(name) ?? Promise.resolve()).then(work)
    queues.set(
      name,
      turn.catch(() => undefined),
    )
    return turn
  }

  async function update(name: string, renew: (present: Value | undefined) => Promise<Value>): Promise<Value> {
    const file = fileOf(name)
    const present = await presentValue(name)
    const value = await renew(present)
    if (value === present) return value
    checkEndings(name, value)
    if (check) {
      planned.set(name, value)
      return value
    }
    return withLock(file, async () => {
      const meanwhile = await readValue(file)
      // another run has been quicker: its value is as good
      const latest = sameValue(meanwhile, present) ? value : await renew(meanwhile)
      if (latest !== meanwhile) await writeValue(file, latest)
      return latest
    })
  }

  return {
    isProvisional: (name) => planned.get(name) !== undefined,
    async read(name) {
      checkName(name)
      await queues.get(name)
      return presentValue(name)
    },
    update: (name, renew) => inTurn(name, () => update(name, renew)),
    async list(prefix = '') {
      const there = (await listValues(dir, prefix)).filter((name) => !planned.has(name))
      const fresh = [...planned].filter(([name, value]) => value !== undefined && name.startsWith(prefix))
      return [...there, ...fresh.map(([name]) => name)].sort()
    },
    remove: (name) =>
      inTurn(name, async () => {
        if (check) planned.set(name, undefined)
        else if (await readValue(fileOf(name))) await withLock(fileOf(name), () => removeValue(fileOf(name)))
      }),
  }
}
