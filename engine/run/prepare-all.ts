// Prepares every task of a list before anything runs, so that what is missing is told then. Changes nothing.
import { TsplayError } from '../error.ts'
import { TaskFailure } from '../module.ts'
import type { Play } from '../play.ts'
import type { Host } from '../site.ts'
import type { EarlyWorks } from './early-work.ts'
import type { Hosts } from './hosts.ts'
import type { TaskNode } from './nodes.ts'
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
  readonly early: EarlyWorks
  readonly lenient: boolean
}

/** Whether it is prepared before the run. */
export const isPrepared = ({ options, action }: TaskNode): boolean => options.when !== false && !action.module.late

/** Begins what the tasks of a list can have begun before it is prepared. */
export function beginAll({ hosts, early }: Pick<Preparing, 'hosts' | 'early'>, host: Host, list: HostTasks): void {
  for (const node of tasksOf(list.nodes))
    if (isPrepared(node)) early.begin(node, () => hosts.of(host).control(node.scope.dirs))
}

/** @throws TsplayError for the first task that cannot be prepared, with where it stands */
export async function prepareAll(
  { hosts, prepared, early, lenient }: Preparing,
  play: Play,
  host: Host,
  list: HostTasks,
): Promise<void> {
  for (const node of tasksOf(list.nodes)) {
    if (!isPrepared(node)) continue
    const ready = await prepare(hosts.of(host), node, prepared, early.of(node))
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
