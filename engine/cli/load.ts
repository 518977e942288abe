// Playbook and inventory as the command line names them, loaded and resolved.
import * as zod from 'zod'
import * as modules from '../../modules/index.ts'
import type { ConfigFile } from '../config.ts'
import { TsplayError } from '../error.ts'
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

/** The inventories by name, path or list. `site` is the playbook's, where there is one. */
export async function loadInventory(flags: InventoryFlags, site?: Site): Promise<Inventory> {
  if (!flags.inventory?.length) {
    throw new TsplayError('which inventory?', { hint: 'name one with -i, such as -i prod for inventories/prod.ts' })
  }
  return openInventory(flags.inventory, {
    ...loadContext,
    ...(site && { site }),
    extraVars: await extraVars(flags.extraVars ?? [], site),
  })
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
  }
}
