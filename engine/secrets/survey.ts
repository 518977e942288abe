// What lies in a store: keys and secrets, and what a crash has interrupted. Reads first lines only, changes nothing.
import { closeSync, openSync, readSync } from 'node:fs'
import path from 'node:path'
import { splitAsideName } from './aside.ts'
import { isSealed } from './cipher.ts'
import { unfinishedBase } from './decision.ts'
import { storeError } from './store-error.ts'
import { isPublic, splitFileName } from './value-name.ts'
import { walk } from './walk.ts'

/** A store as it lies on disk. */
export interface Survey {
  /** Paths, as values' files begin, of what was interrupted or is being changed right now. */
  readonly unfinished: readonly string[]
  /** Keys and secrets, those kept aside included. */
  readonly secrets: readonly SecretFile[]
}

/** A file that holds a key or a secret. */
export interface SecretFile {
  readonly path: string
  /** The value's name in the store. */
  readonly name: string
  readonly ending: string
  /** It is kept aside. */
  readonly old: boolean
  readonly sealed: boolean
}

/** `dir` need not exist. @throws TsplayError where something in it cannot be read */
export function survey(dir: string): Survey {
  const files = walk(dir)
  const unfinished = files.flatMap(({ folder, file, old }) => {
    const base = old ? undefined : unfinishedBase(file)
    return base === undefined ? [] : [path.join(folder, base)]
  })
  const secrets = files.flatMap(({ folder, file, before, old }): SecretFile[] => {
    const split = old ? splitAsideName(file) : splitFileName(file)
    if (!split || isPublic(split.ending)) return []
    const at = path.join(folder, file)
    return [{ path: at, name: before + split.base, ending: split.ending, old, sealed: isSealed(beginningOf(at)) }]
  })
  return { unfinished: [...new Set(unfinished)], secrets }
}

function beginningOf(file: string): string {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const bytes = Buffer.alloc(64)
      return bytes.toString('latin1', 0, readSync(descriptor, bytes))
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '' // another run has just replaced it
    throw storeError('read', error, file)
  }
}
