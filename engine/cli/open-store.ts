// The store of an inventory, ready to be used: the folder it is in, and what opens it.
import type { Inventory } from '../inventory/resolve-inventory.ts'
import { type FileStore, fileStore, type StoreOptions } from '../secrets/store.ts'
import type { StoreFlags } from './flags.ts'
import { storeDir } from './store-dir.ts'

/**
 * The store where this inventory's certificates and secrets are kept. `check`, `publicOnly`: as for `fileStore`. `later`:
 * not before it is used.
 * @throws TsplayError where it cannot be used: its passphrase is missing or wrong, its folder unreadable or open to others
 */
export async function openStore(
  inventory: Pick<Inventory, 'name' | 'path' | 'lab'>,
  { storePassphrase }: StoreFlags,
  { later = false, ...options }: Omit<StoreOptions, 'passphrase'> & { readonly later?: boolean | undefined },
): Promise<FileStore> {
  const store = fileStore(storeDir(inventory), { ...options, passphrase: storePassphrase })
  if (!later) await store.open()
  return store
}
