// Where the control side keeps what it makes once for an inventory: certificates, generated secrets.
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Inventory } from '../inventory/resolve-inventory.ts'
import { labPaths } from '../lab/paths.ts'

/**
 * `.tsplay/<inventory>` in the project's folder: the nearest one above the inventory that has a package.json, or the
 * inventory's own. Bound to the inventory and not to where tsplay is called, so that no second CA is made by accident.
 * A lab's lies with the lab and goes with it: whichever checkout uses the hosts, they know one CA.
 */
export function storeDir(inventory: Pick<Inventory, 'name' | 'path' | 'lab'>, cwd = process.cwd()): string {
  if (inventory.lab) return path.join(labPaths(inventory.name).dir, 'store')
  const start = inventory.path === undefined ? cwd : path.dirname(path.resolve(cwd, inventory.path))
  for (let dir = start; ; dir = path.dirname(dir)) {
    if (existsSync(path.join(dir, 'package.json'))) return path.join(dir, '.tsplay', inventory.name)
    if (dir === path.dirname(dir)) return path.join(start, '.tsplay', inventory.name)
  }
}
