// user's expiry, locks, homes and keys: what it would call with what, and how it reads the shadow file. Changes no account.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sh } from '../../engine/script.ts'
import { reveal, secret } from '../../engine/secret.ts'
import { authorizedKey } from '../../modules/authorized-key.ts'
import { makeHome } from '../../modules/common/home-folder.ts'
import { shadowText } from '../../modules/common/shadow.ts'
import { group } from '../../modules/group.ts'
import { type UserParams, type UserState, user } from '../../modules/user.ts'
import { type Fakes, runFaked, scriptFor, scriptText, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { runScript } from '../support/local-host.ts'
import { here } from '../support/run-here.ts'
import { folderHere } from '../support/settle-here.ts'

const { module } = user
const isRoot = process.getuid?.() === 0
const ann: UserState = {
  ...{ uid: 1000, group: 'ann', groups: [], comment: '', home: '/home/ann', homeFolder: true, shell: '/bin/sh' },
  ...{ passwordLock: false, expires: 'never', passwordExpireMax: 99_999, passwordExpireMin: 0, passwordExpireWarn: 7 },
  ...{ sshKey: false, found: { gid: 1000, wishedGid: undefined, key: { exists: false, publicKey: '' } } },
}
const fakes: Fakes = {
  useradd: '',
  usermod: '',
  userdel: '',
  chpasswd: 'cat >&2',
  chage: '',
  mkdir: '',
  grep: 'exit 1',
}
const calls = async (params: UserParams, actual: UserState | null, more: Fakes = {}, shell?: readonly string[]) => {
  const script = scriptFor(module, params, actual)
  if (!script) return undefined
  const run = await runFaked(script, { ...fakes, ...more }, shell)
  expect(run).toMatchObject({ code: 0, stderr: '' })
  return run.calls.filter(([name]) => name !== 'grep')
}

describe('user (M14)', () => {
  it.each(shells)('sets when an account and its password end (%s)', async (...shell) => {
    const ends: UserParams = {
      name: 'ann',
      expires: '2031-01-31',
      passwordExpireMax: 90,
      passwordExpireMin: 1,
      passwordExpireWarn: 3,
    }
    expect(await calls(ends, ann, {}, shell)).toEqual([
      ['usermod', '-e', '2031-01-31', 'ann'],
      ['chage', '-M', '90', '-m', '1', '-W', '3', 'ann'],
    ])
    expect(await calls({ name: 'ann', expires: 'never' }, { ...ann, expires: '2031-01-31' }, {}, shell)).toEqual([
      ['usermod', '-e', '', 'ann'],
    ])
    expect(await calls({ ...ends, createHome: false }, null, {}, shell)).toEqual([
      ['useradd', '-e', '2031-01-31', '-M', 'ann'],
      ['chage', '-M', '90', '-m', '1', '-W', '3', 'ann'],
    ])
    expectSettles(module, ends, ann)
  })

  it.each([
    [1_893_456_000, '2030-01-01'],
    [1_893_499_200, '2030-01-01'],
    ['2030-01-01', '2030-01-01'],
    [-1, 'never'],
    ['never', 'never'],
  ])('takes %j as the day %s', (expires, day) => {
    expect(module.desired({ name: 'ann', expires }, ann)).toMatchObject({ expires: day })
  })

  it('locks and unlocks a password, and says so in one step with a new one', async () => {
    expect(await calls({ name: 'ann', passwordLock: true }, ann)).toEqual([['usermod', '-L', 'ann']])
    expect(await calls({ name: 'ann', passwordLock: false }, { ...ann, passwordLock: true })).toEqual([
      ['usermod', '-U', 'ann'],
    ])
    expect(await calls({ name: 'ann', passwordLock: false }, ann)).toBeUndefined()
    const params: UserParams = { name: 'ann', passwordLock: true, password: secret('$6$a$b') }
    const run = await runFaked(scriptFor(module, params, null)!, fakes)
    expect(run.stderr).toBe('ann:!$6$a$b\n')
    expect(run.calls.some(([, flag]) => flag === '-L')).toBe(false)
  })

  it('shares a number, takes a skeleton, an umask and another home’s content', async () => {
    expect(await calls({ name: 'ann', uid: 5, nonUnique: true, skeleton: '/s', umask: '0077' }, null)).toEqual([
      ['useradd', '-u', '5', '-o', '-m', '-k', '/s', '-K', 'UMASK=0077', 'ann'],
    ])
    const moved: UserParams = { name: 'ann', home: '/no such/ann', moveHome: true }
    expect(await calls(moved, { ...ann, homeFolder: false, home: '/tmp' }, { chown: '', chmod: '', cp: '' })).toEqual([
      ['mkdir', '-p', '--', '/no such'],
      ['usermod', '-m', '-d', '/no such/ann', 'ann'],
      ['mkdir', '-p', '--', '/no such/ann'],
      ['cp', '-R', '-P', '--', '/etc/skel/.', '/no such/ann/'],
      ['chown', '-R', '-h', '--', 'ann:', '/no such/ann'],
      ['chmod', expect.stringMatching(/^7/), '/no such/ann'],
    ])
    // where there is one already, nothing is put on top of it
    expect(await calls({ ...moved, home: '/srv' }, ann)).toEqual([['usermod', '-d', '/srv', 'ann']])
  })

  it('uses libuser for local users where the host has it, and shadow elsewhere', async () => {
    const params: UserParams = { name: 'ann', local: true, groups: ['adm'], system: true }
    expect(await calls(params, null, { luseradd: '' })).toEqual([
      ['luseradd', '-r', 'ann'],
      ['usermod', '-G', 'adm', 'ann'],
    ])
    expect(await calls(params, null)).toEqual([['useradd', '-G', 'adm', '-r', '-m', 'ann']])
    expect(await calls({ name: 'ann', local: true, state: 'absent', remove: true }, ann, { luserdel: '' })).toEqual([
      ['luserdel', '-r', 'ann'],
    ])
    expect(await calls({ name: 'ann', state: 'absent', remove: true, force: true }, ann)).toEqual([
      ['userdel', '-f', '-r', 'ann'],
    ])
  })

  it('leaves alone those who are to have no home', () => {
    expect(scriptText(module, { name: 'nobody' }, { ...ann, home: '/nonexistent', homeFolder: false })).toBeUndefined()
    expect(scriptText(module, { name: 'ann', createHome: false }, { ...ann, homeFolder: false })).toBeUndefined()
    expect(scriptText(module, { name: 'ann' }, { ...ann, homeFolder: false })).toContain('/home/ann')
  })

  const read = (params: UserParams, line: string): UserState | null =>
    module.probe(params).read(((question: { kind: { name: string }; key: unknown }) => {
      if (question.kind.name === 'script') return { code: 0, stdout: line }
      if (question.kind.name === 'user') return { ...ann, name: 'ann', gid: 1000, homeExists: true }
      return { name: 'x', gid: 7, members: [] }
    }) as never)

  it('reads the shadow file’s line as it was foretold', () => {
    const ask: UserParams = { name: 'ann', expires: 'never', passwordLock: true }
    const entry = { hash: '!x', min: 1, max: 90, warn: undefined, expires: '2031-01-31' }
    expect(read(ask, shadowText(entry))).toMatchObject({
      ...{ passwordLock: true, passwordExpireMin: 1, passwordExpireMax: 90, expires: '2031-01-31' },
    })
    expect(read({ ...ask, passwordLock: false }, '!:1:0:99999:7:::')).toMatchObject({
      passwordLock: false,
      expires: 'never',
    })
    expect(read({ ...ask, passwordLock: false }, '!x:1:0:99999:7:::')).toMatchObject({ passwordLock: true })
    expect(read({ ...ask, passwordLock: true }, '*:1:0:99999:7:::')).toMatchObject({ passwordLock: false })
    const hash: UserParams = { name: 'ann', password: secret('$6$a'), updatePassword: 'always' }
    // that it is locked makes it no other password
    for (const line of ['$6$a:::', '!$6$a:::']) expect(reveal(read(hash, line)!.password!)).toBe('$6$a')
    expect(reveal(read(hash, '$6$b:::')!.password!)).toBe('$6$b')
    expect(reveal(read({ ...hash, password: secret('!') }, '!$6$a:::')!.password!)).toBe('!$6$a')
  })

  it('names the groups that are missing', () => {
    const missing = (question: { kind: { name: string } }) =>
      question.kind.name === 'group' ? null : { ...ann, name: 'ann' }
    expect(() => module.probe({ name: 'ann', group: 'a', groups: ['b', 'ann'] }).read(missing as never)).toThrow(
      'the host has no group a, b',
    )
    expect(() => module.probe({ name: 'ann', groups: ['b'], state: 'absent' }).read(missing as never)).not.toThrow()
    expect(() => module.probe({ name: 'ann', group: '900' }).read(missing as never)).not.toThrow()
  })

  it.each([
    [{ name: 'a', nonUnique: true }, /'nonUnique': needs uid/],
    [{ name: 'a', append: true }, /'append': needs groups/],
    [{ name: 'a', moveHome: true }, /'moveHome': needs home/],
    [{ name: 'a', expires: 'soon' }, /give a day such as/],
    [{ name: 'a', expires: '2031-02-30' }, /give a day such as/],
    [{ name: 'a', umask: '9' }, /octal digits/],
    [{ name: 'a', sshKeyPassphrase: 'x' }, /must be a secret/],
    [{ name: 'a', sshKeyComment: 'a\nb' }, /one line/],
    [{ name: 'a', sshKeyFile: 'keys/' }, /path of a file/],
  ])('refuses %j', (params, message) => {
    expect(() => user(params as UserParams)).toThrow(message)
  })

  it('foretells an account that is made, and what belongs to it, without making it', async () => {
    const site = here()
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILhQkVxbTcQdDoGSdMnHFrmfvHCMA+QpFlQHMT2uPyEq'
    const { task } = await import('../../engine/task.ts')
    const name = 'tsplaynone'
    const { log } = await site.run(
      () => [
        task('group', group({ name: 'tsplaynones' })),
        task('user', user({ name, groups: ['tsplaynones'], generateSshKey: true, expires: '2031-01-31' })),
        task('again', user({ name, groups: ['tsplaynones'], generateSshKey: true, expires: '2031-01-31' })),
        task('key', authorizedKey({ user: name, key })),
        task('key again', authorizedKey({ user: name, key })),
        task('gone', user({ name, state: 'absent', remove: true })),
        task('gone already', user({ name, state: 'absent', remove: true })),
        task('with its group', group({ name, state: 'absent' })),
      ],
      { check: true },
    )
    await site.remove()
    expect(log.map((line) => line.slice('h1: '.length))).toEqual([
      'group: changed',
      'user: changed',
      'again: ok',
      'key: changed',
      'key again: ok',
      'gone: changed',
      'gone already: ok',
      'with its group: ok',
    ])
    expect(spawnSync('getent', ['passwd', name]).status).toBe(2)
  })
})

describe('a home folder', () => {
  it.runIf(isRoot).each(shells)(
    'is filled from the skeleton, its mode by the umask; skipped without root (%s)',
    async (...shell) => {
      const dir = folderHere()
      mkdirSync(join(dir, 'skel/.config'), { recursive: true })
      writeFileSync(join(dir, 'skel/.config/-x y'), 'hello')
      const home = join(dir, 'a b/home')
      const make = makeHome('daemon', home, { skeleton: join(dir, 'skel'), umask: '0027' })
      expect(await runScript(make, shell)).toMatchObject({ code: 0, stderr: '' })
      expect(readFileSync(join(home, '.config/-x y'), 'utf8')).toBe('hello')
      expect(statSync(join(home, '.config/-x y'))).toMatchObject({ uid: 1, gid: 1 })
      expect(statSync(home).mode & 0o7777).toBe(0o750)
      writeFileSync(join(home, 'mine'), '')
      await runScript(
        sh`${make}
${makeHome('daemon', home, {})}`,
        shell,
      )
      expect(statSync(join(home, 'mine')).uid).toBe(process.getuid?.())
    },
  )

  it.runIf(isRoot)('has the mode that /etc/login.defs says where no umask is given; skipped without root', async () => {
    const home = join(folderHere(), 'home')
    await runScript(makeHome('daemon', home, { skeleton: '/no/such' }))
    const defs = readFileSync('/etc/login.defs', 'utf8')
    const umask = Number.parseInt(/^\s*UMASK\s+(\d+)/m.exec(defs)?.[1] ?? '022', 8)
    const wanted = /^\s*HOME_MODE\s+(\d+)/m.exec(defs)?.[1]
    expect(statSync(home).mode & 0o7777).toBe(wanted ? Number.parseInt(wanted, 8) : 0o777 & ~umask)
  })
})
