// Writes the steps of a bundle one after the other without waiting for answers. Reads nothing.
import { contentBytes, type Frame } from './frame.ts'
import type { Sender } from './sender.ts'

/** What the writer must know while it writes. */
export interface Writing {
  /** Whether the bundle is over, for whatever reason: nothing more is to be written. */
  over(): boolean
  /** Whether the rest is not to be run; only the `sent` first steps were written then. */
  skipRest(sent: number): boolean
  /** Resolves when the step at `place` may be sent; undefined: at once. */
  turn(place: number): Promise<unknown> | undefined
  /** Told before anything of the step at `place` is written. */
  begins(place: number): void
  /** What to make of an error of the step at `place`. */
  explain(error: unknown, place: number): unknown
}

/**
 * Writes all frames, with back-pressure.
 * @throws what `explain` makes of a content that cannot be read or changed meanwhile.
 */
export async function writeBundle(sender: Sender, frames: readonly Frame[], writing: Writing): Promise<void> {
  for (const [place, frame] of frames.entries()) {
    const turn = writing.turn(place)
    if (turn) {
      await sender.flush()
      await turn
    }
    if (writing.over() || writing.skipRest(place)) break
    writing.begins(place)
    try {
      await writeFrame(sender, frame, writing.over)
    } catch (error) {
      throw writing.explain(error, place)
    }
  }
  await sender.flush()
}

async function writeFrame(sender: Sender, { head, contents, trailer }: Frame, over: () => boolean): Promise<void> {
  await sender.put(head)
  for (const content of contents) {
    if (!content.bytes) await sender.flush() // the source may keep us waiting, the host need not
    for await (const chunk of contentBytes(content, trailer)) {
      await sender.put(chunk)
      if (over()) return
    }
  }
  if (contents.length > 0) await sender.put(trailer)
}
