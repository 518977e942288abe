// The hosts a play names, as far as `--limit` leaves them.
import { TsplayError } from '../error.ts'
import type { Play } from '../play.ts'
import type { Host } from '../site.ts'
import type { PlaySource, RunOptions } from './world.ts'

/** What a play is told of the inventory, and where its sources lie. */
export const sourceOf = (options: Pick<RunOptions, 'world' | 'sourceOf' | 'dir'>, play: Play): PlaySource =>
  options.sourceOf?.(play) ?? options

/** @throws TsplayError for a group or host that does not exist, with the play. */
export function playHosts(options: Pick<RunOptions, 'world' | 'sourceOf' | 'placeOf'>, play: Play): readonly Host[] {
  const { world } = sourceOf({ dir: '', ...options }, play)
  return inPlay(options, play, () => world.select(play.spec.hosts).filter(({ name }) => world.limit?.has(name) ?? true))
}

/** What is wrong with what a play says of its hosts is told with the play, and with its place where it has none of its own. */
export function inPlay<T>({ placeOf }: Pick<RunOptions, 'placeOf'>, { spec, origin }: Play, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TsplayError)) throw error
    const place = error.place ?? placeOf(origin)
    throw new TsplayError(`play '${spec.name}': ${error.message}`, {
      ...(place && { place }),
      ...(error.hint && { hint: error.hint }),
    })
  }
}

/** The second play of a name has a number, so that runs can tell them apart. */
export function playKey(plays: readonly Play[], play: Play): string {
  const same = plays.filter(({ spec }) => spec.name === play.spec.name)
  return same.length > 1 ? `${play.spec.name} #${same.indexOf(play) + 1}` : play.spec.name
}
