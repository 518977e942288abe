// Which tasks of a list are asked for: by tags, by roles, by a first task. Pure.
import type { Node, TaskNode } from './nodes.ts'

/** What the command line asks for. */
export interface Selection {
  /** Default: `all`. */
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  /** Every task, also those that run only when asked for by tag: for listing what there is. */
  readonly everything?: boolean
  /** Only tasks inside these roles. */
  readonly roles?: readonly string[]
}

/** The nodes that are asked for; blocks that lose all their tasks go with them. */
export function select(nodes: readonly Node[], selection: Selection): Node[] {
  return nodes.flatMap((node): Node[] => {
    if (node.kind === 'task') return selected(node, selection) ? [node] : []
    const [inner, rescue, always] = [node.nodes, node.rescue, node.always].map(
      (part) => part && select(part, selection),
    )
    if (inner!.length === 0 && !always?.length) return []
    return [{ kind: 'block', nodes: inner!, rescue, always }]
  })
}

function selected(
  { scope, options }: TaskNode,
  { tags = ['all'], skipTags = [], roles, everything }: Selection,
): boolean {
  if (everything) return true
  if (roles && !roles.some((role) => scope.roles.includes(role))) return false
  const own = new Set([...scope.tags, ...[options.tags ?? []].flat()])
  const asked = tags.length === 0 ? ['all'] : tags
  return runs(own, asked) && !skipped(own, skipTags)
}

/** `always` runs unless skipped by name, `never` only when asked for by name, `tagged` and `untagged` mean what they say. */
function runs(own: ReadonlySet<string>, asked: readonly string[]): boolean {
  if (own.has('always')) return true
  if (asked.some((tag) => own.has(tag))) return true
  if (own.has('never')) return false
  return (
    asked.includes('all') ||
    (asked.includes('tagged') && own.size > 0) ||
    (asked.includes('untagged') && own.size === 0)
  )
}

function skipped(own: ReadonlySet<string>, skip: readonly string[]): boolean {
  if (skip.some((tag) => own.has(tag))) return true
  if (skip.includes('all')) return !own.has('always')
  return (skip.includes('tagged') && own.size > 0) || (skip.includes('untagged') && own.size === 0)
}

/** Every tag that stands in a list, for `list tags` and to find mistyped ones. */
export function tagsOf(nodes: readonly Node[]): Set<string> {
  const found = new Set<string>()
  for (const task of tasksOf(nodes))
    for (const tag of [...task.scope.tags, ...[task.options.tags ?? []].flat()]) found.add(tag)
  return found
}

/** Every role that stands in a list. */
export function rolesOf(nodes: readonly Node[]): Set<string> {
  return new Set([...tasksOf(nodes)].flatMap((task) => task.scope.roles))
}

/** All tasks of a list in order, with those of rescue and always parts. */
export function* tasksOf(nodes: readonly Node[]): Iterable<TaskNode> {
  for (const node of nodes) {
    if (node.kind === 'task') yield node
    else for (const part of [node.nodes, node.rescue, node.always]) yield* tasksOf(part ?? [])
  }
}
