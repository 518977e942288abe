import { describe, expect, it } from 'vitest'
import { changeOf, differences } from '../../engine/difference.ts'
import { showScript } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { type UserParams, type UserState, user } from '../../modules/user.ts'
import { type Fakes, runFaked, scriptFor, scriptText, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { askLocally } from '../support/local-host.ts'

const { module } = user
const present: UserState = {
  uid: 1000,
  group: 'k8s',
  groups: ['docker', 'wheel'],
  comment: '',
  home: '/home/k8s',
  homeFolder: true,
  shell: '/bin/sh',
}
const shadow: Fakes = { useradd: '', usermod: '', userdel: '', chpasswd: 'cat >&2', grep: 'exit 1' }
const calls = async (params: UserParams, actual: UserState | null, shell?: readonly string[], fakes = shadow) =>
  (await runFaked(scriptFor(module, params, actual)!, fakes, shell)).calls.filter(([name]) => name !== 'grep')
const hash = '$6$salt$hash.of/something'

describe('user (M14)', () => {
  it.each(shells)('makes a user with all that is asked (%s)', async (...shell) => {
    const params: UserParams = {
      name: 'k8s',
      uid: 900,
      group: 'kube',
      groups: ['wheel', 'docker', 'kube'],
      comment: "Kube's; $(id) ü",
      home: '/opt/a b',
      shell: '/bin/bash',
      system: true,
    }
    expect(await calls(params, null, shell)).toEqual([
      [
        'useradd',
        '-u',
        '900',
        '-c',
        "Kube's; $(id) ü",
        '-d',
        '/opt/a b',
        '-s',
        '/bin/bash',
        '-G',
        'docker,wheel',
        '-r',
        '-m',
        '-g',
        'kube',
        'k8s',
      ],
    ])
    expectSettles(module, params, null)
  })

  it.each(shells)(
    'takes an existing group of the same name as the primary one, which useradd would refuse (%s)',
    async (...shell) => {
      expect(await calls({ name: 'docker', createHome: false }, null, shell, { ...shadow, grep: 'exit 0' })).toEqual([
        ['useradd', '-M', '-g', 'docker', 'docker'],
      ])
      expect(await calls({ name: 'docker' }, null, shell)).toEqual([['useradd', '-m', 'docker']])
    },
  )

  it('changes only what differs', async () => {
    expect(
      scriptText(module, { name: 'k8s', uid: 1000, groups: ['wheel', 'docker', 'k8s'], shell: '/bin/sh' }, present),
    ).toBeUndefined()
    expect(await calls({ name: 'k8s', shell: '/bin/bash', comment: 'x', home: '/home/k8s' }, present)).toEqual([
      ['usermod', '-c', 'x', '-s', '/bin/bash', 'k8s'],
    ])
  })

  it('leaves groups that are not named, unless they are appended', async () => {
    expect(await calls({ name: 'k8s', groups: ['docker', 'adm'] }, present)).toEqual([
      ['usermod', '-G', 'adm,docker', 'k8s'],
    ])
    expect(await calls({ name: 'k8s', groups: ['adm'], append: true }, present)).toEqual([
      ['usermod', '-G', 'adm,docker,wheel', 'k8s'],
    ])
    expect(scriptText(module, { name: 'k8s', groups: ['docker'], append: true }, present)).toBeUndefined()
    expect(await calls({ name: 'k8s', groups: [] }, present)).toEqual([['usermod', '-G', '', 'k8s']])
    expectSettles(module, { name: 'k8s', groups: ['adm'], append: true }, present)
  })

  it('removes a user, with the home folder where asked', async () => {
    expect(await calls({ name: 'k8s', state: 'absent' }, present)).toEqual([['userdel', 'k8s']])
    expect(await calls({ name: 'k8s', state: 'absent', remove: true }, present)).toEqual([['userdel', '-r', 'k8s']])
    expect(scriptText(module, { name: 'k8s', state: 'absent' }, null)).toBeUndefined()
  })

  it.each(shells)(
    'sets the hash without it standing in arguments, diffs or the shown script (%s)',
    async (...shell) => {
      const params: UserParams = { name: 'k8s', password: secret(hash) }
      const script = scriptFor(module, params, null)!
      const run = await runFaked(script, shadow, shell)
      expect(run.stderr).toBe(`k8s:${hash}\n`)
      expect(run.calls.flat()).not.toContainEqual(expect.stringContaining(hash))
      expect(run.calls).toContainEqual(['chpasswd', '-e'])
      expect(showScript(script)).not.toContain('salt')
      expect(JSON.stringify(differences(null, module.desired(params, null)))).not.toContain('salt')
    },
  )

  it('keeps a password that was changed since, unless it is to be set always (B20)', () => {
    const params: UserParams = { name: 'k8s', password: secret(hash) }
    expect(scriptText(module, params, present)).toBeUndefined()
    const always: UserParams = { ...params, updatePassword: 'always' }
    expect(scriptText(module, always, { ...present, password: secret('$6$other$x') })).toContain('chpasswd')
    const same = { ...present, password: secret(hash) }
    expect(scriptText(module, always, same)).toBeUndefined()
    expect(changeOf(same, module.desired(always, same)).has('password')).toBe(false)
  })

  it.each(['123456', '', 'a:b', '$6$x\ny'])('refuses %j as a hash, and does not show it (B20)', async (password) => {
    const params: UserParams = { name: 'k8s', password: secret(password) }
    const failure = module.prepare!(params, {} as never)
    await expect(failure).rejects.toThrow(/not a crypt hash$/)
    await expect(module.prepare!({ ...params, password: secret('!') }, {} as never)).resolves.toBeDefined()
  })

  it('reads this machine’s database', async () => {
    expect(await askLocally(module.probe({ name: 'root' }))).toMatchObject({ uid: 0, group: 'root', home: '/root' })
    expect(await askLocally(module.probe({ name: 'no-such-user' }))).toBeNull()
    expect(await askLocally(module.probe({ name: 'root', group: '0' }))).toMatchObject({ group: '0' })
  })

  it.each([
    [{ name: '-r' }, /account name/],
    [{ name: "x'; touch /pwned; '" }, /account name/],
    [{ name: 'a\nb' }, /account name/],
    [{ name: 'a', comment: 'a:b' }, /colon/],
    [{ name: 'a', comment: 'a\nb' }, /line break/],
    [{ name: 'a', home: 'x' }, /absolute/],
    [{ name: 'a', home: '/a:b' }, /colon/],
    [{ name: 'a', groups: ['-x'] }, /account name/],
    [{ name: 'a', uid: -1 }, /uid/],
    [{ name: 'a', password: 'plain' }, /must be a secret/],
  ])('refuses %j', (params, message) => {
    expect(() => user(params as UserParams)).toThrow(message)
  })
})
