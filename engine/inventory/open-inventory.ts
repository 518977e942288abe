// From what `-i` says to a resolved inventory.
import { accessSync, constants, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { z } from 'zod'
import { TsplayError } from '../error.ts'
import { type LoadContext, loadDefault } from '../load/load-file.ts'
import { shownPath } from '../load/shown-path.ts'
import { type Site, site as siteOf } from '../site.ts'
import { type FoundInventory, findInventory } from './find-inventory.ts'
import type { InventorySource } from './inventory-source.ts'
import { type Inventory, resolveInventory } from './resolve-inventory.ts'
import { executableSource } from './sources/executable.ts'
import { inventoriesIn } from './sources/folder.ts'
import { iniSource } from './sources/ini-source.ts'
import { literalSource } from './sources/literal-source.ts'
import { readTextFile } from './sources/text-file.ts'
import { typedSource } from './sources/typed-source.ts'
import { yamlSource } from './sources/yaml-source.ts'
import { type VarsFiles, varsFiles } from './vars-files.ts'

/** How an inventory is opened. */
export interface OpenOptions extends LoadContext {
  /** The playbook's site. Default: that of the first typed inventory; without one, everything is taken as it is. */
  readonly site?: Site
  /** Variables that win over everything the inventory says. */
  readonly extraVars?: Readonly<Record<string, unknown>>
  /** The playbook's folder, whose group_vars/ and host_vars/ are read as well. */
  readonly playbookDir?: string
  /** Seconds that a call of an executable inventory may take. Default 60. */
  readonly executableTimeout?: number
}

/**
 * Opens the inventory that `-i` names, or several, merged in order.
 * @throws TsplayError with place and hint
 */
export async function openInventory(
  names: string | readonly string[],
  { site, extraVars, playbookDir, ...rest }: OpenOptions,
): Promise<Inventory> {
  const context = { executableTimeout: 60, ...rest, cwd: rest.cwd ?? process.cwd() }
  const given = [names].flat() as string[]
  if (given.length === 0)
    throw new TsplayError('no inventory is given', { hint: "-i prod, -i path/to/hosts.yml or -i 'a,b,'" })
  const found = given.map((name) => findInventory(name, context.cwd))
  const sources = (await Promise.all(found.map((one) => sourcesOf(one, context)))).flat()
  const world = site ?? sources.find((source) => source.site)?.site ?? anySite
  const groups = new Set([
    'all',
    'ungrouped',
    ...Object.keys(world.groups),
    ...sources.flatMap((source) => [...source.groups.keys()]),
  ])
  const hosts = new Set(sources.flatMap((source) => [...source.groups.values()].flatMap((group) => [...group.hosts])))
  const read = (dirs: Iterable<string>): Promise<VarsFiles[]> =>
    Promise.all([...dirs].map((dir) => varsFiles(dir, { groups, hosts }, context)))
  const beside = new Set(found.flatMap(folderOf))
  const resolved = resolveInventory(sources, world, {
    ...(extraVars && { extraVars }),
    inventoryFiles: await read(beside),
    playbookFiles: await read(playbookDir === undefined || beside.has(playbookDir) ? [] : [playbookDir]),
  })
  const [first] = found
  return first?.kind === 'folder'
    ? { ...resolved, name: basename(first.path), path: shownPath(first.path, context.cwd) }
    : resolved
}

/** The world where no playbook and no typed inventory declares one: any group, any variable. */
const anySite = siteOf({ vars: z.looseObject({}), groups: {}, otherGroups: z.looseObject({}) })

const folderOf = (found: FoundInventory): string[] =>
  found.kind === 'list' ? [] : [found.kind === 'folder' ? found.path : dirname(found.path)]

type Context = LoadContext & { readonly cwd: string; readonly executableTimeout: number }

async function sourcesOf(found: FoundInventory, context: Context): Promise<InventorySource[]> {
  if (found.kind === 'list') return [literalSource(found.text)]
  if (found.kind === 'file') return [await fileSource(found.path, context)]
  const files = inventoriesIn(found.path)
  if (files.length === 0)
    throw new TsplayError(`there is no inventory in '${shownPath(found.path, context.cwd)}'`, {
      hint: 'a folder has hosts.yml, hosts.ini, hosts.ts or hosts, and group_vars/ and host_vars/ beside it',
    })
  return Promise.all(files.map((file) => fileSource(file, context)))
}

async function fileSource(path: string, context: Context): Promise<InventorySource> {
  const shown = shownPath(path, context.cwd)
  const extension = extname(path)
  const name = basename(path, extension)
  if (/^\.[cm]?[jt]s$/.test(extension)) {
    const [file, text] = [await loadDefault(path, 'inventory', context), await readFile(path, 'utf8')]
    return typedSource({ file, text, name, path: shown })
  }
  if (isExecutable(path, extension))
    return executableSource(path, { name, shown, cwd: context.cwd, timeout: context.executableTimeout })
  if (extension === '.toml')
    throw new TsplayError(`'${shown}': TOML inventories are not read`, {
      hint: `save it as JSON: ansible-inventory -i ${shown} --list > hosts.json`,
    })
  const file = readTextFile(path, shown)
  if (file.text.startsWith('$ANSIBLE_VAULT'))
    throw new TsplayError(`'${shown}' is encrypted with ansible-vault, which tsplay does not open`)
  if (['.yml', '.yaml', '.json'].includes(extension)) return yamlSource(file, name)
  return extension === '.ini' || !looksLikeYaml(file.text) ? iniSource(file, name) : yamlSource(file, name)
}

/** A file with an extension of data is data whatever its mode says, unless it begins as a script does. */
function isExecutable(path: string, extension: string): boolean {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    return false
  }
  return !['.yml', '.yaml', '.json', '.ini'].includes(extension) || readFileSync(path, 'latin1').startsWith('#!')
}

/** The first line that says something is `---`, a brace or a key with a colon behind it. */
function looksLikeYaml(text: string): boolean {
  const [line = ''] = text.split('\n').filter((each) => !/^\s*(?:[#;]|$)/.test(each))
  return /^(?:---|%YAML|\{)|^["']?[^"'\s=[\]:]+["']?\s*:(?:\s|$)/.test(line)
}
