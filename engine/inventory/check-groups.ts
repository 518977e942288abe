// What must hold of the groups of all inventories together, whatever they were written in.
import { suggest, TsplayError } from '../error.ts'
import type { Site } from '../site.ts'
import { all, type GroupNode, ungrouped } from './group-tree.ts'
import type { InventorySource, Warning } from './inventory-source.ts'

/** Every group with what the inventories say of its nesting; those of the site that none names come last. */
export function mergedGroups(sources: readonly InventorySource[], site: Site): Map<string, GroupNode> {
  const found = new Map<string, { children: GroupNode['children']; priority: number }>()
  for (const { groups } of sources)
    for (const [name, { children, priority }] of groups) {
      const known = found.get(name)
      found.set(name, {
        children: known ? new Map([...known.children, ...children]) : children,
        priority: priority ?? known?.priority ?? 1,
      })
    }
  const empty = { children: new Map(), priority: 1 }
  for (const name of [ungrouped, ...Object.keys(site.groups)]) if (!found.has(name)) found.set(name, empty)
  return found
}

/** Refuses groups that the site does not have, and groups where none can be. @throws TsplayError with place */
export function checkGroups(sources: readonly InventorySource[], site: Site): void {
  const known = Object.keys(site.groups)
  const isKnown = (name: string): boolean => site.otherGroups !== undefined || Object.hasOwn(site.groups, name)
  for (const { groups } of sources)
    for (const [name, { place, children }] of groups) {
      if (name !== all && name !== ungrouped && !isKnown(name))
        throw new TsplayError(`unknown group '${name}'`, { place: place(), hint: suggest(name, known) })
      for (const [child, childPlace] of children) {
        const wrong = child === all || name === ungrouped || (child !== ungrouped && !isKnown(child))
        if (!wrong || (name === all && child === ungrouped)) continue
        throw new TsplayError(
          name === ungrouped
            ? `'${ungrouped}' has the hosts that are in no group, and no groups`
            : `group '${name}' contains '${child}', which is no group`,
          { place: childPlace(), ...(child !== all && name !== ungrouped && { hint: suggest(child, known) }) },
        )
      }
    }
}

/** A name that is a group's and a host's: in a pattern it means the group. */
export function doubleNames(sources: readonly InventorySource[], hosts: ReadonlyMap<string, unknown>): Warning[] {
  return sources
    .filter(({ strict }) => !strict)
    .flatMap(({ groups }) =>
      [...groups]
        .filter(([name, { hosts: own }]) => hosts.has(name) && !(own.size === 1 && own.has(name)))
        .map(([name, { place }]): Warning => {
          const found = place()
          return {
            message: `'${name}' is a group and a host; in a pattern it means the group`,
            ...(found && { place: found }),
          }
        }),
    )
}
