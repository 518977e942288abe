// `.encryption.json` at the root of a store: that its secrets are encrypted, and how their key is made of the passphrase.
import { randomBytes, randomUUID } from 'node:crypto'
import { link, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { TsplayError } from '../error.ts'
import { type Cipher, cipherOf } from './cipher.ts'
import type { Passphrase } from './passphrase.ts'
import { readIfThere } from './read-if-there.ts'
import { storeError } from './store-error.ts'
import { makeFolder, syncFolder, writeSynced } from './write-file.ts'

/**
 * The cipher of the store in `dir`; undefined where it is not encrypted.
 * @throws TsplayError where it is and there is no passphrase or another, or the file is damaged
 */
export async function unlock(dir: string, passphrase: Passphrase | undefined): Promise<Cipher | undefined> {
  const settings = readSettings(dir)
  if (!settings) return undefined
  const place = { file: encryptionFile(dir) }
  if (!passphrase)
    throw new TsplayError('the store is encrypted, and no passphrase was given', { place, hint: howToGive })
  const { check, kdf } = settings
  const cipher = cipherOf(await passphrase.keyFor(kdf))
  if (cipher.open(check, checked) !== undefined) return cipher
  throw new TsplayError(`the passphrase of ${passphrase.origin} is not the one that the store was encrypted with`, {
    place,
    hint: 'nothing was read or written; if it is the right one, the file at this place is damaged: put it back from a backup',
  })
}

/** Makes the file, unless another run is quicker. @throws TsplayError like {@link unlock}, or where it cannot be written */
export async function beginEncryption(dir: string, passphrase: Passphrase): Promise<Cipher> {
  const kdf = { name: 'scrypt' as const, N: 2 ** 17, r: 8, p: 1, salt: randomBytes(32).toString('base64') }
  const check = cipherOf(await passphrase.keyFor(kdf)).seal('', checked)
  const settings: Settings = { tsplayStore: 1, kdf, cipher: 'aes-256-gcm', check }
  const fresh = `${encryptionFile(dir)}.${randomUUID()}`
  try {
    await makeFolder(dir)
    await writeSynced(fresh, `${JSON.stringify(settings, null, 2)}\n`)
    // linked, not renamed: one that is there already stays
    await link(fresh, encryptionFile(dir)).catch((error) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(fresh)
    await syncFolder(dir)
  } catch (error) {
    throw storeError('written', error, dir)
  }
  return (await unlock(dir, passphrase))!
}

/** Whether the store is encrypted, as far as the file says. */
export const isEncrypted = (dir: string): boolean => readSettings(dir) !== undefined

export const encryptionFile = (dir: string): string => path.join(dir, '.encryption.json')

/** How a passphrase reaches the program, for hints. */
export const howToGive = 'name a file that holds it with --store-key, or set TSPLAY_STORE_PASSPHRASE'

/** What the check value is bound to, instead of a file's place. */
const checked = 'check'

const powerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value))
const format = z.strictObject({
  tsplayStore: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    // bounds, so that a changed file cannot take all of the machine's memory and time
    N: z
      .int()
      .min(2)
      .max(2 ** 20)
      .refine(powerOfTwo, { error: 'is not a power of two' }),
    r: z.int().min(1).max(16),
    p: z.int().min(1).max(16),
    salt: z.base64().min(16),
  }),
  cipher: z.literal('aes-256-gcm'),
  check: z.string(),
})
type Settings = z.output<typeof format>

function readSettings(dir: string): Settings | undefined {
  const file = encryptionFile(dir)
  try {
    const text = readIfThere(file)
    return text === undefined ? undefined : format.parse(JSON.parse(text))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw storeError('read', error, file)
    throw new TsplayError('the store is encrypted, and what its key is made with cannot be read', {
      place: { file },
      hint: 'put this file back from a backup: without it no key and no secret of the store can be read',
      cause: error,
    })
  }
}
