// Work that tasks of a play can have begun before they are prepared one after the other, such as keys. Knows nothing of what it makes.
import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import type { Control } from '../module.ts'
import type { TaskNode } from './nodes.ts'

/** What is under way for tasks that are still to be prepared. */
export interface EarlyWorks {
  /** Begins what the task names, unless another task has named the same. Waits for nothing and never fails. */
  begin(node: TaskNode, control: () => Control): void
  /** What was begun for this very task; undefined where there is nothing, or another task is given it. */
  of(node: TaskNode): Promise<unknown> | undefined
  /** What has not been begun yet never will be: whoever asks for it is given undefined. */
  stop(): void
}

/** As many at once as there are cores. */
export function earlyWorks(): EarlyWorks {
  const limit = pLimit(availableParallelism())
  const names = new Set<string>()
  const works = new Map<TaskNode, Promise<unknown>>()
  let stopped = false
  return {
    begin(node, control) {
      const { module, params } = node.action
      const work = module.ahead?.(params)
      if (!work || names.has(work.name)) return
      names.add(work.name)
      // what goes wrong here goes wrong again where the task is prepared, and is told there
      const made = limit(async () => (stopped ? undefined : work.make(control()))).catch(() => undefined)
      works.set(node, made)
    },
    of: (node) => works.get(node),
    stop: () => {
      stopped = true
    },
  }
}
