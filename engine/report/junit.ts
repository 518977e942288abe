// A run as JUnit's XML: a suite for each play, a case for each task on each host.
import type { Reporter, TaskEvent } from '../event.ts'
import type { Write } from './report-options.ts'
import { hostName, taskName } from './task-lines.ts'

/** Writes one document when the run is over. */
export function junit(write: Write): Reporter {
  const suites = new Map<string, TaskEvent[]>()
  return (event) => {
    if (event.type === 'play' || event.type === 'task') {
      const tasks = suites.get(event.play) ?? []
      suites.set(event.play, tasks)
      if (event.type === 'task') tasks.push(event)
    }
    if (event.type === 'recap') write(documentOf(suites, event.durationMs))
  }
}

function documentOf(suites: ReadonlyMap<string, readonly TaskEvent[]>, durationMs: number): string {
  const all = [...suites.values()].flat()
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="tsplay"${totals(all)} time="${time(durationMs)}">`,
    ...[...suites].flatMap(([play, tasks]) => suite(play, tasks)),
    '</testsuites>\n',
  ].join('\n')
}

function suite(play: string, tasks: readonly TaskEvent[]): string[] {
  const sum = tasks.reduce((total, { durationMs }) => total + durationMs, 0)
  return [
    `  <testsuite name="${attribute(play)}"${totals(tasks)} time="${time(sum)}">`,
    ...tasks.map(testcase),
    '  </testsuite>',
  ]
}

const totals = (tasks: readonly TaskEvent[]): string => {
  const count = (wanted: (event: TaskEvent) => boolean): number => tasks.filter(wanted).length
  const failures = count(({ status, ignored }) => status === 'failed' && !ignored)
  const errors = count(({ status, ignored }) => status === 'unreachable' && !ignored)
  return ` tests="${tasks.length}" failures="${failures}" errors="${errors}" skipped="${count(({ status }) => status === 'skipped')}"`
}

function testcase(event: TaskEvent): string {
  const head = `    <testcase classname="${attribute(hostName(event))}" name="${attribute(taskName(event))}" time="${time(event.durationMs)}"`
  const body = [verdict(event), stream('system-out', event.stdout), stream('system-err', event.stderr)].join('')
  return body === '' ? `${head}/>` : `${head}>${body}</testcase>`
}

function verdict({ status, message = '', hint, code, ignored }: TaskEvent): string {
  if (status === 'skipped') return `<skipped message="${attribute(message)}"/>`
  if (ignored || (status !== 'failed' && status !== 'unreachable')) return ''
  const element = status === 'failed' ? 'failure' : 'error'
  const details = [message, hint && `hint: ${hint}`, code !== undefined && `exit code ${code}`].filter(Boolean)
  return `<${element} message="${attribute(message)}" type="${status}">${content(details.join('\n'))}</${element}>`
}

const stream = (element: string, text: string | undefined): string =>
  text ? `<${element}>${content(text)}</${element}>` : ''

const time = (durationMs: number): string => (durationMs / 1000).toFixed(3)

/** What XML 1.0 cannot hold, not even escaped, is left out. */
const content = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')

const attribute = (text: string): string =>
  content(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;').replaceAll('\r', '&#13;')
