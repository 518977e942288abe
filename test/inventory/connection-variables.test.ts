import { describe, expect, test } from 'vitest'
import { reveal } from '../../engine/secret.ts'
import { opened, refused, varsOf } from './opened.ts'

const host = async (line: string) => (await opened({ 'hosts.ini': `[web]\nw ${line}\n` })).hosts.get('w')!

describe('connection variables of Ansible (A103)', () => {
  test.each<[string, object]>([
    [
      'ansible_host=10.0.0.1 ansible_port=2222 ansible_user=ops',
      { address: '10.0.0.1', connection: { port: 2222, user: 'ops' } },
    ],
    [
      'ansible_ssh_host=h.example.org ansible_ssh_port=22 ansible_ssh_user=1000',
      { address: 'h.example.org', connection: { port: 22, user: '1000' } },
    ],
    ['ansible_connection=local', { connection: { transport: 'local' } }],
    ['ansible_connection=ansible.builtin.ssh', { connection: { transport: 'ssh' } }],
    ['ansible_connection=smart', { connection: { transport: 'ssh' } }],
    ['ansible_ssh_private_key_file=~/.ssh/prod', { connection: { privateKeys: ['~/.ssh/prod'] } }],
    ['ansible_become=yes', { connection: { become: true } }],
    [
      'ansible_become=True ansible_become_user=etcd ansible_become_method=su',
      { connection: { become: true, becomeUser: 'etcd', becomeMethod: 'su' } },
    ],
    ['ansible_become=no', { connection: { become: false } }],
    ['ansible_become_method=ansible.builtin.sudo', { connection: { becomeMethod: 'sudo' } }],
    ['ansible_host_key_checking=false', { connection: { hostKeys: 'off' } }],
    ['ansible_python_interpreter=/usr/bin/python3 ansible_ssh_pipelining=yes', { address: 'w', connection: {} }],
    ['ansible_host=', { address: 'w', connection: {} }],
    [
      'tsplay_host_keys=accept-new tsplay_private_keys=a,b tsplay_user=ops',
      { connection: { hostKeys: 'accept-new', privateKeys: ['a', 'b'], user: 'ops' } },
    ],
    ['port=8080 user=app address=x become=1', { address: 'w', connection: {} }],
  ])('%s', async (line, expected) => {
    const { unsupported, ...found } = await host(line)
    expect(found).toMatchObject(expected)
    expect(unsupported).toBeUndefined()
    if ('connection' in expected) expect(found.connection).toEqual(expected.connection)
  })

  test.each<[string, object]>([
    ['-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null', { hostKeys: 'off', knownHosts: '/dev/null' }],
    ['-oStrictHostKeyChecking=accept-new', { hostKeys: 'accept-new' }],
    ['-o stricthostkeychecking=yes', { hostKeys: 'strict' }],
    ['-J ops@jump:2222,second', { jumpHosts: ['ops@jump:2222', 'second'] }],
    ['-o ProxyJump=jump', { jumpHosts: ['jump'] }],
    ['-o ProxyCommand="ssh -W %h:%p -q jump"', { proxyCommand: 'ssh -W %h:%p -q jump' }],
    ["-o 'ProxyCommand ssh -W %h:%p jump'", { proxyCommand: 'ssh -W %h:%p jump' }],
    ['-i ~/.ssh/k -l ops -p 2200 -v -C', { privateKeys: ['~/.ssh/k'], user: 'ops', port: 2200 }],
    ['-o ControlMaster=auto -o ControlPersist=60s -o ServerAliveInterval=30 -o IdentitiesOnly=yes', {}],
  ])('ansible_ssh_common_args: %s', async (args, expected) => {
    const { connection, unsupported } = await host(`ansible_ssh_common_args=${JSON.stringify(args)}`)
    expect(unsupported).toBeUndefined()
    expect(connection).toEqual(expected)
  })

  test.each([
    [
      'ansible_connection=winrm',
      'ansible_connection=winrm: tsplay reaches hosts over ssh or, with local, this machine',
    ],
    ['ansible_become_method=runas', 'ansible_become_method=runas: tsplay becomes other users with sudo, su or doas'],
    ["ansible_host='{{ ip }}'", 'ansible_host is a Jinja template, and tsplay evaluates none: write the value'],
    [
      "ansible_ssh_common_args='-o Ciphers=3des'",
      "ansible_ssh_common_args: '-o Ciphers=3des' is not understood; ssh options that are: ProxyJump",
    ],
    ["ansible_ssh_common_args='-D 1080'", "ansible_ssh_common_args: '-D' is not understood"],
    ["ansible_ssh_common_args='-J'", "ansible_ssh_common_args: '-J' is not understood"],
    ["ansible_ssh_common_args='host'", "ansible_ssh_common_args: 'host' is not understood"],
    [`ansible_ssh_common_args="'open"`, "ansible_ssh_common_args: a ' is not closed"],
  ])('%s loads, and the host says why it cannot be reached', async (line, reason) => {
    const { unsupported = '' } = await host(line)
    expect(unsupported.slice(0, reason.length)).toBe(reason)
  })

  test.each(['ansible_ssh_pass', 'ansible_password', 'ansible_become_password', 'ansible_become_pass'])(
    '%s is a secret, as a variable and as a setting, digit for digit',
    async (name) => {
      const inventory = await opened({ 'hosts.ini': `[web]\nw ${name}='0123456'\n` })
      const { connection, vars } = inventory.hosts.get('w')!
      expect(reveal(name.includes('become') ? connection.becomePassword! : connection.password!)).toBe('0123456')
      expect(reveal((vars as Record<string, string>)[name]!)).toBe('0123456')
      expect(JSON.stringify([varsOf(inventory, 'w'), varsOf(inventory, 'w', true)])).not.toContain('0123456')
    },
  )

  test('hold by the precedence of variables, whichever name they have (A058)', async () => {
    const { hosts } = await opened({
      'hosts.ini':
        '[web]\nw ansible_ssh_user=host\nv\n[web:vars]\nansible_user=group\n[all:vars]\nansible_user=all\nansible_port=2222\n',
    })
    expect(hosts.get('w')?.connection).toEqual({ user: 'host', port: 2222 })
    expect(hosts.get('v')?.connection).toEqual({ user: 'group', port: 2222 })
  })

  test('hold from the command line, too', async () => {
    const files = { 'hosts.ini': '[web]\nw ansible_user=host ansible_port=2222\n' }
    const { hosts } = await opened(files, { extraVars: { ansible_user: 'root', port: 23, tsplay_host_keys: 'off' } })
    expect(hosts.get('w')?.connection).toEqual({ user: 'root', port: 23, hostKeys: 'off' })
  })

  test('a port behind a name is weaker than ansible_port', async () => {
    const { hosts } = await opened({ 'hosts.ini': '[a]\nw:2222\nv:2222 ansible_port=22\n[b]\nw:3333\n' })
    expect([hosts.get('w')?.connection.port, hosts.get('v')?.connection.port]).toEqual([2222, 22])
  })

  test('a value that cannot be is refused under the name that it has there', async () => {
    expect(await refused({ 'hosts.yml': 'web: {hosts: {w: {ansible_host: "a b"}}}' })).toBe(
      "host 'w': 'ansible_host': expected a host name or an IP address, without port, user and brackets\n  at hosts.yml:1:19\n  hint: it is given in host 'w' of group 'web'",
    )
  })
})
