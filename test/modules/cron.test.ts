// cron: the edit as a table, files of its own on this machine, and a crontab that only a fake knows.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sh } from '../../engine/script.ts'
import { type CronEdit, editCrontab } from '../../modules/common/edit-crontab.ts'
import { type CronParams, cron } from '../../modules/cron.ts'
import { type Fakes, runFaked, shells } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyTexts, nothingRan, shellsHere } from '../support/shells.ts'

const { module } = cron
const text = (path: string) => readFileSync(path, 'utf8')

describe('the edit of a crontab (M15)', () => {
  const job = (before: string, line: string | undefined, more: Partial<CronEdit> = {}) =>
    editCrontab(before, { name: 'x', marker: '# tsplay: {name}', line, env: false, ...more })
  const variable = (before: string, line: string | undefined, more: Partial<CronEdit> = {}) =>
    job(before, line, { name: 'PATH', env: true, ...more })

  it.each<[string, string, string]>([
    ['a job in an empty crontab', job('', '* * * * * a'), '# tsplay: x\n* * * * * a\n'],
    [
      'a job behind others',
      job('# mine\n1 1 1 1 1 b\n', '* * * * * a'),
      '# mine\n1 1 1 1 1 b\n# tsplay: x\n* * * * * a\n',
    ],
    [
      'no other job where it is there',
      job('# tsplay: x\n* * * * * a\nb\n', '* * * * * a'),
      '# tsplay: x\n* * * * * a\nb\n',
    ],
    ['a changed job', job('# tsplay: x\n1 * * * * a\nb\n', '2 * * * * a'), '# tsplay: x\n2 * * * * a\nb\n'],
    [
      'a job of Ansible’s its own, under the name it has',
      job('#Ansible: x\n1 * * * * a\n', '2 * * * * a'),
      '#Ansible: x\n2 * * * * a\n',
    ],
    ['one job of two with one name', job('# tsplay: x\na\n#Ansible: x\na\n', 'a'), '# tsplay: x\na\n'],
    ['a name for a job without one', job('b\n* * * * * a\n', '* * * * * a'), 'b\n# tsplay: x\n* * * * * a\n'],
    [
      'no second name for a job of another name',
      job('# tsplay: y\n* * * * * a\n', '* * * * * a'),
      '# tsplay: y\n* * * * * a\n# tsplay: x\n* * * * * a\n',
    ],
    ['nothing of a job that goes', job('a\n# tsplay: x\nb\nc\n', undefined), 'a\nc\n'],
    ['nothing of one of Ansible’s', job('#Ansible: x\nb\n', undefined), ''],
    ['what is there, where no job is to go', job('a\n#Ansible: xy\nb\n', undefined), 'a\n#Ansible: xy\nb\n'],
    ['an end for the last line, which cron would not read', job('# tsplay: x\na', 'a'), '# tsplay: x\na\n'],
    ['a variable at the top', variable('a\n', 'PATH="/b"'), 'PATH="/b"\na\n'],
    ['another value', variable('A=1\nPATH = /a\n', 'PATH="/b"'), 'A=1\nPATH="/b"\n'],
    ['a variable behind another', variable('A=1\nB=2\n', 'PATH="/b"', { insertAfter: 'A' }), 'A=1\nPATH="/b"\nB=2\n'],
    ['a variable before another', variable('A=1\nB=2\n', 'PATH="/b"', { insertBefore: 'B' }), 'A=1\nPATH="/b"\nB=2\n'],
    ['no variable', variable('A=1\nPATH=2\n', undefined), 'A=1\n'],
    ['no variable of a longer name', variable('MYPATH=2\nPATHS=1\n', undefined), 'MYPATH=2\nPATHS=1\n'],
  ])('gives %s', (_name, after, wanted) => {
    expect(after).toBe(wanted)
  })

  it('says which variable is missing', () => {
    const params: CronParams = { name: 'PATH', env: true, job: '/bin', insertAfter: 'HOME' }
    const crontab = { problem: '', text: 'A=1\n', sha256: '' }
    expect(() => module.desired(params, { content: null, found: { crontab } })).toThrow(
      "there is no variable 'HOME' to put 'PATH' beside",
    )
  })
})

describe.each(shellsHere)('cron in $name', ({ argv: shell }) => {
  it('keeps a file of its own, and removes it with its last job (M15)', async () => {
    const cronFile = join(folderHere(), 'backup')
    const job = { name: 'nightly', cronFile, user: 'root', job: "echo 'a b' $(c) \\%" }
    await settleHere(cron({ ...job, hour: 3, minute: 15, weekday: '1-5' }), { shell })
    expect(text(cronFile)).toBe(`# tsplay: nightly\n15 3 * * 1-5 root echo 'a b' $(c) \\%\n`)
    expect(statSync(cronFile).mode & 0o777).toBe(0o644)
    await settleHere(cron({ ...job, specialTime: 'daily', disabled: true }), { shell })
    expect(text(cronFile)).toBe(`# tsplay: nightly\n#@daily root echo 'a b' $(c) \\%\n`)
    await settleHere(cron({ name: 'MAILTO', env: true, job: 'ops', cronFile }), { shell })
    expect(text(cronFile)).toMatch(/^MAILTO="ops"\n/)
    await settleHere(cron({ name: 'MAILTO', env: true, cronFile, state: 'absent' }), { shell })
    await settleHere(cron({ name: 'nightly', cronFile, state: 'absent' }), { shell })
    expect(existsSync(cronFile)).toBe(false)
    await expectSettled(cron({ name: 'nightly', cronFile, state: 'absent' }), { shell })
  })

  it('takes any line as a job and a name', async () => {
    const cronFile = join(folderHere(), 'nasty')
    for (const nasty of nastyTexts) {
      const [line] = nasty.split('\n')
      await settleHere(cron({ name: line!, cronFile, user: 'root', job: line! }), { shell })
      expect(text(cronFile)).toContain(`# tsplay: ${line}\n* * * * * root ${line}\n`)
    }
    expect(nothingRan()).toBe(true)
  })
})

/** A crontab command that keeps the crontab in a file. */
const crontab = (spool: string): Fakes => ({
  crontab: `while getopts lu:r _o; do case $_o in l) list=1 ;; u) ;; esac; done; shift $((OPTIND - 1))
if [ "$list" = 1 ]; then
  if [ -e '${spool}' ]; then cat '${spool}'; else echo 'no crontab for root' >&2; exit 1; fi
elif [ "$1" = - ]; then cat > '${spool}'; else exit 9; fi`,
})

describe('cron in a user’s crontab (M15)', () => {
  const ask = async (params: CronParams, spool: string, shell?: readonly string[]) => {
    const [question] = module.probe(params).questions
    const { kind, key } = question as unknown as {
      kind: { script(keys: unknown[]): never; parse(...args: never[]): [never] }
      key: never
    }
    const output = await runFaked(kind.script([key]), crontab(spool), shell)
    const [answer] = kind.parse(new TextEncoder().encode(output.stdout) as never, [key] as never, 0 as never)
    return { answer: <T>(): T => answer, actual: module.probe(params).read(() => answer), calls: output.calls }
  }
  const apply = async (params: CronParams, spool: string, shell?: readonly string[]) => {
    const { actual, answer } = await ask(params, spool, shell)
    expectSettles(module, params, actual)
    expectPredicts(module, params, answer)
    const { changeOf, differences } = await import('../../engine/difference.ts')
    const desired = module.desired(params, actual)
    if (differences(actual, desired).length === 0) return undefined
    return runFaked(module.apply(params, changeOf(actual, desired)), crontab(spool), shell)
  }

  it.each(shells)('is written through crontab and nowhere else (%s)', async (...shell) => {
    const spool = join(folderHere(), 'spool')
    const params: CronParams = { name: 'a job', job: 'a; b', minute: '*/5' }
    expect((await apply(params, spool, shell))?.code).toBe(0)
    expect(text(spool)).toBe('# tsplay: a job\n*/5 * * * * a; b\n')
    expect(await apply(params, spool, shell)).toBeUndefined()
    const other = await apply({ ...params, user: 'daemon', job: 'c', backup: true }, spool, shell)
    expect(other?.calls.at(-1)).toEqual(['crontab', '-u', 'daemon', '-'])
    const [, backup] = /^backup=(.*)$/m.exec(other!.stdout)!
    expect(text(backup!)).toBe('# tsplay: a job\n*/5 * * * * a; b\n')
    await runFaked(sh`rm -- ${backup!}`, {})
    await apply({ name: 'a job', state: 'absent' }, spool, shell)
    expect(text(spool)).toBe('')
  })

  it('does not overwrite what somebody else wrote meanwhile', async () => {
    const spool = join(folderHere(), 'spool')
    const params: CronParams = { name: 'x', job: 'a' }
    const { actual } = await ask(params, spool)
    writeFileSync(spool, 'b\n')
    const { changeOf } = await import('../../engine/difference.ts')
    const output = await runFaked(
      module.apply(params, changeOf(actual, module.desired(params, actual))),
      crontab(spool),
    )
    expect(output).toMatchObject({ code: 75, stderr: expect.stringContaining('changed after it was read') })
    expect(text(spool)).toBe('b\n')
  })

  it('names what is missing on a host without cron', async () => {
    const path = process.env.PATH
    process.env.PATH = '/nowhere'
    const shell = ['/bin/dash']
    try {
      const found = await runLocally(cron({ name: 'x', job: 'a' }), { shell }).catch((error: Error) => error)
      expect(String(found)).toContain('the host has no crontab: install cron')
    } finally {
      process.env.PATH = path
    }
  })

  it('tells a user that there is not', () => {
    const crontab = { problem: "crontab:  user `x' unknown", text: '', sha256: '' }
    expect(() => module.desired({ name: 'x', job: 'a' }, { content: null, found: { crontab } })).toThrow(/unknown/)
  })
})

it.each([
  [{ name: 'x' }, /'job': is needed/],
  [{ name: '', job: 'a' }, /a name/],
  [{ name: 'x', job: 'a\nb' }, /one line/],
  [{ name: 'x', job: 'a', minute: '1 2' }, /crontab\(5\)/],
  [{ name: 'x', job: 'a', minute: 60 }, /crontab\(5\)/],
  [{ name: 'x', job: 'a', specialTime: 'daily', hour: 1 }, /goes without minute/],
  [{ name: 'x', job: 'a', cronFile: 'y' }, /as whom should the job run/],
  [{ name: 'x', job: 'a', cronFile: 'y.conf', user: 'root' }, /cron reads no file/],
  [{ name: 'x', job: 'a', cronFile: '/etc/cron.d/y~', user: 'root' }, /cron reads no file/],
  [{ name: 'x', job: 'a', cronFile: '/etc/crontab', user: 'root' }, /other than \/etc\/crontab/],
  [{ name: 'a b', env: true, job: 'a' }, /name of a variable/],
  [{ name: 'x', job: 'a', insertAfter: 'B' }, /go with env/],
  [{ name: 'x', env: true, job: 'a', insertAfter: 'B', insertBefore: 'C' }, /either/],
  [{ name: 'x', job: 'a', marker: '# x' }, /holds \{name\}/],
  [{ name: 'x', job: 'a', user: '-u' }, /account name/],
])('cron refuses %j', (params, message) => {
  expect(() => cron(params as CronParams)).toThrow(message)
})
