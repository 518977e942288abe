// Handlers that an earlier run has left undone: they are due in this one. Runs nothing.

import type { LeftHandler } from '../run-journal.ts'
import type { HostContext } from './host-context.ts'
import type { RunOptions } from './world.ts'

/** Makes due what earlier runs have left for those of this host's handlers that are known by now. */
export function takeUpLeft(context: HostContext): void {
  const due = context.record.due()
  for (const left of context.record.left) {
    if (!due.includes(left.handler) || context.notified.has(left.handler)) continue
    const found = context.handlers.find(({ handler }) => handler.name === left.handler)
    if (found) context.notified.set(left.handler, { ...found, left: why(left) })
  }
}

/** Tells what was left for handlers that the play has not brought up. What is not selected now may be another time. */
export function tellUnknown(context: HostContext, { selection, emit }: Pick<RunOptions, 'selection' | 'emit'>): void {
  if (context.state !== 'ready' || Object.keys(selection).length > 0) return
  for (const { handler: name, when } of context.record.left) {
    if (context.handlers.some(({ handler }) => handler.name === name)) continue
    const message = `handler '${name}' is due since the run of ${when}, but no task of the play notifies it any more`
    emit({ type: 'notice', host: context.host.name, message })
  }
}

const why = ({ task, sure, when }: LeftHandler): string =>
  sure
    ? `'${task}' changed something in the run of ${when}, which ended before it`
    : `'${task}' may have changed something in the run of ${when}, which was cut off`
