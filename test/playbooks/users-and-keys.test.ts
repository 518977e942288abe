// Accounts, sudo and ssh keys as data, against what documented scripts do.
import { describe, expect, test } from 'vitest'
import { secret } from '../../engine/secret.ts'
import { sshKeys } from '../../playbooks/roles/ssh-keys/index.ts'
import { usersSudo } from '../../playbooks/roles/users-sudo/index.ts'
import { rootOf } from './role-files.ts'
import { listedIn, only } from './tasks-of.ts'

describe('users-sudo', () => {
  const hash = secret('$y$j9T$abc$def')
  const tasks = listedIn([
    usersSudo({
      family: 'debian',
      accounts: [
        { name: 'k8s', groups: ['docker'], sudo: true },
        {
          name: 'jane.doe',
          password: hash,
          keys: ['ssh-ed25519 AAAA jane'],
          sudo: ['/usr/bin/systemctl restart nginx'],
        },
      ],
    }),
  ])

  test('no account has a weak password: one without a hash has none, and a password that was changed is kept (B20)', () => {
    expect(only(tasks, 'account k8s').params).toEqual({
      ...{ name: 'k8s', shell: '/bin/bash', groups: ['docker'], append: true, passwordLock: true },
    })
    expect(only(tasks, 'account jane.doe').params).toMatchObject({ password: hash, updatePassword: 'on_create' })
    expect(JSON.stringify(tasks.map(({ params }) => params))).not.toContain('$y$')
  })

  test('docker is a group, made where it is missing; the documented useradd stops where the package made it (B20)', () => {
    const documented = rootOf({ group: 'docker:x:990:\n' })
    expect(documented.run('grep -q ^docker: group && { echo "useradd: group docker exists" >&2; exit 9; }').code).toBe(
      9,
    )
    expect(only(tasks, 'group docker').params).toEqual({ name: 'docker', system: true })
    const names = tasks.map(({ name }) => name)
    expect(names.indexOf('group docker')).toBeLessThan(names.indexOf('account k8s'))
    expect(names.some((name) => name === 'account docker')).toBe(false)
  })

  test('rules are files of their own that sudo reads, checked by visudo, and looked at through sudo itself', () => {
    expect(only(tasks, 'what k8s may do as root').params).toEqual({
      ...{ name: '90-k8s', user: 'k8s', runas: 'ALL', commands: 'ALL' },
    })
    expect(only(tasks, 'what jane.doe may do as root').params.name).toBe('90-jane_doe')
    const { failedWhen } = only(tasks, 'sudo knows k8s').node.options as unknown as {
      failedWhen: (result: { code: number; stdout: string }) => boolean
    }
    expect(failedWhen({ code: 0, stdout: '(ALL) NOPASSWD: ALL' })).toBe(false)
    expect(failedWhen({ code: 0, stdout: 'User k8s is not allowed to run sudo on h.' })).toBe(true)
  })

  test('sudo is only installed where somebody may use it', () => {
    const none = listedIn([usersSudo({ family: 'redhat', accounts: [{ name: 'k8s' }] })])
    expect(none.map(({ name }) => name)).toEqual(['account k8s'])
  })
})

describe('ssh-keys', () => {
  const hosts = [
    { name: 'test1', address: '192.168.0.91' },
    { name: 'test2', address: '192.168.0.92' },
    { name: 'test3', address: '192.168.0.93' },
  ]
  const tasks = listedIn([
    sshKeys({ self: hosts[0]!, hosts, users: ['root', 'k8s'], controlKey: '/keys/id_ed25519', between: ['k8s'] }),
  ])

  test('a key that is there stays; the documented script makes another in each run (B22)', () => {
    const root = rootOf({})
    const documented = "rm -f id_rsa*; ssh-keygen -q -t ed25519 -f id_rsa -P ''; cut -d' ' -f2 id_rsa.pub"
    expect(root.run(documented).output).not.toBe(root.run(documented).output)

    const { module, params, node } = only(tasks, 'control key')
    expect(module).toBe('opensshKeypair')
    expect(params).toEqual({ path: '/keys/id_ed25519', comment: 'tsplay' })
    expect(node.options).toMatchObject({ delegateTo: 'localhost', runOnce: true, become: false })
  })

  test('no folder but that of ssh is closed to others', () => {
    const folder = (controlKey: string) =>
      only(listedIn([sshKeys({ self: hosts[0]!, hosts, controlKey })]), 'folder of the control key').params
    expect(folder('/home/me/.ssh/id_rsa')).toEqual({ path: '/home/me/.ssh', mode: '0700' })
    expect(folder('/etc/cluster-key')).toEqual({ path: '/etc' })
  })

  test("the control side's key goes to each account of each host, once it is known", () => {
    const behind = (publicKey?: string) =>
      listedIn([only(tasks, 'control key').node.registered!({ publicKey } as never)])
    expect(behind('ssh-ed25519 AAAA tsplay').map(({ module, params }) => [module, params.user])).toEqual([
      ['authorizedKey', 'root'],
      ['authorizedKey', 'k8s'],
    ])
    expect(behind().map(({ module }) => module)).toEqual(['command', 'command'])
  })

  test('keys of hosts are those that each told of itself: nobody is believed unseen, and no check is turned off (B22)', () => {
    expect(only(tasks, "the host's own keys").params).toEqual({ gather: ['sshHostKeys'] })
    expect(JSON.stringify(tasks.map(({ params }) => params))).not.toMatch(/StrictHostKeyChecking|keyscan|sshpass/)
    const logins = tasks.filter(({ module }) => module === 'command')
    expect(logins.map(({ params, node }) => [params.cmd.at(-2), node.options.become])).toEqual([
      ['k8s@192.168.0.92', 'k8s'],
      ['k8s@192.168.0.93', 'k8s'],
    ])
    for (const { params } of logins) expect(params.cmd).toContain('BatchMode=yes')
  })

  test('peers are hosts of the inventory, and not whatever a pattern finds in /etc/hosts (B76)', () => {
    const root = rootOf({ hosts: hosts.map(({ name, address }) => `${address} ${name} ${name}`).join('\n') })
    expect(root.run('grep kube-node hosts').output).toBe('')
    const facts = tasks.filter(({ module, params }) => module === 'fact' && params.fact.name === 'ssh host keys')
    expect(facts.map(({ params }) => params.host)).toEqual(['test1', 'test2', 'test3'])
  })

  describe('a login by the control key', () => {
    const at = (host: object, keys: Record<string, string> = { 'ssh-ed25519': 'AAAA' }, users = ['k8s']) => {
      const self = { name: 'test1', address: '192.168.0.91', ...host }
      const role = listedIn([sshKeys({ self, hosts: [self], users, controlKey: '/keys/id_ed25519' })])
      return listedIn(only(role, "the host's own keys").node.registered!({ sshHostKeys: keys } as never))
    }
    const follows = (task: { node: { registered?: unknown } }, result: object) =>
      listedIn((task.node.registered as (result: object) => never[])(result))

    test('is tried for each account, with nothing but the key, and is no change', () => {
      const tried = at({}, undefined, ['root', 'k8s']).filter(({ module }) => module === 'shell')
      expect(tried.map(({ name }) => name)).toEqual([
        'root gets in by the control key',
        'k8s gets in by the control key',
      ])
      for (const { node, params } of tried) {
        expect(node.options).toMatchObject({ delegateTo: 'localhost', runOnce: false, changedWhen: false })
        for (const option of ['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=yes', 'ControlPath=none'])
          expect(params.cmd).toContain(`-o ${option}`)
      }
      expect(tried[1]!.node.options.environment).toEqual({
        ...{ KEY: '/keys/id_ed25519', ACCOUNT: 'k8s', ADDRESS: '192.168.0.91', PORT: '22' },
        KNOWN: '192.168.0.91 ssh-ed25519 AAAA',
      })
    })

    test('that fails is told with what the host says of it, else with what ssh said', () => {
      const tried = at({}).at(-1)!
      expect(follows(tried, { code: 0, stderr: '' })).toEqual([])
      const [why] = follows(tried, { code: 255, stderr: 'x\nk8s@h: Permission denied (publickey).\n' })
      expect(why!.node.options).toMatchObject({ changedWhen: false, environment: { ACCOUNT: 'k8s' } })
      const [failed] = follows(why!, { stdoutLines: ['sshd_config says PubkeyAuthentication no'] })
      expect([failed!.module, failed!.params.message]).toEqual([
        'fail',
        'the control key does not let k8s in: sshd_config says PubkeyAuthentication no; k8s@h: Permission denied (publickey).',
      ])
      const [unknown] = follows(why!, { stdoutLines: [] })
      expect(unknown!.params).toEqual({
        message: 'the control key does not let k8s in: k8s@h: Permission denied (publickey).',
        hint: "sshd's own log tells more: journalctl -t sshd",
      })
    })

    test.each([
      ['through a jump host', { direct: false }, undefined],
      ['whose keys nobody knows', {}, {}],
    ])('to a host %s is not tried, and that is told', (_what, host, keys) => {
      expect(at(host, keys).map(({ module }) => module)).toEqual(['setFact', 'debug'])
    })

    test.each([
      ['for the control key', '', 'k8s@h: Permission denied (publickey).'],
      ['that has a passphrase, which nobody types here', 'secret', 'has a passphrase, or cannot be read'],
    ])('is refused %s: the last line says so', (_what, passphrase, expected) => {
      const { params } = at({}).at(-1)!
      const root = rootOf({})
      const ssh = 'ssh() { echo "k8s@h: Permission denied (publickey)." >&2; return 255; }; export -f ssh'
      const made = root.run(
        `ssh-keygen -q -t ed25519 -N '${passphrase}' -f key && ${ssh} && KNOWN=x KEY=key bash -c '${params.cmd.replaceAll("'", String.raw`'\''`)}'`,
      )
      expect(made.code).toBe(255)
      expect(made.output.trim().split('\n').at(-1)).toContain(expected)
    })

    test('without an ssh on this machine is no failure, and told', () => {
      expect(follows(at({}).at(-1)!, { code: 127, stderr: '' }).map(({ module }) => module)).toEqual(['debug'])
    })
  })

  test('a port that is not 22 is where hosts are logged in to, and part of the name that they are known by', () => {
    const [one, other] = [hosts[0]!, { ...hosts[1]!, port: 2222 }]
    const tasks = listedIn([sshKeys({ self: one, hosts: [one, other], controlKey: '/k', between: ['k8s'] })])
    const knownAs = tasks
      .filter(({ module, params }) => module === 'fact' && params.fact.name === 'ssh host keys')
      .map(({ node }) => listedIn(node.registered!({ value: ['ssh-ed25519 AAAA'] } as never)))
    expect(knownAs.map((list) => list.map(({ params }) => params.name))).toEqual([
      ['test1', '192.168.0.91'],
      ['[test2]:2222', '[192.168.0.92]:2222'],
    ])
    const login = only(tasks, 'k8s gets in to test2').params.cmd.join(' ')
    expect(login).toMatch(/^ssh -p 2222 .* k8s@192\.168\.0\.92 true$/)
  })
})
