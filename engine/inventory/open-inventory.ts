// From what `-i` says to a resolved inventory.
import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { z } from 'zod'
import { TsplayError } from '../error.ts'
import { type LoadContext, loadDefault } from '../load/load-file.ts'
import { shownPath } from '../load/shown-path.ts'
import { type Site, site as siteOf } from '../site.ts'
import { findInventory } from './find-inventory.ts'
import type { InventorySource } from './inventory-source.ts'
import { literalInventory } from './literal-inventory.ts'
import { type Inventory, resolveInventory } from './resolve-inventory.ts'

/** How an inventory is opened. */
export interface OpenOptions extends LoadContext {
  /** The playbook's site. Default: that of the first inventory file. */
  readonly site?: Site
  /** Variables that win over everything the inventory says. */
  readonly extraVars?: Readonly<Record<string, unknown>>
}

/**
 * Opens the inventory that `-i` names, or several, merged in order.
 * @throws TsplayError with place and hint
 */
export async function openInventory(
  names: string | readonly string[],
  { site, extraVars, ...context }: OpenOptions,
): Promise<Inventory> {
  const cwd = context.cwd ?? process.cwd()
  const given = [names].flat() as string[]
  if (given.length === 0)
    throw new TsplayError('no inventory is given', { hint: "-i prod, -i path/to/file.ts or -i 'a,b,'" })
  const found = given.map((name) => ({ name, ...findInventory(name, cwd) }))
  const files = await Promise.all(
    found.map(async (one) => (one.kind === 'file' ? await fileSource(one.path, { ...context, cwd }) : undefined)),
  )
  const world = site ?? files.find((source) => source !== undefined)?.file.site ?? anySite
  const sources = found.map(
    (one, index): InventorySource =>
      one.kind === 'list' ? { name: one.text, file: literalInventory(one.text, world) } : files[index]!,
  )
  return resolveInventory(sources, world, { extraVars })
}

/** The world of an ad-hoc list: no groups, and whatever variables are given. */
const anySite = siteOf({ vars: z.looseObject({}), groups: {} })

async function fileSource(path: string, context: LoadContext & { cwd: string }): Promise<InventorySource> {
  const [file, text] = [await loadDefault(path, 'inventory', context), await readFile(path, 'utf8')]
  return { file, text, name: basename(path, extname(path)), path: shownPath(path, context.cwd) }
}
