// One host through a list of tasks, from stop to stop: its own rounds, others' results, words to the run. Applies nothing.
import { setTimeout as sleep } from 'node:timers/promises'
import { TsplayError } from '../error.ts'
import { type Company, fatal } from './company.ts'
import { type Settling, skipUnreachable } from './finish.ts'
import { follow } from './follow.ts'
import type { HostContext } from './host-context.ts'
import { carryOut } from './metas.ts'
import type { Node, Stop, TaskNode } from './nodes.ts'
import type { Prepared } from './plan.ts'
import { standsAlone } from './plan.ts'
import { createRound, type Round } from './round.ts'
import type { Seat } from './seats.ts'
import type { StepHost } from './stepping.ts'
import { isTask, walk } from './walk.ts'

export interface TaskRun {
  /** These are a handler's tasks. */
  readonly handler?: boolean
  /** Tasks prepared before. */
  readonly prepared?: Prepared
  /** Somebody decides before each task. */
  readonly step?: StepHost
  readonly seat: Seat
  readonly company: Company
  /** Where to take the list up again. */
  readonly from?: string
  /** Told what comes next, whenever that has changed. */
  readonly onMove?: (upcoming: () => Iterable<Stop>) => void
}

/** Runs the tasks until they are done or the host has failed (`context.state` tells). */
export async function runTasks(context: HostContext, nodes: readonly Node[], options: TaskRun): Promise<void> {
  const { handler = false, prepared = new Map(), step, seat, company, from, onMove } = options
  const lose = (): void => {
    context.state = 'failed'
  }
  const cursor = walk(nodes, lose, from)
  const settling: Settling = {
    prepared,
    attempts: new Map(),
    stale: new Map(),
    alone: new Set(),
    begun: new Map(),
    handler,
    lose,
    company,
  }
  const round = createRound(context, cursor, settling, seat.away)
  let ending = false
  const reached = (): void => {
    if (!handler) context.record.reached(cursor.position() ?? null)
  }
  try {
    await goOn()
  } finally {
    reached()
  }

  async function goOn(): Promise<void> {
    while (context.state === 'ready') {
      onMove?.(cursor.upcoming)
      reached()
      if (company.ending && !ending && !handler) {
        ending = true
        leave(context, cursor, company.ending)
        continue
      }
      const [next] = cursor.upcoming()
      if (!next) return
      const choice = isTask(next) ? await step?.next(cursor.upcoming()) : undefined
      // the others may have come to an end meanwhile
      if (choice && company.ending && !ending && !handler) continue
      if (choice === 'skip') await round.skip(next as TaskNode, 'declined when asked')
      else await seat.work(() => comeTo(next, choice))
    }
  }

  /** Whoever waits for other hosts holds up neither a seat nor who is asked. */
  function away<T>(wait: () => Promise<T>): Promise<T> {
    return seat.away(() => (step ? step.away(wait) : wait()))
  }

  async function comeTo(next: Stop, choice: 'run' | undefined): Promise<void> {
    try {
      if (!isTask(next)) return await carryOut(context, next, { cursor, company, away, handler })
      if (next.options.runOnce && next.options.when !== false && !(await isMine(next))) return
      const waits = await oneRound(next, choice)
      if (waits !== undefined) await seat.away(() => pause(waits))
    } catch (error) {
      if (!(error instanceof TsplayError) || context.signal.aborted) throw error
      if (!isTask(next) || error.kind !== 'unreachable' || !next.options.ignoreUnreachable) {
        if (isTask(next) && next.options.anyErrorsFatal && !handler) company.end(fatal(context, next, 'was lost on'))
        throw error
      }
      skipUnreachable(context, next, error, settling)
      await (standsAlone(next) ? actorOf(next) : context).disconnect()
      cursor.advance()
    }
  }

  /** Another host may have done the task for all. */
  async function isMine(next: TaskNode): Promise<boolean> {
    const outcome = await away(() => company.members.once(context.host.name, next.key))
    if (outcome === true) return true
    if (outcome.failed && !outcome.ignored) {
      const message = `'${next.name}' failed on ${outcome.host}, which did it for all`
      context.emit({ type: 'notice', host: context.host.name, message })
      const result = { changed: false, ...outcome.result, failed: true }
      if (cursor.fail({ task: next.name, module: next.action.module.name, message, result }) === 'failed') lose()
    } else cursor.advance(next.registered ? await follow(context, next, outcome.result, settling) : [])
    return false
  }

  async function oneRound(next: TaskNode, choice: 'run' | undefined): ReturnType<Round['own']> {
    if (next.options.delegateTo !== undefined && next.options.when !== false)
      return round.delegated(next, actorOf(next))
    // whoever is asked before each task looks no further ahead
    return round.own(choice === 'run' || standsAlone(next) ? 'one' : 'many', step?.looksAhead ?? true)
  }

  function actorOf({ options: { delegateTo } }: TaskNode): HostContext {
    return delegateTo === undefined ? context : context.delegate(delegateTo)
  }

  function pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: context.signal })
  }
}

/** The batch has come to an end elsewhere. */
function leave(
  context: HostContext,
  cursor: ReturnType<typeof walk>,
  { what, because }: NonNullable<Company['ending']>,
): void {
  if ([...cursor.upcoming()].length === 0) return
  context.emit({ type: 'notice', host: context.host.name, message: `stopped: ${because}` })
  if (what !== 'failure') cursor.end()
  else if (cursor.abandon() === 'failed') context.state = 'failed'
}
