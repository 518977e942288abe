// What a list may not hold: tasks for hosts that do not exist, two roles of one name. Asks no host.
import { formatPlace, TsplayError } from '../error.ts'
import type { RoleCall } from '../task.ts'
import { delegateOf } from './delegate.ts'
import { tasksOf } from './selection.ts'
import type { HostTasks } from './task-list.ts'
import type { RunOptions } from './world.ts'

/** Looks at each list of a playbook. @throws TsplayError with the task or the places of the roles. */
export function checkLists({ world, placeOf }: Pick<RunOptions, 'world' | 'placeOf'>): (list: HostTasks) => void {
  const roles = new Map<string, RoleCall>()

  const checkRole = (call: RoleCall): void => {
    const known = roles.get(call.name) ?? call
    roles.set(call.name, known)
    if (known.definition === call.definition) return
    const place = placeOf(call.definition.origin)
    const other = placeOf(known.definition.origin)
    // defined anew for each host
    if (place && other && formatPlace(place) === formatPlace(other)) return
    throw new TsplayError(`two roles are called '${call.name}'`, {
      ...(place && { place }),
      hint: `\`tsplay role ${call.name}\` would mean both: rename one${other ? ` (the other stands in ${other.file})` : ''}`,
    })
  }

  return ({ nodes }) => {
    const seen = new Set<RoleCall>()
    for (const { name, options, scope } of tasksOf(nodes)) {
      for (const call of scope.calls) if (!seen.has(call)) checkRole(call)
      for (const call of scope.calls) seen.add(call)
      if (options.delegateTo === undefined) continue
      try {
        delegateOf(world, options.delegateTo)
      } catch (error) {
        if (!(error instanceof TsplayError)) throw error
        throw new TsplayError(`task '${name}': ${error.message}`, { ...(error.hint && { hint: error.hint }) })
      }
    }
  }
}
