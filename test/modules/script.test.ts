import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Action } from '../../engine/module.ts'
import { sh, showScript, toWire } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { interpreterOf } from '../../modules/common/interpreter.ts'
import { type ScriptParams, script } from '../../modules/script.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'
import { answersLocally, runLocally, runScript } from '../support/local-host.ts'
import { controlIn, folderHere } from '../support/settle-here.ts'
import { nastyTexts, shellsHere } from '../support/shells.ts'

/** Runs a script of this text, and expects that nothing of it is left in the folder for temporary files. */
async function runs(text: string | Buffer, params: Partial<ScriptParams> = {}, argv: readonly string[] = ['/bin/sh']) {
  const [sources, tmp] = [folderHere(), folderHere()]
  writeFileSync(join(sources, 'x.sh'), text)
  const { module, params: checked } = script({ src: 'x.sh', ...params })
  const { output } = await runLocally(
    { module, params: checked },
    { shell: ['env', `TMPDIR=${tmp}`, ...argv], control: controlIn(sources) },
  )
  expect(readdirSync(tmp)).toEqual([])
  return module.result?.(checked, { done: false }, output) as {
    code: number
    stdout: string
    stderr: string
    skipped: boolean
  }
}

const inputOf = async (text: string, params: Partial<ScriptParams> = {}) => {
  const sources = folderHere()
  writeFileSync(join(sources, 'x.sh'), text)
  const { module, params: checked }: Action = script({ src: 'x.sh', ...params })
  return { module, input: await module.prepare!(checked, controlIn(sources)) }
}

describe('script', () => {
  it.each(shellsHere)(
    'runs a script of the control side with its arguments as they are, in $name (M16)',
    async (shell) => {
      const { stdout, code } = await runs('printf "<%s>" "$@"\n', { args: [...nastyTexts, ''] }, shell.argv)
      expect(stdout).toBe([...nastyTexts, ''].map((text) => `<${text}>`).join(''))
      expect(code).toBe(0)
      expect(existsSync('/pwned')).toBe(false)
    },
  )

  it.each(shellsHere)('leaves nothing behind where the script fails, in $name', async ({ argv }) => {
    expect(await runs('echo out; echo err >&2; exit 7\n', {}, argv)).toMatchObject({
      code: 7,
      stdout: 'out',
      stderr: 'err',
      skipped: false,
    })
  })

  it('keeps its name, in a folder of its own that only its user can enter', async () => {
    expect((await runs('echo "${0##*/}"; ls "${0%/*}"; stat -c %a "$0" "${0%/*}"\n')).stdout).toBe(
      'x.sh\nx.sh\n700\n700',
    )
  })

  it('is run by what its first line says, also where the file itself may not be executed', async () => {
    expect((await runs('#!/bin/bash -f\necho "$BASH_VERSION" "$-"\n')).stdout).toMatch(/^\d.* \S*f/)
    expect((await runs('#!/usr/bin/env -S awk -f\nBEGIN { print 1 + 1 }\n')).stdout).toBe('2')
    expect((await runs('ps -o args= -p $$\n')).stdout).toMatch(/^\/bin\/sh /)
  })

  it('runs a binary, larger than what is held in memory', async () => {
    const node = readFileSync(process.execPath)
    expect((await runs(node, { args: ['-p', '6 * 7'] })).stdout).toBe('42')
  })

  it('takes another program to run it', async () => {
    expect((await runs('#!/bin/false\necho "$BASH"\n', { executable: 'bash' })).stdout).toContain('bash')
  })

  it('shares creates, removes, chdir and stdin with command', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'here'), '')
    expect(await runs('false', { creates: join(dir, 'here') })).toMatchObject({ skipped: true, code: 0 })
    expect(await runs('false', { removes: join(dir, 'none') })).toMatchObject({ skipped: true })
    expect((await runs('pwd; cat', { chdir: dir, stdin: 'in' })).stdout).toBe(`${dir}\nin`)
    expect(await runs('echo ran', { chdir: join(dir, 'none') })).toMatchObject({ code: 1, stdout: '' })
  })

  it('keeps its text, its arguments of the host and a secret input out of sight where it should', async () => {
    const { module, input } = await inputOf('echo top-of-the-script', { stdin: secret('hunter2-hunter2') })
    const change = { from: { done: false }, to: { done: true }, has: () => true }
    const text = showScript(module.apply(input, change))
    expect(text).not.toContain('hunter2')
    expect(toWire(module.apply(input, change)).text).not.toContain('top-of-the-script')
  })

  it("does not see the session's own input", async () => {
    expect((await runs('(true <&3) 2>/dev/null && echo open || echo closed')).stdout).toBe('closed')
  })

  it('takes the folder away when it is ended from outside', async () => {
    const tmp = folderHere()
    const { module, input } = await inputOf('sleep 60')
    const change = { from: { done: false }, to: { done: true }, has: () => true }
    const { text } = toWire(module.apply(input, change))
    const child: ChildProcess = spawn('/bin/sh', ['-c', `_tsp_content() { cat <&3; }; (${text}) 3<&0 </dev/null`], {
      env: { ...process.env, TMPDIR: tmp },
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.stdin?.end('sleep 60')
    for (let tries = 0; tries < 100 && readdirSync(tmp).length === 0; tries++) await sleep(20)
    expect(readdirSync(tmp)).toHaveLength(1)
    await sleep(200)
    process.kill(-child.pid!, 'SIGTERM')
    await ended
    for (let tries = 0; tries < 100 && readdirSync(tmp).length > 0; tries++) await sleep(20)
    expect(readdirSync(tmp)).toEqual([])
  })

  it('fails where no temporary folder can be made, and runs nothing', async () => {
    const { module, input } = await inputOf('echo ran')
    const change = { from: { done: false }, to: { done: true }, has: () => true }
    const none = sh`TMPDIR=/none/such; export TMPDIR
${module.apply(input, change)}`
    expect(await runScript(none)).toMatchObject({ code: 1, stdout: '' })
  })

  it('does nothing in a check', async () => {
    const sources = folderHere()
    writeFileSync(join(sources, 'x.sh'), `: > ${sources}/ran`)
    chmodSync(join(sources, 'x.sh'), 0o644)
    const pass = await runLocally(script({ src: 'x.sh' }), { check: true, control: controlIn(sources) })
    expect(pass.differences).toHaveLength(1)
    expect(existsSync(join(sources, 'ran'))).toBe(false)
  })

  it('keeps the laws', async () => {
    const { module, input } = await inputOf('true', { creates: '/none/such' })
    expectSettles(module, input, { done: false })
    const done = await inputOf('true', { creates: '/etc/passwd' })
    expectPredicts(done.module, done.input, await answersLocally(done.module.probe(done.input)))
  })

  it('names the script and its words where the task has no name', () => {
    const { module, params } = script({ src: './x.sh', args: ['a b'] })
    expect(module.subject?.(params)).toBe("./x.sh 'a b'")
  })

  it.each([
    [{ src: '' }, /no script/],
    [{}, /'src'/],
    [{ src: 'x', args: ['a\0b'] }, /NUL/],
    [{ src: 'x', executable: 'python3 -u' }, /one program without arguments/],
    [{ src: 'x', creates: 'relative' }, /absolute path/],
    [{ src: 'x', cmd: 'y' }, /unknown parameter 'cmd'/],
  ])('refuses %j', (params, message) => {
    expect(() => script(params as never)).toThrow(message)
  })

  it('refuses a script that is not there, and one with Windows line endings, before a host is asked', async () => {
    const sources = folderHere()
    writeFileSync(join(sources, 'x.sh'), '#!/bin/sh\r\necho\r\n')
    const prepare = async (src: string) => {
      const { module, params } = script({ src })
      return module.prepare?.(params, controlIn(sources))
    }
    await expect(prepare('y.sh')).rejects.toThrow(/'y\.sh' was not found/)
    await expect(prepare('x.sh')).rejects.toMatchObject({
      message: expect.stringContaining('carriage return'),
      hint: expect.stringContaining('line endings'),
    })
  })
})

describe('interpreterOf', () => {
  it.each([
    ['#!/bin/sh\n', ['/bin/sh']],
    ['#! /usr/bin/env bash\necho', ['/usr/bin/env', 'bash']],
    ['#!/usr/bin/env -S python3 -u \n', ['/usr/bin/env', '-S python3 -u']],
    ['#!\n', ['/bin/sh']],
    ['', ['/bin/sh']],
    ['echo\n', ['/bin/sh']],
    ['\x7fELF\x02\x01\x01\0', []],
  ])('reads %j', (text, argv) => {
    expect(interpreterOf(new TextEncoder().encode(text))).toEqual(argv)
  })
})
