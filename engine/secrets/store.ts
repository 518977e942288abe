// The control side's store: named values as files that people can use. Knows nothing of what the values mean.
import path from 'node:path'
import { TsplayError } from '../error.ts'
import type { Store } from '../module.ts'
import { withLock } from './lock.ts'
import { readValue, writeValue } from './value-files.ts'

type Value = Readonly<Record<string, string>>

/**
 * A store in the folder `dir`, made when the first value is written. A value is a set of files beside each other: `name`
 * followed by each of its keys, which are endings such as `.pem` and `-key.pem`. With `check`, nothing is written: new
 * values live as long as the store object.
 */
export function fileStore(dir: string, { check }: { readonly check: boolean }): Store {
  const planned = new Map<string, Value>()
  const queues = new Map<string, Promise<unknown>>()

  async function update(name: string, renew: (present: Value | undefined) => Promise<Value>): Promise<Value> {
    const file = path.join(dir, ...name.split('/'))
    const present = planned.get(name) ?? (await readValue(file))
    const value = await renew(present)
    if (value === present) return value
    for (const key of Object.keys(value)) checkKey(name, key)
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
    isProvisional: (name) => planned.has(name),
    async read(name) {
      checkName(name)
      await queues.get(name)
      return planned.get(name) ?? readValue(path.join(dir, ...name.split('/')))
    },
    update(name, renew) {
      checkName(name)
      const before = queues.get(name) ?? Promise.resolve()
      const turn = before.then(() => update(name, renew))
      queues.set(
        name,
        turn.catch(() => undefined),
      )
      return turn
    },
  }
}

function checkName(name: string): void {
  const parts = name.split('/')
  if (parts.every((part) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(part)) && !name.endsWith('-key')) return
  throw new TsplayError(`'${name}' cannot be a name in the store`, {
    hint: "letters, digits, '_', '.' and '-', not starting with '.' or '-' and not ending in '-key'",
  })
}

function checkKey(name: string, key: string): void {
  if (!/^(-key)?\.[a-z0-9]+$/.test(key)) throw new TypeError(`store: '${key}' is no ending of a file of '${name}'`)
}

const sameValue = (a: Value | undefined, b: Value | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    Object.keys(a).length === Object.keys(b).length &&
    Object.entries(a).every(([key, text]) => b[key] === text))
