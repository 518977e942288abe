// tsplay inventory list|graph|host: the inventory as it is resolved, without connecting.
import { suggest, TsplayError } from '../error.ts'
import { asJson, graph, hostListing, listing } from '../inventory/listing.ts'
import type { Inventory } from '../inventory/resolve-inventory.ts'
import type { Host } from '../site.ts'
import type { InventoryFlags } from './flags.ts'
import { loadInventory, loadPlaybook, worldOf } from './load.ts'

interface Flags extends InventoryFlags {
  readonly origin?: boolean
  /** The playbook whose site checks the inventory. */
  readonly playbook?: string
}

export async function inventoryCommand(what: string, name: string | undefined, flags: Flags): Promise<void> {
  const show = views[what]
  if (!show)
    throw new TsplayError(`tsplay inventory: no such view '${what}'`, { hint: suggest(what, Object.keys(views)) })
  if ((what === 'host') !== (name !== undefined))
    throw new TsplayError(what === 'host' ? 'which host?' : `tsplay inventory ${what} takes no name`, {
      hint: what === 'host' ? 'tsplay inventory host <name> -i prod' : `leave hosts out with --limit`,
    })
  const playbook =
    flags.playbook === undefined ? undefined : { site: (await loadPlaybook(flags.playbook)).site, file: flags.playbook }
  const inventory = await loadInventory(flags, playbook)
  const { limit } = await worldOf(inventory, flags)
  const hosts = inventory.groups.get('all')!.filter((host) => limit?.has(host.name) ?? true)
  process.stdout.write(`${show(inventory, hosts, { name: name ?? '', origin: flags.origin ?? false })}\n`)
}

type View = (inventory: Inventory, hosts: readonly Host[], options: { name: string; origin: boolean }) => string

const views: Readonly<Record<string, View>> = {
  list: (inventory, hosts, { origin }) => asJson(listing(inventory, hosts, origin)),
  graph: (inventory, hosts) => graph(inventory, hosts),
  host: (inventory, _hosts, { name, origin }) => {
    const host = inventory.hosts.get(name) ?? (name === 'localhost' ? inventory.localhost : undefined)
    if (!host)
      throw new TsplayError(`there is no host '${name}' in inventory '${inventory.name}'`, {
        hint: suggest(name, [...inventory.hosts.keys()]),
      })
    return asJson(hostListing(inventory, host, origin))
  },
}
