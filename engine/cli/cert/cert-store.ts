// Which store the commands of `tsplay cert` work on. Knows nothing of what is in it.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { TsplayError } from '../../error.ts'
import { shownPath } from '../../load/shown-path.ts'
import { isEncrypted } from '../../secrets/encryption-file.ts'
import { type FileStore, fileStore } from '../../secrets/store.ts'
import type { StoreFlags } from '../flags.ts'
import { loadInventory } from '../load.ts'
import { storeDir } from '../store-dir.ts'

/** Flags that name it. */
export interface CertStoreFlags extends StoreFlags {
  readonly inventory?: string[]
  /** Its folder; wins over an inventory. */
  readonly store?: string
}

/** A store, ready to be used. */
export interface CertStore {
  readonly store: FileStore
  readonly dir: string
  /** False: it is encrypted, there is no passphrase, and only certificates are to be had. */
  readonly keys: boolean
}

/**
 * The store of the inventory, or at the folder; where neither is named, the only one of the project.
 * `need`: `certificates`: keys are left alone where that takes a passphrase which nobody gave. `write`: all else only reads.
 * @throws TsplayError where there is none, or there are several, or it cannot be opened
 */
export async function certStore(flags: CertStoreFlags, need: 'certificates' | 'keys' | 'write'): Promise<CertStore> {
  const dir = path.resolve(flags.store ?? (await inventoryStore(flags.inventory)))
  if (!existsSync(dir))
    throw new TsplayError(`there is no store at '${shownPath(dir, process.cwd())}'`, {
      hint: flags.store === undefined ? 'the first run of a playbook with a ca makes it' : 'it is the folder with pki/',
    })
  const publicOnly = need === 'certificates' && flags.storePassphrase === undefined && isEncrypted(dir)
  const store = fileStore(dir, { check: need !== 'write', passphrase: flags.storePassphrase, publicOnly })
  await store.open()
  return { dir, store, keys: !publicOnly }
}

async function inventoryStore(inventory: string[] | undefined): Promise<string> {
  if (inventory?.length) return storeDir(await loadInventory({ inventory }))
  const stores = storesAbove(process.cwd())
  if (stores.length === 1) return stores[0]!
  if (stores.length === 0)
    throw new TsplayError('which inventory?', {
      hint: 'name one with -i, such as -i prod, or a store with --store; there is none below .tsplay',
    })
  throw new TsplayError('which inventory? There are several stores', {
    hint: stores.map((each) => `-i ${path.basename(each)}`).join(', '),
  })
}

/** Those with certificates, of the project that a folder is in. */
function storesAbove(from: string): string[] {
  for (let dir = from; ; dir = path.dirname(dir)) {
    const stores = path.join(dir, '.tsplay')
    if (existsSync(stores))
      return readdirSync(stores)
        .sort()
        .map((name) => path.join(stores, name))
        .filter((each) => existsSync(path.join(each, 'pki')))
    if (existsSync(path.join(dir, 'package.json')) || dir === path.dirname(dir)) return []
  }
}
