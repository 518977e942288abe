// A whole run: look at everything before any host is touched, then play after play. Knows nothing of terminals and files.
import type { HostRecap, RunEvent } from '../event.ts'
import { createHosts } from './hosts.ts'
import { playHosts } from './play-hosts.ts'
import { runPlay } from './play-run.ts'
import { preflight } from './preflight.ts'
import { createStepping } from './stepping.ts'
import type { RunOptions } from './world.ts'

/** How a run has ended. */
export interface RunOutcome {
  readonly hosts: Readonly<Record<string, HostRecap>>
  /** The signal was raised: what each host was doing then. */
  readonly interrupted: readonly { readonly host: string; readonly doing: string }[] | undefined
}

/**
 * Runs a playbook.
 * @throws TsplayError kind `input` before any host is touched, where the playbook, its sources or the inventory are wrong.
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const started = performance.now()
  const hosts = createHosts(options)
  const plans = await preflight(options, hosts)
  let interrupted: RunOutcome['interrupted']
  const names = new Set(options.playbook.plays.flatMap((play) => playHosts(options, play).map(({ name }) => name)))
  options.emit({ type: 'start', playbook: options.name, check: options.check, hosts: [...names] })
  try {
    await plans.readFacts()
    const stepping = options.confirm && createStepping(options.confirm, options.signal)
    for (const play of plans.plays()) if (!(await runPlay(options, play, hosts, plans, stepping))) break
  } catch (error) {
    if (!options.signal.aborted) throw error
    interrupted = hosts.busy()
    for (const { host, doing } of interrupted)
      options.emit({ type: 'notice', host, message: `interrupted while ${doing}` })
  } finally {
    await hosts.close()
  }
  if (!options.check) for (const [host, due] of hosts.due()) options.emit(dueNotice(host, due))
  const recap = hosts.recap(names)
  options.emit({ type: 'recap', hosts: recap, durationMs: Math.round(performance.now() - started) })
  return { hosts: recap, interrupted }
}

const dueNotice = (host: string, due: readonly string[]): RunEvent => ({
  type: 'notice',
  host,
  message: `still due, for the next run: handler${due.length > 1 ? 's' : ''} '${due.join("', '")}'`,
})
