// Which tasks of a list are asked for: by tags, by roles. Pure.
import type { MetaAction } from '../meta.ts'
import type { Node, Stop, TaskNode } from './nodes.ts'

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
    if (node.kind !== 'block') return selected(node, selection) ? [node] : []
    const { rescue } = node
    const inner = select(node.nodes, selection)
    const always = node.always && select(node.always, selection)
    if (inner.length === 0 && !always?.length) return []
    return [
      {
        kind: 'block',
        nodes: inner,
        rescue:
          typeof rescue === 'function'
            ? (failure) => select(rescue(failure), selection)
            : rescue && select(rescue, selection),
        always,
      },
    ]
  })
}

/** Points at which a list waits or flushes; they belong to every selection, since tasks around them may. */
const points: readonly string[] = ['flush handlers', 'sync'] satisfies MetaAction[]

function selected(stop: Stop, { tags = ['all'], skipTags = [], roles, everything }: Selection): boolean {
  if (everything || (stop.kind === 'meta' && points.includes(stop.does))) return true
  const { scope } = stop
  if (roles && !roles.some((role) => scope.roles.includes(role))) return false
  // whoever has no tag can be asked for by that
  const own = new Set(scope.tags.length > 0 ? scope.tags : ['untagged'])
  return runs(own, tags.length === 0 ? ['all'] : tags) && !skipped(own, skipTags)
}

const isTagged = (own: ReadonlySet<string>): boolean => own.size > 1 || !own.has('untagged')

/** `always` runs whatever is asked for; `never` only when one of the task's tags is, which `all` and `tagged` are not. */
function runs(own: ReadonlySet<string>, asked: readonly string[]): boolean {
  if (own.has('always') || asked.some((tag) => own.has(tag))) return true
  return !own.has('never') && (asked.includes('all') || (asked.includes('tagged') && isTagged(own)))
}

/** `always` is skipped by its own name, by another of its tags or as `tagged`, but not by `all`, which overrules the rest. */
function skipped(own: ReadonlySet<string>, skip: readonly string[]): boolean {
  if (skip.includes('all')) return !own.has('always') || skip.includes('always')
  return skip.some((tag) => own.has(tag)) || (skip.includes('tagged') && isTagged(own))
}

/** Every tag that stands in a list, for `list tags` and to find mistyped ones. */
export const tagsOf = (nodes: readonly Node[]): Set<string> =>
  new Set([...tasksOf(nodes)].flatMap(({ scope }) => scope.tags))

/** Every role that stands in a list. */
export function rolesOf(nodes: readonly Node[]): Set<string> {
  return new Set([...tasksOf(nodes)].flatMap((task) => task.scope.roles))
}

/** All tasks of a list in order, with those of rescue and always parts, as far as these are known. */
export function* tasksOf(nodes: readonly Node[]): Iterable<TaskNode> {
  for (const node of nodes) {
    if (node.kind === 'task') yield node
    else if (node.kind === 'block')
      for (const part of [node.nodes, node.rescue, node.always])
        if (typeof part !== 'function') yield* tasksOf(part ?? [])
  }
}
