// What follows from a task's result. Runs nothing.
import { TsplayError } from '../error.ts'
import type { TaskResult } from '../task.ts'
import { checkTopics } from './handler-names.ts'
import type { HostContext } from './host-context.ts'
import { withFacts } from './host-facts.ts'
import { readHandedOn } from './lazy-facts.ts'
import { takeUpLeft } from './left-handlers.ts'
import { type Node, nodesOf, type TaskNode } from './nodes.ts'
import { select, tasksOf } from './selection.ts'
import { keysOf } from './task-keys.ts'

/** The tasks that a result leads to. */
export async function follow(
  context: HostContext,
  node: TaskNode,
  result: TaskResult | undefined,
  { handler }: { readonly handler: boolean },
): Promise<readonly Node[]> {
  if (!result) {
    if (node.options.when !== false) {
      if (context.check) context.open(node)
      context.emit({
        type: 'notice',
        host: context.host.name,
        message: `what follows from '${node.name}' depends on its result, ${context.check ? 'not checked' : 'left out'}`,
      })
    }
    return []
  }
  context.at = node.name
  try {
    return await withFacts(context, () => {
      const all = nodesOf(node.registered!(result), { ...node.around, keys: keysOf(node) })
      checkTopics(all, context.handlers)
      takeUpLeft(context)
      for (const { options } of tasksOf(all)) if (options.delegateTo !== undefined) context.delegate(options.delegateTo)
      // handlers run whatever is selected
      const nodes = handler ? all : select(all, context.selection)
      for (const { action } of tasksOf(nodes)) readHandedOn(action.params)
      return nodes
    })
  } catch (error) {
    if (error instanceof TsplayError && error.kind !== 'input') throw error
    throw context.userError(error, `what follows from '${node.name}'`)
  }
}
