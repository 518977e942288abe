// Events as lines of text, for files and pipes.
import pico from 'picocolors'
import type { Reporter } from '../event.ts'
import { eventLines } from './event-lines.ts'
import { createLive } from './live.ts'
import { createProfile } from './profile.ts'
import type { ReportOptions, Write } from './report-options.ts'

/** One line for each task that changed, failed or has something to say, and a table at the end. */
export function plain(write: Write, options: ReportOptions = {}): Reporter {
  const colors = pico.createColors(options.color ?? false)
  const live = createLive()
  const profile = options.profile ? createProfile() : undefined
  const watched = (options.verbosity ?? 0) >= 2
  return (event) => {
    if (watched) live.add(event)
    profile?.add(event)
    const lines = eventLines(event, options, colors, event.type === 'task' && watched ? live.take(event) : undefined)
    const slowest = event.type === 'recap' ? (profile?.lines(colors) ?? []) : []
    if (slowest.length > 0) lines.push('', ...slowest)
    if (lines.length > 0) write(`${lines.join('\n')}\n`)
  }
}
