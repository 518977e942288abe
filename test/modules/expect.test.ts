import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect as expects, it } from 'vitest'
import { secretsOf, showScript } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import type { RunningResult } from '../../modules/common/running.ts'
import { type ExpectParams, expect } from '../../modules/expect.ts'
import { runLocally } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'
import { nastyTexts, shellsHere } from '../support/shells.ts'

/** A program that asks for a name and twice for a password, which it does not show, and tells what it was given. */
const asks = `#!/bin/sh
[ -t 0 ] && [ -t 1 ] || { echo 'no terminal'; exit 9; }
printf 'Name: '; IFS= read -r name
old=$(stty -g); stty -echo; printf 'Password: '; IFS= read -r one; printf '\\nAgain, Password: '; IFS= read -r two; stty "$old"
printf '\\nname <%s>\\n' "$name"
[ "$one" = "$two" ] && printf '%s' "$one" > "$1"
exit 3
`

/** What may be a wrapper of a version manager says itself where it lies. */
const pathOf = (tool: string): string =>
  (tool === 'python3'
    ? spawnSync('python3', ['-c', 'import sys; print(sys.executable)'])
    : spawnSync('sh', ['-c', 'command -v "$0"', tool])
  ).stdout
    .toString()
    .trim()

/** The tools that a host must have for the drivers, and nothing else that could drive. */
function only(...drivers: string[]): readonly string[] {
  const bin = folderHere()
  for (const tool of ['sh', 'stty', 'printf', 'grep', 'cat', 'sleep', 'ps', 'tr', 'ls', 'dd', 'touch', ...drivers]) {
    const found = pathOf(tool)
    if (found.startsWith('/')) symlinkSync(found, join(bin, tool))
  }
  return ['env', `PATH=${bin}`]
}

const has = (tool: string): boolean => spawnSync('sh', ['-c', 'command -v "$0"', tool]).status === 0
const drivers = [
  ['python3', ['python3']],
  ['perl and script', ['perl', 'script']],
] as const

async function runs(params: ExpectParams, shell: readonly string[] = ['/bin/sh']) {
  const { output } = await runLocally(expect(params), { shell })
  return expect.module.result?.(params, { done: false }, output) as RunningResult
}

function program(text = asks): { cmd: string[]; file: string } {
  const dir = join(folderHere(), "a b'")
  mkdirSync(dir)
  writeFileSync(join(dir, '-asks.sh'), text)
  chmodSync(join(dir, '-asks.sh'), 0o755)
  return { cmd: [join(dir, '-asks.sh'), join(dir, 'said')], file: join(dir, 'said') }
}

describe.each(drivers.filter(([, [tool]]) => has(tool)))('expect with %s (M16)', (_name, tools) => {
  let here: readonly string[]
  beforeEach(() => {
    here = [...only(...tools), '/bin/sh']
  })

  it('answers what is asked on a terminal, and gives back output and code', async () => {
    const { cmd, file } = program()
    const result = await runs({ cmd, responses: { 'Name:': 'Ä b', '(?i)password: $': secret('w\'ord"$x') } }, here)
    expects(result).toMatchObject({ code: 3, stderr: '', stdout: expects.stringContaining('\nname <Ä b>') })
    expects(result.stdout).not.toContain('\r')
    expects(result.stdout).not.toContain('ord"')
    expects(readFileSync(file, 'utf8')).toBe('w\'ord"$x')
  })

  it.each(nastyTexts.filter((text) => !text.includes('\n')))('takes %j as it is', async (text) => {
    const { cmd, file } = program()
    await runs({ cmd, responses: { 'Name:': text, 'Password:': [text, text] } }, here)
    expects(readFileSync(file, 'utf8')).toBe(text)
    expects(existsSync('/pwned')).toBe(false)
  })

  it('gives answers of a list one after the other, and fails where none is left', async () => {
    const { cmd } = program()
    const result = await runs({ cmd, responses: { 'Name:': 'x', 'Password:': ['one'] } }, here)
    expects(result).toMatchObject({ code: 1, stderr: 'no answer is left for Password:' })
  })

  it('takes the question that comes first, whatever the order of the answers', async () => {
    const { cmd } = program('#!/bin/sh\nprintf \'first? second? \'; read a; read b; echo "$a $b"\n')
    expects((await runs({ cmd, responses: { 'second\\?': '2', '(?<word>fir)st\\?': '1' } }, here)).stdout).toBe(
      'first? second? 1 2',
    )
  })

  it('ends what asks for something unknown, with all it has started', async () => {
    const { cmd, file } = program('#!/bin/sh\necho $$ > "$1"\nprintf "What? "; read x; sleep 100\n')
    const begin = Date.now()
    const result = await runs({ cmd, responses: { 'Name:': 'x' }, timeout: 1 }, here)
    expects(result).toMatchObject({ code: 124, stdout: 'What? ' })
    expects(result.stderr).toMatch(/^nothing was asked that there is an answer for, .* for 1 s$/)
    expects(Date.now() - begin).toBeLessThan(6000)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expects(spawnSync('ps', ['-o', 'stat=', '-p', readFileSync(file, 'utf8').trim()]).stdout.toString()).toMatch(
      /^(Z.*\n)?$/,
    )
  })

  it('shows the answers only where it is told to', async () => {
    const { cmd } = program("#!/bin/sh\nprintf 'Name: '; read a\n")
    expects((await runs({ cmd, responses: { Name: 'alice' } }, here)).stdout).toBe('Name: ')
    expects((await runs({ cmd, responses: { Name: 'alice' }, echo: true }, here)).stdout).toContain('alice')
  })

  it('says what could not be run', async () => {
    const result = await runs({ cmd: ['no-such-program-here'], responses: { a: 'b' } }, here)
    expects(result.code).toBe(127)
    expects(result.stdout).toContain('no-such-program-here')
  })

  it('says which pattern the host does not understand', async () => {
    const result = await runs({ cmd: 'true', responses: { 'a\\cA[b&&[^c]](?<=x|yy+)': 'b' } }, here)
    expects(result).toMatchObject({ code: 1, stderr: expects.stringMatching(/^the pattern .* is not understood/) })
  })

  it('keeps answers out of every list of processes', async () => {
    const { cmd } = program('#!/bin/sh\nprintf "Name: "; read a; cat /proc/[0-9]*/cmdline | tr "\\0" " "\n')
    const { stdout } = await runs({ cmd, responses: { Name: secret('hunter2-hunter2') } }, here)
    expects(stdout).toContain('asks.sh')
    expects(stdout).not.toContain('hunter2')
  })
})

describe('expect', () => {
  it.each(shellsHere)('is started from $name', async ({ argv }) => {
    if (argv[0] === 'env')
      return void expects((await runs({ cmd: 'true', responses: { a: 'b' } }, argv)).stderr).toMatch(
        /^the host has neither python3 nor perl/,
      )
    const { cmd, file } = program()
    await runs({ cmd, responses: { 'Name:': 'x', Password: 'y' } }, argv)
    expects(readFileSync(file, 'utf8')).toBe('y')
  })

  it('runs in chdir, and not where creates exists', async () => {
    const dir = folderHere()
    expects((await runs({ cmd: 'pwd', responses: { a: 'b' }, chdir: dir })).stdout).toBe(dir)
    expects((await runs({ cmd: 'false', responses: { a: 'b' }, creates: dir })).skipped).toBe(true)
  })

  it('masks its answers where the script is shown', () => {
    const params = { cmd: 'passwd', responses: { assword: [secret('hunter2'), 'plain'] } }
    const script = expect.module.apply(params, { from: { done: false }, to: { done: true }, has: () => true })
    expects(showScript(script)).not.toContain('hunter2')
    expects(secretsOf(script)).toHaveLength(1)
  })

  it.each([
    [{ cmd: 'a', responses: {} }, /'responses': what should be answered/],
    [{ cmd: 'a', responses: { '(': 'b' } }, /'responses\.\(': is not a regular expression/],
    [{ cmd: 'a', responses: { a: [] } }, /'responses\.a'/],
    [{ cmd: 'a', responses: { a: 'b\0' } }, /NUL/],
    [{ cmd: 'a | b', responses: { a: 'b' } }, /'\|' means something to a shell only/],
    [{ cmd: 'a', responses: { a: 'b' }, timeout: 0 }, /'timeout'/],
  ])('refuses %j', (params, message) => {
    expects(() => expect(params as never)).toThrow(message)
  })
})
