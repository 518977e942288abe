// One play: its hosts in batches, each host on its own, the handlers at the end. Knows nothing of terminals and files.
import pLimit from 'p-limit'
import type { Play } from '../play.ts'
import { runHandlers } from './handlers.ts'
import { answersOf, type HostContext } from './host-context.ts'
import { knownFacts, recallFacts } from './host-facts.ts'
import { runTasks } from './host-run.ts'
import type { Hosts } from './hosts.ts'
import { guarded } from './lost-host.ts'
import type { ScopedHandler } from './nodes.ts'
import { playHosts } from './play-hosts.ts'
import type { Preflight } from './preflight.ts'
import { batches } from './serial.ts'
import type { Stepping } from './stepping.ts'
import type { RunOptions } from './world.ts'

/** Runs a play. False: every host of a batch was lost, so nothing that follows may run. */
export async function runPlay(
  options: RunOptions,
  play: Play,
  hosts: Hosts,
  preflight: Preflight,
  stepping?: Stepping,
): Promise<boolean> {
  const named = playHosts(options, play)
  const ready = named.filter((host) => hosts.of(host).state === 'ready')
  options.emit({ type: 'play', play: play.spec.name, hosts: ready.map(({ name }) => name) })
  if (named.length > 0 && ready.length === 0) return false
  for (const batch of batches(ready, play.spec.serial)) {
    const contexts = batch.map((host) => hosts.of(host))
    await runBatch(options, play, contexts, preflight, stepping)
    if (contexts.every(({ state }) => state !== 'ready')) return false
  }
  return true
}

async function runBatch(
  options: RunOptions,
  play: Play,
  contexts: readonly HostContext[],
  { tasks, prepared }: Preflight,
  stepping: Stepping | undefined,
): Promise<void> {
  const forks = pLimit(options.forks)
  const steps = stepping?.batch(play.spec.name, forks)
  // a host that waits for an answer holds nobody up
  const limit: typeof unlimited = steps ? unlimited : forks
  const handlers = new Map<HostContext, readonly ScopedHandler[]>()
  const members = contexts.map((context) => ({ context, step: steps?.join(context) }))
  await Promise.all(
    members.map(({ context, step }) =>
      limit(() =>
        guarded(context, async () => {
          begin(context, play)
          await recallFacts(context)
          const list = await tasks(play, context.host)
          handlers.set(context, list.handlers)
          context.emit({ type: 'host', host: context.host.name, state: 'planning' })
          await runTasks(context, list.nodes, { prepared, ...(step && { step }) })
          context.emit({ type: 'host', host: context.host.name, state: 'done' })
        }),
      ).finally(() => step?.leave()),
    ),
  )
  const force = play.spec.forceHandlers ?? options.forceHandlers
  const surroundings = { force, guarded, limit, ...(steps && { steps }) }
  await runHandlers(contexts, (context) => handlers.get(context) ?? [], surroundings)
  for (const context of contexts) context.doing = ''
}

const unlimited = <T>(work: () => Promise<T>): Promise<T> => work()

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
