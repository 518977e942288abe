// What events tell of a change: text diffs and why there is none, scripts, output as it comes; never a secret.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diffLimit } from '../../engine/content.ts'
import type { Difference } from '../../engine/difference.ts'
import type { RunEvent } from '../../engine/event.ts'
import { block, outsider, secret, task } from '../../engine/index.ts'
import { plain } from '../../engine/report/plain.ts'
import type { RunOptions } from '../../engine/run/world.ts'
import type { TaskList } from '../../engine/task.ts'
import { command, copy, file, shell } from '../../modules/index.ts'
import { type Here, here } from '../support/run-here.ts'

let lab: Here
let at: string
beforeEach(() => {
  lab = here()
  at = path.join(lab.dir, 'file')
})
afterEach(() => lab.remove())

/** What someone who asked for it reads. */
const read = (events: readonly RunEvent[], options = { diff: true, verbosity: 3 }): string => {
  let text = ''
  const report = plain((part) => {
    text += part
  }, options)
  for (const event of events) report(event)
  return text
}

describe('a diff', () => {
  /** Check and run tell the same. */
  const diffOf = async (content: string, options: Partial<RunOptions> = {}) => {
    const tasks = () => [task('file', copy({ content, dest: at }))]
    const check = await lab.run(tasks, { ...options, check: true })
    const ran = await lab.run(tasks, options)
    expect(ran.task('file').diff).toEqual(check.task('file').diff)
    return ran.task('file').diff
  }
  const contentOf = (diff: readonly Difference[]) => diff.find(({ property }) => property === 'content')

  test('has three lines around a change, or as many as asked for (A151)', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}\n`)
    const before = lines.join('')
    const after = before.replace('line 10\n', 'changed\n')
    const patchWith = async (options: Partial<RunOptions>) => {
      writeFileSync(at, before)
      return contentOf(await diffOf(after, options))!
        .patch!.split('\n')
        .slice(2, -1)
    }
    expect(await patchWith({})).toEqual([
      '@@ -8,7 +8,7 @@',
      ' line 7',
      ' line 8',
      ' line 9',
      '-line 10',
      '+changed',
      ' line 11',
      ' line 12',
      ' line 13',
    ])
    expect(await patchWith({ diffContext: 0 })).toEqual(['@@ -11,1 +11,1 @@', '-line 10', '+changed'])
    expect(await patchWith({ diffContext: 100 })).toHaveLength(1 + 21)
  })

  test('of a large file is its digest and size, on either side (A151)', async () => {
    const large = 'x'.repeat(diffLimit + 1)
    const created = contentOf(await diffOf(large))
    expect(created).toMatchObject({ property: 'content', before: null, withheld: 'large' })
    expect(created).toMatchObject({ after: { size: diffLimit + 1 } })
    const shrunk = contentOf(await diffOf('small\n'))
    expect(shrunk).toMatchObject({ withheld: 'large', after: { size: 6 } })
    expect([created, shrunk].filter((each) => each?.patch !== undefined)).toEqual([])
  })

  test('of a file that is just small enough is text (A151)', async () => {
    const created = contentOf(await diffOf(`${'y'.repeat(diffLimit - 1)}\n`))
    expect(created?.withheld).toBeUndefined()
    expect(created?.patch).toContain('+yyy')
  })

  test('of a binary file is its digest, on either side (A151)', async () => {
    writeFileSync(at, new Uint8Array([0, 1, 2]))
    const replaced = contentOf(await diffOf('text\n'))
    expect(replaced).toMatchObject({ withheld: 'binary' })
    expect(replaced?.patch).toBeUndefined()
    writeFileSync(path.join(lab.dir, 'source.bin'), new Uint8Array([0xff, 0xfe, 0x41]))
    const ran = await lab.run(() => [task('file', copy({ src: 'source.bin', dest: at }))])
    expect(contentOf(ran.task('file').diff)).toMatchObject({ withheld: 'binary', after: { size: 3 } })
    expect(read(ran.events)).toMatch(
      /~ content: sha256 [0-9a-f]{12}….* → sha256 [0-9a-f]{12}…, 3 bytes \(binary, not shown\)/,
    )
  })

  test('of content and mode shows both (A151)', async () => {
    writeFileSync(at, 'old\n')
    chmodSync(at, 0o644)
    const ran = await lab.run(() => [task('file', copy({ content: 'new\n', dest: at, mode: '0600' }))])
    expect(ran.task('file').diff.map(({ property }) => property)).toEqual(['content', 'mode'])
    expect(read(ran.events)).toMatch(/-old\n {4}\+new\n {4}~ mode: 0644 → 0600\n/)
  })

  test('of a secret file says that it differs, and its mode; nothing else tells the secret (A151, X10)', async () => {
    writeFileSync(at, 'password=opensesame-old\n')
    chmodSync(at, 0o644)
    const text = secret('password=opensesame-new\n')
    const tasks = () => [task('file', copy({ content: text, dest: at, mode: '0600' }))]
    const check = await lab.run(tasks, { check: true })
    const ran = await lab.run(tasks, { scripts: true })
    expect(readFileSync(at, 'utf8')).toBe('password=opensesame-new\n')
    expect(ran.task('file').diff).toEqual([
      { property: 'content', before: '***', after: '***' },
      { property: 'mode', before: '0644', after: '0600' },
    ])
    const told = JSON.stringify([check.events, ran.events]) + read(ran.events)
    expect(told).not.toContain('opensesame')
  })

  test('is shown or not as the task says, then its block, then --diff (A034)', async () => {
    const ran = await lab.run(() => [
      task('always', copy({ content: 'a', dest: `${at}1` }), { diff: true }),
      block(
        [
          task('never', copy({ content: 'b', dest: `${at}2` })),
          task('mine', copy({ content: 'c', dest: `${at}3` }), { diff: true }),
        ],
        {
          diff: false,
        },
      ),
      task('as asked', copy({ content: 'd', dest: `${at}4` })),
    ])
    expect(ran.tasks.map(({ showDiff }) => showDiff)).toEqual([true, false, true, undefined])
    const shown = (diff: boolean): string[] => read(ran.events, { diff, verbosity: 0 }).match(/\+\w$/gm) ?? []
    expect(shown(false)).toEqual(['+a', '+c'])
    expect(shown(true)).toEqual(['+a', '+c', '+d'])
  })
})

describe('scripts (A156)', () => {
  const tasks = (): TaskList => [
    task('change', file({ path: at, state: 'touch' })),
    task('same', copy({ content: 'x', dest: `${at}2` })),
    task('same again', copy({ content: 'x', dest: `${at}2` })),
    task('look', command({ cmd: ['echo', "it's"] }), { changedWhen: false }),
    task('hidden', command({ cmd: ['echo', 'quiet'] }), { noLog: true }),
    task('skipped', command({ cmd: 'true' }), { when: false }),
  ]

  test('are told of what was sent, where asked for', async () => {
    const { tasks: told } = await lab.run(tasks, { scripts: true })
    expect(told.map(({ task, script }) => [task, script !== undefined])).toEqual([
      ['change', true],
      ['same', true],
      ['same again', false],
      ['look', true],
      ['hidden', false],
      ['skipped', false],
    ])
    expect(told[3]!.script).toContain("echo 'it'\\''s'")
  })

  test('are not told where nobody asks, nor in a check, which sends none', async () => {
    expect((await lab.run(tasks, { scripts: true, check: true })).tasks.filter(({ script }) => script)).toEqual([])
    expect((await lab.run(tasks)).tasks.filter(({ script }) => script)).toEqual([])
  })

  test('have no secrets, neither as words nor in what is written (X10)', async () => {
    const password = secret('open-sesame-9')
    const ran = await lab.run(
      () => [
        task('word', shell({ cmd: 'cat > /dev/null', stdin: password })),
        task('content', copy({ content: password, dest: at })),
        task('environment', shell({ cmd: 'test "$WORD" = plain' }), { environment: { WORD: 'plain' } }),
      ],
      { scripts: true },
    )
    expect(ran.tasks.map(({ status }) => status)).toEqual(['changed', 'changed', 'changed'])
    expect(ran.tasks.every(({ script }) => script !== undefined)).toBe(true)
    expect(JSON.stringify(ran.events)).not.toContain('open-sesame-9')
  })

  test('and outputs of another host are told of the host whose task it is', async () => {
    const ran = await lab.run(
      () => [task('there', shell({ cmd: 'echo hello' }), { delegateTo: outsider('localhost') })],
      { scripts: true },
    )
    expect(ran.task('there')).toMatchObject({ host: 'h1', delegate: 'localhost', stdout: 'hello\n' })
    expect(ran.task('there').script).toContain('echo hello')
    expect(read(ran.events)).toContain('h1 -> localhost | changed | there')
  })
})

describe('output (X07)', () => {
  test('is told line by line while the task runs, and once to whoever reads along', async () => {
    // the task goes on only when its first line was told
    const heard = `${at}-heard`
    const cmd = `echo one; while [ ! -e ${heard} ]; do sleep 0.05; done; echo two >&2; printf three`
    const ran = await lab.run(() => [task('slow', shell({ cmd }), { timeout: 20 })], {
      emit: (event) => event.type === 'output' && writeFileSync(heard, ''),
    })
    expect(ran.task('slow').status).toBe('changed')
    expect(ran.events.flatMap((event) => (event.type === 'output' ? [[event.stream, event.text]] : []))).toEqual([
      ['stdout', 'one'],
      ['stderr', 'two'],
    ])
    const shown = read(ran.events, { diff: false, verbosity: 2 })
    expect(shown.match(/one|two|three/g)).toEqual(['one', 'two', 'three'])
  })

  test('has no secrets, neither as it comes nor at the end (X10)', async () => {
    const ran = await lab.run(() => [task('cat', shell({ cmd: 'cat', stdin: secret('open-sesame-9') }))])
    expect(ran.task('cat').stdout).toBe('***\n')
    expect(ran.events).toContainEqual(expect.objectContaining({ type: 'output', text: '***' }))
    expect(JSON.stringify(ran.events)).not.toContain('open-sesame-9')
  })

  test('of a task that is hidden is not told (A035)', async () => {
    const ran = await lab.run(() => [task('quiet', shell({ cmd: 'echo whisper' }), { noLog: true })], { scripts: true })
    expect(JSON.stringify(ran.events)).not.toContain('whisper')
  })
})

describe('the time of a task (X14)', () => {
  test('is that of its script, with all tries and the waiting between them, and none where there is nothing to do', async () => {
    const ran = await lab.run(() => [
      task('tried', shell({ cmd: `sleep 0.1; echo x >> ${at}; test $(wc -l < ${at}) -ge 3` }), {
        retries: 5,
        delay: 0.2,
      }),
      task('quick', shell({ cmd: 'true' })),
      task('there', copy({ content: 'x', dest: `${at}2` })),
      task('still there', copy({ content: 'x', dest: `${at}2` })),
    ])
    expect(ran.task('tried')).toMatchObject({ status: 'changed', attempts: 3 })
    expect(ran.task('tried').durationMs).toBeGreaterThanOrEqual(680)
    expect(ran.task('quick').durationMs).toBeLessThan(600)
    expect(ran.task('still there').durationMs).toBe(0)
  })
})
