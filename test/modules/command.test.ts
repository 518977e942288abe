import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Action } from '../../engine/module.ts'
import { secretsOf, showScript } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { command } from '../../modules/command.ts'
import { splitWords } from '../../modules/common/words.ts'
import { shell } from '../../modules/shell.ts'
import { runLocally, runScript } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'
import { nastyTexts, shellsHere } from '../support/shells.ts'

/** What a program that runs leaves, as `register` gets it. */
async function runs(action: Action, argv: readonly string[] = ['/bin/sh']) {
  const { output } = await runLocally(action, { shell: argv })
  return action.module.result?.(action.params, { done: false }, output) as {
    code: number
    stdout: string
    stderr: string
    skipped: boolean
  }
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
    expect(await runs(command({ cmd: ['sh', '-c', script] }))).toEqual({
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
    const { output } = await runLocally(command({ cmd: 'cat', stdin }), { shell: argv })
    expect(output?.stdout).toBe(stdin)
  })

  it('succeeds where a program does not want its input', async () => {
    expect((await runs(command({ cmd: 'true', stdin: 'x'.repeat(200_000) }))).code).toBe(0)
  })

  it('keeps a secret input out of arguments and of what is shown', async () => {
    const { module, params } = command({ cmd: 'cat', stdin: secret('hunter2-hunter2') })
    const script = module.apply(params, { from: { done: false }, to: { done: true }, has: () => true })
    expect(showScript(script)).not.toContain('hunter2')
    expect(secretsOf(script)).toHaveLength(1)
    expect((await runScript(script)).stdout).toBe('hunter2-hunter2')
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
