import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type MakeParams, make } from '../../modules/make.ts'
import { shells } from '../support/fake-commands.ts'
import { runLocally } from '../support/local-host.ts'
import { poorShell } from '../support/root-with.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyTexts, nothingRan } from '../support/shells.ts'

const makefile = `VALUE = none
out: in
\tcp in out
\tprintf '%s\\n' '$(VALUE)' >> out
install:
\tcp out installed
broken: nosuch
`

function sources(): string {
  const folder = join(folderHere(), "the make's")
  mkdirSync(folder)
  writeFileSync(join(folder, 'Makefile'), makefile)
  writeFileSync(join(folder, 'in'), 'in\n')
  return folder
}

describe('make', () => {
  it.each(shells)('makes what is out of date, once (%s)', async (...shell) => {
    const chdir = sources()
    const params: MakeParams = { chdir, jobs: 2, params: { VALUE: 'two words', NUMBER: 4 } }
    const { output } = await settleHere(make(params), { shell })
    expect(output!.stdout).toContain('cp in out')
    expect(readFileSync(join(chdir, 'out'), 'utf8')).toBe('in\ntwo words\n')
    utimesSync(join(chdir, 'in'), Date.now() / 1000 + 60, Date.now() / 1000 + 60)
    utimesSync(join(chdir, 'out'), 1, 1)
    const again = await runLocally(make(params), { shell })
    expect(again.output?.code).toBe(0)
  })

  it('asks without running a recipe', async () => {
    const chdir = sources()
    await runLocally(make({ chdir, target: ['out', 'install'] }), { check: true })
    expect(existsSync(join(chdir, 'out'))).toBe(false)
  })

  it('makes a target that is no file each time, unless what it creates is there', async () => {
    const chdir = sources()
    const install: MakeParams = { chdir, target: ['out', 'install'] }
    for (const _ of [1, 2]) expect((await runLocally(make(install))).output).toMatchObject({ code: 0 })
    await expectSettled(make({ ...install, creates: join(chdir, 'installed') }))
    await expectSettled(make({ chdir: '/nonexistent', creates: join(chdir, 'installed') }))
  })

  it('takes another Makefile and another make', async () => {
    const chdir = sources()
    writeFileSync(join(chdir, 'other.mk'), 'it:\n\t: > it\n')
    await settleHere(make({ chdir, file: 'other.mk', target: 'it', executable: '/usr/bin/make' }))
    expect(existsSync(join(chdir, 'it'))).toBe(true)
  })

  it.each(nastyTexts)('gives %j to make as the value of a variable', async (text) => {
    const chdir = sources()
    writeFileSync(join(chdir, 'Makefile'), 'export VALUE\nout:\n\tprintf %s "$$VALUE" > out\n')
    const { output } = await runLocally(make({ chdir, params: { VALUE: text } }))
    expect(output, output?.stderr).toMatchObject({ code: 0 })
    // make drops the blanks before a value
    expect(readFileSync(join(chdir, 'out'), 'utf8').trim()).toBe(text.trim())
    expect(nothingRan()).toBe(true)
  })

  it('says what is missing: the folder, make, a rule', async () => {
    const chdir = sources()
    await expect(runLocally(make({ chdir: join(chdir, 'no') }))).rejects.toThrow(/no is not a folder on the host/)
    await expect(runLocally(make({ chdir }), { shell: poorShell(['make']) })).rejects.toThrow('the host has no make')
    await expect(runLocally(make({ chdir, target: 'broken' }))).rejects.toThrow(/No rule to make target 'nosuch'/)
  })

  it('fails with what make says', async () => {
    const chdir = sources()
    writeFileSync(join(chdir, 'Makefile'), 'out:\n\t@echo it went wrong >&2; exit 3\n')
    expect((await runLocally(make({ chdir }))).output).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it went wrong'),
    })
  })

  it.each<[Partial<MakeParams>, RegExp]>([
    [{ chdir: 'relative' }, /'chdir'/],
    [{ target: '--eval=x' }, /'target': "--eval=x" is not a target/],
    [{ target: 'A=b' }, /'target'/],
    [{ file: '-x' }, /'file'/],
    [{ jobs: 0 }, /'jobs'/],
    [{ params: { 'a b': 'x' } }, /'params.a b'/],
    [{ params: { '-x': 'x' } }, /'params.-x'/],
    [{ executable: '-x' }, /'executable'/],
  ])('refuses %j', (params, message) => {
    expect(() => make({ chdir: '/srv/x', ...params })).toThrow(message)
  })
})
