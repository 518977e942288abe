// One play: its hosts in order and in batches. Knows nothing of terminals and files.
import { batches } from '../batches.ts'
import type { Play } from '../play.ts'
import { runBatch } from './batch.ts'
import { inOrder } from './host-order.ts'
import type { Hosts } from './hosts.ts'
import { playHosts } from './play-hosts.ts'
import type { Preflight } from './preflight.ts'
import { serialsOf } from './serial.ts'
import type { Stepping } from './stepping.ts'
import type { RunOptions } from './world.ts'

/** Runs a play. False: a batch was lost, or stopped because of a failure, so nothing that follows may run. */
export async function runPlay(
  options: RunOptions,
  play: Play,
  hosts: Hosts,
  preflight: Preflight,
  stepping?: Stepping,
): Promise<boolean> {
  const named = playHosts(options, play)
  for (const context of named.map(hosts.of)) {
    if (!context.cleared) continue
    context.cleared = false
    if (context.state === 'unreachable') await context.disconnect()
    context.state = 'ready'
  }
  const ready = inOrder(
    named.filter((host) => hosts.of(host).state === 'ready'),
    play.spec.order,
  )
  options.emit({ type: 'play', play: play.spec.name, hosts: ready.map(({ name }) => name) })
  if (named.length > 0 && ready.length === 0) return false
  const all = named.map(hosts.of)
  for (const batch of batches(ready, serialsOf(options, play, ready))) {
    const contexts = batch.map(hosts.of)
    const ending = await runBatch(options, play, { contexts, all }, preflight, stepping)
    if (ending?.what === 'failure') return false
    if (contexts.every(({ state, cleared }) => state !== 'ready' && !cleared)) return false
    if (ending?.what === 'play') break
  }
  return true
}
