// Handlers at the end of a play: on the hosts that notified them, in the order of their definition, each once.
import pLimit from 'p-limit'
import type { Handler } from '../task.ts'
import type { HostContext } from './host-context.ts'
import { runTasks } from './host-run.ts'
import { nodesOf, type ScopedHandler } from './nodes.ts'
import type { StepBatch } from './stepping.ts'

interface Surroundings {
  /** Also on hosts that have failed. */
  readonly force: boolean
  readonly guarded: (context: HostContext, work: () => Promise<void>) => Promise<void>
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>
  /** Somebody is asked before each task. */
  readonly steps?: StepBatch
}

/**
 * Runs what was notified. A throttled handler is a rolling one: once it has failed on a host, the hosts that wait for
 * their turn fail too, without having run it.
 */
export async function runHandlers(
  contexts: readonly HostContext[],
  handlersOf: (context: HostContext) => readonly ScopedHandler[],
  surroundings: Surroundings,
): Promise<void> {
  const turns = new Map<string, Turn>()
  await Promise.all(
    contexts.map((context) =>
      surroundings.limit(() =>
        surroundings.guarded(context, async () => {
          const revived = context.state === 'failed' && surroundings.force
          if (revived) context.state = 'ready'
          await flush(context, handlersOf(context), turns, surroundings.steps)
          if (revived && context.state === 'ready') context.state = 'failed'
        }),
      ),
    ),
  )
}

interface Turn {
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>
  /** The first host it failed on. */
  failed?: string
}

async function flush(
  context: HostContext,
  defined: readonly ScopedHandler[],
  turns: Map<string, Turn>,
  steps: StepBatch | undefined,
): Promise<void> {
  // A handler may notify others, earlier ones too: look again after each. Each runs once at most.
  const done = new Set<string>()
  while (context.state === 'ready') {
    const due = [...defined, ...context.notified.values()].find(
      ({ handler: { name } }) => context.notified.has(name) && !done.has(name),
    )
    if (!due) return
    done.add(due.handler.name)
    await inTurn(context, due.handler, turns, async () => {
      context.notified.delete(due.handler.name)
      const step = steps?.join(context, due.handler.name)
      try {
        await runTasks(context, nodesOf(due.handler.tasks, due.scope), { handler: true, ...(step && { step }) })
      } finally {
        step?.leave()
      }
    })
  }
}

async function inTurn(
  context: HostContext,
  { name, options }: Handler,
  turns: Map<string, Turn>,
  work: () => Promise<void>,
): Promise<void> {
  if (options.throttle === undefined) return work()
  const turn: Turn = turns.get(name) ?? { limit: pLimit(options.throttle) }
  turns.set(name, turn)
  await turn.limit(async () => {
    if (turn.failed !== undefined) return giveUp(context, name, turn.failed)
    try {
      await work()
    } finally {
      if (context.state !== 'ready') turn.failed ??= context.host.name
    }
  })
}

function giveUp(context: HostContext, name: string, failed: string): void {
  context.state = 'failed'
  context.counters.failed++
  context.emit({
    type: 'task',
    play: context.play,
    role: null,
    task: name,
    host: context.host.name,
    module: 'handler',
    handler: true,
    status: 'failed',
    changed: false,
    diff: [],
    durationMs: 0,
    message: `not run: it failed on ${failed}`,
  })
}
