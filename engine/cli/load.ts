// Playbook and inventory as the command line names them, loaded and resolved.
import path from 'node:path'
import * as zod from 'zod'
import * as modules from '../../modules/index.ts'
import { TsplayError } from '../error.ts'
import * as engine from '../index.ts'
import { findInventory } from '../inventory/find-inventory.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { literalInventory } from '../inventory/literal-inventory.ts'
import { resolveInventory } from '../inventory/resolve-inventory.ts'
import { selectHosts } from '../inventory/select-hosts.ts'
import type { InventoryFile } from '../inventory.ts'
import { loadDefault } from '../load/load-file.ts'
import type { Playbook } from '../play.ts'
import type { World } from '../run/world.ts'
import type { Site } from '../site.ts'
import type { InventoryFlags } from './flags.ts'

/** What playbooks and inventories import, as this process has it. */
export const loadContext = { modules: { tsplay: engine, 'tsplay/modules': modules, zod } }

export const loadPlaybook = (file: string): Promise<Playbook> => loadDefault(file, 'playbook', loadContext)

/** An inventory by name, path or list. A list of hosts takes its schemas from `site`. */
export async function loadInventory(name: string | undefined, site?: Site): Promise<Inventory> {
  if (name === undefined)
    throw new TsplayError('which inventory?', { hint: 'name one with -i, such as -i prod for inventories/prod.ts' })
  const found = findInventory(name)
  if (found.kind === 'file') {
    const file: InventoryFile = await loadDefault(found.path, 'inventory', loadContext)
    return resolveInventory(file, {
      name: path.basename(found.path).replace(/\.[^.]+$/, ''),
      path: found.path,
      ...(site && { site }),
    })
  }
  const listSite: Site = site ?? engine.site({ vars: zod.z.object({}), groups: {} })
  return resolveInventory(literalInventory(found.text, listSite), { name: 'list', site: listSite })
}

/** The inventory as a run sees it. @throws TsplayError where `--limit` leaves no host. */
export function worldOf(inventory: Inventory, { limit }: Pick<InventoryFlags, 'limit'>): World {
  const limited = limit === undefined ? undefined : new Set(selectHosts(inventory, limit).map((host) => host.name))
  if (limited?.size === 0)
    throw new TsplayError(`--limit '${limit}' leaves no host`, {
      hint: 'tsplay list hosts <playbook> shows the hosts of each play',
    })
  return {
    hosts: [...inventory.hosts.values()],
    groups: Object.fromEntries(inventory.groups),
    select: (selector) => selectHosts(inventory, selector),
    limit: limited,
  }
}
