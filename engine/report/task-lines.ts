// A finished task as lines for people.

import type { TaskEvent, TaskStatus } from '../event.ts'
import { differenceLines } from './difference-lines.ts'
import { harmless } from './harmless.ts'
import { linesOf, type Seen } from './live.ts'
import type { Colors, ReportOptions } from './report-options.ts'

/**
 * `m1 | changed | etcd : config (0.12s)`, and below it what there is to say. Empty for what is not asked for. `seen`: how
 * much of its output was shown while it ran.
 */
export function taskLines(
  event: TaskEvent,
  { diff = false, verbosity = 0 }: ReportOptions,
  colors: Colors,
  seen: Seen = { stdout: 0, stderr: 0 },
): string[] {
  const { status, message, hint, stdout, stderr, code, attempts, ignored, script } = event
  const failed = status === 'failed' || status === 'unreachable'
  if (verbosity < 1 && (status === 'skipped' || (status === 'ok' && message === undefined))) return []
  const paint = ignored ? colors.yellow : paintOf(status, colors)
  const words = ignored ? `${status}, ignored` : status
  const tries = attempts !== undefined && attempts > 1 ? `, ${attempts} tries` : ''
  const head = `${hostName(event)} | ${paint(words)} | ${taskName(event)} ${colors.dim(`(${seconds(event.durationMs)}${tries})`)}`
  // a failure is told whole, whatever went by while it came about
  const from = failed ? { stdout: 0, stderr: 0 } : seen
  const below = [
    ...(message ? indent(failed ? paint(harmless(message)) : harmless(message)) : []),
    ...(hint ? indent(`hint: ${harmless(hint)}`) : []),
    ...(failed && code !== undefined ? indent(`exit code ${code}`) : []),
    ...(verbosity >= 3 && script ? section('script', script) : []),
    ...(failed || verbosity >= 1
      ? [...output('stdout', stdout, message, from.stdout), ...output('stderr', stderr, message, from.stderr)]
      : []),
    ...((event.showDiff ?? diff) ? differenceLines(event.diff, colors).flatMap(indent) : []),
  ]
  return [head, ...below]
}

/** `web1`, or `web1 -> lb1` where another host did it. */
export const hostName = ({ host, delegate }: Pick<TaskEvent, 'host' | 'delegate'>): string =>
  harmless(delegate === undefined ? host : `${host} -> ${delegate}`)

/** `role : task`, and which of them run as handlers. */
export const taskName = ({
  role,
  task,
  handler,
}: Pick<TaskEvent, 'task'> & Partial<Pick<TaskEvent, 'role' | 'handler'>>): string =>
  harmless(`${role ? `${role} : ` : ''}${task}${handler ? ' (handler)' : ''}`)

export const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(2)}s`

export function paintOf(status: TaskStatus, colors: Colors): (text: string) => string {
  if (status === 'changed') return colors.yellow
  if (status === 'ok') return colors.green
  return status === 'skipped' ? colors.cyan : colors.red
}

const indent = (text: string): string[] => text.split('\n').map((line) => `    ${line}`)

/** What was printed and not shown yet, where the message does not say it already. */
function output(name: string, text: string | undefined, message: string | undefined, seen: number): string[] {
  const shown = text?.trimEnd()
  if (!shown || message?.includes(shown)) return []
  const rest = linesOf(shown).slice(seen).join('\n')
  return rest === '' ? [] : section(name, rest)
}

const section = (name: string, text: string): string[] => [
  `    ${name}:`,
  ...indent(harmless(text.trimEnd())).map((line) => `  ${line}`),
]
