// Every event of a run as lines for people.

import type { RunEvent } from '../event.ts'
import { harmless } from './harmless.ts'
import { linesOf, type Seen } from './live.ts'
import { recapLines } from './recap-lines.ts'
import type { Colors, ReportOptions } from './report-options.ts'
import { taskLines, taskName } from './task-lines.ts'

/** The lines of one event; none for what is not asked for. `seen`: what was shown of a task's output while it ran. */
export function eventLines(event: RunEvent, options: ReportOptions, colors: Colors, seen?: Seen): string[] {
  const { verbosity = 0 } = options
  switch (event.type) {
    case 'start':
      return event.check ? [colors.cyan('dry run: nothing is changed')] : []
    case 'play': {
      const hosts = event.hosts.length === 0 ? 'no hosts' : harmless(event.hosts.join(' '))
      return ['', `${colors.bold(`PLAY ${harmless(event.play)}`)} ${colors.dim(`[${hosts}]`)}`]
    }
    case 'task':
      return taskLines(event, options, colors, seen)
    case 'retry':
      return [
        `${harmless(event.host)} | ${colors.yellow(`retry ${event.attempt}/${event.retries}`)} | ${taskName(event)}`,
      ]
    case 'notice':
      return [
        colors.yellow(`${event.host === undefined ? '' : `${harmless(event.host)} | `}${harmless(event.message)}`),
      ]
    case 'output':
      return verbosity < 2
        ? []
        : linesOf(harmless(event.text)).map(
            (line) => `${harmless(event.host)} | ${taskName(event)} | ${colors.dim(line)}`,
          )
    case 'host':
      return verbosity < 3 ? [] : [colors.dim(`${harmless(event.host)} | ${event.state}`)]
    case 'recap':
      return ['', ...recapLines(event, colors)]
  }
}
