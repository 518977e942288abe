// Events as lines of text, for files and pipes.
import pico from 'picocolors'
import type { Reporter } from '../event.ts'
import { eventLines } from './event-lines.ts'
import type { ReportOptions, Write } from './report-options.ts'

/** One line for each task that changed, failed or has something to say, and a table at the end. */
export function plain(write: Write, options: ReportOptions = {}): Reporter {
  const colors = pico.createColors(options.color ?? false)
  return (event) => {
    const lines = eventLines(event, options, colors)
    if (lines.length > 0) write(`${lines.join('\n')}\n`)
  }
}
