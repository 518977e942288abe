// Playbook and inventory as the command line names them, loaded and resolved.
import path from 'node:path'
import * as zod from 'zod'
import * as modules from '../../modules/index.ts'
import type { ConfigFile } from '../config.ts'
import { formatError, TsplayError } from '../error.ts'
import * as engine from '../index.ts'
import { limitTo } from '../inventory/limit.ts'
import { openInventory } from '../inventory/open-inventory.ts'
import type { Inventory } from '../inventory/resolve-inventory.ts'
import { selectHosts } from '../inventory/select-hosts.ts'
import { loadDefault } from '../load/load-file.ts'
import type { Playbook } from '../play.ts'
import type { World } from '../run/world.ts'
import type { Site } from '../site.ts'
import { extraVars } from './extra-vars.ts'
import type { InventoryFlags } from './flags.ts'

/** What playbooks and inventories import, as this process has it. */
export const loadContext = { modules: { tsplay: engine, 'tsplay/modules': modules, zod } }

export const loadConfig = (file: string): Promise<ConfigFile> => loadDefault(file, 'config', loadContext)

export const loadPlaybook = (file: string): Promise<Playbook> => loadDefault(file, 'playbook', loadContext)

/** The inventories by name, path or list, for a playbook where there is one: its site checks them. Warnings go to stderr, unless `quiet`. */
export async function loadInventory(
  flags: InventoryFlags,
  playbook?: { readonly site: Site; readonly file: string },
  { quiet = false } = {},
): Promise<Inventory> {
  if (!flags.inventory?.length) {
    throw new TsplayError('which inventory?', { hint: 'name one with -i, such as -i prod for inventories/prod.ts' })
  }
  const inventory = await openInventory(flags.inventory, {
    ...loadContext,
    ...(playbook && { site: playbook.site, playbookDir: path.dirname(path.resolve(playbook.file)) }),
    extraVars: await extraVars(flags.extraVars ?? [], playbook?.site),
  })
  if (!quiet)
    for (const { message, place, hint } of inventory.warnings)
      process.stderr.write(`warning: ${formatError(new TsplayError(message, { place, hint }))}\n`)
  return inventory
}

/** The inventory as a run sees it. @throws TsplayError where `--limit` leaves no host. */
export async function worldOf(inventory: Inventory, { limit }: Pick<InventoryFlags, 'limit'>): Promise<World> {
  const all = [...inventory.hosts.values()]
  const limited =
    limit === undefined
      ? undefined
      : new Set((await limitTo(inventory, limit))([...all, inventory.localhost]).map(({ name }) => name))
  return {
    hosts: all,
    groups: Object.fromEntries(inventory.groups),
    select: (selector) => selectHosts(inventory, selector),
    limit: limited,
    localhost: inventory.localhost,
  }
}
