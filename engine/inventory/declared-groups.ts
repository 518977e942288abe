// The groups that inventories declare for a site: their nesting and who is in them.
import type { GroupEntry } from '../inventory.ts'
import type { Host, Site } from '../site.ts'
import { all, type GroupTree, groupTree, ungrouped } from './group-tree.ts'
import { type InventorySource, placeIn } from './inventory-source.ts'

/** The groups in the order of the inventories, then those of the site that none of them names. */
export function declaredGroups(sources: readonly InventorySource[], site: Site): GroupTree {
  const children = new Map<string, string[]>()
  for (const { file } of sources)
    for (const [group, entry] of groupsOf(file.groups)) {
      const inner = children.get(group) ?? []
      children.set(group, [...new Set([...inner, ...(entry.children ?? [])])])
    }
  for (const group of Object.keys(site.groups)) if (!children.has(group)) children.set(group, [])
  return groupTree(children, (group, child) => {
    const source = sources.find(({ file }) => file.groups[group]?.children?.includes(child))
    return source && placeIn(source, ['groups', group, 'children', child])
  })
}

/** `all` contains every group whatever it says, so it takes no part in the nesting. */
const groupsOf = (groups: Readonly<Record<string, GroupEntry>>): [string, GroupEntry][] =>
  Object.entries(groups).filter(([group]) => group !== all)

/** Hosts by group: a group's own as listed, then those of the groups within; also `all` and `ungrouped`. */
export function membersByGroup(
  sources: readonly InventorySource[],
  site: Site,
  tree: GroupTree,
  hosts: ReadonlyMap<string, Host>,
): Map<string, readonly Host[]> {
  const members = (group: string): string[] => [
    ...sources.flatMap(({ file }) => Object.keys(file.groups[group]?.hosts ?? {})),
    ...tree.children(group).flatMap(members),
  ]
  const everyone = [...hosts.values()]
  const found = new Map<string, readonly Host[]>([[all, everyone]])
  for (const group of tree.names) {
    if (Object.hasOwn(site.groups, group))
      found.set(
        group,
        [...new Set(members(group))].map((name) => hosts.get(name)!),
      )
  }
  return found.set(
    ungrouped,
    everyone.filter(({ groups }) => groups.length === 0),
  )
}
