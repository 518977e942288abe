// The counters at the end as a table.

import type { HostRecap, RunEvent } from '../event.ts'
import { harmless } from './harmless.ts'
import type { Colors } from './report-options.ts'
import { seconds } from './task-lines.ts'

/** Counters in the order in which they are shown and written. */
export const counters = [
  'ok',
  'changed',
  'unreachable',
  'failed',
  'skipped',
  'rescued',
  'ignored',
  'roundTrips',
] as const satisfies readonly (keyof HostRecap)[]

/** A row for each host, and how long it took. */
export function recapLines({ hosts, durationMs }: Extract<RunEvent, { type: 'recap' }>, colors: Colors): string[] {
  const entries = Object.entries(hosts).map(([name, recap]) => [harmless(name), recap] as const)
  const first = Math.max(4, ...entries.map(([name]) => name.length))
  const widths = counters.map((key) => Math.max(key.length, ...entries.map(([, recap]) => `${recap[key]}`.length)))
  const header = ['host'.padEnd(first), ...counters.map((key, index) => key.padStart(widths[index]!))].join('  ')
  const rows = entries.map(([name, recap]) => {
    const cells = counters.map((key, index) => cell(key, recap[key], widths[index]!, colors))
    return [rowPaint(recap, colors)(name.padEnd(first)), ...cells].join('  ')
  })
  const count = entries.length === 1 ? '1 host' : `${entries.length} hosts`
  return [colors.bold(header), ...rows, `${count} in ${seconds(durationMs)}`]
}

function cell(key: keyof HostRecap, value: number, width: number, colors: Colors): string {
  const text = `${value}`.padStart(width)
  if (value === 0) return colors.dim(text)
  if (key === 'failed' || key === 'unreachable') return colors.red(text)
  if (key === 'changed' || key === 'rescued' || key === 'ignored') return colors.yellow(text)
  return text
}

function rowPaint({ failed, unreachable, changed }: HostRecap, colors: Colors): (text: string) => string {
  if (failed > 0 || unreachable > 0) return colors.red
  return changed > 0 ? colors.yellow : colors.green
}
