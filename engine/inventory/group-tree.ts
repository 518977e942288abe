// Which groups contain which. Pure; refuses groups that contain each other.
import { TsplayError } from '../error.ts'

/** Every host. */
export const all = 'all'
/** Hosts that are in no group. */
export const ungrouped = 'ungrouped'

/** The groups of an inventory by their nesting. */
export interface GroupTree {
  /** Names in the order of definition. */
  readonly names: readonly string[]
  readonly children: (group: string) => readonly string[]
  /** The group and every one that contains it, outermost first, then in the order of definition. */
  readonly lineage: (groups: Iterable<string>) => readonly string[]
  /** The group and every one within it. */
  readonly within: (group: string) => ReadonlySet<string>
}

/** @throws TsplayError of a cycle with its path; `place` tells where a child is named */
export function groupTree(
  children: ReadonlyMap<string, readonly string[]>,
  place: (group: string, child: string) => TsplayError['place'],
): GroupTree {
  const names = [...children.keys()]
  refuseCycles(children, place)
  const parents = new Map<string, string[]>(names.map((name) => [name, []]))
  for (const [name, inner] of children) for (const child of inner) parents.get(child)?.push(name)
  const depths = new Map<string, number>()
  const depth = (name: string): number => {
    const known = depths.get(name)
    if (known !== undefined) return known
    const found = Math.max(0, ...parents.get(name)!.map((parent) => depth(parent) + 1))
    depths.set(name, found)
    return found
  }
  const order = new Map(names.map((name, index) => [name, index]))
  return {
    names,
    children: (group) => children.get(group) ?? [],
    lineage: (groups) =>
      [...closure(groups, (name) => parents.get(name) ?? [])].sort(
        (one, other) => depth(one) - depth(other) || order.get(one)! - order.get(other)!,
      ),
    within: (group) => closure([group], (name) => children.get(name) ?? []),
  }
}

function closure(start: Iterable<string>, next: (name: string) => readonly string[]): Set<string> {
  const found = new Set(start)
  for (const name of found) for (const other of next(name)) found.add(other)
  return found
}

function refuseCycles(
  children: ReadonlyMap<string, readonly string[]>,
  place: (group: string, child: string) => TsplayError['place'],
): void {
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return
    for (const child of children.get(name) ?? []) {
      const start = [...path, name].indexOf(child)
      if (start >= 0) {
        const cycle = [...[...path, name].slice(start), child]
        throw new TsplayError(`groups contain each other: ${cycle.join(' → ')}`, {
          place: place(name, child),
          hint: `take '${child}' out of the children of '${name}'`,
        })
      }
      visit(child, [...path, name])
    }
    done.add(name)
  }
  for (const name of children.keys()) visit(name, [])
}
