// A plan while a check makes it, and a run that keeps to one. Knows nothing of files and terminals.
import type { Difference } from '../difference.ts'
import type { FoundDifference, Refusal, Watch } from '../watch.ts'
import { digestOf, type PlanFile, type PlannedTask } from './plan-file.ts'

/** What a check has found. */
export type Findings = Pick<PlanFile, 'lists' | 'tasks' | 'open'>

/** Watches a check. `salt` is the plan's. */
export function findings(salt: string): { readonly watch: Watch; found(): Findings } {
  const lists: Record<string, string> = {}
  const tasks = new Map<string, PlannedTask>()
  const open = new Set<string>()
  return {
    watch: {
      list(play, host, keys) {
        lists[placeOf(play, host)] = digestOf(...keys)
      },
      differs(found) {
        const { exact, note, diff, rescue: _rescue, ...rest } = found
        tasks.set(placeOf(found.play, found.host, found.key), {
          ...rest,
          diff: diff as unknown as PlannedTask['diff'],
          fingerprint: exact === undefined ? null : digestOf(salt, exact),
          ...(note !== undefined && { note }),
        })
        return undefined
      },
      open(play, host, key) {
        open.add(placeOf(play, host, key))
      },
    },
    found: () => ({ lists, tasks: [...tasks.values()], open: [...open] }),
  }
}

/** A change that the plan does not have. */
export interface Drift {
  readonly play: string
  readonly host: string
  readonly role: string | null
  readonly task: string
  readonly module: string
  readonly message: string
  /** What would change now. */
  readonly diff: readonly Difference[]
}

/** Hosts whose tasks are others than when the plan was made: the playbook or the inventory was changed. */
export const changedLists = (plan: Findings, now: Findings): string[] =>
  [...new Set([...Object.keys(plan.lists), ...Object.keys(now.lists)])]
    .filter((place) => plan.lists[place] !== now.lists[place])
    .map((place) => (JSON.parse(place) as string[])[1]!)

/** What would change now, and is not what the plan says. What the plan says and is done already is no drift. */
export function drifts(plan: Findings, now: Findings): Drift[] {
  const judge = judgeBy(plan)
  return now.tasks.flatMap((task) => {
    const message = judge(task, task.fingerprint)
    const { play, host, role, module } = task
    return message === undefined
      ? []
      : [{ play, host, role, module, task: task.task, message, diff: task.diff as unknown as readonly Difference[] }]
  })
}

/** Lets a run do what the plan says, and nothing else. */
export function keepTo(plan: Pick<PlanFile, 'salt'> & Findings): Watch {
  const judge = judgeBy(plan)
  return {
    differs(found): Refusal | undefined {
      // no check knows what will fail
      if (found.rescue) return undefined
      const message = judge(found, found.exact === undefined ? null : digestOf(plan.salt, found.exact))
      return message === undefined ? undefined : { message, hint: 'make another plan, and look at it again' }
    },
  }
}

/** Why the plan does not have a change; undefined: it has. */
function judgeBy({ tasks, open }: Findings) {
  const planned = new Map(tasks.map((task) => [placeOf(task.play, task.host, task.key), task]))
  const unknown = new Set(open)
  return (
    { play, host, key, anchor, diff }: Pick<FoundDifference, 'play' | 'host' | 'key' | 'anchor'> & { diff: unknown },
    fingerprint: string | null,
  ): string | undefined => {
    // the plan says that it cannot know what follows from there
    if (key !== anchor && unknown.has(placeOf(play, host, anchor))) return undefined
    const task = planned.get(placeOf(play, host, key))
    if (!task) return 'would change something, and the plan says that there is nothing to do'
    if (task.fingerprint === null || fingerprint === null || task.fingerprint === fingerprint) return undefined
    return JSON.stringify(task.diff) === JSON.stringify(diff)
      ? 'differs from the plan in what is not shown'
      : `differs from the plan, which says ${briefly(task.diff as unknown as readonly Difference[])}`
  }
}

const briefly = (diff: readonly Difference[]): string =>
  diff
    .map(({ property, before, after }) => `${property || 'it'}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`)
    .join(', ')

const placeOf = (...parts: readonly string[]): string => JSON.stringify(parts)
