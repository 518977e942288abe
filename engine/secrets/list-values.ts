// The names of the values that a store's folder holds. Reads no value.
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { storeError } from './store-error.ts'
import { isNamePart, splitFileName } from './value-name.ts'

/**
 * Names of all values below `dir` that begin with `prefix`, sorted. Only the folders that `prefix` leads to are read;
 * hidden ones, and files that are of no value, are passed over. @throws TsplayError for a folder that cannot be read
 */
export async function listValues(dir: string, prefix = ''): Promise<string[]> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  // what is no path of names leads out of the store, and to nothing in it
  if (folder !== '' && !folder.slice(0, -1).split('/').every(isNamePart)) return []
  const names = await namesBelow(path.join(dir, folder), folder, prefix)
  return [...new Set(names)].sort()
}

async function namesBelow(folder: string, before: string, prefix: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw storeError('read', error, folder)
  })
  const found = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      const inside = `${before}${entry.name}/`
      if (entry.isDirectory())
        return isNamePart(entry.name) && (inside.startsWith(prefix) || prefix.startsWith(inside))
          ? namesBelow(path.join(folder, entry.name), inside, prefix)
          : []
      const base = splitFileName(entry.name)?.base
      return base !== undefined && `${before}${base}`.startsWith(prefix) ? [`${before}${base}`] : []
    }),
  )
  return found.flat()
}
