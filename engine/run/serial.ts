// How a play's hosts are cut into batches. Pure, as far as the play is.
import { TsplayError } from '../error.ts'
import type { Play, Serial, Serials } from '../play.ts'
import type { Host } from '../site.ts'
import { sourceOf } from './play-hosts.ts'
import { userError } from './task-list.ts'
import type { RunOptions } from './world.ts'

/** Batches of the sizes asked for; the last size repeats. A share is rounded down, and at least one host. */
export function batches<T>(hosts: readonly T[], serial: Serials | undefined): T[][] {
  const sizes =
    serial === undefined ? [hosts.length] : ([serial].flat() as Serial[]).map((size) => sizeOf(size, hosts.length))
  const result: T[][] = []
  for (let start = 0; start < hosts.length; ) {
    const size = sizes[Math.min(result.length, sizes.length - 1)] ?? hosts.length
    result.push(hosts.slice(start, start + size))
    start += size
  }
  return result
}

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
  try {
    batches(hosts, serials)
  } catch (error) {
    const place = options.placeOf(play.origin)
    throw new TsplayError(`play '${play.spec.name}': ${(error as Error).message}`, {
      cause: error,
      ...(place && { place }),
    })
  }
}

function sizeOf(serial: Serial, total: number): number {
  const share = typeof serial === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(serial)?.[1] : undefined
  const size = typeof serial === 'number' ? serial : Math.max(1, Math.floor((total * Number(share)) / 100))
  if (Number.isInteger(size) && size >= 1) return size
  throw new TsplayError(`serial: '${serial}' is neither a number of hosts nor a share such as '30%'`)
}
