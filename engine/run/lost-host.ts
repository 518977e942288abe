// A host that is lost in the middle of its tasks: told as an event, and left out of what follows.
import { formatPlace, TsplayError } from '../error.ts'
import type { TaskEvent } from '../event.ts'
import type { HostContext } from './host-context.ts'

/** A lost connection or a refused become ends the host, not the run. */
export async function guarded(context: HostContext, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const hostsOwn = error instanceof TsplayError && ['unreachable', 'task'].includes(error.kind)
    if (context.signal.aborted || !hostsOwn) throw error
    loseHost(context, error)
  }
}

/** Marks a host that cannot be reached any more, with the task it was at. */
function loseHost(context: HostContext, error: TsplayError): void {
  context.state = error.kind === 'unreachable' ? 'unreachable' : 'failed'
  context.counters[context.state === 'unreachable' ? 'unreachable' : 'failed']++
  context.emit(lostEvent(context, error))
}

/** What tells that a host was lost. */
export const lostEvent = (context: HostContext, error: TsplayError): TaskEvent => ({
  type: 'task',
  play: context.play,
  role: null,
  task: context.mask.hide(context.at),
  host: context.host.name,
  module: 'connection',
  status: error.kind === 'unreachable' ? 'unreachable' : 'failed',
  changed: false,
  diff: [],
  durationMs: 0,
  message: context.mask.hide(error.place ? `${error.message} (${formatPlace(error.place)})` : error.message),
  ...(error.hint && { hint: error.hint }),
})
