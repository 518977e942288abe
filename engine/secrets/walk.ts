// All files below a store's folder, with the names that values in their folders begin with. Opens none of them.
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { asideFolder } from './aside.ts'
import { storeError } from './store-error.ts'
import { isNamePart } from './value-name.ts'

/** A file in a folder of values, or in the `.old` beside them. */
export interface StoreFile {
  readonly folder: string
  readonly file: string
  /** What the names of its folder's values begin with: `pki/kubernetes/`, or nothing. */
  readonly before: string
  /** It is kept aside. */
  readonly old: boolean
}

/**
 * Files that may be of values, hidden ones included. `enter` says whether a folder is of interest, by what names in it
 * begin with; by default all are. Links to folders are followed. @throws TsplayError for a folder that cannot be read
 */
export function walk(dir: string, enter: (before: string) => boolean = () => true): StoreFile[] {
  const found: StoreFile[] = []
  const seen = new Set<string>()
  const visit = (folder: string, before: string, old: boolean): void => {
    const real = realpathSync(folder)
    if (seen.has(real)) return // a link to a folder above
    seen.add(real)
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name)
      const isFolder = entry.isSymbolicLink()
        ? statSync(full, { throwIfNoEntry: false })?.isDirectory() === true
        : entry.isDirectory()
      if (!isFolder) found.push({ folder, file: entry.name, before, old })
      else if (entry.name === asideFolder && !old) visit(full, before, true)
      else if (isNamePart(entry.name) && !old && enter(`${before}${entry.name}/`))
        visit(full, `${before}${entry.name}/`, false)
    }
  }
  try {
    visit(dir, '', false)
  } catch (error) {
    // nothing has been written yet, and maybe there is not even the folder above
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(dir)) throw storeError('read', error, dir)
  }
  return found
}
