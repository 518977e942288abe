// The documented systems: each playbook over its inventory, with no host asked.
import type { InventoryFile } from '../../engine/inventory.ts'
import s0Inventory from '../../inventories/s0/hosts.ts'
import s1Inventory from '../../inventories/s1/hosts.ts'
import s2Inventory from '../../inventories/s2/hosts.ts'
import s3Inventory from '../../inventories/s3/hosts.ts'
import s4bInventory from '../../inventories/s4b/hosts.ts'
import s4kInventory from '../../inventories/s4k/hosts.ts'
import { preparation } from '../../playbooks/preparation/index.ts'
import s0 from '../../playbooks/systems/s0.ts'
import s1 from '../../playbooks/systems/s1.ts'
import s2 from '../../playbooks/systems/s2.ts'
import s3 from '../../playbooks/systems/s3.ts'
import s4b from '../../playbooks/systems/s4b.ts'
import s4k from '../../playbooks/systems/s4k.ts'
import { criDockerdSource, type Documented } from './documented-inventories.ts'
import { type ListedTask, siteOver } from './tasks-of.ts'

const over = (inventory: unknown, playbook: Parameters<typeof siteOver>[1]) =>
  siteOver(inventory as InventoryFile, playbook)

/** S3 with what is left to its user. */
const complete = ({ vars, ...rest }: InventoryFile) => ({
  ...rest,
  vars: { ...vars, criDockerd: { ...(vars.criDockerd as object), source: criDockerdSource } },
})

export const systemSites = {
  s0: over(s0Inventory, s0),
  s1: over(s1Inventory, s1),
  s2: over(s2Inventory, s2),
  s3: over(complete(s3Inventory as never), s3),
  s4k: over(s4kInventory, s4k),
  s4b: over(s4bInventory, s4b),
} satisfies Record<Documented, unknown>

const preparing = new Set(preparation().map(({ spec }) => spec.name))

/** A host's tasks in the plays that prepare it, by play. */
export const preparationOf = (system: Documented, host: string) =>
  systemSites[system].plays(host).filter(({ name }) => preparing.has(name))

/** The same in one list. */
export const prepared = (system: Documented, host: string): ListedTask[] =>
  preparationOf(system, host).flatMap(({ tasks }) => tasks)

/** Names of a group's hosts. */
export const hostsIn = (system: Documented, group: string): string[] =>
  systemSites[system].groups[group]!.map(({ name }) => name)

/** Of masters and nodes, each once. */
export const membersOf = (system: Documented): string[] => [
  ...new Set([...hostsIn(system, 'masters'), ...hostsIn(system, 'nodes')]),
]
