// Keys that are begun before a task's turn, several at once: making an RSA key takes longer than all else about a certificate.
import { KeyObject } from 'node:crypto'
import type { Control, EarlyWork, Store } from '../module.ts'
import { createKey, formatKey, type KeySpec, keySpecOf, sameSpec } from '../x509/key.ts'

/** A key for what will be at `path` of the store, unless something is there already, or nothing is made in earnest. */
export const earlyKey = (path: string, specOf: (control: Control) => Promise<KeySpec>): EarlyWork => ({
  name: `key of ${path}`,
  make: async (control) =>
    control.store.draft || (await control.store.read(path)) ? undefined : createKey(await specOf(control)),
})

/** A new private key: what was made early, where that is one of this kind. In a check all of a kind are the same. */
export const newKey = async (store: Store, spec: KeySpec, made: unknown): Promise<KeyObject> => {
  if (store.draft) return store.draft(formatKey(spec), () => createKey(spec))
  return made instanceof KeyObject && sameSpec(keySpecOf(made), spec) ? made : createKey(spec)
}
