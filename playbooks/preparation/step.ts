// A step: a role with the params that this world's variables say, or nothing where they say so. Pure.
import type { TaskItem, TaskList } from 'tsplay'
import type { ClusterContext } from '../cluster.ts'
import { isInAny } from './groups.ts'

export type Step = (context: ClusterContext) => TaskItem | TaskList | false

/** The tasks of a play that takes these steps, in this order. */
export const steps =
  (...all: readonly Step[]) =>
  (context: ClusterContext): TaskList =>
    all.map((step) => step(context))

/** The step on hosts of these groups only. */
export const on =
  (groups: readonly string[], step: Step): Step =>
  (context) =>
    isInAny(groups, context.host) && step(context)
