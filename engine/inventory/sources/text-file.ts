// A text file of an inventory: its content, its lines, and places in it.
import { readFileSync } from 'node:fs'
import { TsplayError } from '../../error.ts'
import type { Placed } from '../variables.ts'

/** A text and what messages call it. */
export interface TextFile {
  /** The file as messages show it. */
  readonly path: string
  readonly text: string
}

/** @throws TsplayError where the file cannot be read or is not text */
export function readTextFile(file: string, shown: string): TextFile {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new TsplayError(`cannot read '${shown}': ${(error as Error).message.replace(/, \w+ '.*'$/, '')}`)
  }
  const notText = bytes.indexOf(0)
  try {
    if (notText < 0) return { path: shown, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    // not UTF-8: said below
  }
  throw new TsplayError(`'${shown}' is not a text file`, {
    place: {
      file: shown,
      ...(notText >= 0 && { line: bytes.subarray(0, notText).toString('latin1').split('\n').length }),
    },
    hint: 'an inventory is UTF-8 text: TypeScript, YAML, INI or JSON',
  })
}

/** Where the character at `offset` stands. */
export const placeAt =
  ({ path, text }: TextFile, offset: number): Placed =>
  () => {
    const before = text.slice(0, offset)
    return { file: path, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
  }
