// Who a task runs as: its own word, its host's, the command line's. Pure.
import type { Become } from '../connection/connection.ts'
import type { Host } from '../site.ts'
import type { TaskNode } from './nodes.ts'
import type { RunOptions } from './world.ts'

/** Undefined: the login user. */
export function becomeOf({ become: defaults, target }: RunOptions, host: Host, node: TaskNode): Become | undefined {
  const { connection } = host
  const asked = node.options.become ?? connection.become ?? (defaults.user === undefined ? undefined : true)
  if (asked === undefined || asked === false) return undefined
  const user =
    asked === true
      ? typeof connection.become === 'string'
        ? connection.become
        : (connection.becomeUser ?? defaults.user ?? 'root')
      : asked
  if (user === target(host).user) return undefined
  const password = connection.becomePassword ?? defaults.password
  return { user, method: defaults.method ?? connection.becomeMethod ?? 'sudo', ...(password && { password }) }
}
