// What flags do to the output of the built program: levels, scripts, diffs, the slowest tasks.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Project, playbookOf, project } from '../support/cli.ts'

let site: Project
beforeEach(() => {
  site = project()
})
afterEach(() => site.remove())

const run = (...args: string[]) => site.tsplay(['run', 'book.ts', '-i', 'home', '-l', 'w1', ...args])
const book = (tasks: string): string => site.write('book.ts', playbookOf(tasks))
const withConfig = (flags: string): string =>
  site.write('tsplay.config.ts', `import { config } from 'tsplay'\nexport default config(${flags})\n`)

describe('-v', () => {
  beforeEach(() => {
    book(`
      task('says', shell({ cmd: 'echo one; echo two' }), { changedWhen: false }),
      task('not here', command({ cmd: 'true' }), { when: false }),`)
  })
  const body = async (...args: string[]): Promise<string[]> =>
    (await run(...args)).stdout
      .replace(/\(\d+\.\d\ds\)/g, '(…)')
      .split('\n\nhost ')[0]!
      .split('\n')
      .slice(2)

  test('says nothing of what is as it should be; -v does, with its output and why something was skipped (A156)', async () => {
    expect(await body()).toEqual([])
    expect(await body('-v')).toEqual([
      'w1 | ok | says (…)',
      '    stdout:',
      '      one',
      '      two',
      'w1 | skipped | not here (…)',
      '    its condition does not hold',
    ])
  })

  test('-vv shows output as it comes, and only once (A156, X07)', async () => {
    expect(await body('-vv')).toEqual([
      'w1 | says | one',
      'w1 | says | two',
      'w1 | ok | says (…)',
      'w1 | skipped | not here (…)',
      '    its condition does not hold',
    ])
  })

  test('-vvv shows the scripts that were sent, also to programs (A156)', async () => {
    expect((await body('-vvv')).join('\n')).toMatch(
      /ok \| says \(…\)\n {4}script:\n(?: {6}.*\n)*? {6}.*echo one; echo two/,
    )
    expect((await run('-o', 'ndjson', '-vvv')).tasks[0]!.script).toContain('echo one; echo two')
    expect((await run('-o', 'ndjson', '-vv')).tasks[0]!.script).toBeUndefined()
  })
})

describe('--profile (X14)', () => {
  beforeEach(() => {
    book("task('naps', shell({ cmd: 'sleep 0.3' })),")
  })
  const table =
    /slowest tasks +total +hosts +longest\nnaps \[main\] +0\.[3-9]\ds +1 +0\.[3-9]\ds on w1\n\nslowest hosts/

  test('names the slowest tasks and hosts below the recap', async () => {
    const { stdout } = await run('--profile')
    expect(stdout.split('1 host in')[1]).toMatch(table)
    expect((await run()).stdout).not.toContain('slowest')
  })

  test('may stand in the environment and in the project’s flags (A142)', async () => {
    const { stdout } = await site.tsplay(['run', 'book.ts', '-i', 'home', '-l', 'w1'], { env: { TSPLAY_PROFILE: '1' } })
    expect(stdout).toMatch(table)
    withConfig('{ profile: true }')
    expect((await run()).stdout).toMatch(table)
  })

  test.each(['0', 'false', 'NO', 'off', ''])(
    'is not asked for by TSPLAY_PROFILE=%s, whatever the project says (A142)',
    async (value) => {
      withConfig('{ profile: true }')
      const { code, stdout } = await site.tsplay(['run', 'book.ts', '-i', 'home', '-l', 'w1'], {
        env: { TSPLAY_PROFILE: value },
      })
      expect(code).toBe(0)
      expect(stdout).not.toContain('slowest')
      const asked = await site.tsplay(['run', 'book.ts', '-i', 'home', '-l', 'w1', '--profile'], {
        env: { TSPLAY_PROFILE: value },
      })
      expect(asked.stdout).toContain('slowest')
    },
  )

  test('leaves the recap the last line of ndjson, as it is', async () => {
    const { stdout } = await run('--profile', '-o', 'ndjson')
    expect(stdout.trim().split('\n').at(-1)).toMatch(
      /^\{"type":"recap","hosts":\{"w1":\{"ok":1,"changed":1,.*\},"durationMs":\d+\}$/,
    )
    expect(stdout).not.toContain('slowest')
  })

  test('is there for ad-hoc commands, too', async () => {
    const { stdout } = await site.tsplay(['exec', 'w1', '-i', 'home', '--profile', '--', 'sleep', '0.3'])
    expect(stdout).toMatch(/^w1 \| CHANGED \| rc=0 >>\nslowest tasks .*\ncommand \[exec\] +0\.[3-9]/)
  })
})

describe('--diff-context (A151)', () => {
  let file: string
  beforeEach(() => {
    file = path.join(site.dir, 'lines')
    writeFileSync(file, 'a\nb\nc\nd\ne\nf\ng\nh\ni\n')
    book(`task('line', lineInFile({ path: '${file}', regexp: /^e$/, line: 'E' })),`)
  })
  const patch = async (...args: string[]): Promise<string[]> =>
    (await run('--check', '--diff', ...args)).stdout.split('\n').filter((line) => /^ {4}[-+ ]\w$/.test(line))

  test('is the number of lines around a change, 3 unless told', async () => {
    expect((await patch()).map((line) => line.trim())).toEqual(['b', 'c', 'd', '-e', '+E', 'f', 'g', 'h'])
    expect((await patch('--diff-context', '1')).map((line) => line.trim())).toEqual(['d', '-e', '+E', 'f'])
    expect(await patch('--diff-context', '0')).toHaveLength(2)
    expect(readFileSync(file, 'utf8')).toContain('\ne\n')
  })

  test('may stand in the project’s flags, and the command line wins (A142)', async () => {
    withConfig('{ diffContext: 0 }')
    expect(await patch()).toHaveLength(2)
    expect(await patch('--diff-context', '2')).toHaveLength(6)
  })

  test.each(['-1', '1.5', 'three', ''])('%j is no number of lines, and nothing is run', async (wrong) => {
    const { code, stderr } = await run('--diff-context', wrong)
    expect(code).toBe(1)
    expect(stderr).toContain(`'${wrong}' is not a whole number`)
  })
})
