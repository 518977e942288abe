// What a run leaves behind for the next one, should it fail, be killed or lose a host. Types; files are others' business.

/** What one host does in one play. Everything is written before the call returns: the process may be gone then. */
export interface HostRecord {
  /** What an earlier run has left for the host's handlers. */
  readonly left: readonly LeftHandler[]
  /** Handlers of the play that are due now. */
  due(): readonly string[]
  /** Where an earlier run stopped: the key of a task; null: it got through; undefined: it did not get to the play. */
  readonly from: string | null | undefined
  /** A task is about to be applied that would notify these handlers. */
  intends(task: string, handlers: readonly string[]): void
  /** It was not applied, or has changed nothing. */
  withdraws(task: string, handlers: readonly string[]): void
  /** A task has changed something. */
  notified(task: string, handlers: readonly string[]): void
  /** The handler has run, or need not any more. */
  settled(handler: string): void
  /** The host comes to this task; null: it is through. */
  reached(key: string | null): void
}

/** A handler that has not run although it should have. */
export interface LeftHandler {
  readonly handler: string
  /** The task that notified it. */
  readonly task: string
  /** False: it was being applied when the run ended, and nobody knows whether it changed something. */
  readonly sure: boolean
  /** When the run that left it began, in words. */
  readonly when: string
}

/** The records of a run. */
export interface Journal {
  /** `play`: its name, told from others of the same name. */
  record(play: string, host: string): HostRecord
  /** Values that tasks have left for others in the run that is resumed. */
  facts(): Iterable<{ readonly host: string; readonly key: string; readonly value: unknown }>
  fact(host: string, key: string, value: unknown): void
}

/** Records nothing. */
export const noRecord: HostRecord = {
  left: [],
  due: () => [],
  from: undefined,
  intends() {},
  withdraws() {},
  notified() {},
  settled() {},
  reached() {},
}
