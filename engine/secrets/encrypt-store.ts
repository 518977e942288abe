// Encrypts the keys and secrets of a store that were kept in the clear, or were put there by somebody since.
import { TsplayError } from '../error.ts'
import { type Cipher, isSealed } from './cipher.ts'
import { commitValue, finishCommit } from './commit.ts'
import { withLock } from './lock.ts'
import { readIfThere } from './read-if-there.ts'
import { readValue } from './read-value.ts'
import { openValue, placeOf, sealValue } from './sealed-value.ts'
import { storeError } from './store-error.ts'
import type { SecretFile, Survey } from './survey.ts'
import { writeWhole } from './write-file.ts'

/**
 * Each value changes as a whole, and what it was in the clear is not kept. Where it is interrupted, the next run goes on.
 * A disk may still have the old bytes in blocks that no file uses. @throws TsplayError where something cannot be written
 */
export async function encryptStore({ secrets }: Survey, cipher: Cipher): Promise<void> {
  for (const each of secrets.filter(({ sealed }) => !sealed)) {
    if (each.old) await sealOld(each, cipher)
    else await sealPresent(each, cipher)
  }
}

/** @throws TsplayError where there are sealed files: what their key is made with is lost, and must not be made anew */
export function refuseLostKey({ secrets }: Survey): void {
  const sealed = secrets.find((each) => each.sealed)
  if (!sealed) return
  throw new TsplayError('this file of the store is encrypted, and the store has no .encryption.json', {
    place: { file: sealed.path },
    hint: 'put it back at the root of the store from a backup: without it no key and no secret can be read',
  })
}

async function sealPresent({ path, name, ending }: SecretFile, cipher: Cipher): Promise<void> {
  const file = path.slice(0, -ending.length)
  await withLock(file, async () => {
    await finishCommit(file)
    const files = readValue(file)
    if (files) await commitValue(file, sealValue(name, openValue(name, file, files, cipher), cipher), { aside: false })
  })
}

const sealOld = ({ path, name, ending }: SecretFile, cipher: Cipher): Promise<void> =>
  withLock(path, async () => {
    try {
      const text = readIfThere(path)
      if (text !== undefined && !isSealed(text)) await writeWhole(path, cipher.seal(text, placeOf(name, ending)))
    } catch (error) {
      throw storeError('written', error, path)
    }
  })
