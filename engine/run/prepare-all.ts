// Prepares every task of a list before anything runs, so that what is missing is told then. Changes nothing.
import { TsplayError } from '../error.ts'
import { TaskFailure } from '../module.ts'
import type { Play } from '../play.ts'
import type { Host } from '../site.ts'
import type { Hosts } from './hosts.ts'
import { type Prepared, prepare } from './plan.ts'
import { playHosts } from './play-hosts.ts'
import { tasksOf } from './selection.ts'
import type { HostTasks } from './task-list.ts'
import type { RunOptions } from './world.ts'

/** A play on this machine may make the very sources that it and later plays send: these cannot be missed beforehand. */
export function playsThatMayMakeSources(options: RunOptions): Set<Play> {
  const { plays } = options.playbook
  const first = plays.findIndex((play) =>
    playHosts(options, play).some((host) => host.connection.transport === 'local'),
  )
  return new Set(first < 0 ? [] : plays.slice(first))
}

interface Preparing {
  readonly options: RunOptions
  readonly hosts: Hosts
  readonly prepared: Prepared
  readonly lenient: boolean
}

/** @throws TsplayError for the first task that cannot be prepared, with where it stands */
export async function prepareAll(
  { hosts, prepared, lenient }: Preparing,
  play: Play,
  host: Host,
  list: HostTasks,
): Promise<void> {
  for (const node of tasksOf(list.nodes)) {
    if (node.options.when === false || node.action.module.late) continue
    const ready = await prepare(hosts.of(host), node, prepared)
    if (!(ready instanceof TsplayError || ready instanceof TaskFailure)) continue
    if (lenient) {
      prepared.delete(node)
      continue
    }
    const role = node.scope.roles.at(-1)
    const where = `play '${play.spec.name}', ${role ? `role '${role}', ` : ''}task '${node.name}', host ${host.name}`
    throw new TsplayError(`${where}: ${ready.message}`, {
      ...(ready instanceof TsplayError && ready.place && { place: ready.place }),
      ...(ready.hint && { hint: ready.hint }),
    })
  }
}
