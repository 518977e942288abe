// Which groups contain which. Pure; refuses groups that contain each other.
import { TsplayError } from '../error.ts'
import type { Placed } from './variables.ts'

/** Every host. */
export const all = 'all'
/** Hosts that are in no group. */
export const ungrouped = 'ungrouped'

/** A group as the tree needs it. */
export interface GroupNode {
  readonly children: ReadonlyMap<string, Placed>
  readonly priority: number
}

/** The groups of an inventory by their nesting. */
export interface GroupTree {
  /** Names in the order of definition, without `all`. */
  readonly names: readonly string[]
  /** Those directly within a group; within `all`: the ones it names, then those that are in no other. */
  readonly children: (group: string) => readonly string[]
  /** The groups and every one that contains them, without `all`: outermost first, then by priority, then by name. */
  readonly lineage: (groups: Iterable<string>) => readonly string[]
  /** The group and every one within it, level by level. */
  readonly within: (group: string) => ReadonlySet<string>
}

/** @throws TsplayError of a cycle with its path */
export function groupTree(groups: ReadonlyMap<string, GroupNode>): GroupTree {
  const order = outermostFirst(groups)
  const names = [...groups.keys()].filter((name) => name !== all)
  const parents = new Map<string, string[]>(names.map((name) => [name, []]))
  for (const name of names) for (const child of groups.get(name)!.children.keys()) parents.get(child)?.push(name)
  const depths = new Map<string, number>()
  const depth = (name: string): number => depths.get(name) ?? 0
  for (const name of order)
    for (const child of name === all ? [] : (groups.get(name)?.children.keys() ?? []))
      depths.set(child, Math.max(depth(child), depth(name) + 1))
  const priority = (name: string): number => groups.get(name)!.priority
  const roots = names.filter((name) => name !== ungrouped && parents.get(name)!.length === 0)
  const ofAll = [...new Set([ungrouped, ...(groups.get(all)?.children.keys() ?? []), ...roots])]
  const children = (group: string): readonly string[] =>
    group === all ? ofAll.filter((name) => groups.has(name)) : [...(groups.get(group)?.children.keys() ?? [])]
  return {
    names,
    children,
    lineage: (start) =>
      [...closure(start, (name) => parents.get(name) ?? [])].sort(
        (one, other) =>
          depth(one) - depth(other) || priority(one) - priority(other) || (one < other ? -1 : one > other ? 1 : 0),
      ),
    within: (group) => closure([group], children),
  }
}

function closure(start: Iterable<string>, next: (name: string) => readonly string[]): Set<string> {
  const found = new Set(start)
  for (const name of found) for (const other of next(name)) found.add(other)
  return found
}

/** Every group before those within it. @throws TsplayError of a cycle with its path */
function outermostFirst(groups: ReadonlyMap<string, GroupNode>): readonly string[] {
  const done = new Set<string>()
  // as many levels as there are groups: no recursion, which would end at the stack's
  for (const start of groups.keys()) {
    const path: { readonly name: string; readonly rest: Iterator<[string, Placed]> }[] = []
    const on = new Set<string>()
    const enter = (name: string): void => {
      path.push({ name, rest: (groups.get(name)?.children ?? new Map<string, Placed>()).entries() })
      on.add(name)
    }
    if (!done.has(start)) enter(start)
    while (path.length > 0) {
      const { name, rest } = path.at(-1)!
      const next = rest.next()
      if (next.done) {
        done.add(name)
        on.delete(name)
        path.pop()
        continue
      }
      const [child, place] = next.value
      if (on.has(child)) {
        const names = path.map((step) => step.name)
        throw new TsplayError(
          `groups contain each other: ${[...names.slice(names.indexOf(child)), child].join(' → ')}`,
          {
            place: place(),
            hint: `take '${child}' out of the children of '${name}'`,
          },
        )
      }
      if (!done.has(child)) enter(child)
    }
  }
  return [...done].reverse()
}
