import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Action } from '../../engine/module.ts'
import { will } from '../../engine/prediction.ts'
import type { Question } from '../../engine/question/question.ts'
import { secretsOf, showScript } from '../../engine/script.ts'
import { secret, type Text } from '../../engine/secret.ts'
import { command } from '../../modules/command.ts'
import { type RunningResult, runningResult } from '../../modules/common/running.ts'
import { splitWords } from '../../modules/common/words.ts'
import { raw } from '../../modules/raw.ts'
import { shell } from '../../modules/shell.ts'
import { answersLocally, runLocally, runScript } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'
import { nastyTexts, shellsHere } from '../support/shells.ts'

/** What a program that runs leaves, as `register` gets it. */
async function runs(action: Action, argv: readonly string[] = ['/bin/sh']) {
  const { output } = await runLocally(action, { shell: argv })
  return action.module.result?.(action.params, { done: false }, output) as RunningResult
}

describe('splitWords', () => {
  it.each([
    ['a b  c', ['a', 'b', 'c']],
    [`echo 'a b' "c d"`, ['echo', 'a b', 'c d']],
    [`--name="a b"'c'`, ['--name=a bc']],
    ['a\\ b', ['a b']],
    [`"a \\"quoted\\" \\$x"`, ['a "quoted" $x']],
    [`'it'"'"'s'`, ["it's"]],
    [`'' x`, ['', 'x']],
    [' \t\n', []],
  ])('splits %j as Ansible does (M16)', (line, words) => {
    expect(splitWords(line).words).toEqual(words)
  })

  it.each([
    ['echo x >> /etc/security/limits.conf', '>'],
    ['cat < f', '<'],
    ['a | b', '|'],
    ['a && b', '&'],
    ['a || b', '|'],
    ['a; b', ';'],
    ['rm /tmp/*', '*'],
    ['ls ?', '?'],
    ['echo $HOME', '$'],
    ['echo `id`', '`'],
    ['cd ~/x', '~'],
    ['true # why', '#'],
  ])('knows what only a shell would understand in %j (B15)', (line, char) => {
    expect(splitWords(line).shellSyntax).toBe(char)
    expect(() => command({ cmd: line })).toThrow(/use shell\(\{ cmd \}\)/)
  })

  it.each([
    `echo '>> | && ; * ? $ \`'`,
    'echo a\\>b',
    '[ -f /etc/passwd ]',
    'find / -name x -exec ls {} +',
    'curl http://h/a#b',
    'git show HEAD~1',
  ])('lets %j pass: it means the same with or without a shell (B15)', (line) => {
    expect(splitWords(line).shellSyntax).toBeUndefined()
  })

  it('says where a quote begins that is not closed', () => {
    expect(() => command({ cmd: "echo 'a" })).toThrow(/the quote at character 6 is not closed/)
  })
})

describe('command', () => {
  it.each(shellsHere)('passes every word as it is, in $name (M16)', async ({ argv }) => {
    const { stdout, code } = await runs(command({ cmd: ['printf', '<%s>', ...nastyTexts] }), argv)
    expect(stdout).toBe(nastyTexts.map((text) => `<${text}>`).join(''))
    expect(code).toBe(0)
    expect(existsSync('/pwned')).toBe(false)
  })

  it('gives back code, stdout and stderr without newlines at the end (M16)', async () => {
    const script = 'echo out; echo; echo err >&2; echo >&2; exit 3'
    expect(await runs(command({ cmd: ['sh', '-c', script] }))).toMatchObject({
      code: 3,
      stdout: 'out',
      stderr: 'err',
      skipped: false,
    })
  })

  it('does not run where creates exists or removes does not (M16)', async () => {
    const dir = folderHere()
    const mark = join(dir, 'mark')
    expect((await runs(command({ cmd: ['touch', mark], removes: join(dir, 'none') }))).skipped).toBe(true)
    expect(existsSync(mark)).toBe(false)
    expect((await runs(command({ cmd: ['touch', mark], creates: mark }))).skipped).toBe(false)
    expect(await runs(command({ cmd: ['false'], creates: mark }))).toMatchObject({ skipped: true, code: 0 })
    expect((await runs(command({ cmd: ['rm', mark], removes: mark }))).skipped).toBe(false)
    expect(existsSync(mark)).toBe(false)
  })

  it('runs in chdir, and fails where that is missing (M16)', async () => {
    const dir = join(folderHere())
    expect((await runs(command({ cmd: 'pwd', chdir: dir }))).stdout).toBe(dir)
    const { output } = await runLocally(command({ cmd: 'pwd', chdir: `${dir}/none` }))
    expect(output).toMatchObject({ code: expect.not.stringMatching('0'), stdout: '' })
    expect(output?.stderr).toContain('none')
  })

  it.each(shellsHere)('feeds stdin to the byte, in $name (M16)', async ({ argv }) => {
    const stdin = `${nastyTexts.join('\n')}\n\n`
    const { output } = await runLocally(command({ cmd: 'cat', stdin, stdinAddNewline: false }), { shell: argv })
    expect(output?.stdout).toBe(stdin)
  })

  it.each(shellsHere)('ends the input with one newline, in $name (M16)', async ({ argv }) => {
    const read = async (stdin: Text) =>
      (await runLocally(command({ cmd: 'cat', stdin }), { shell: argv })).output?.stdout
    expect(await read('a')).toBe('a\n')
    expect(await read('a\n')).toBe('a\n')
    expect(await read(secret('a'))).toBe('a\n')
    expect(await read(secret('a\n'))).toBe('a\n')
    expect(await read(secret("-n '$(id)'\\n"))).toBe("-n '$(id)'\\n\n")
  })

  it('tells what was printed by lines, with the newlines at its end where asked (M16)', async () => {
    expect(await runs(command({ cmd: ['printf', 'a\\n\\nb\\n\\n'] }))).toMatchObject({
      stdout: 'a\n\nb',
      stdoutLines: ['a', '', 'b'],
      stderrLines: [],
    })
    expect(await runs(command({ cmd: ['printf', 'a\\n\\n'], stripEmptyEnds: false }))).toMatchObject({
      stdout: 'a\n\n',
      stdoutLines: ['a', ''],
    })
  })

  it('tells when it began, when it ended and how long it took (M16)', () => {
    const startedAt = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
    expect(runningResult({ code: 0, stdout: '', stderr: '', startedAt, durationMs: 1500 })).toMatchObject({
      start: '2026-01-02T03:04:05.006Z',
      end: '2026-01-02T03:04:06.506Z',
      delta: 1.5,
    })
    expect(runningResult(undefined)).toMatchObject({ start: '', end: '', delta: 0, skipped: true })
  })

  it.each(shellsHere)('takes patterns in creates and removes, in $name (M16)', async ({ argv }) => {
    const dir = join(folderHere(), "a b'*")
    mkdirSync(dir)
    const applies = async (params: { creates?: string; removes?: string }) =>
      (await runLocally(command({ cmd: 'true', ...params }), { shell: argv, check: true })).differences.length > 0
    expect(await applies({ creates: join(dir, '*.pem') })).toBe(true)
    expect(await applies({ removes: join(dir, '*.pem') })).toBe(false)
    writeFileSync(join(dir, 'x y.pem'), '')
    expect(await applies({ creates: join(dir, '*.pem') })).toBe(false)
    expect(await applies({ creates: join(dir, '[a-z]?y.pem') })).toBe(false)
    expect(await applies({ removes: join(dir, '*.pem') })).toBe(true)
    expect(await applies({ creates: join(dir, '*.key') })).toBe(true)
    // a name that only looks like a pattern
    writeFileSync(join(dir, '[z].key'), '')
    expect(await applies({ creates: join(dir, '[z].key') })).toBe(false)
  })

  it('is known in a check not to run again behind what makes the files of its pattern', async () => {
    const dir = folderHere()
    const { module, params } = command({ cmd: 'true', creates: `${dir}/*.pem` })
    const answers = await answersLocally(module.probe(params))
    const planned = will.be(`${dir}/a.pem`, { type: 'file' })
    const actual = module
      .probe(params)
      .read(<T>(question: Question<T>) => planned.answer(question, answers(question)) as T)
    expect(actual).toEqual({ done: true })
  })

  it('succeeds where a program does not want its input', async () => {
    expect((await runs(command({ cmd: 'true', stdin: 'x'.repeat(200_000) }))).code).toBe(0)
  })

  it('keeps a secret input out of arguments and of what is shown', async () => {
    const { module, params } = command({ cmd: 'cat', stdin: secret('hunter2-hunter2') })
    const script = module.apply(params, { from: { done: false }, to: { done: true }, has: () => true })
    expect(showScript(script)).not.toContain('hunter2')
    expect(secretsOf(script)).toHaveLength(1)
    expect((await runScript(script)).stdout).toBe('hunter2-hunter2\n')
  })

  it("does not see the session's own input", async () => {
    const script = command({ cmd: ['sh', '-c', '(true <&3) 2>/dev/null && echo open || echo closed'] })
    expect((await runs(script)).stdout).toBe('closed')
  })

  it('fails with the code of what could not be run', async () => {
    const { code, stderr } = await runs(command({ cmd: ['no-such-program-here'] }))
    expect(code).toBe(127)
    expect(stderr).toContain('no-such-program-here')
  })

  it('names its words where the task has no name', () => {
    const { module, params } = command({ cmd: ['echo', 'a b'] })
    expect(module.subject?.(params)).toBe("echo 'a b'")
  })

  it.each([
    [{ cmd: '' }, /no program/],
    [{ cmd: [] }, /no program/],
    [{ cmd: 'ls', chdir: 'relative' }, /absolute path/],
    [{ cmd: 'ls', creates: 'x' }, /absolute path/],
    [{ cmd: 'ls', create: '/x' }, /unknown parameter 'create'/],
  ])('refuses %j', (params, message) => {
    expect(() => command(params as never)).toThrow(message)
  })
})

describe('shell', () => {
  it.each(shellsHere)('understands pipes, redirections and variables, started from $name (M16)', async ({ argv }) => {
    const file = join(folderHere(), 'f')
    const { stdout } = await runs(
      shell({ cmd: `printf 'b\\na\\n' | sort > ${file} && X=1; echo "$X"; cat ${file}` }),
      argv,
    )
    expect(stdout).toBe('1\na\nb')
  })

  it('takes another shell (M16)', async () => {
    expect((await runs(shell({ cmd: 'echo $0', executable: '/bin/bash' }))).stdout).toBe('/bin/bash')
  })

  it('fails with the code of the script, and keeps what it said', async () => {
    expect(await runs(shell({ cmd: 'echo a; exit 7' }))).toMatchObject({ code: 7, stdout: 'a' })
  })

  it('shares creates, removes, chdir and stdin with command (M16)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'here'), '')
    expect((await runs(shell({ cmd: 'false', creates: join(dir, 'here') }))).skipped).toBe(true)
    expect((await runs(shell({ cmd: 'pwd; cat', chdir: dir, stdin: 'in' }))).stdout).toBe(`${dir}\nin`)
  })
})

describe('raw', () => {
  it.each(shellsHere)('is read by the shell that is there, in $name (M16)', async ({ argv }) => {
    expect((await runs(raw({ cmd: "a='x  y'; printf '%s|' \"$a\" $(echo b)\n# done" }), argv)).stdout).toBe('x  y|b|')
    expect(await runs(raw({ cmd: 'echo a; exit 7; echo b' }), argv)).toMatchObject({ code: 7, stdout: 'a' })
    expect((await runs(raw({ cmd: '(true <&3) 2>/dev/null && echo open || echo closed' }), argv)).stdout).toBe('closed')
  })

  it.each(shellsHere)('fails where the text is no shell, and nothing behind it runs, in $name', async ({ argv }) => {
    const { code, stdout } = await runs(raw({ cmd: 'echo ) ; echo no' }), argv)
    expect({ code: code !== 0, stdout }).toEqual({ code: true, stdout: '' })
  })

  it('takes another shell (M16)', async () => {
    expect((await runs(raw({ cmd: 'a=(1 2 3); echo "${#a[@]} $0"', executable: '/bin/bash' }))).stdout).toBe(
      '3 /bin/bash',
    )
  })

  it.each([[{ cmd: '' }], [{ cmd: 'a', executable: 'bash' }], [{ cmd: 'a', chdir: '/' }], [{ cmd: 'a\0b' }]])(
    'refuses %j',
    (params) => {
      expect(() => raw(params as never)).toThrow(/raw: /)
    },
  )
})
