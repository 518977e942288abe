// A dry run on real shells against the run behind it: the same tasks change, with the same differences, whatever came before.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defineModule, handler, probe, secret, sh, type TaskList, task, will, z } from '../../engine/index.ts'
import {
  blockInFile,
  command,
  copy,
  debug,
  directory,
  file,
  lineInFile,
  link,
  replace,
  shell,
} from '../../modules/index.ts'
import { type Here, here, type Ran } from '../support/run-here.ts'

let lab: Here
let dir: string
beforeEach(() => {
  lab = here(['h1'])
  dir = mkdtempSync(path.join(lab.dir, 'work-'))
})
afterEach(() => lab.remove())

/** What a user reads of each task. */
const told = ({ tasks }: Ran) =>
  tasks.map(({ task: name, status, changed, diff, handler: handles }) => ({ name, status, changed, diff, handles }))

/** A dry run, then the run: the same. Gives back the run. */
async function predicted(tasks: () => TaskList): Promise<Ran> {
  const check = await lab.run(tasks, { check: true })
  const run = await lab.run(tasks)
  expect(told(check)).toEqual(told(run))
  return run
}

const big = (text: string): string => `${text}\n`.repeat(60_000)
const restart = handler('restart', debug({ message: 'x' }))

describe('a dry run predicts (X04, A150, A151)', () => {
  const cases: readonly (readonly [string, (dir: string) => TaskList])[] = [
    [
      'a file in a folder that is to be made',
      (at) => [directory({ path: `${at}/a/b` }), copy({ content: 'x', dest: `${at}/a/b/f` })],
    ],
    [
      'edits of a file that is to be made, one after the other',
      (at) => [
        copy({ content: 'one\n', dest: `${at}/f`, force: false }),
        lineInFile({ path: `${at}/f`, line: 'two' }),
        lineInFile({ path: `${at}/f`, regexp: '^one', line: 'first' }),
        replace({ path: `${at}/f`, regexp: 'tw[o]', replace: 'second' }),
        blockInFile({ path: `${at}/f`, block: 'a\nb' }),
      ],
    ],
    [
      'a file under the name of a link that is to be made',
      (at) => [directory({ path: `${at}/real` }), link({ path: `${at}/alias`, target: `${at}/real` })],
    ],
    [
      'a mode',
      (at) => [copy({ content: 'x', dest: `${at}/f` }), file({ path: `${at}/f`, state: 'file', mode: '0600' })],
    ],
    ['a mode and a content', (at) => [copy({ content: 'new\n', dest: `${at}/there`, mode: '0600' })]],
    ['a content that is too large to be shown', (at) => [copy({ content: big('x'), dest: `${at}/large` })]],
    ['a binary content', (at) => [copy({ content: 'a\0b', dest: `${at}/there` })]],
    [
      'a removal, and what is made anew behind it',
      (at) => [file({ path: `${at}/there`, state: 'absent' }), copy({ content: 'x', dest: `${at}/there` })],
    ],
    [
      'a folder that goes with all that is in it',
      (at) => [
        directory({ path: `${at}/d` }),
        copy({ content: 'x', dest: `${at}/d/f` }),
        file({ path: `${at}/d`, state: 'absent' }),
      ],
    ],
    [
      'handlers, and that nothing notifies them',
      (at) => [
        task('file', copy({ content: 'x', dest: `${at}/f` }), { notify: restart }),
        task('same', copy({ content: 'x', dest: `${at}/f` }), { notify: handler('never', debug({ message: 'x' })) }),
      ],
    ],
    ['what fails all the same', (at) => [lineInFile({ path: `${at}/none`, line: 'x' })]],
  ]

  test.each(cases)('%s', async (_name, tasks) => {
    writeFileSync(path.join(dir, 'there'), 'there\n')
    await predicted(() => tasks(dir))
  })

  test('nothing of a secret but that it changes', async () => {
    writeFileSync(path.join(dir, 'f'), 'old word')
    const run = await predicted(() => [copy({ content: secret('new word'), dest: `${dir}/f` })])
    expect(JSON.stringify(run.events)).not.toMatch(/(old|new) word/)
    expect(run.tasks[0]!.diff).toContainEqual({ property: 'content', before: '***', after: '***' })
  })

  test('in a real run, too, what a task that is never applied would change (A033)', async () => {
    const { tasks } = await lab.run(() => [task('never', copy({ content: 'x', dest: `${dir}/f` }), { check: true })])
    expect(tasks[0]).toMatchObject({ status: 'changed', changed: true })
    expect(tasks[0]!.diff.map(({ property }) => property)).toContain('content')
    expect(existsSync(path.join(dir, 'f'))).toBe(false)
  })

  test('what a command that looks all the same has found (A033)', async () => {
    writeFileSync(path.join(dir, 'f'), 'wanted\n')
    const tasks = () => [
      task('look', command({ cmd: ['cat', `${dir}/f`] }), { check: false, changedWhen: false }).register(
        ({ stdout }) => [stdout === 'wanted' && task('follow', copy({ content: 'x', dest: `${dir}/g` }))],
      ),
    ]
    await predicted(tasks)
  })

  test('nothing of what depends on a command that a check does not run, and says so (A150)', async () => {
    const { events, log } = await lab.run(
      () => [
        task('ask', command({ cmd: 'true' })).register(() => [copy({ content: 'x', dest: `${dir}/g` })]),
        task('seen', copy({ content: 'x', dest: `${dir}/h` })),
        task('only a result tells', shell({ cmd: 'true' }), { changedWhen: ({ stdout }) => stdout !== '' }),
      ],
      { check: true },
    )
    expect(log).toEqual(['h1: ask: changed', 'h1: seen: changed', 'h1: only a result tells: skipped'])
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'notice',
        message: "what follows from 'ask' depends on its result, not checked",
      }),
    )
  })

  test('nothing of what depends on a result that only the run can tell, and says so (A150)', async () => {
    const key = defineModule<{ path: string }, { readonly made: boolean }, { readonly id: string }>({
      name: 'key',
      params: z.strictObject({ path: z.string() }),
      probe: ({ path }) => probe.map(probe.stat(path), (found) => ({ made: found !== null })),
      desired: () => ({ made: true }),
      apply: ({ path }) => sh`: > ${path}`,
      result: () => ({ id: 'id-7' }),
      unforeseen: () => true,
      predict: ({ path }) => [will.be(path, { type: 'file' })],
    })
    const tasks = () => [
      task('key', key({ path: `${dir}/key` }), { changedWhen: ({ id }) => id.startsWith('id') }).register(({ id }) => [
        task('follow', copy({ content: id, dest: `${dir}/g` })),
      ]),
      task('quiet', key({ path: `${dir}/quiet` }), { changedWhen: false }),
    ]
    const { events, log } = await lab.run(tasks, { check: true })
    expect(log).toEqual(['h1: key: changed', 'h1: quiet: ok'])
    expect(events).toContainEqual(
      expect.objectContaining({ message: "what follows from 'key' depends on its result, not checked" }),
    )
    expect((await lab.run(tasks)).log).toEqual(['h1: key: changed', 'h1: follow: changed', 'h1: quiet: ok'])
    expect((await lab.run(tasks, { check: true })).log).toEqual(['h1: key: changed', 'h1: follow: ok', 'h1: quiet: ok'])
  })
})

describe('any list of file tasks (X04)', () => {
  const folder = fc.constantFrom('a', 'b', 'a/deep/er')
  const name = fc.constantFrom('a/x', 'a/y', 'b/x', 'f', 'a/deep/er/x')
  const line = fc.constantFrom('one', 'two', 'three')
  const mode = fc.constantFrom('0600', '0644', '0700', '0755')
  const step = fc.oneof(
    fc.record({ kind: fc.constant('folder' as const), name: folder, mode }),
    fc.record({ kind: fc.constant('file' as const), name, line, mode }),
    fc.record({ kind: fc.constant('once' as const), name, line }),
    fc.record({ kind: fc.constant('line' as const), name, line }),
    fc.record({ kind: fc.constant('gone' as const), name: fc.oneof(name, folder) }),
    fc.record({ kind: fc.constant('replace' as const), name, line }),
  )
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
  const actionOf = (root: string, one: Step) => {
    const at = `${root}/${one.name}`
    switch (one.kind) {
      case 'folder':
        return directory({ path: at, mode: one.mode })
      case 'file':
        return copy({ content: `${one.line}\n`, dest: at, mode: one.mode })
      case 'once':
        return copy({ content: `${one.line}\n`, dest: at, force: false })
      case 'line':
        return lineInFile({ path: at, line: one.line, create: true })
      case 'gone':
        return file({ path: at, state: 'absent' })
      case 'replace':
        return replace({ path: at, regexp: one.line, replace: 'four' })
    }
  }

  test('is predicted task by task, to the last difference', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const root = mkdtempSync(path.join(dir, 'case-'))
        const tasks = () => [
          // a failure does not end the list
          ...steps.map((one, index) =>
            task(`${index} ${one.kind} ${one.name}`, actionOf(root, one), { ignoreErrors: true }),
          ),
        ]
        await predicted(tasks)
        rmSync(root, { recursive: true })
      }),
      { numRuns: 150, seed: 20261121 },
    )
  }, 120_000)
})
