// Handlers become due, on the host's record before its task is sent and in the run when it has changed something.
import type { TaskOptions } from '../task.ts'
import { handlersFor } from './handler-names.ts'
import type { HostContext } from './host-context.ts'
import { handlersOf, type TaskNode } from './nodes.ts'

/** The task is about to be sent. */
export const intended = (context: HostContext, node: TaskNode): void => {
  const names = handlerNamesOf(context, node)
  if (names.length > 0) context.record.intends(node.name, names)
}

/** The task was not sent after all, or has changed nothing. */
export const withdrawn = (context: HostContext, node: TaskNode): void => {
  const names = handlerNamesOf(context, node)
  if (names.length > 0) context.record.withdraws(node.name, names)
}

const handlerNamesOf = ({ handlers }: HostContext, { options, around }: TaskNode): string[] =>
  handlersFor((options as TaskOptions).notify, handlers, around).map(({ handler }) => handler.name)

/** The task has changed something. */
export function notify(context: HostContext, node: TaskNode): void {
  const options = node.options as TaskOptions
  const due = handlersFor(options.notify, context.handlers, node.around)
  for (const each of due) context.notified.set(each.handler.name, each)
  if (due.length > 0)
    context.record.notified(
      node.name,
      due.map(({ handler }) => handler.name),
    )
  for (const { name } of handlersOf(options.absorbs)) {
    context.notified.delete(name)
    context.record.settled(name)
  }
}
