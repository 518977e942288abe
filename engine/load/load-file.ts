// Loads a playbook or an inventory written in TypeScript, wherever it lies. Knows nothing of what stands in them.
import { readFileSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, extname, join, relative, resolve } from 'node:path'
import type { ConfigFile } from '../config.ts'
import { suggest, TsplayError } from '../error.ts'
import type { InventoryFile } from '../inventory.ts'
import type { Playbook } from '../play.ts'
import { loadError } from './load-error.ts'
import { loaderOf } from './loader.ts'
import { shownPath } from './shown-path.ts'

/** What files are loaded with. */
export interface LoadContext {
  /**
   * Namespaces that stand in for packages: `tsplay`, `tsplay/modules` and `zod` of this very process. A file then shares
   * them wherever it lies, also where none of them is installed.
   */
  readonly modules: Readonly<Record<string, object>>
  /** Relative paths start here, and messages show paths from here. Default: the process's working folder. */
  readonly cwd?: string
}

interface Kinds {
  readonly playbook: Playbook
  readonly inventory: InventoryFile
  readonly config: ConfigFile
  /** Variables of a group or a host: any object. */
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * The default export of a file, which must be what `playbook(…)` or `inventory(…)` gives.
 * @throws TsplayError with place and hint: no such file, a syntax error, an import that does not resolve, something
 * thrown while it is loaded, or another default export.
 */
export async function loadDefault<What extends keyof Kinds>(
  path: string,
  what: What,
  { modules, cwd = process.cwd() }: LoadContext,
): Promise<Kinds[What]> {
  const file = resolve(cwd, path)
  await checkFile(file, what, cwd)
  const namespace = await loaderOf(file, modules)
    .import<{ default?: unknown }>(file)
    .catch((error: unknown) => {
      throw loadError(error, file, { modules, cwd })
    })
  const found = namespace?.default
  const fits = what === 'variables' ? isPlainObject(found) : (found as { kind?: unknown } | undefined)?.kind === what
  if (!fits) throw wrongExport(found, file, what, cwd)
  return found as Kinds[What]
}

const isPlainObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('kind' in value && 'site' in value)

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']

async function checkFile(file: string, what: keyof Kinds, cwd: string): Promise<void> {
  const shown = shownPath(file, cwd)
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) {
    const near = await neighbours(file, what, cwd)
    throw new TsplayError(`there is no ${what} '${shown}'`, { hint: suggest(shown, near) })
  }
  if (found.isDirectory()) {
    const near = (await filesIn(file)).map((name) => shownPath(join(file, name), cwd))
    throw new TsplayError(`'${shown}' is a folder, not a ${what}`, { hint: suggest(shown, near) })
  }
  if (!extensions.includes(extname(file))) {
    throw new TsplayError(`'${shown}' is not a TypeScript file`, { hint: `${a(what)} is a file that ends in .ts` })
  }
}

/** Loadable files beside a missing one, or in the customary folder. */
async function neighbours(file: string, what: keyof Kinds, cwd: string): Promise<string[]> {
  const folders = [dirname(file), join(cwd, what === 'playbook' ? 'playbooks' : 'inventories')]
  const found = await Promise.all(
    [...new Set(folders)].map(async (folder) => (await filesIn(folder)).map((name) => join(folder, name))),
  )
  return found.flat().map((path) => relative(cwd, path))
}

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => extensions.includes(extname(name))).sort()

function wrongExport(found: unknown, file: string, what: keyof Kinds, cwd: string): TsplayError {
  const shown = shownPath(file, cwd)
  const kind = (found as { kind?: unknown } | null | undefined)?.kind
  const lines = readFileSync(file, 'utf8').split('\n')
  const line = lines.findIndex((text) => /^\s*export\s+default\b/.test(text)) + 1
  const place = { file: shown, ...(line > 0 && { line, column: lines[line - 1]!.indexOf('export') + 1 }) }
  const written = `export default ${examples[what]}`
  if (found === undefined) return new TsplayError(`${shown} has no default export`, { place, hint: `write ${written}` })
  if (kind === 'playbook' || kind === 'inventory') {
    const hint =
      kind === 'inventory'
        ? `an inventory is given with -i: tsplay run <playbook.ts> -i ${shown}`
        : `a playbook is what is run: tsplay run ${shown} -i <inventory>`
    return new TsplayError(`${shown} is ${a(kind)}, not ${a(what)}`, { place, hint })
  }
  return new TsplayError(`the default export of ${shown} is ${describe(found)}, not ${a(what)}`, {
    place,
    hint: `write ${written}`,
  })
}

const examples = {
  playbook: 'playbook(site, [ … ])',
  inventory: 'inventory(site, { … })',
  config: 'config({ … })',
  variables: '{ name: value }',
}

const a = (what: string): string => (what === 'inventory' ? `an ${what}` : what === 'variables' ? what : `a ${what}`)

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  const kind = (value as { kind?: unknown }).kind
  if (typeof kind === 'string') return `a ${kind}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
