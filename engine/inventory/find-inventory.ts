// What `-i` names: a file or a literal list of hosts. Reads no file.
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { suggest, TsplayError } from '../error.ts'

/** Where an inventory is to be had. */
export type FoundInventory =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'list'; readonly text: string }

/**
 * `prod` is `inventories/prod.ts`, a path is taken as it is, and what has a comma is a list of hosts: `'a,b,'`.
 * @throws TsplayError where there is no such file, or it is of a kind that is not read
 */
export function findInventory(nameOrPath: string, cwd = process.cwd()): FoundInventory {
  if (nameOrPath.includes(',')) return { kind: 'list', text: nameOrPath }
  if (nameOrPath.trim() === '') throw new TsplayError('-i is empty', { hint: whatIsRead })
  const isPath = /[/\\]/.test(nameOrPath) || isCode.test(nameOrPath) || isFile(resolve(cwd, nameOrPath))
  const path = resolve(cwd, isPath ? nameOrPath : join('inventories', `${nameOrPath}.ts`))
  if (isFile(path) && isCode.test(path)) return { kind: 'file', path }
  if (isPath) throw readable(resolve(cwd, nameOrPath), nameOrPath, cwd)
  const beside = siblings(nameOrPath, cwd)
  throw beside === undefined ? missing(nameOrPath, cwd) : readable(resolve(cwd, beside), beside, cwd)
}

const isCode = /\.[cm]?[jt]s$/

const whatIsRead = "an inventory is a TypeScript file, or a list of hosts such as 'a,b,'"

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

/** Something of that name that is not a TypeScript file. */
function siblings(name: string, cwd: string): string | undefined {
  const candidates = [...list(join(cwd, 'inventories')).map((entry) => join('inventories', entry)), ...list(cwd)]
  return candidates.find(
    (entry) => entry.replace(/^inventories[/\\]/, '').replace(/\.(?:ya?ml|ini|toml|json)$/, '') === name,
  )
}

function readable(path: string, shown: string, cwd: string): TsplayError {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return missing(shown, cwd)
  return new TsplayError(`'${shown}' is ${found.isDirectory() ? 'a folder' : 'not a TypeScript file'}`, {
    hint: whatIsRead,
  })
}

function missing(name: string, cwd: string): TsplayError {
  const known = list(join(cwd, 'inventories'))
    .filter((entry) => entry.endsWith('.ts'))
    .map((entry) => entry.slice(0, -'.ts'.length))
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
