// Files of the control side that may be there: what hosts' files are brought to. Remembers nothing, as they come and go.
import { stat } from 'node:fs/promises'
import { TsplayError } from '../../error.ts'
import type { SourceEntry, SourceFile } from '../../module.ts'
import { readFolder, readSource } from './sources.ts'

/** null where there is nothing. @throws TsplayError where it is a folder. */
export async function presentFile(file: string): Promise<SourceFile | null> {
  const found = await stat(file).catch(() => undefined)
  if (!found) return null
  if (found.isDirectory())
    throw new TsplayError(`'${file}' is a folder on the control side`, { hint: 'a slash at the end means: into it' })
  return readSource(file)
}

/** null where there is nothing. @throws TsplayError where it is a file. */
export async function presentFolder(folder: string): Promise<readonly SourceEntry[] | null> {
  const found = await stat(folder).catch(() => undefined)
  if (!found) return null
  if (!found.isDirectory())
    throw new TsplayError(`'${folder}' is a file on the control side`, { hint: 'a folder is needed' })
  return readFolder(folder, readSource)
}
