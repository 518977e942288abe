// Who is in which group: a group's own hosts, then those of the groups within it, level by level.
import type { Host } from '../site.ts'
import { all, type GroupTree, ungrouped } from './group-tree.ts'
import type { InventorySource } from './inventory-source.ts'

/** Hosts by group, of all groups of `names`, of `all` and of `ungrouped`. Each host once, where it is first named. */
export function membersByGroup(
  sources: readonly InventorySource[],
  tree: GroupTree,
  hosts: ReadonlyMap<string, Host>,
  names: Iterable<string>,
): Map<string, readonly Host[]> {
  const outside = [...hosts.values()].filter(({ groups }) => groups.length === 0)
  const own = (group: string): Iterable<string> =>
    group === ungrouped
      ? outside.map(({ name }) => name)
      : sources.flatMap((source) => [...(source.groups.get(group)?.hosts.keys() ?? [])])
  const members = (group: string): readonly Host[] => {
    const found = new Set<string>()
    for (const inner of tree.within(group)) for (const host of own(inner)) found.add(host)
    return [...found].map((name) => hosts.get(name)!)
  }
  const found = new Map([[all, members(all)]])
  for (const group of names) found.set(group, members(group))
  return found
}
