// The outcome of one task on many hosts, as ad-hoc commands show it.
import pico from 'picocolors'
import type { Reporter, TaskEvent } from '../event.ts'
import { harmless } from './harmless.ts'
import { createProfile } from './profile.ts'
import type { ReportOptions, Write } from './report-options.ts'
import { paintOf } from './task-lines.ts'

/**
 * A block for each host as it finishes: `m1 | CHANGED | rc=0 >>` and the output of what ran a command,
 * `m1 | SUCCESS => {…}` for everything else.
 */
export function adhoc(write: Write, options: ReportOptions = {}): Reporter {
  const colors = pico.createColors(options.color ?? false)
  const profile = options.profile ? createProfile() : undefined
  return (event) => {
    profile?.add(event)
    if (event.type === 'recap') for (const line of profile?.lines(colors) ?? []) write(`${line}\n`)
    if (event.type === 'notice') {
      write(
        colors.yellow(`${event.host === undefined ? '' : `${harmless(event.host)} | `}${harmless(event.message)}\n`),
      )
    }
    if (event.type !== 'task' || (event.status === 'skipped' && !event.message)) return
    write(`${paintOf(event.status, colors)(block(event, options))}\n`)
  }
}

const words = {
  ok: 'SUCCESS',
  changed: 'CHANGED',
  skipped: 'SKIPPED',
  failed: 'FAILED',
  unreachable: 'UNREACHABLE!',
} as const

function block(event: TaskEvent, { diff = false }: ReportOptions): string {
  const { status, code, stdout = '', stderr = '', message, hint, changed } = event
  const head = `${harmless(event.host)} | ${words[status]}`
  if (code === undefined || status === 'unreachable') {
    const details = { changed, message, hint, ...(diff && event.diff.length > 0 && { diff: event.diff }) }
    return `${head}${status === 'failed' ? '!' : ''} => ${harmless(JSON.stringify(details, undefined, 4))}`
  }
  const problem = code === 0 ? (status === 'failed' ? message : undefined) : 'non-zero return code'
  const output = [stdout, stderr, problem]
    .map((text) => text?.trimEnd())
    .filter((text) => text !== undefined && text !== '')
  return [`${head} | rc=${code} >>`, ...output.map((text) => harmless(text!))].join('\n')
}
