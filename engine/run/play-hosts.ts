// The hosts a play names, as far as `--limit` leaves them.
import { TsplayError } from '../error.ts'
import type { Play } from '../play.ts'
import type { Host } from '../site.ts'
import type { RunOptions } from './world.ts'

/** @throws TsplayError for a group or host that does not exist, with the play. */
export function playHosts(
  { world, placeOf }: Pick<RunOptions, 'world' | 'placeOf'>,
  { spec, origin }: Play,
): readonly Host[] {
  try {
    return world.select(spec.hosts).filter(({ name }) => world.limit?.has(name) ?? true)
  } catch (error) {
    if (!(error instanceof TsplayError)) throw error
    const place = error.place ?? placeOf(origin)
    throw new TsplayError(`play '${spec.name}': ${error.message}`, {
      ...(place && { place }),
      ...(error.hint && { hint: error.hint }),
    })
  }
}
