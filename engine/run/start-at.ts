// Where a run starts that does not start with its first task. Pure.
import { closest, TsplayError } from '../error.ts'
import type { Play } from '../play.ts'
import type { Node, TaskNode } from './nodes.ts'
import { tasksOf } from './selection.ts'
import type { HostTasks } from './task-list.ts'

/** Lists by play and host's name, as far as they are known. */
type Lists = ReadonlyMap<Play, ReadonlyMap<string, HostTasks>>

/** The part of a playbook that runs: from the play in which the task first stands, and in that play from the task on. */
export interface Start {
  /** Looks for the play. `unclear`: a list of an `incomplete` play, not known yet, may have the task before any other. */
  find(lists: Lists, incomplete: (play: Play) => boolean): 'found' | 'unclear' | 'nowhere'
  /** The error where it stands nowhere. */
  unknown(lists: Lists): TsplayError
  /** What of a host's list runs. Empty in the first play for a host that does not have the task. */
  rest(play: Play, list: HostTasks): HostTasks
  /** The plays that run; none as long as the first is not found. */
  readonly plays: readonly Play[]
}

/**
 * `wanted` is a task's name or `role : name`, with `*`, `?` and `[…]` as in file names; a name that is written just so
 * fits as well. As in Ansible, what stands before it is passed over whatever its tags, `always` among them; only what
 * `--tags` leaves is looked at (`selected` says that this is not all); and a list behind `register`, known only while
 * running, is not.
 *
 * Other than in Ansible 2.14: each host of the first play starts at its own first match, in every batch (there, `serial`
 * starts later batches from the top); a name in an `always` part is none to start at, as its block would be passed over;
 * a name that fits nowhere is an error and not a run of nothing.
 */
export function startAt(plays: readonly Play[], wanted: string, selected: boolean): Start {
  let first = plays.length
  const known = (lists: Lists, play: Play): HostTasks[] => [...(lists.get(play)?.values() ?? [])]
  return {
    find(lists, incomplete) {
      for (const [index, play] of plays.entries()) {
        if (known(lists, play).some(({ nodes }) => fromTask(nodes, wanted))) {
          first = index
          return 'found'
        }
        if (incomplete(play)) return 'unclear'
      }
      return 'nowhere'
    },
    unknown: (lists) =>
      unknownTask(
        plays.flatMap((play) => known(lists, play).flatMap(({ nodes }) => nodes)),
        wanted,
        selected,
      ),
    rest: (play, list) => (play === plays[first] ? { ...list, nodes: fromTask(list.nodes, wanted) ?? [] } : list),
    get plays() {
      return plays.slice(first)
    },
  }
}

/** The list from the first task that fits, blocks around it kept; undefined where none does. */
export const fromTask = (nodes: readonly Node[], wanted: string): readonly Node[] | undefined =>
  from(nodes, fitting(wanted))

function from(nodes: readonly Node[], fits: (node: TaskNode) => boolean): readonly Node[] | undefined {
  for (const [index, node] of nodes.entries()) {
    if (node.kind !== 'block') {
      if (node.kind === 'task' && fits(node)) return nodes.slice(index)
      continue
    }
    const inner = from(node.nodes, fits)
    if (inner) return [{ ...node, nodes: inner }, ...nodes.slice(index + 1)]
  }
  return undefined
}

function fitting(wanted: string): (node: TaskNode) => boolean {
  const pattern = glob(wanted)
  return (node) => namesOf(node).some((name) => name === wanted || pattern.test(name))
}

/** A task's own name, and the one with its role. */
function namesOf({ name, scope }: TaskNode): string[] {
  const role = scope.roles.at(-1)
  return role === undefined ? [name] : [name, `${role} : ${name}`]
}

/** A pattern as in file names: a bracket that is never closed means itself. */
function glob(text: string): RegExp {
  const source = text.replace(
    /\[(!?)(\]?[^\]]*)\]|[\s\S]/g,
    (part, not: string | undefined, set: string | undefined) => {
      if (set !== undefined && set !== '') return `[${not ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`
      if (part === '*') return '.*'
      return part === '?' ? '.' : part.replace(/[\\^$.|+(){}[\]/]/g, '\\$&')
    },
  )
  try {
    return new RegExp(`^${source}$`, 's')
  } catch {
    return /(?!)/ // a range that runs backwards, [z-a], fits nothing
  }
}

function unknownTask(nodes: readonly Node[], wanted: string, selected: boolean): TsplayError {
  const elsewhere = [...tasksOf(nodes)].some(fitting(wanted))
  return new TsplayError(`no task '${wanted}' to start at${selected ? ' among those that are selected' : ''}`, {
    hint: elsewhere
      ? 'it stands in a rescue or always part, where a run cannot start: name a task of its block'
      : `${nearest(nodes, wanted)} Tasks that follow from a result cannot be started at.`,
  })
}

/** How many names are worth reading. */
const shown = 3

function nearest(nodes: readonly Node[], wanted: string): string {
  const names = new Set([...tasksOf(nodes)].flatMap((node) => namesOf(node).slice(wanted.includes(' : ') ? -1 : 0, 2)))
  const near: string[] = []
  for (let next = closest(wanted, names); next !== undefined && near.length < shown; next = closest(wanted, names)) {
    names.delete(next)
    near.push(`'${next}'`)
  }
  const [best, ...others] = near
  if (best === undefined) return 'tsplay list tasks shows what there is.'
  return `Did you mean ${best}?${others.length > 0 ? ` Also near: ${others.join(', ')}.` : ''}`
}
