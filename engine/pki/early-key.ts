// Keys that are begun before a task's turn, several at once: making an RSA key takes longer than all else about a certificate.
import { KeyObject } from 'node:crypto'
import type { Control, EarlyWork } from '../module.ts'
import { createKey, type KeySpec, keySpecOf, sameSpec } from '../x509/key.ts'

/** A key for what will be at `path` of the store, unless something is there already. */
export const earlyKey = (path: string, specOf: (control: Control) => Promise<KeySpec>): EarlyWork => ({
  name: `key of ${path}`,
  make: async (control) => ((await control.store.read(path)) ? undefined : createKey(await specOf(control))),
})

/** A new private key: the one that was begun early, where there is one and it is of this kind. */
export async function newKey(spec: KeySpec, early: Promise<unknown> | undefined): Promise<KeyObject> {
  const made = await early
  return made instanceof KeyObject && sameSpec(keySpecOf(made), spec) ? made : createKey(spec)
}
