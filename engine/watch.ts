// Whoever watches a run: what it would change, before it does. Types only.
import type { Difference } from './difference.ts'

/** Told of lists and differences; may refuse a change. */
export interface Watch {
  /** A host's list in a play, by the keys of its tasks. */
  list?(play: string, host: string, keys: readonly string[]): void
  /** A task differs. In a real run, a refusal fails it before it is sent; in a check, it is only predicted. */
  differs?(found: FoundDifference): Refusal | undefined
  /** In a check: what follows from this task depends on its result. */
  open?(play: string, host: string, key: string): void
}

export interface FoundDifference {
  readonly play: string
  readonly host: string
  /** Tells the task from others of its list, in every run. */
  readonly key: string
  /** The task of the play's own list that it follows from. */
  readonly anchor: string
  /** It stands in a rescue: only a failure leads there. */
  readonly rescue: boolean
  readonly role: string | null
  readonly task: string
  readonly module: string
  /** As events show it. */
  readonly diff: readonly Difference[]
  /** All of it, secrets too: to be hashed. Undefined where a check cannot know it. */
  readonly exact: string | undefined
  /** Why a check cannot know it. */
  readonly note?: string
}

export interface Refusal {
  readonly message: string
  readonly hint?: string
}
