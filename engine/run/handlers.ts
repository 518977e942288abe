// Handlers that are due on a host, in the order of their definition, each once a flush; and what hosts share about them.
import pLimit from 'p-limit'
import type { Reporter } from '../event.ts'
import type { Handler } from '../task.ts'
import type { Company } from './company.ts'
import type { HostContext, Notification } from './host-context.ts'
import { runTasks } from './host-run.ts'
import { guarded } from './lost-host.ts'
import { handlerNodes } from './nodes.ts'
import type { Seat } from './seats.ts'
import type { StepBatch } from './stepping.ts'
import { keysOf } from './task-keys.ts'

/** The flushes of a batch. */
export interface Flushes {
  /** Runs what is due on a host. */
  flush(context: HostContext, seat: Seat, company: Company): Promise<void>
  /** The flush at the end of the play, on all hosts; with `force` also on those that have failed. */
  last(
    hosts: readonly { readonly context: HostContext; readonly seat: Seat; readonly hold: Hold }[],
    force: boolean,
    companyOf: (context: HostContext, seat: Seat) => Company,
  ): Promise<void>
}

type Hold = <T>(work: () => Promise<T>) => Promise<T>

interface Turn {
  readonly limit: Hold
  /** The first host it failed on. */
  failed?: string
}

/**
 * A throttled handler is a rolling one: once it has failed on a host, the hosts that wait for their turn fail too,
 * without having run it. Hosts take their turns flush by flush.
 */
export function createFlushes({ steps, emit }: { steps: StepBatch | undefined; emit: Reporter }): Flushes {
  const turns = new Map<string, Turn>()
  const counts = new Map<HostContext, number>()

  async function flush(context: HostContext, seat: Seat, company: Company): Promise<void> {
    const count = (counts.get(context) ?? 0) + 1
    counts.set(context, count)
    // A handler may notify others, earlier ones too: look again after each. Each runs once at most.
    const done = new Set<string>()
    while (context.state === 'ready') {
      const due = [...context.handlers, ...context.notified.values()].find(
        ({ handler: { name } }) => context.notified.has(name) && !done.has(name),
      )
      if (!due) return
      const { name } = due.handler
      done.add(name)
      const key = `flush ${count}: ${name}`
      await inTurn(context, due.handler, key, async () => {
        const notification = context.notified.get(name)
        context.notified.delete(name)
        await handle(context, notification ?? due, key, seat, company)
      })
    }
  }

  async function handle(
    context: HostContext,
    { handler, scope, left }: Notification,
    key: string,
    seat: Seat,
    company: Company,
  ): Promise<void> {
    const { name } = handler
    if (left !== undefined)
      emit({ type: 'notice', host: context.host.name, message: `handler '${name}' is due: ${left}` })
    const step = steps?.join(context, name)
    try {
      const nodes = handlerNodes({ handler, scope }, keysOf({ key }))
      await runTasks(context, nodes, { handler: true, seat, company, ...(step && { step }) })
    } finally {
      step?.leave()
    }
    // one that has failed stays due for the next run
    if (context.state === 'ready') context.record.settled(name)
  }

  async function inTurn(context: HostContext, handler: Handler, key: string, work: () => Promise<void>): Promise<void> {
    if (handler.options.throttle === undefined) return work()
    const turn: Turn = turns.get(key) ?? { limit: pLimit(handler.options.throttle) }
    turns.set(key, turn)
    await turn.limit(async () => {
      if (turn.failed !== undefined) return giveUp(context, handler.name, turn.failed)
      try {
        await work()
      } finally {
        if (context.state !== 'ready') turn.failed ??= context.host.name
      }
    })
  }

  return {
    flush,
    async last(hosts, force, companyOf) {
      await Promise.all(
        hosts.map(({ context, seat, hold }) =>
          hold(() =>
            guarded(context, async () => {
              const revived = context.state === 'failed' && force
              if (revived) context.state = 'ready'
              await flush(context, seat, companyOf(context, seat))
              if (revived && context.state === 'ready') context.state = 'failed'
            }),
          ),
        ),
      )
    },
  }
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
