// Keys that are begun before a task's turn, several at once: making an RSA key takes longer than all else about a certificate.
import { KeyObject } from 'node:crypto'
import type { Control, EarlyWork } from '../module.ts'
import { createKey, type KeySpec, keySpecOf, sameSpec } from '../x509/key.ts'

/** A key for what will be at `path` of the store, unless something is there already. */
export const earlyKey = (path: string, specOf: (control: Control) => Promise<KeySpec>): EarlyWork => ({
  name: `key of ${path}`,
  make: async (control) => ((await control.store.read(path)) ? undefined : createKey(await specOf(control))),
})

/** A new private key: what was made early, where that is one of this kind. */
export const newKey = async (spec: KeySpec, made: unknown): Promise<KeyObject> =>
  made instanceof KeyObject && sameSpec(keySpecOf(made), spec) ? made : createKey(spec)
