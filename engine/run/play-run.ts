// One play: its hosts in batches, each host on its own, the handlers at the end. Knows nothing of terminals and files.
import pLimit from 'p-limit'
import { TsplayError } from '../error.ts'
import type { Facts } from '../facts.ts'
import { factsProbe } from '../facts.ts'
import type { Play } from '../play.ts'
import type { Host } from '../site.ts'
import { AskError } from './ask.ts'
import { runHandlers } from './handlers.ts'
import type { HostContext } from './host-context.ts'
import { answersOf } from './host-context.ts'
import { loseHost, runTasks } from './host-run.ts'
import type { Hosts } from './hosts.ts'
import type { ScopedHandler } from './nodes.ts'
import { apply } from './perform.ts'
import type { Prepared } from './plan.ts'
import { batches } from './serial.ts'
import { type HostTasks, hostTasks } from './task-list.ts'
import type { RunOptions } from './world.ts'

/** Task lists and prepared tasks that were made before the run, by play and host. */
export interface Preflight {
  readonly tasks: Map<Play, Map<string, HostTasks>>
  readonly prepared: Prepared
}

/** Runs a play. False: every host of a batch was lost, so nothing that follows may run. */
export async function runPlay(options: RunOptions, play: Play, hosts: Hosts, preflight: Preflight): Promise<boolean> {
  const selected = playHosts(options, play).filter((host) => hosts.of(host).state === 'ready')
  options.emit({ type: 'play', play: play.spec.name, hosts: selected.map(({ name }) => name) })
  for (const batch of batches(selected, play.spec.serial)) {
    const contexts = batch.map((host) => hosts.of(host))
    await runBatch(options, play, contexts, preflight)
    if (contexts.every(({ state }) => state !== 'ready')) return false
  }
  return true
}

/** The hosts of a play that `--limit` leaves. */
export function playHosts({ world, placeOf }: RunOptions, { spec }: Play): readonly Host[] {
  try {
    return world.select(spec.hosts).filter(({ name }) => world.limit?.has(name) ?? true)
  } catch (error) {
    if (!(error instanceof TsplayError)) throw error
    const place = error.place ?? placeOf(error)
    throw new TsplayError(`play '${spec.name}': ${error.message}`, {
      ...(place && { place }),
      ...(error.hint && { hint: error.hint }),
    })
  }
}

async function runBatch(
  options: RunOptions,
  play: Play,
  contexts: readonly HostContext[],
  { tasks, prepared }: Preflight,
): Promise<void> {
  const limit = pLimit(options.forks)
  const handlers = new Map<HostContext, readonly ScopedHandler[]>()
  await Promise.all(
    contexts.map((context) =>
      limit(() =>
        guarded(context, async () => {
          begin(context, play)
          const list = tasks.get(play)?.get(context.host.name) ?? (await listWithFacts(options, play, context))
          handlers.set(context, list.handlers)
          await runTasks(context, list.nodes, { prepared })
        }),
      ),
    ),
  )
  const force = play.spec.forceHandlers ?? options.forceHandlers
  await runHandlers(contexts, (context) => handlers.get(context) ?? [], { force, guarded, limit })
  for (const context of contexts) context.doing = ''
}

/** What an earlier play or another host has done may show on this one: its answers are asked anew. */
function begin(context: HostContext, play: Play): void {
  context.play = play.spec.name
  const facts = knownFacts(context)
  context.answers.clear()
  // facts are kept, unless something was changed that they depend on
  const answers = answersOf(context, undefined)
  for (const [id, answer] of facts) answers.set(id, answer)
  context.notified.clear()
  context.at = 'connect'
  context.doing = 'connecting'
}

const knownFacts = (context: HostContext): [string, unknown][] =>
  factsProbe.questions.flatMap(({ id }) => {
    const answers = answersOf(context, undefined)
    return answers.has(id) ? [[id, answers.get(id)]] : []
  })

/** A lost connection or a refused become ends the host, not the run. */
async function guarded(context: HostContext, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (context.signal.aborted || !(error instanceof TsplayError) || !['unreachable', 'task'].includes(error.kind))
      throw error
    loseHost(context, error)
  }
}

async function listWithFacts(options: RunOptions, play: Play, context: HostContext): Promise<HostTasks> {
  context.doing = 'reading facts'
  if (knownFacts(context).length === 0) await apply(context, undefined, [], factsProbe.questions)
  const facts: Facts = factsProbe.read((question) => {
    const answer = answersOf(context, undefined).get(question.id)
    if (answer instanceof AskError) throw new TsplayError(`facts: ${answer.message}`, { kind: 'task' })
    return answer as never
  })
  const list = hostTasks(options, play, context.host, facts)
  if (!list) throw new Error('a task list still asks for facts that it was given')
  return list
}
