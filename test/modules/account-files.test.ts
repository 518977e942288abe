// pamLimits and sudoers on files of this machine, and getent with its databases.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { editLimit, type LimitEdit } from '../../modules/common/edit-limits.ts'
import { type GetentParams, type GetentResult, getent } from '../../modules/getent.ts'
import { type PamLimitsParams, pamLimits } from '../../modules/pam-limits.ts'
import { type SudoersParams, sudoers } from '../../modules/sudoers.ts'
import { askLocally, runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { shellsHere } from '../support/shells.ts'

const isRoot = process.getuid?.() === 0
const text = (path: string) => readFileSync(path, 'utf8')

describe('the edit of limits.conf (B12)', () => {
  const edit = (before: string, more: Partial<LimitEdit>) =>
    editLimit(before, { domain: '*', type: 'soft', item: 'nofile', value: 65536, ...more })
  const line = '*\tsoft\tnofile\t65536\n'
  it.each<[string, string, string]>([
    ['a line', edit('# x\n', {}), `# x\n${line}`],
    ['nothing that is there', edit('  * soft   nofile 65536 # why\n', {}), '  * soft   nofile 65536 # why\n'],
    [
      'another value, with the comment that it had',
      edit('* soft nofile 1 # why\n', {}),
      '*\tsoft\tnofile\t65536\t# why\n',
    ],
    [
      'another comment',
      edit('* soft nofile 65536 # why\n', { comment: 'because' }),
      '*\tsoft\tnofile\t65536\t# because\n',
    ],
    ['no line that is a comment', edit('#* soft nofile 1\n', {}), `#* soft nofile 1\n${line}`],
    ['the last of several, which counts', edit('* soft nofile 1\n* soft nofile 2\n', {}), `* soft nofile 1\n${line}`],
    [
      'no other type or item',
      edit('* hard nofile 1\n* soft nproc 1\n', {}),
      `* hard nofile 1\n* soft nproc 1\n${line}`,
    ],
    ['nothing lower with useMax', edit('* soft nofile 99999\n', { useMax: true }), '* soft nofile 99999\n'],
    ['what is lower with useMax', edit('* soft nofile 9\n', { useMax: true }), line],
    [
      'nothing below unlimited with useMax',
      edit('* soft nofile unlimited\n', { useMax: true }),
      '* soft nofile unlimited\n',
    ],
    ['nothing higher with useMin', edit('* soft nofile 9\n', { useMin: true }), '* soft nofile 9\n'],
    [
      'nothing where unlimited has other names',
      edit('* soft nofile -1\n', { value: 'infinity' }),
      '* soft nofile -1\n',
    ],
    ['a line that goes', edit('a\n* soft nofile 1\n', { state: 'absent' }), 'a\n'],
    ['nothing where there is none', edit('a', { state: 'absent' }), 'a'],
  ])('changes %s', (_name, after, wanted) => {
    expect(after).toBe(wanted)
  })
})

describe.each(shellsHere)('in $name', ({ argv: shell }) => {
  it('pamLimits makes a file, adds to it, takes from it', async () => {
    const dest = join(folderHere(), 'limits.conf')
    await settleHere(pamLimits({ domain: '*', type: 'soft', item: 'nofile', value: 65536, dest }), { shell })
    await settleHere(
      pamLimits({ domain: '@a', type: '-', item: 'memlock', value: 'unlimited', dest, comment: "it's" }),
      { shell },
    )
    expect(text(dest)).toBe("*\tsoft\tnofile\t65536\n@a\t-\tmemlock\tunlimited\t# it's\n")
    await settleHere(pamLimits({ domain: '*', type: 'soft', item: 'nofile', state: 'absent', dest, backup: true }), {
      shell,
    })
    expect(text(dest)).toBe("@a\t-\tmemlock\tunlimited\t# it's\n")
    await expectSettled(pamLimits({ domain: 'b', type: 'hard', item: 'core', state: 'absent', dest: `${dest}x` }), {
      shell,
    })
  })

  it.runIf(isRoot)(
    'sudoers writes what only root may read, and what visudo has read; skipped without root',
    async () => {
      const sudoersPath = folderHere()
      const params: SudoersParams = { name: '90-k8s', sudoersPath, user: 'k8s', commands: 'ALL', validate: false }
      await settleHere(sudoers(params), { shell })
      expect(text(join(sudoersPath, '90-k8s'))).toMatch(/^#.*\nk8s ALL=NOPASSWD: ALL\n$/)
      expect(statSync(join(sudoersPath, '90-k8s')).mode & 0o7777).toBe(0o440)
      await settleHere(sudoers({ name: '90-k8s', sudoersPath, state: 'absent' }), { shell })
      await expectSettled(sudoers({ name: '90-k8s', sudoersPath, state: 'absent' }), { shell })
    },
  )

  it('getent reads entries, or says that there is none', async () => {
    const { module } = getent
    const ask = async (params: GetentParams): Promise<GetentResult> => {
      const actual = await askLocally(module.probe(params), shell)
      module.desired(params, actual)
      return module.result!(params, actual) as GetentResult
    }
    if ((await askLocally(module.probe({ database: 'passwd' }), shell)).code === 127) {
      await expect(ask({ database: 'passwd' })).rejects.toThrow(/the host has no getent/)
      return
    }
    expect(await ask({ database: 'passwd', key: 'root' })).toMatchObject({
      ...{
        found: true,
        entries: [{ key: 'root', fields: ['x', '0', '0', expect.any(String), '/root', expect.any(String)] }],
      },
    })
    expect((await ask({ database: 'group' })).entries.length).toBeGreaterThan(10)
    expect(await ask({ database: 'passwd', key: 'no-such', failKey: false })).toEqual({ found: false, entries: [] })
    await expect(ask({ database: 'passwd', key: "'; touch /pwned; '" })).rejects.toThrow(
      /is not in the database 'passwd'/,
    )
    await expect(ask({ database: 'no-such', key: 'x' })).rejects.toThrow(/does not know the database/)
    expect((await ask({ database: 'services', key: 'ssh' })).entries[0]).toMatchObject({
      key: 'ssh',
      fields: ['22/tcp'],
    })
    expect((await ask({ database: 'passwd', key: 'root', service: 'files', split: 'o' })).entries[0]?.key).toBe('r')
    if (isRoot)
      expect((await ask({ database: 'shadow', key: 'root' })).entries[0]?.fields[0]).toMatch(/^([!*]{0,2}|\*\*\*)$/)
  })
})

describe('sudoers', () => {
  const textOf = (params: Omit<SudoersParams, 'name'>): string => {
    const { module } = sudoers
    const actual = {
      path: '',
      type: null,
      content: null,
      mode: null,
      owner: null,
      group: null,
      stat: null,
      parent: true,
    }
    const { content } = module.desired({ name: 'x', ...params }, actual) as { content: { bytes: Uint8Array } }
    return new TextDecoder().decode(content.bytes).split('\n')[1]!
  }
  it.each<[Omit<SudoersParams, 'name'>, string]>([
    [{ user: 'k8s', commands: 'ALL', runas: 'ALL' }, 'k8s ALL=(ALL) NOPASSWD: ALL'],
    [{ group: 'web', commands: ['/a b', '/c'], noPassword: false }, '%web ALL=/a b, /c'],
    [
      { user: 'u', commands: '/a', runas: 'b:c', host: 'h1', setenv: true, noexec: true },
      'u h1=(b:c) NOPASSWD: SETENV: NOEXEC: /a',
    ],
  ])('writes %j', (params, wanted) => {
    expect(textOf(params)).toBe(wanted)
  })

  it.runIf(isRoot)('puts nothing in place that visudo refuses; skipped without root', async () => {
    const sudoersPath = folderHere()
    const params: SudoersParams = { name: 'x', sudoersPath, user: 'root', commands: '/bin/sh -c a=b:c' }
    const { output } = await runLocally(sudoers(params))
    expect(output).toMatchObject({ code: 1, stderr: expect.stringContaining('validation failed') })
    await settleHere(sudoers({ ...params, commands: '/bin/sh -c a\\=b\\:c' }))
    const lost = await runLocally(sudoers({ ...params, commands: '/x', sudoersPath: join(sudoersPath, 'none') })).catch(
      String,
    )
    expect(lost).toContain('is not a directory on the host')
    writeFileSync(join(sudoersPath, 'y'), '')
    await settleHere(sudoers({ ...params, name: 'y', commands: '/bin/true' }))
  })

  it.each([
    [{ name: 'x.conf', user: 'a', commands: 'ALL' }, /a name that sudo reads/],
    [{ name: '../x', user: 'a', commands: 'ALL' }, /a name that sudo reads/],
    [{ name: 'x', commands: 'ALL' }, /either user or group/],
    [{ name: 'x', user: 'a', group: 'b', commands: 'ALL' }, /either user or group/],
    [{ name: 'x', user: 'a' }, /'commands': is needed/],
    [{ name: 'x', user: 'a', commands: [] }, /'commands': is needed/],
    [{ name: 'x', user: 'a', commands: 'ls' }, /absolute path/],
    [{ name: 'x', user: 'a', commands: '/ls\n%x ALL=ALL' }, /absolute path/],
    [{ name: 'x', user: 'a\nb', commands: 'ALL' }, /a user/],
    [{ name: 'x', user: 'a b', commands: 'ALL' }, /a user/],
  ])('refuses %j', (params, message) => {
    expect(() => sudoers(params as SudoersParams)).toThrow(message)
  })
})

it.each([
  [{ domain: 'a b', type: 'soft', item: 'core', value: 1 }, /domain/],
  [{ domain: '*', type: 'max', item: 'core', value: 1 }, /type/],
  [{ domain: '*', type: 'soft', item: 'x', value: 1 }, /item/],
  [{ domain: '*', type: 'soft', item: 'core' }, /'value': is needed/],
  [{ domain: '*', type: 'soft', item: 'core', value: 'much' }, /a limit is/],
  [{ domain: '*', type: 'soft', item: 'core', value: 1, useMax: true, useMin: true }, /either/],
  [{ domain: '*', type: 'soft', item: 'core', value: 1, comment: 'a\nb' }, /one line/],
])('pamLimits refuses %j', (params, message) => {
  expect(() => pamLimits(params as PamLimitsParams)).toThrow(message)
})

it.each([
  [{ database: '-s' }, /a database/],
  [{ database: 'passwd', key: '-x' }, /does not begin with a dash/],
  [{ database: 'passwd', service: 'a b' }, /a source/],
])('getent refuses %j', (params, message) => {
  expect(() => getent(params as GetentParams)).toThrow(message)
})
