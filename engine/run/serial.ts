// The sizes of a play's batches, and whether its hosts can be cut into them. Pure, as far as the play is.
import { batches } from '../batches.ts'
import type { Play, Serials } from '../play.ts'
import type { Host } from '../site.ts'
import { inPlay, sourceOf } from './play-hosts.ts'
import { userError } from './task-list.ts'
import type { RunOptions } from './world.ts'

/**
 * The sizes that a play asks for, by the variables of its first host where it takes them from there.
 * @throws TsplayError with the place in the user's file where its function throws
 */
export function serialsOf(options: RunOptions, play: Play, [first]: readonly Host[]): Serials | undefined {
  const { name, serial } = play.spec
  if (typeof serial !== 'function') return serial
  if (first === undefined) return undefined
  const { hosts, groups } = sourceOf(options, play).world
  try {
    // the site's schemas have checked variables and groups when the inventory was loaded
    return serial({ vars: first.vars as never, hosts, groups: groups as never })
  } catch (error) {
    throw userError(options, error, `play '${name}', serial`)
  }
}

/** Sizes that the play's hosts cannot be cut into are told before a play is begun. @throws TsplayError with its place */
export function checkSerial(options: RunOptions, play: Play, hosts: readonly Host[]): void {
  const serials = serialsOf(options, play, hosts)
  inPlay(options, play, () => batches(hosts, serials))
}
