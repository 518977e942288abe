// What a run tells the outside: events, in the order in which they happen. A reporter is a function of them.
import type { Difference } from './difference.ts'

export type TaskStatus = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable'

/** Counters of one host at the end. */
export interface HostRecap {
  readonly ok: number
  readonly changed: number
  readonly unreachable: number
  readonly failed: number
  readonly skipped: number
  readonly rescued: number
  readonly ignored: number
  /** Waits for the host once its connection and its first shell stood: bundles of scripts and questions. */
  readonly roundTrips: number
}

/** A task that is done with on one host. */
export interface TaskEvent {
  readonly type: 'task'
  readonly play: string
  /** The innermost role it stands in; null outside of roles. */
  readonly role: string | null
  readonly task: string
  readonly host: string
  readonly module: string
  readonly status: TaskStatus
  /** In a check: whether it would change. */
  readonly changed: boolean
  readonly diff: readonly Difference[]
  /** What its script took, with all tries and the waiting between them; 0 where there was nothing to do. */
  readonly durationMs: number
  /** The host that did it, where that was another. */
  readonly delegate?: string
  /** Whether its diff is shown, whatever `--diff` says. */
  readonly showDiff?: boolean
  /** True where a handler ran it. */
  readonly handler?: boolean
  /** Failed or not reached, and the run went on because of `ignoreErrors` or `ignoreUnreachable`. */
  readonly ignored?: boolean
  /** Why it was skipped, what failed, what a debug says. */
  readonly message?: string
  readonly hint?: string
  /** Exit code and output of what was run, secrets masked. */
  readonly code?: number
  readonly stdout?: string
  readonly stderr?: string
  /** How often it was tried, where more than once. */
  readonly attempts?: number
  /** The script that was sent, secrets masked; only where the run is asked to tell. */
  readonly script?: string
}

export type RunEvent =
  | { readonly type: 'start'; readonly playbook: string; readonly check: boolean; readonly hosts: readonly string[] }
  | { readonly type: 'play'; readonly play: string; readonly hosts: readonly string[] }
  | {
      readonly type: 'host'
      readonly host: string
      readonly state: 'connecting' | 'connected' | 'planning' | 'applying' | 'done'
    }
  | {
      readonly type: 'output'
      readonly play: string
      readonly host: string
      readonly task: string
      readonly stream: 'stdout' | 'stderr'
      readonly text: string
    }
  | {
      readonly type: 'retry'
      readonly play: string
      readonly host: string
      readonly task: string
      readonly attempt: number
      readonly retries: number
    }
  | { readonly type: 'notice'; readonly message: string; readonly host?: string }
  | TaskEvent
  | { readonly type: 'recap'; readonly hosts: Readonly<Record<string, HostRecap>>; readonly durationMs: number }

/** Receives every event of a run. Must not throw. */
export type Reporter = (event: RunEvent) => void
