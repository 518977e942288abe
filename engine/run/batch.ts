// One batch of a play: each host on its own, what they share, the handlers at the end. Knows nothing of terminals and files.
import type { Play } from '../play.ts'
import { missingHosts } from './all-hosts.ts'
import type { BatchEnd, Company } from './company.ts'
import { createFlushes } from './handlers.ts'
import { answersOf, type HostContext } from './host-context.ts'
import { knownFacts, recallFacts } from './host-facts.ts'
import { runTasks } from './host-run.ts'
import { takeUpLeft, tellUnknown } from './left-handlers.ts'
import { guarded } from './lost-host.ts'
import { members as createMembers } from './members.ts'
import type { Stop } from './nodes.ts'
import { playKey } from './play-hosts.ts'
import type { Preflight } from './preflight.ts'
import { type Seat, seats } from './seats.ts'
import { tasksOf } from './selection.ts'
import { createLockstep, type Stepping } from './stepping.ts'
import type { HostTasks } from './task-list.ts'
import type { RunOptions } from './world.ts'

/** Runs a batch. Gives back why it ended early, if it did. */
export async function runBatch(
  options: RunOptions,
  play: Play,
  { contexts, all }: { readonly contexts: readonly HostContext[]; readonly all: readonly HostContext[] },
  { tasks, prepared }: Preflight,
  stepping: Stepping | undefined,
): Promise<BatchEnd | undefined> {
  const { strategy = 'independent', forceHandlers = options.forceHandlers } = play.spec
  const steps = (stepping ?? (strategy === 'linear' ? createLockstep(options.signal) : undefined))?.batch(
    play.spec.name,
  )
  const room = seats(options.forks)
  const pinned = strategy === 'pinned' && !steps
  const lists = new Map<HostContext, HostTasks>()
  const ahead = new Map<string, () => Iterable<Stop>>()
  const answers = new Map<string, Promise<string>>()
  let ending: BatchEnd | undefined

  const members = createMembers(
    contexts.map(({ host }) => host.name),
    (key) => contexts.filter((context) => willDo(context, key)).map(({ host }) => host.name),
    options.signal,
  )
  /** Whether the host has the task before it, and its condition holds. */
  const willDo = (context: HostContext, key: string): boolean => {
    const stops = ahead.get(context.host.name)?.() ?? tasksOf(lists.get(context)?.nodes ?? [])
    return [...stops].some((stop) => stop.kind === 'task' && stop.key === key && stop.options.when !== false)
  }
  const flushes = createFlushes({ steps, emit: options.emit })
  const companyOf = (context: HostContext, seat: Seat): Company => ({
    members,
    get ending() {
      return ending
    },
    end(reason) {
      ending ??= reason
    },
    ask(key, inquiry) {
      const id = `${key}\0${inquiry.question}`
      const asked = answers.get(id) ?? options.ask?.(inquiry)
      if (asked) answers.set(id, asked)
      return asked
    },
    flush: () => flushes.flush(context, seat, companyOf(context, seat)),
    clearErrors() {
      for (const each of all) if (each.state !== 'ready') each.cleared = true
    },
  })

  const through = contexts.map((context) => {
    const seat = room.seat()
    // pinned: the host keeps its seat until it is through, but for when it waits for others
    return { context, seat, hold: pinned ? seat.work : unlimited, step: steps?.join(context) }
  })
  for (const context of contexts) begin(context, play, options)
  await Promise.all(
    through.map(({ context, seat }) =>
      seat.work(() =>
        guarded(context, async () => {
          await recallFacts(context)
          lists.set(context, await tasks(play, context.host))
        }),
      ),
    ),
  )
  const missing = missingHosts(play, { all, batch: contexts })
  if (missing !== undefined && contexts.some((context) => lists.get(context)?.nodes.length)) {
    for (const { step } of through) step?.leave()
    options.emit({ type: 'notice', message: missing })
    return { what: 'failure', because: missing }
  }
  await Promise.all(
    through.map(({ context, seat, hold, step }) =>
      hold(() =>
        guarded(context, async () => {
          const list = lists.get(context)
          if (!list) return
          context.handlers = list.handlers
          takeUpLeft(context)
          if (context.record.from === null) return
          context.emit({ type: 'host', host: context.host.name, state: 'planning' })
          await runTasks(context, list.nodes, {
            prepared,
            seat,
            company: companyOf(context, seat),
            ...(step && { step }),
            ...(context.record.from !== undefined && { from: context.record.from }),
            onMove(upcoming) {
              ahead.set(context.host.name, upcoming)
              members.moved()
            },
          })
          context.emit({ type: 'host', host: context.host.name, state: 'done' })
        }),
      ).finally(() => {
        tooManyLost()
        step?.leave()
        members.leave(context.host.name)
      }),
    ),
  )
  for (const context of contexts) tellUnknown(context, options)
  if (ending?.what === 'failure') for (const context of contexts) stop(context, ending.because)
  await flushes.last(through, forceHandlers, companyOf)
  for (const context of contexts) context.doing = ''
  return ending

  /** A share of the hosts may be lost, not more; those that could not be reached do not count, as in Ansible. */
  function tooManyLost(): void {
    const { maxFailPercentage: most } = play.spec
    const failed = contexts.filter(({ state }) => state === 'failed').length
    if (most === undefined || (failed / contexts.length) * 100 <= most) return
    ending ??= { what: 'failure', because: `${failed} of ${contexts.length} hosts failed, more than ${most} %` }
  }
}

/** A host that is through before a failure elsewhere stops the batch: what it has notified is left for the next run. */
function stop(context: HostContext, because: string): void {
  if (context.state !== 'ready') return
  context.state = 'failed'
  if (context.notified.size > 0)
    context.emit({ type: 'notice', host: context.host.name, message: `handlers are not run: ${because}` })
}

const unlimited = <T>(work: () => Promise<T>): Promise<T> => work()

/** What an earlier play or another host has done may show on this one: its answers are asked anew. */
function begin(context: HostContext, play: Play, { journal, playbook }: RunOptions): void {
  context.play = play.spec.name
  const facts = knownFacts(context)
  context.answers.clear()
  // facts are kept, unless something was changed that they depend on
  const answers = answersOf(context, undefined)
  for (const [id, answer] of facts) answers.set(id, answer)
  context.notified.clear()
  context.handlers = []
  context.playKey = playKey(playbook.plays, play)
  if (journal) context.record = journal.record(context.playKey, context.host.name)
  // a host that others may stop does not run ahead of what they can know
  context.careful = play.spec.maxFailPercentage !== undefined
  context.at = 'connect'
  context.doing = 'connecting'
}
