// A value of the store as files: read together, each written so that it is there whole or not at all.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { TsplayError } from '../error.ts'

/** The value whose files begin with `file`, by ending; undefined where there is none. */
export async function readValue(file: string): Promise<Readonly<Record<string, string>> | undefined> {
  const base = path.basename(file)
  const endings = (await entries(path.dirname(file)))
    .filter((entry) => entry.startsWith(base))
    .map((entry) => entry.slice(base.length))
    .filter((ending) => /^(-key)?\.[a-z0-9]+$/.test(ending))
  if (endings.length === 0) return undefined
  const texts = await Promise.all(endings.map((ending) => readFile(file + ending, 'utf8').catch(unreadable)))
  return Object.fromEntries(endings.map((ending, index) => [ending, texts[index]!]))
}

/** Writes a value, keys before what belongs to them: half a value must never look like a whole one. */
export async function writeValue(file: string, value: Readonly<Record<string, string>>): Promise<void> {
  const folder = path.dirname(file)
  try {
    for (const ending of Object.keys(value).sort(
      (a, b) => Number(b.startsWith('-key')) - Number(a.startsWith('-key')),
    )) {
      await replace(file + ending, value[ending]!)
    }
    for (const ending of Object.keys((await readValue(file)) ?? {}))
      if (value[ending] === undefined) await rm(file + ending)
    const handle = await open(folder)
    await handle.sync().finally(() => handle.close())
  } catch (error) {
    throw new TsplayError(`the store cannot be written: ${(error as Error).message}`, { cause: error })
  }
}

/** Moves a value's files aside. */
export async function removeValue(file: string): Promise<void> {
  const old = path.join(path.dirname(file), '.old')
  const stamp = new Date().toISOString().replace(/[-:]/g, '')
  try {
    await makeFolder(old)
    for (const ending of Object.keys((await readValue(file)) ?? {}))
      await rename(file + ending, path.join(old, `${path.basename(file)}@${stamp}${ending}`))
  } catch (error) {
    throw new TsplayError(`the store cannot be written: ${(error as Error).message}`, { cause: error })
  }
}

/** Makes the folder, which only its owner may enter. */
export const makeFolder = (folder: string): Promise<unknown> => mkdir(folder, { recursive: true, mode: 0o700 })

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`
  try {
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    return unreadable(error)
  }
}

const unreadable = (error: unknown): never => {
  throw new TsplayError(`the store cannot be read: ${(error as Error).message}`, { cause: error })
}
