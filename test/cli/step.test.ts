// --start-at-task and --step on the command line, the questions on a real terminal.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Project, playbookOf, project } from '../support/cli.ts'

const bin = path.join(import.meta.dirname, '../../dist/engine/cli/bin.js')

let site: Project
beforeEach(() => {
  site = project()
  site.write('book.ts', bookIn(site.dir))
})
afterEach(() => site.remove())

const bookIn = (dir: string): string =>
  playbookOf(`task('one', debug({ message: 'x' })),
    role({ name: 'r', tasks: () => [
      task('two', copy({ content: 'x', dest: '${dir}/two-' + host.name })),
      task('three', debug({ message: 'x' })),
    ] })(),
    task('four', debug({ message: 'x' })),`)

describe('--start-at-task', () => {
  const names = async (...args: string[]) =>
    (await site.tsplay([...args, '-i', 'home', '-o', 'ndjson', '-l', 'w1'])).tasks.map(({ task }) => task)

  test('starts a run there, by name, with its role or by a pattern (A083, A140)', async () => {
    expect(await names('run', 'book.ts', '--start-at-task', 'three')).toEqual(['three', 'four'])
    expect(await names('run', 'book.ts', '--start-at-task', 'r : t*')).toEqual(['two', 'three', 'four'])
    expect(await names('role', 'r', '--playbook', 'book.ts', '--start-at-task', 'three')).toEqual(['three'])
  })

  test('is refused with the nearest name before any host is touched (A140)', async () => {
    const { code, stdout, stderr } = await site.tsplay(['run', 'book.ts', '-i', 'home', '--start-at-task', 'thre'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^tsplay: no task 'thre' to start at\n {2}hint: Did you mean 'three'\?/)
    expect(stdout).toBe('')
  })

  test('is for playbooks, and for one run only', async () => {
    const { code, stderr } = await site.tsplay(['exec', 'w1', '-i', 'home', '--start-at-task', 'x', '--', 'true'])
    expect(code).toBe(1)
    expect(stderr).toContain("unknown option '--start-at-task'")
    const { tasks } = await site.tsplay(['run', 'book.ts', '-i', 'home', '-o', 'ndjson', '-l', 'w1'], {
      env: { TSPLAY_START_AT_TASK: 'four' },
    })
    expect(tasks).toHaveLength(4)
  })
})

test('--step without a terminal is refused with a hint (A140)', async () => {
  const { code, stdout, stderr } = await site.tsplay(['run', 'book.ts', '-i', 'home', '--step'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^tsplay: --step asks before each task, and there is no terminal to ask on\n {2}hint: /)
  expect(stdout).toBe('')
})

const noTerminal =
  spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'script of util-linux is not installed here'

describe.skipIf(noTerminal)(`--step on a terminal${noTerminal ? ` (${noTerminal})` : ''}`, () => {
  /** Types one answer for each question. */
  function typing(answers: readonly string[], ...args: string[]): Promise<{ code: number | null; shown: string }> {
    const words = [process.execPath, bin, 'run', 'book.ts', '-i', 'home', '--step', ...args]
    const command = `stty cols 100; exec ${words.map((word) => `'${word}'`).join(' ')}`
    const child = spawn('timeout', ['60', 'script', '-qec', command, '/dev/null'], {
      cwd: site.dir,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const waiting = [...answers]
    let [shown, answered] = ['', 0]
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
      if (shown.split('(c)ontinue: ').length - 1 <= answered) return
      answered++
      child.stdin.write(waiting.shift() ?? '\x03')
    })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, shown: shown.replaceAll('\r\n', '\n') }))
    })
  }
  const questions = (shown: string): string[] => shown.match(/run .*?\(c\)ontinue: /g) ?? []

  test('asks for each task, takes y, n, nothing and c, and asks again what it does not understand (A083, A140)', async () => {
    const { code, shown } = await typing(['y\n', 'n\n', 'what\n', '\n', 'C\n'])
    expect(questions(shown)).toEqual([
      "run task 'one' on w1, w2? (N)o/(y)es/(c)ontinue: ",
      "run task 'r : two' on w1, w2? (N)o/(y)es/(c)ontinue: ",
      "run task 'r : three' on w1, w2? (N)o/(y)es/(c)ontinue: ",
      "run task 'r : three' on w1, w2? (N)o/(y)es/(c)ontinue: ",
      "run task 'four' on w1, w2? (N)o/(y)es/(c)ontinue: ",
    ])
    expect(shown).toMatch(/^w1 +2 +0 +0 +0 +2 /m)
    expect(existsSync(path.join(site.dir, 'two-w1'))).toBe(false)
    expect(code).toBe(0)
  })

  test('asks no more once the rest is to be run', async () => {
    const { code, shown } = await typing(['c\n'], '--start-at-task', 'two')
    expect(questions(shown)).toHaveLength(1)
    expect(existsSync(path.join(site.dir, 'two-w2'))).toBe(true)
    expect(code).toBe(0)
  })

  test.each([
    ['ctrl-D', '\x04'],
    ['ctrl-C', '\x03'],
  ])('ends the run in order on %s (X13)', async (_title, key) => {
    const { code, shown } = await typing(['y\n', key])
    expect(shown).toContain('ending what runs on the hosts')
    expect(shown).toContain("interrupted while waiting for an answer about 'two'")
    expect(shown).toMatch(/^w1 +1 +0 +0 +0 +0 /m)
    expect(existsSync(path.join(site.dir, 'two-w1'))).toBe(false)
    expect(code).toBe(130)
  })
})
