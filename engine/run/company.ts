// What a host of a batch shares with the others while it goes through its tasks. Types and the end of a batch.
import type { Members } from './members.ts'

/** Why every host of a batch is to stop. */
export interface BatchEnd {
  /** `batch`: without a failure; `play`: the batches that follow, too; `failure`: the hosts have failed. */
  readonly what: 'batch' | 'play' | 'failure'
  readonly because: string
}

/** The others. */
export interface Company {
  readonly members: Members
  /** Why everybody is to stop; undefined: nobody is. The first reason stays. */
  readonly ending: BatchEnd | undefined
  end(reason: BatchEnd): void
  /** This host's handlers that are due now run. */
  flush(): Promise<void>
  /** Takes lost hosts of the play back in, from the next play on. */
  clearErrors(): void
}
