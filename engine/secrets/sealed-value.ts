// The files of a value as an encrypted store has them: certificates in the clear, keys and secrets sealed. Knows no locks.
import { TsplayError } from '../error.ts'
import { type Cipher, isSealed } from './cipher.ts'
import { howToGive } from './encryption-file.ts'
import { isPublic, type Value } from './value-name.ts'

/** A value as it is on disk: its files, and what they say. */
export interface Read {
  readonly files: Value
  readonly opened: Value
}

/**
 * A value's files for the disk. Without a cipher: as they are. `present`: what is there now, of which a key that stays the
 * same stays sealed as it is; it would have to be kept aside else.
 */
export function sealValue(name: string, value: Value, cipher: Cipher | undefined, present?: Read): Value {
  if (!cipher) return value
  return mapFiles(value, (ending, text) => {
    if (isPublic(ending)) return text
    const file = present?.files[ending]
    const stays = file !== undefined && isSealed(file) && present?.opened[ending] === text
    return stays ? file : cipher.seal(text, placeOf(name, ending))
  })
}

/**
 * The value from its files, which begin with `file`. One in the clear is taken as it is: people bring keys along, and
 * what is not encrypted yet stays so in a check. @throws TsplayError for a sealed one that the cipher does not open
 */
export function openValue(name: string, file: string, files: Value, cipher: Cipher | undefined): Value {
  return mapFiles(files, (ending, text) => {
    if (!isSealed(text)) return text
    const place = { file: file + ending }
    if (!cipher)
      throw new TsplayError('this file of the store is encrypted, and the store does not say so', {
        place,
        hint: `put .encryption.json back at the root of the store, and ${howToGive}`,
      })
    const opened = cipher.open(text, placeOf(name, ending))
    if (opened !== undefined) return opened
    throw new TsplayError('this file of the store is damaged, or was written as another one', {
      place,
      hint: 'nothing is overwritten: put the right one back (older ones lie in .old beside it); an encrypted file cannot be renamed',
    })
  })
}

/** What a file is bound to: no other can stand in for it. */
export const placeOf = (name: string, ending: string): string => name + ending

const mapFiles = (value: Value, change: (ending: string, text: string) => string): Value =>
  Object.fromEntries(Object.entries(value).map(([ending, text]) => [ending, change(ending, text)]))
