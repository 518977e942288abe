// tsplay inventory and list hosts, as a user calls them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Project, playbookOf, project } from '../support/cli.ts'

const ini = `[web]
w1 ansible_host=10.0.0.1 port=8080
w2 ansible_ssh_pass=geheim
[db]
d1
[prod:children]
web
[all:vars]
ntp=pool.example.org
`

let site: Project
beforeEach(() => {
  site = project({ 'inv/hosts.ini': ini, 'inv/group_vars/web.yml': 'tls: on\n' })
})
afterEach(() => site.remove())

const out = async (...args: string[]) => {
  const { stdout, stderr, code } = await site.tsplay(args)
  return { stdout, stderr, code }
}

describe('tsplay inventory', () => {
  test('list prints what a dynamic inventory prints, so that Ansible reads it', async () => {
    const { stdout, code } = await out('inventory', 'list', '-i', 'inv/hosts.ini')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      _meta: {
        hostvars: {
          w1: { ansible_host: '10.0.0.1', ntp: 'pool.example.org', port: 8080, tls: true },
          w2: { ansible_ssh_pass: '***', ntp: 'pool.example.org', tls: true },
          d1: { ntp: 'pool.example.org' },
        },
      },
      all: { children: ['ungrouped', 'db', 'prod'] },
      web: { hosts: ['w1', 'w2'] },
      db: { hosts: ['d1'] },
      prod: { children: ['web'] },
    })
  })

  test('graph draws groups and hosts, and --limit leaves some', async () => {
    expect((await out('inventory', 'graph', '-i', 'inv/hosts.ini', '-l', '!w2')).stdout).toBe(
      `@all:
  |--@ungrouped:
  |--@db:
  |  |--d1
  |--@prod:
  |  |--@web:
  |  |  |--w1
`,
    )
  })

  test('host shows its variables, and with --origin where each is from', async () => {
    const shown = await out('inventory', 'host', 'w1', '-i', 'inv/hosts.ini', '-e', 'ntp=mine', '--origin')
    expect(JSON.parse(shown.stdout)).toEqual({
      ansible_host: { value: '10.0.0.1', by: "host 'w1' of group 'web'", at: 'inv/hosts.ini:2:4' },
      ntp: {
        value: 'mine',
        by: '-e',
        overrules: [{ value: 'pool.example.org', by: "the vars of group 'all'", at: 'inv/hosts.ini:9:1' }],
      },
      port: { value: 8080, by: "host 'w1' of group 'web'", at: 'inv/hosts.ini:2:26' },
      tls: { value: true, by: 'inv/group_vars/web.yml', at: 'inv/group_vars/web.yml:1:1' },
    })
  })

  test('of a typed inventory has the names that Ansible gives to connection settings', async () => {
    const { stdout } = await out('inventory', 'host', 'w1', '-i', 'home')
    expect(JSON.parse(stdout)).toEqual({
      ansible_connection: 'local',
      ansible_host: 'w1.test',
      greeting: 'hello',
      listen: 80,
      weight: 1,
    })
  })

  test.each([
    [['inventory', 'hosts', '-i', 'inv/hosts.ini'], "no such view 'hosts'\n  hint: did you mean 'host'?"],
    [['inventory', 'host', '-i', 'inv/hosts.ini'], 'which host?'],
    [
      ['inventory', 'host', 'w9', '-i', 'inv/hosts.ini'],
      "there is no host 'w9' in inventory 'hosts'\n  hint: did you mean 'w1'?",
    ],
    [['inventory', 'list', 'w1', '-i', 'inv/hosts.ini'], 'tsplay inventory list takes no name'],
    [['inventory', 'list', '-i', 'gone.ini'], "there is no inventory 'gone.ini'"],
    [['inventory', 'list'], 'which inventory?'],
  ])('%j is refused', async (args, message) => {
    const { stderr, stdout, code } = await out(...args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(message)
  })

  test('warnings go to standard error and nothing fails', async () => {
    site.write('modes.yml', 'web: {hosts: {a: {mode: 755}}}\n')
    const { stdout, stderr, code } = await out('inventory', 'host', 'a', '-i', 'modes.yml')
    expect([JSON.parse(stdout), code]).toEqual([{ mode: 755 }, 0])
    expect(stderr).toContain("warning: 'mode: 755' is a decimal number, not a file mode\n  at modes.yml:1:25\n")
  })
})

describe('tsplay list hosts', () => {
  test.each([
    ['prod:&web:!w2', 'w1\n'],
    ['~w\\d,d1', 'w1\nw2\nd1\n'],
    ['web[0]', 'w1\n'],
    ['x*', ''],
  ])('%s', async (pattern, hosts) => {
    expect(await out('list', 'hosts', pattern, '-i', 'inv/hosts.ini')).toMatchObject({ stdout: hosts, code: 0 })
  })

  test('refuses a name that nobody has', async () => {
    const { stderr, code } = await out('list', 'hosts', 'wbe', '-i', 'inv/hosts.ini')
    expect([code, stderr]).toEqual([
      1,
      "tsplay: 'wbe' is neither a group nor a host of inventory 'hosts'\n  hint: did you mean 'web'?\n",
    ])
  })
})

describe('a run', () => {
  test('with --limit still knows the addresses and variables of all others (X16)', async () => {
    site.write(
      'hosts.yml',
      'web: {hosts: {w1: {ansible_connection: local}, w2: {ansible_host: 10.0.0.2, weight: 9}}}\n',
    )
    site.write(
      'book.ts',
      playbookOf(
        "task('say', debug({ message: groups.web.map((one) => `${one.name}=${one.address}/${one.vars.weight}`).join(' ') })),",
      ),
    )
    const { tasks, hosts, code } = await site.tsplay(['run', 'book.ts', '-i', 'hosts.yml', '-l', 'w1', '-o', 'ndjson'])
    expect([code, Object.keys(hosts)]).toEqual([0, ['w1']])
    expect(tasks[0]?.message).toBe('w1=w1/1 w2=10.0.0.2/9')
  })

  test('reads group_vars beside the playbook', async () => {
    site.write('hosts.yml', 'web: {hosts: {w1: {ansible_connection: local}}}\n')
    site.write('books/group_vars/web.yml', 'greeting: hi\n')
    site.write(
      'books/book.ts',
      playbookOf("task('say', debug({ message: vars.greeting })),").replace('./world', '../world'),
    )
    const { tasks } = await site.tsplay(['run', 'books/book.ts', '-i', 'hosts.yml', '-o', 'ndjson'])
    expect(tasks[0]?.message).toBe('hi')
  })

  test('says before any host is touched what it cannot connect to, unless the host is left out', async () => {
    site.write('hosts.yml', 'web: {hosts: {w1: {ansible_connection: local}, win: {ansible_connection: winrm}}}\n')
    site.write('book.ts', playbookOf("task('say', debug({ message: 'here' })),"))
    const { stderr, code, tasks } = await site.tsplay(['run', 'book.ts', '-i', 'hosts.yml', '-o', 'ndjson'])
    expect([code, tasks]).toEqual([1, []])
    expect(stderr).toContain(
      "host 'win' cannot be reached: ansible_connection=winrm: tsplay reaches hosts over ssh or, with local, this machine\n  hint: change it in the inventory, or leave the host out: --limit 'all:!win'",
    )
    expect((await site.tsplay(['run', 'book.ts', '-i', 'hosts.yml', '-l', '!win', '-o', 'ndjson'])).code).toBe(0)
  })
})
