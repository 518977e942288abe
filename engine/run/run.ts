// A whole run: look at everything before any host is touched, then play after play. Knows nothing of terminals and files.
import { TsplayError } from '../error.ts'
import type { HostRecap } from '../event.ts'
import { TaskFailure } from '../module.ts'
import type { Play } from '../play.ts'
import { createHosts, type Hosts } from './hosts.ts'
import { prepare } from './plan.ts'
import { type Preflight, playHosts, runPlay } from './play-run.ts'
import { tasksOf } from './selection.ts'
import { type HostTasks, hostTasks } from './task-list.ts'
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
  const preflight = await lookAhead(options, hosts)
  let interrupted: RunOutcome['interrupted']
  const names = new Set(options.playbook.plays.flatMap((play) => playHosts(options, play).map(({ name }) => name)))
  options.emit({ type: 'start', playbook: options.name, check: options.check, hosts: [...names] })
  try {
    for (const play of options.playbook.plays) if (!(await runPlay(options, play, hosts, preflight))) break
  } catch (error) {
    if (!options.signal.aborted) throw error
    interrupted = hosts.busy()
    for (const { host, doing } of interrupted)
      options.emit({ type: 'notice', host, message: `interrupted while ${doing}` })
  } finally {
    await hosts.close()
  }
  const recap = hosts.recap()
  options.emit({ type: 'recap', hosts: recap, durationMs: Math.round(performance.now() - started) })
  return { hosts: recap, interrupted }
}

/**
 * Makes every task list that needs no facts and prepares every task in it, so that a mistyped parameter, a missing source
 * or an undefined variable of the last play is told before the first play has changed anything.
 */
async function lookAhead(options: RunOptions, hosts: Hosts): Promise<Preflight> {
  const preflight: Preflight = { tasks: new Map(), prepared: new Map() }
  let mayMakeSources = false
  for (const play of options.playbook.plays) {
    const lists = new Map<string, HostTasks>()
    preflight.tasks.set(play, lists)
    for (const host of playHosts(options, play)) {
      const list = hostTasks(options, play, host, undefined)
      // a play on this machine may make the very sources that later tasks send
      mayMakeSources ||= host.connection.transport === 'local'
      if (!list) continue
      lists.set(host.name, list)
      await prepareAll(options, play, hosts, host.name, list, preflight, mayMakeSources)
    }
  }
  return preflight
}

async function prepareAll(
  options: RunOptions,
  play: Play,
  hosts: Hosts,
  name: string,
  list: HostTasks,
  { prepared }: Preflight,
  mayMakeSources: boolean,
): Promise<void> {
  const context = hosts.of(options.world.hosts.find((host) => host.name === name)!)
  for (const node of tasksOf(list.nodes)) {
    if (node.options.when === false || node.action.module.late) continue
    const ready = await prepare(context, node, prepared)
    if (!(ready instanceof TsplayError || ready instanceof TaskFailure)) continue
    if (mayMakeSources) prepared.delete(node)
    else {
      const role = node.scope.roles.at(-1)
      throw new TsplayError(
        `play '${play.spec.name}', ${role ? `role '${role}', ` : ''}task '${node.name}', host ${name}: ${ready.message}`,
        {
          ...(ready instanceof TsplayError && ready.place && { place: ready.place }),
          ...(ready.hint && { hint: ready.hint }),
        },
      )
    }
  }
}
