// The playbooks of a run with the inventory that goes with them. Runs nothing.
import path from 'node:path'
import type { Inventory } from '../inventory/resolve-inventory.ts'
import { callPlace } from '../load/call-place.ts'
import type { Play, Playbook } from '../play.ts'
import type { PlaySource, RunOptions } from '../run/world.ts'
import type { InventoryFlags } from './flags.ts'
import { loadInventory, loadPlaybook, worldOf } from './load.ts'

/** What is run, and with what. */
export interface LoadedRun extends Pick<RunOptions, 'playbook' | 'world' | 'sourceOf' | 'dir' | 'name' | 'placeOf'> {
  readonly inventory: Inventory
  /** Each playbook on its own. */
  readonly parts: readonly LoadedPlaybook[]
}

export interface LoadedPlaybook extends PlaySource {
  readonly file: string
  readonly playbook: Playbook
  readonly inventory: Inventory
}

/**
 * Loads playbooks to be run one after the other, as one run. Each sees the inventory through its own site.
 * @throws TsplayError where a file or the inventory is wrong
 */
export async function loadRun(files: readonly string[], flags: InventoryFlags): Promise<LoadedRun> {
  const parts: LoadedPlaybook[] = []
  for (const file of files) {
    const playbook = await loadPlaybook(file)
    const inventory = await loadInventory(flags, { site: playbook.site, file })
    const world = await worldOf(inventory, flags)
    parts.push({ file, playbook, inventory, world, dir: path.dirname(path.resolve(file)) })
  }
  const [first] = parts
  if (!first) throw new Error('a run needs a playbook')
  const sources = new Map<Play, PlaySource>(parts.flatMap((part) => part.playbook.plays.map((play) => [play, part])))
  return {
    parts,
    playbook: { ...first.playbook, plays: parts.flatMap(({ playbook }) => playbook.plays) },
    inventory: first.inventory,
    world: first.world,
    sourceOf: (play) => sources.get(play),
    dir: first.dir,
    name: files.join(' '),
    placeOf: callPlace,
  }
}
