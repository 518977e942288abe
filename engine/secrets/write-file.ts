// Files and folders of the store for their owner alone, there whole or not at all, also when the power fails.
import { mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** Replaces `file` at once by one with this text (0600). Only whoever holds the lock of what it belongs to may call it. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const fresh = freshOf(file)
  await rm(fresh, { force: true }) // what a crash has left
  try {
    await writeSynced(fresh, text)
    await rename(fresh, file)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
}

/** Where {@link writeWhole} writes before it renames: a crash may leave it. */
export const freshOf = (file: string): string => path.join(path.dirname(file), `.${path.basename(file)}.new`)

/** Makes a file (0600) that is not there yet, and waits until the disk has it. @throws with code EEXIST where it is */
export async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Waits until the disk knows which files are in a folder. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

/** Makes a folder and those on the way to it, which only their owner may enter. */
export const makeFolder = (folder: string): Promise<unknown> => mkdir(folder, { recursive: true, mode: 0o700 })
