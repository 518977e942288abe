// What the run knows of one host: how to reach it, what it has answered, what was planned and counted. No logic of its own.
import type { Become, Session } from '../connection/connection.ts'
import type { TsplayError } from '../error.ts'
import type { HostRecap, RunEvent } from '../event.ts'
import type { FactCache } from '../facts.ts'
import type { Control } from '../module.ts'
import type { Question } from '../question/question.ts'
import type { HostRecord } from '../run-journal.ts'
import type { Host } from '../site.ts'
import type { Refusal } from '../watch.ts'
import type { AnswerMap } from './ask.ts'
import type { Verdict } from './evaluate.ts'
import type { Mask } from './mask.ts'
import type { TaskNode } from './nodes.ts'
import type { Overlay } from './overlay.ts'
import type { ScopedHandler } from './scope.ts'
import type { Selection } from './selection.ts'

/** Counters that only grow. */
export type Counters = { -readonly [Key in keyof HostRecap]: number }

/** A question, and after how many bundles with changes it was asked last. */
export interface Asked {
  readonly question: Question<unknown>
  readonly after: number
}

/** One host of a run. Lives as long as the run; a play sets `play` and clears what belongs to it. */
export interface HostContext {
  readonly host: Host
  readonly check: boolean
  /** What events tell beyond what they always do. */
  readonly telling: { readonly scripts?: boolean; readonly diffContext?: number }
  /** Which tasks run, also of those that a result leads to. */
  readonly selection: Selection
  /** The shell of a user on the host; the first call connects. */
  readonly session: (become: Become | undefined) => Promise<Session>
  readonly counters: Counters
  readonly mask: Mask
  readonly signal: AbortSignal
  /** Planned changes; only in a check. */
  readonly planned: Overlay | undefined
  /** Answers by user. */
  readonly answers: Map<string, AnswerMap>
  /** Every question asked so far, by id, to tell which answers a change makes stale. */
  readonly asked: Map<string, Asked>
  /** Bundles with changes so far. */
  applied: number
  /** Facts that earlier runs have kept. */
  readonly factCache: FactCache | undefined
  /** They have been looked at. */
  recalled: boolean
  /** Handlers that tasks have notified, by name. */
  readonly notified: Map<string, Notification>
  /** The handlers of the play, in the order in which they run. */
  handlers: readonly ScopedHandler[]
  /** What the next run has to know of the play on this host, should this one end early. */
  record: HostRecord
  /** A failure elsewhere may stop it: no more than one change at a time. */
  careful: boolean
  /** The play's name. */
  play: string
  /** The same, told from other plays of the name. */
  playKey: string
  /** The host has failed or cannot be reached: it takes no further part. */
  state: 'ready' | 'failed' | 'unreachable'
  /** Lost, but back in the run from the next play on. */
  cleared: boolean
  /** It is expected to be out of reach: a try to connect is a single one, and not told. */
  away: boolean
  /** The task it is at, for whoever reports that it was lost. */
  at: string
  /** What it is doing now, for whoever interrupts. */
  doing: string
  readonly emit: (event: RunEvent) => void
  /** An error of the user's code as a failure of the host, with its place. */
  readonly userError: (error: unknown, where: string) => TsplayError
  /** The control side for tasks whose sources are looked up in these folders. */
  readonly control: (dirs: readonly string[]) => Control
  /** Who a task runs as; undefined: the login user. */
  readonly becomeOf: (node: TaskNode) => Become | undefined
  /** Tells whoever watches that the task differs. A refusal is to fail it. */
  readonly differs: (node: TaskNode, verdict: Extract<Verdict, { kind: 'differs' }>) => Refusal | undefined
  /** Tells whoever watches that what follows from the task is not known. */
  readonly open: (node: TaskNode) => void
  /** Does what no other task on the host may do at the same time. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>
  /** The host a task is delegated to. @throws TsplayError where there is none */
  readonly delegate: (to: string | Host) => HostContext
  /** Closes the connection and forgets all answers. */
  readonly disconnect: () => Promise<void>
  /** Runs `work` while fewer than `node`'s throttle other hosts do the same task. */
  readonly throttled: <T>(node: TaskNode, work: () => Promise<T>) => Promise<T>
}

/** A handler that is due. */
export interface Notification extends ScopedHandler {
  /** An earlier run has left it: why. */
  readonly left?: string
}

/** Key of a user's answers. */
export const userKey = (become: Become | undefined): string => (become ? `${become.method}:${become.user}` : '')

/** A user's answers. */
export function answersOf({ answers }: HostContext, become: Become | undefined): AnswerMap {
  const key = userKey(become)
  const found = answers.get(key) ?? new Map<string, unknown>()
  answers.set(key, found)
  return found
}
