// Where the control side keeps what it can get again: downloads and unpacked archives. Anyone may empty it at any time.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'

/** The user's cache folder. Nobody else may read it: what was downloaded with a password lies there too. */
export const cacheFolder = (): string =>
  path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'tsplay')

let count = 0

/**
 * Makes a file at once or not at all: `write` is given a path beside it, and what it leaves there is renamed. Whoever
 * comes second replaces it by the same.
 */
export async function placeFile<T>(file: string, write: (temporary: string) => Promise<T>): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}.${++count}`
  try {
    const result = await write(temporary)
    await rename(temporary, file)
    return result
  } finally {
    await rm(temporary, { force: true })
  }
}

/** The same for a text. */
export const placeText = (file: string, text: string): Promise<void> =>
  placeFile(file, (temporary) => writeFile(temporary, text, { mode: 0o600 }))
