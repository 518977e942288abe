// A finished task as lines for people.

import type { TaskEvent, TaskStatus } from '../event.ts'
import { differenceLines } from './difference-lines.ts'
import { harmless } from './harmless.ts'
import type { Colors, ReportOptions } from './report-options.ts'

/** `m1 | changed | etcd : config (0.12s)`, and below it what there is to say. Empty for what is not asked for. */
export function taskLines(event: TaskEvent, { diff = false, verbosity = 0 }: ReportOptions, colors: Colors): string[] {
  const { status, message, hint, stdout, stderr, code, attempts, ignored } = event
  const failed = status === 'failed' || status === 'unreachable'
  if (verbosity < 1 && (status === 'skipped' || (status === 'ok' && message === undefined))) return []
  const paint = ignored ? colors.yellow : paintOf(status, colors)
  const words = ignored ? `${status}, ignored` : status
  const tries = attempts !== undefined && attempts > 1 ? `, ${attempts} tries` : ''
  const head = `${harmless(event.host)} | ${paint(words)} | ${taskName(event)} ${colors.dim(`(${seconds(event.durationMs)}${tries})`)}`
  const below = [
    ...(message ? indent(failed ? paint(harmless(message)) : harmless(message)) : []),
    ...(hint ? indent(`hint: ${harmless(hint)}`) : []),
    ...(failed && code !== undefined ? indent(`exit code ${code}`) : []),
    ...(failed || verbosity === 1 ? [...output('stdout', stdout, message), ...output('stderr', stderr, message)] : []),
    ...(diff ? differenceLines(event.diff, colors).flatMap(indent) : []),
  ]
  return [head, ...below]
}

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

/** What was printed, where the message does not say it already. */
function output(name: string, text: string | undefined, message: string | undefined): string[] {
  const shown = text?.trimEnd()
  if (!shown || message?.includes(shown)) return []
  return [`    ${name}:`, ...indent(harmless(shown)).map((line) => `  ${line}`)]
}
