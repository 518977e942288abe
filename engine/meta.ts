// What may stand in a task list besides tasks: words to the run itself. Plain data; runs nothing.

/** Something the run does when a host comes to it; not a task, and not counted. */
export interface Meta {
  readonly kind: 'meta'
  readonly does: MetaAction
  /** For `sync`: barriers of the same name are one. */
  readonly name?: string
}

export type MetaAction =
  | 'flush handlers'
  | 'sync'
  | 'end host'
  | 'end role'
  | 'end batch'
  | 'end play'
  | 'clear host errors'
  | 'clear facts'
  | 'reset connection'

const meta = (does: MetaAction): Meta => ({ kind: 'meta', does })

/** Runs the handlers that this host's tasks have notified so far, instead of at the end of the play. */
export const flushHandlers = (): Meta => meta('flush handlers')

/** Waits here until every other host of the batch has come to the same barrier, or has no more tasks. */
export const sync = (name: string): Meta => ({ ...meta('sync'), name })

/** Ends the play for this host, without a failure. What was notified still runs. */
export const endHost = (): Meta => meta('end host')

/** Leaves out the rest of the role that this stands in, for this host. */
export const endRole = (): Meta => meta('end role')

/** Ends the play for every host of the batch: each finishes the tasks that it is at. The next batch begins. */
export const endBatch = (): Meta => meta('end batch')

/** The same for every batch: the play is over, and the next one begins. */
export const endPlay = (): Meta => meta('end play')

/** Takes hosts that have failed or could not be reached back into the run, from the next play on. */
export const clearHostErrors = (): Meta => meta('clear host errors')

/** Forgets what is known of the host's facts; they are asked again where they are read. */
export const clearFacts = (): Meta => meta('clear facts')

/** Closes the connection to the host; the next task opens a new one (new groups of the user, a changed sshd). */
export const resetConnection = (): Meta => meta('reset connection')
