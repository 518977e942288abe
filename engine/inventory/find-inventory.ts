// What `-i` names: a file or a literal list of hosts. Reads no file.
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { suggest, TsplayError } from '../error.ts'

/** Where an inventory is to be had. */
export type FoundInventory =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'list'; readonly text: string }

/** What `-i prod` may be in inventories/, in this order. */
const extensions = ['.ts', '.yml', '.yaml', '.json', '.ini', '']

/**
 * `prod` is `inventories/prod` with one of the extensions of inventories, or the folder of that name; a path is taken as it
 * is, and what has a comma is a list of hosts: `'a,b,'`.
 * @throws TsplayError where there is no such thing
 */
export function findInventory(nameOrPath: string, cwd = process.cwd()): FoundInventory {
  if (nameOrPath.includes(',')) return { kind: 'list', text: nameOrPath }
  if (nameOrPath.trim() === '') throw new TsplayError('-i is empty', { hint: whatIsRead })
  const asPath = resolve(cwd, nameOrPath)
  const candidates = /[/\\]/.test(nameOrPath)
    ? [asPath]
    : [...extensions.map((extension) => join(cwd, 'inventories', nameOrPath + extension)), asPath]
  for (const path of candidates) {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) return { kind: 'folder', path }
    if (found) return { kind: 'file', path }
  }
  throw missing(nameOrPath, cwd)
}

const whatIsRead = "an inventory is a .ts, .yml, .ini or .json file, an executable, a folder, or a list such as 'a,b,'"

function missing(name: string, cwd: string): TsplayError {
  const known = list(join(cwd, 'inventories'))
    .filter((entry) => !/^\.|^(?:group|host)_vars$/.test(entry))
    .map((entry) => entry.replace(/\.(?:ts|ya?ml|json|ini)$/, ''))
  const hint =
    known.length === 0
      ? `${whatIsRead}; there is none in inventories/`
      : suggest(name.replace(/^inventories\//, ''), known)
  return new TsplayError(`there is no inventory '${name}'`, { hint })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
