// pause on the command line: asked on a real terminal, beside a spinner; what happens where there is none.
import { spawn, spawnSync } from 'node:child_process'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Project, playbookOf, project } from '../support/cli.ts'

const bin = path.join(import.meta.dirname, '../../dist/engine/cli/bin.js')

let site: Project
beforeEach(() => {
  site = project()
})
afterEach(() => site.remove())

const book = (params: string): string =>
  playbookOf(`task('ask', pause(${params})).register(({ answer }) => [
      task('told', debug({ message: 'answered <' + answer + '>' })),
    ]),`).replace('import { assert,', 'import { pause, assert,')

test('a question without a terminal fails and says so, or takes the answer that is given for that (M17)', async () => {
  site.write('book.ts', book("{ prompt: 'Go on?' }"))
  const refused = await site.tsplay(['run', 'book.ts', '-i', 'home'])
  expect(refused.code, refused.stderr).toBe(2)
  expect(refused.stdout).toContain('there is no terminal to ask on: Go on?')
  site.write('book.ts', book("{ prompt: 'Go on?', answer: 'yes' }"))
  const { code, stdout } = await site.tsplay(['run', 'book.ts', '-i', 'home'])
  expect(code).toBe(0)
  expect(stdout).toContain('answered <yes>')
})

const noTerminal =
  spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'script of util-linux is not installed here'

describe.skipIf(noTerminal)(`pause on a terminal${noTerminal ? ` (${noTerminal})` : ''}`, () => {
  /** Types the answer when the question is there. */
  function typing(
    question: string,
    answer: string,
    ...args: string[]
  ): Promise<{ code: number | null; shown: string }> {
    const words = [process.execPath, bin, 'run', 'book.ts', '-i', 'home', ...args]
    const command = `stty cols 100; exec ${words.map((word) => `'${word}'`).join(' ')}`
    const child = spawn('timeout', ['60', 'script', '-qec', command, '/dev/null'], {
      cwd: site.dir,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let [shown, typed] = ['', false]
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
      if (typed || !shown.includes(question)) return
      typed = true
      child.stdin.write(answer)
    })
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, shown: shown.replaceAll('\r', '') })))
  }

  test('asks once for both hosts and hands the answer on (M17)', async () => {
    site.write('book.ts', book("{ prompt: 'Go on?' }"))
    const { code, shown } = await typing('Go on? ', 'sure\n')
    expect(code).toBe(0)
    expect(shown.split('Go on? ')).toHaveLength(2)
    expect(shown.split('answered <sure>')).toHaveLength(3)
  })

  test('shows no answer that is to be a secret (M17)', async () => {
    site.write('book.ts', book("{ prompt: 'Word:', echo: false }"))
    const { code, shown } = await typing('Word: ', 'hunter2\n')
    expect(code).toBe(0)
    expect(shown).not.toContain('hunter2')
    expect(shown).toContain('answered <***>')
  })

  test('ends with ctrl-C, and with the end of the input', async () => {
    site.write('book.ts', book("{ prompt: 'Go on?' }"))
    expect((await typing('Go on? ', '\x03')).code).toBe(130)
    expect((await typing('Go on? ', '\x04')).code).toBe(130)
  })

  test('is asked beside the questions of --step (M17)', async () => {
    site.write('book.ts', book("{ prompt: 'Go on?' }"))
    const { code, shown } = await typing('(c)ontinue: ', 'c\nnow\n', '--step')
    expect(code).toBe(0)
    expect(shown).toContain('answered <now>')
  })
})
