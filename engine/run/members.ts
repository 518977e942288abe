// The hosts that go through a play together: barriers between them, tasks that one of them does for all. Sends nothing.
import type { TaskResult } from '../task.ts'

/** How a task that was run once has ended. */
export interface OnceOutcome {
  readonly host: string
  readonly failed: boolean
  readonly ignored: boolean
  /** What `register` receives; undefined where it cannot be known. */
  readonly result: (TaskResult & object) | undefined
}

/** The hosts of a batch, by name. */
export interface Members {
  /** Comes to a barrier: waits until every host that is still on its way has come to it. */
  sync(host: string, name: string): Promise<void>
  /** Comes to a task that one host does for all: true, or what it came to there. */
  once(host: string, key: string): Promise<true | OnceOutcome>
  /** The task was done here. */
  onceDone(key: string, outcome: OnceOutcome): void
  /** What lies ahead of a host has changed. */
  moved(): void
  /** The host has no more tasks. */
  leave(host: string): void
}

interface Once {
  /** Who is doing it. */
  runner?: string | undefined
  outcome?: OnceOutcome
}

/**
 * `candidates` gives the hosts that have a task and whose condition holds, in the order in which they are asked to do it;
 * none for one that follows from a result: there the first to come does it.
 */
export function members(
  hosts: readonly string[],
  candidates: (key: string) => readonly string[],
  signal: AbortSignal,
): Members {
  const going = new Set(hosts)
  const arrived = new Map<string, Set<string>>()
  const onces = new Map<string, Once>()
  const waiting = new Set<() => void>()

  /** Looks again whenever something has happened. */
  const until = async <T>(look: () => T | undefined): Promise<T> => {
    for (;;) {
      signal.throwIfAborted()
      const found = look()
      if (found !== undefined) return found
      // listened to only while somebody waits: a run has many batches and one signal
      if (waiting.size === 0) signal.addEventListener('abort', happened)
      await new Promise<void>((wake) => waiting.add(wake))
    }
  }
  const happened = (): void => {
    const woken = [...waiting]
    waiting.clear()
    signal.removeEventListener('abort', happened)
    for (const wake of woken) wake()
  }

  return {
    async sync(host, name) {
      const here = arrived.get(name) ?? new Set()
      arrived.set(name, here.add(host))
      happened()
      await until(() => [...going].every((each) => here.has(each)) || undefined)
    },
    once(host, key) {
      const once = onces.get(key) ?? {}
      onces.set(key, once)
      return until(() => {
        if (once.outcome) return once.outcome
        if (once.runner !== undefined && !going.has(once.runner)) once.runner = undefined
        const next = once.runner ?? candidates(key).find((each) => going.has(each)) ?? host
        if (next !== host) return undefined
        once.runner = host
        return true
      })
    },
    onceDone(key, outcome) {
      onces.set(key, Object.assign(onces.get(key) ?? {}, { outcome }))
      happened()
    },
    moved: happened,
    leave(host) {
      going.delete(host)
      happened()
    },
  }
}
