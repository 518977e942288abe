// docs/output.md names every field of every event. That the lists below are those of the types, the compiler sees to.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Difference } from '../../engine/difference.ts'
import type { HostRecap, RunEvent } from '../../engine/event.ts'
import { block, handler, task } from '../../engine/index.ts'
import { ndjson } from '../../engine/report/ndjson.ts'
import { counters } from '../../engine/report/recap-lines.ts'
import { command, copy, debug, shell } from '../../modules/index.ts'
import { type Here, here } from '../support/run-here.ts'

/** Each key of a type, and whether it is always there. */
type Presence<T> = { readonly [Key in keyof T]-?: object extends Pick<T, Key> ? 'sometimes' : 'always' }
type Fields = { readonly [Type in RunEvent['type']]: Presence<Extract<RunEvent, { type: Type }>> }

const fields: Fields = {
  start: { type: 'always', playbook: 'always', check: 'always', hosts: 'always' },
  play: { type: 'always', play: 'always', hosts: 'always' },
  host: { type: 'always', host: 'always', state: 'always' },
  output: { type: 'always', play: 'always', host: 'always', task: 'always', stream: 'always', text: 'always' },
  retry: { type: 'always', play: 'always', host: 'always', task: 'always', attempt: 'always', retries: 'always' },
  notice: { type: 'always', message: 'always', host: 'sometimes' },
  task: {
    type: 'always',
    play: 'always',
    role: 'always',
    task: 'always',
    host: 'always',
    module: 'always',
    status: 'always',
    changed: 'always',
    diff: 'always',
    durationMs: 'always',
    delegate: 'sometimes',
    showDiff: 'sometimes',
    handler: 'sometimes',
    ignored: 'sometimes',
    message: 'sometimes',
    hint: 'sometimes',
    code: 'sometimes',
    stdout: 'sometimes',
    stderr: 'sometimes',
    attempts: 'sometimes',
    script: 'sometimes',
  },
  recap: { type: 'always', hosts: 'always', durationMs: 'always' },
}

const difference: Presence<Difference> = {
  property: 'always',
  before: 'always',
  after: 'always',
  patch: 'sometimes',
  withheld: 'sometimes',
}

const page = readFileSync(path.join(import.meta.dirname, '../../docs/output.md'), 'utf8')

/** The first column of the table below a heading, as fields. */
function documented(heading: string): Record<string, 'always' | 'sometimes'> {
  const section = page.split(`### ${heading}\n`)[1]?.split(/^##/m)[0] ?? ''
  const rows = [...section.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) => cell!.split(', '))
  return Object.fromEntries(
    rows.map((cell) => [cell.replace(/[`?]/g, ''), cell.includes('?') ? 'sometimes' : 'always'] as const),
  )
}

describe('docs/output.md (A152, A155)', () => {
  test.each(Object.keys(fields) as RunEvent['type'][])('has the fields of %s, and no others', (type) => {
    expect(documented(`\`${type}\``)).toEqual(fields[type])
  })

  test('has no event that there is not', () => {
    const headings = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name)
    expect(headings.sort()).toEqual(Object.keys(fields).sort())
  })

  test('has the fields of a difference and the counters of the recap', () => {
    expect(documented('A difference')).toEqual(difference)
    const all: readonly (keyof HostRecap)[] = counters
    expect(page).toContain(`for each host its counters: ${all.map((name) => `\`${name}\``).join(', ')} |`)
  })
})

describe('a run', () => {
  let lab: Here
  beforeEach(() => {
    lab = here(['h1', 'h2'])
  })
  afterEach(() => lab.remove())

  test('tells every documented event, with documented fields only', async () => {
    let text = ''
    const report = ndjson((line) => {
      text += line
    })
    const loud = handler('loud', shell({ cmd: 'echo handled' }))
    await lab.run(
      () => [
        task('content', copy({ content: 'a\n', dest: `${lab.dir}/a`, mode: '0600' }), { notify: loud, diff: true }),
        task('binary', copy({ content: 'a\0', dest: `${lab.dir}/b` })),
        task('prints', shell({ cmd: 'echo out; echo err >&2' }), { delegateTo: 'h2' }),
        task('skipped', command({ cmd: 'true' }), { when: false }),
        task('again', command({ cmd: 'false' }), { retries: 1, delay: 0.01, ignoreErrors: true }),
        task('debug', debug({ message: 'note' })),
        block([task('parent', copy({ content: 'x', dest: `${lab.dir}/no/such/file` }))], { ignoreErrors: true }),
      ],
      { scripts: true, emit: report },
    )
    await lab.run(() => [task('unknown', shell({ cmd: 'true' })).register(() => [])], { check: true, emit: report })
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent)
    const seen = new Map<string, Set<string>>()
    for (const event of lines) {
      const known = fields[event.type] as Record<string, string>
      expect(Object.keys(event).filter((key) => !(key in known))).toEqual([])
      const missing = Object.entries(known).filter(([key, presence]) => presence === 'always' && !(key in event))
      expect(missing).toEqual([])
      const keys = seen.get(event.type) ?? new Set()
      seen.set(event.type, keys)
      for (const key of Object.keys(event)) keys.add(key)
      if (event.type !== 'task') continue
      for (const each of event.diff) expect(Object.keys(each).filter((key) => !(key in difference))).toEqual([])
    }
    expect([...seen.keys()].sort()).toEqual(Object.keys(fields).sort())
    // nothing is documented that no run tells
    expect([...(seen.get('task') ?? [])].sort()).toEqual(Object.keys(fields.task).sort())
  })
})
