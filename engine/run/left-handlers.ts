// Handlers that an earlier run has left undone: they are due in this one. Runs nothing.

import type { LeftHandler } from '../run-journal.ts'
import type { HostContext } from './host-context.ts'
import type { RunOptions } from './world.ts'

/** Makes due what earlier runs have left for this host's handlers of the play. */
export function leftNotifications(
  context: HostContext,
  { selection, emit }: Pick<RunOptions, 'selection' | 'emit'>,
): void {
  for (const left of context.record.left) {
    const found = context.handlers.find(({ handler }) => handler.name === left.handler)
    if (found) context.notified.set(left.handler, { ...found, left: why(left) })
    // what is not selected now may be another time; a list that follows from a result may still bring it
    else if (Object.keys(selection).length === 0)
      emit({
        type: 'notice',
        host: context.host.name,
        message: `handler '${left.handler}' is due since the run of ${left.when}, but no task of the play notifies it any more`,
      })
  }
}

const why = ({ task, sure, when }: LeftHandler): string =>
  sure
    ? `'${task}' changed something in the run of ${when}, which ended before it`
    : `'${task}' may have changed something in the run of ${when}, which was cut off`
