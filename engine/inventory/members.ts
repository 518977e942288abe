// Who is in which group: a group's own hosts, then those of the groups within it, level by level.
import type { Host } from '../site.ts'
import { all, type GroupTree, ungrouped } from './group-tree.ts'
import type { InventorySource } from './inventory-source.ts'

/** The hosts that a group names itself; in `ungrouped` those that no other group has. */
export const ownMembers = (
  sources: readonly InventorySource[],
  hosts: ReadonlyMap<string, Host>,
): ((group: string) => readonly string[]) => {
  const outside = [...hosts.values()].filter(({ groups }) => groups.length === 0).map(({ name }) => name)
  return (group) =>
    group === ungrouped
      ? outside
      : [...new Set(sources.flatMap((source) => [...(source.groups.get(group)?.hosts ?? [])]))]
}

/** Hosts by group, also of `all` and `ungrouped`. Each host once, where it is first named. */
export function membersByGroup(
  own: (group: string) => readonly string[],
  tree: GroupTree,
  hosts: ReadonlyMap<string, Host>,
): Map<string, readonly Host[]> {
  const members = (group: string): readonly Host[] => {
    const found = new Set<string>()
    for (const inner of tree.within(group)) for (const host of own(inner)) found.add(host)
    return [...found].map((name) => hosts.get(name)!)
  }
  return new Map([all, ...tree.names].map((group) => [group, members(group)]))
}
