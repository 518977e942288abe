// The control side's store: named values as files that people can use. Knows nothing of what the values mean.
import path from 'node:path'
import type { Store } from '../module.ts'
import type { Cipher } from './cipher.ts'
import { commitValue, finishCommit, finishCommits } from './commit.ts'
import { encryptStore, refuseLostKey } from './encrypt-store.ts'
import { beginEncryption, isEncrypted, unlock } from './encryption-file.ts'
import { listValues } from './list-values.ts'
import { withLock } from './lock.ts'
import type { Passphrase } from './passphrase.ts'
import { refuseOthers } from './permissions.ts'
import { readValue } from './read-value.ts'
import { openValue, type Read, sealValue } from './sealed-value.ts'
import { survey } from './survey.ts'
import { checkEndings, checkName, isPublic, sameValue, type Value } from './value-name.ts'

/** A store that is a folder: what it holds can be listed and taken out. */
export interface FileStore extends Store {
  /**
   * Makes it ready, once; the first use does so by itself. @throws TsplayError where the folder cannot be read, or is not
   * its owner's alone and nothing in it is encrypted, or the passphrase is missing or another than it was encrypted with
   */
  open(): Promise<void>
  /** Names of the values that there are, sorted: all, or those that begin with `prefix` (`pki/`, `pki/kubernetes/`). */
  list(prefix?: string): Promise<readonly string[]>
  /** Takes a value out, if there is one. Its files are kept aside, in `.old` beside it; in a check nothing is moved. */
  remove(name: string): Promise<void>
}

/** How a store is used. */
export interface StoreOptions {
  /** Nothing is written: new values live as long as the store object. */
  readonly check: boolean
  /**
   * What its keys and secrets are encrypted with. Those in the clear are encrypted when it is opened, but not in a check;
   * from then on it opens with this passphrase only. None: they are kept in the clear.
   */
  readonly passphrase?: Passphrase | undefined
  /** Certificates and requests only, as if there were no keys: an encrypted store needs no passphrase then. Only with `check`. */
  readonly publicOnly?: boolean
}

/**
 * A store in the folder `dir`, made when the first value is written. A value is a set of files beside each other: `name`
 * followed by each of its keys, which are endings such as `.pem` and `-key.pem`. They change together, and what is
 * replaced or taken out is kept in `.old/<name>@<UTC time><ending>` beside them, for people to empty.
 */
export function fileStore(dir: string, { check, passphrase, publicOnly = false }: StoreOptions): FileStore {
  if (publicOnly && !check) throw new TypeError('a store without its keys can be looked at only')
  /** What a check would have written; undefined: taken out. */
  const planned = new Map<string, Value | undefined>()
  const queues = new Map<string, Promise<unknown>>()
  const fileOf = (name: string): string => path.join(dir, ...name.split('/'))
  let cipher: Cipher | undefined
  let opening: Promise<void> | undefined
  const open = (): Promise<void> => {
    opening ??= makeReady()
    return opening
  }

  async function makeReady(): Promise<void> {
    if (!isEncrypted(dir)) refuseOthers(dir)
    else if (!publicOnly) cipher = await unlock(dir, passphrase)
    if (check) return
    const found = survey(dir)
    await finishCommits(found.unfinished)
    if (!cipher) refuseLostKey(found)
    if (!passphrase || !found.secrets.some(({ sealed }) => !sealed)) return
    cipher ??= await beginEncryption(dir, passphrase)
    await encryptStore(found, cipher)
  }

  function readDisk(name: string): Read | undefined {
    const all = readValue(fileOf(name))
    const files = all && publicOnly ? publicFiles(all) : all
    return files && { files, opened: openValue(name, fileOf(name), files, cipher) }
  }
  const presentValue = (name: string): Value | undefined =>
    planned.has(name) ? planned.get(name) : readDisk(name)?.opened

  /** Replaces what is there by what `change` makes of it, whichever run has written that. */
  const replace = (name: string, change: (present: Value | undefined) => Promise<Value | undefined>) =>
    withLock(fileOf(name), async () => {
      await finishCommit(fileOf(name))
      // another run may have begun to encrypt since this one has opened the store
      cipher ??= passphrase ? await beginEncryption(dir, passphrase) : await unlock(dir, undefined)
      const present = readDisk(name)
      const next = await change(present?.opened)
      if (sameValue(next, present?.opened)) return next
      if (next) checkEndings(name, next)
      await commitValue(fileOf(name), sealValue(name, next ?? {}, cipher, present), { aside: true })
      return next
    })

  async function update(name: string, renew: (present: Value | undefined) => Promise<Value>): Promise<Value> {
    const present = presentValue(name)
    const value = await renew(present)
    if (value === present) return value
    checkEndings(name, value)
    if (check) {
      planned.set(name, value)
      return value
    }
    // where another run has been quicker, its value is as good
    const latest = await replace(name, async (meanwhile) => (sameValue(meanwhile, present) ? value : renew(meanwhile)))
    return latest!
  }

  async function remove(name: string): Promise<void> {
    if (check) planned.set(name, undefined)
    else if (presentValue(name)) await replace(name, async () => undefined)
  }

  /** One caller at a time for each name. */
  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    checkName(name)
    const turn = (queues.get(name) ?? open()).then(work)
    queues.set(
      name,
      turn.catch(() => undefined),
    )
    return turn
  }

  return {
    open,
    isProvisional: (name) => planned.get(name) !== undefined,
    ...(check && { draft: drafts() }),
    async read(name) {
      checkName(name)
      await open()
      await queues.get(name)
      return presentValue(name)
    },
    update: (name, renew) => inTurn(name, () => update(name, renew)),
    remove: (name) => inTurn(name, () => remove(name)),
    async list(prefix = '') {
      await open()
      const there = listValues(dir, prefix).filter((name) => !planned.has(name))
      const fresh = [...planned].filter(([name, value]) => value !== undefined && name.startsWith(prefix))
      return [...there, ...fresh.map(([name]) => name)].sort()
    },
  }
}

/** Each kind is made once. */
function drafts(): NonNullable<Store['draft']> {
  const made = new Map<string, Promise<unknown>>()
  return <T>(kind: string, make: () => Promise<T>) => {
    const draft = made.get(kind) ?? make()
    made.set(kind, draft)
    return draft as Promise<T>
  }
}

function publicFiles(files: Value): Value | undefined {
  const shown = Object.entries(files).filter(([ending]) => isPublic(ending))
  return shown.length > 0 ? Object.fromEntries(shown) : undefined
}
