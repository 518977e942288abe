// The program as a user and a script see it: exit codes, output, selection, interruption.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAlive } from '../connection/support.ts'
import { inventoryOf, type Project, playbookOf, project } from '../support/cli.ts'

let site: Project
beforeEach(() => {
  site = project()
})
afterEach(() => site.remove())

const run = (...args: string[]) => site.tsplay(['run', 'book.ts', '-i', 'home', '-o', 'ndjson', ...args])
const book = (tasks: string, hosts?: string): string => site.write('book.ts', playbookOf(tasks, hosts))
const unreachable = inventoryOf(
  "{ web: { hosts: { w1: { address: 'a' }, gone: { transport: 'ssh', address: '127.0.0.1', port: 1 } } } }",
)

describe('the exit code (A085)', () => {
  beforeEach(() => {
    book("task('dir', directory({ path: '" + site.dir + "/made-' + host.name })),")
  })

  test('is 0 when all is as wanted, and 3 with --detailed-exitcode when something changed', async () => {
    expect((await run('--check', '--detailed-exitcode')).code).toBe(3)
    expect(existsSync(path.join(site.dir, 'made-w1'))).toBe(false)
    expect((await run('--detailed-exitcode')).code).toBe(3)
    expect((await run('--detailed-exitcode')).code).toBe(0)
    expect((await run()).code).toBe(0)
  })

  test('is 2 when a host failed', async () => {
    book("task('t', command({ cmd: host.name === 'w1' ? 'false' : 'true' })),")
    const { code, hosts } = await run()
    expect(code).toBe(2)
    expect(hosts).toMatchObject({ w1: { failed: 1 }, w2: { ok: 1, failed: 0 } })
  })

  test('is 4 when a host was unreachable, and the others finish', async () => {
    site.write('inventories/home.ts', unreachable)
    const { code, hosts, tasks } = await run()
    expect(code).toBe(4)
    expect(hosts).toMatchObject({ w1: { ok: 1 }, gone: { unreachable: 1 } })
    expect(tasks.find(({ host }) => host === 'gone')).toMatchObject({
      status: 'unreachable',
      message: expect.stringContaining('127.0.0.1 port 1 refuses'),
    })
  })

  test('is 6 when both happened', async () => {
    site.write('inventories/home.ts', unreachable)
    book("task('t', command({ cmd: 'false' })),")
    expect((await run()).code).toBe(6)
  })
})

describe('-o ndjson', () => {
  test('is one event a line, the recap last, with the fields that scripts rely on (A086, A155)', async () => {
    book(
      "role({ name: 'r', tasks: () => [task('hi', copy({ content: 'x', dest: '" +
        site.dir +
        "/x-' + host.name }))] })(),",
    )
    const { stdout, events, tasks } = await run('--limit', 'w1')
    expect(stdout.trim().split('\n')).toHaveLength(events.length)
    expect(tasks).toEqual([
      {
        type: 'task',
        play: 'main',
        role: 'r',
        task: 'hi',
        host: 'w1',
        module: 'copy',
        status: 'changed',
        changed: true,
        diff: expect.any(Array),
        durationMs: expect.any(Number),
        code: 0,
      },
    ])
    expect(events.at(-1)).toEqual({
      type: 'recap',
      hosts: {
        w1: {
          ok: 1,
          changed: 1,
          unreachable: 0,
          failed: 0,
          skipped: 0,
          rescued: 0,
          ignored: 0,
          roundTrips: expect.any(Number),
        },
      },
      durationMs: expect.any(Number),
    })
  })
})

describe('selection', () => {
  beforeEach(() => {
    book(`task('plain', debug({ message: 'x' })),
    task('a', debug({ message: 'x' }), { tags: 'a' }),
    task('b', debug({ message: 'x' }), { tags: ['b', 'a'] }),
    task('each time', debug({ message: 'x' }), { tags: 'always' }),
    task('on demand', debug({ message: 'x' }), { tags: ['never', 'rare'] }),
    role({ name: 'r', tasks: () => [task('in role', debug({ message: 'x' }))] })().with({ tags: 'deploy' }),`)
  })
  const names = async (...args: string[]) => (await run('--limit', 'w1', ...args)).tasks.map(({ task }) => task)

  test.each([
    ['nothing asked: all but never (A131)', [], ['plain', 'a', 'b', 'each time', 'in role']],
    ['a tag, and always (A131)', ['-t', 'a'], ['a', 'b', 'each time']],
    ['two tags', ['-t', 'b,deploy'], ['b', 'each time', 'in role']],
    ['a tag beside never (A131)', ['-t', 'rare'], ['each time', 'on demand']],
    ['untagged (A131)', ['-t', 'untagged'], ['plain', 'each time']],
    ['tagged (A131)', ['-t', 'tagged'], ['a', 'b', 'each time', 'in role']],
    ['a tag skipped (A132)', ['--skip-tags', 'a'], ['plain', 'each time', 'in role']],
    ['always skipped by name (A132)', ['--skip-tags', 'always,deploy'], ['plain', 'a', 'b']],
  ])('%s', async (_title, args, expected) => {
    expect(await names(...args)).toEqual(expected)
  })

  test('a role alone', async () => {
    const { tasks, code } = await site.tsplay([
      'role',
      'r',
      '--playbook',
      'book.ts',
      '-i',
      'home',
      '-o',
      'ndjson',
      '-l',
      'w2',
    ])
    expect(tasks.map(({ task, host }) => `${host} ${task}`)).toEqual(['w2 in role'])
    expect(code).toBe(0)
  })

  test('that leaves nothing where the tasks depend on facts', async () => {
    site.write(
      'book.ts',
      playbookOf("task(facts.os.id, debug({ message: 'x' }), { tags: 'a' }),").replace('groups })', 'groups, facts })'),
    )
    const { code, stderr } = await run('-t', 'b')
    expect(code).toBe(1)
    expect(stderr).toContain('nothing to run: --tags b leaves no task for these hosts')
  })

  test('-e wins over the inventory, in the type that the site wants', async () => {
    book("task('say', debug({ message: `${vars.greeting} ${vars.listen + 1}` })),")
    const message = async (...args: string[]) => (await run('-l', 'w1', ...args)).tasks[0]?.message
    expect(await message()).toBe('hello 81')
    expect(await message('-e', 'greeting=hi listen=90')).toBe('hi 91')
    expect(await message('-e', '{"greeting": "hey", "listen": 1}')).toBe('hey 2')
    site.write('vars.yml', 'greeting: "yo"\n')
    expect(await message('-e', '@vars.yml', '-e', 'listen=7')).toBe('yo 8')
  })

  test('flags may stand in the environment, and the command line wins', async () => {
    const names = async (args: string[], env: Record<string, string>) =>
      (await site.tsplay(['run', 'book.ts', '-o', 'ndjson', ...args], { env })).tasks.map(({ host }) => host)
    expect(new Set(await names([], { TSPLAY_INVENTORY: 'home', TSPLAY_LIMIT: 'w1' }))).toEqual(new Set(['w1']))
    expect(new Set(await names(['-l', 'w2'], { TSPLAY_INVENTORY: 'home', TSPLAY_LIMIT: 'w1' }))).toEqual(
      new Set(['w2']),
    )
  })

  test('flags may stand in tsplay.config.ts, and command line and environment win', async () => {
    site.write('package.json', '{}')
    const config = (flags: string) =>
      site.write('tsplay.config.ts', `import { config } from 'tsplay'\nexport default config(${flags})\n`)
    config("{ inventory: 'home', output: 'ndjson', limit: 'w1' }")
    const hosts = async (args: string[] = [], env: Record<string, string> = {}) =>
      new Set((await site.tsplay(['run', 'book.ts', ...args], { env })).tasks.map(({ host }) => host))
    expect(await hosts()).toEqual(new Set(['w1']))
    expect(await hosts([], { TSPLAY_LIMIT: 'w2' })).toEqual(new Set(['w2']))
    expect(await hosts(['-l', 'all'], { TSPLAY_LIMIT: 'w2' })).toEqual(new Set(['w1', 'w2']))
    config("{ inventroy: 'home' } as never")
    const { code, stderr } = await site.tsplay(['run', 'book.ts'])
    expect(stderr).toBe("tsplay: unknown flag 'inventroy'\n  at tsplay.config.ts\n  hint: did you mean 'inventory'?\n")
    expect(code).toBe(1)
  })

  test('list says what would run where, without connecting (A133)', async () => {
    site.write('inventories/home.ts', unreachable)
    const list = async (what: string, ...args: string[]) =>
      (await site.tsplay(['list', what, 'book.ts', '-i', 'home', ...args])).stdout
    expect(await list('hosts')).toBe('main (2)\n  w1\n  gone\n')
    expect(await list('tags')).toBe('a\nalways\nb\ndeploy\nnever\nrare\n')
    expect(await list('roles')).toBe('r\n')
    expect(await list('tasks')).toContain('  r : in role  [deploy]\n')
    expect(await list('tasks', '-t', 'rare,b')).toBe(
      'main\n  b  [b, a]\n  each time  [always]\n  on demand  [never, rare]\n',
    )
    expect(await list('tags', '--skip-tags', 'a,always')).toBe('deploy\n')
  })

  test('a tag that nobody has is refused; one to skip is only doubted where tasks follow from results', async () => {
    expect((await run('-t', 'bb')).stderr).toMatch(
      /^tsplay: no task in book.ts has the tag 'bb'\n {2}hint: did you mean 'b'/,
    )
    expect((await run('--skip-tags', 'deplo')).code).toBe(1)
    book(`task('ask', command({ cmd: 'true' })).register(() => [
      task('follows', debug({ message: 'x' }), { tags: 'late' }), task('too', debug({ message: 'x' })),
    ]),`)
    const { code, stderr, tasks } = await run('-l', 'w1', '--skip-tags', 'late')
    expect(stderr).toMatch(/^warning: no task in book.ts has the tag 'late', as far as is known before the run/)
    expect(tasks.map(({ task }) => task)).toEqual(['ask', 'too'])
    expect(code).toBe(0)
    expect((await run('-t', 'late')).code).toBe(1)
  })
})

describe('exec', () => {
  test('runs a command on hosts and prints it as ansible does', async () => {
    const { stdout, code } = await site.tsplay(['exec', 'w1', '-i', 'home', '--', 'printf', 'a b\\n'])
    expect(stdout).toBe('w1 | CHANGED | rc=0 >>\na b\n')
    expect(code).toBe(0)
  })

  test('runs a script with -m shell, and says how it failed', async () => {
    const { stdout, code } = await site.tsplay([
      'exec',
      'w1',
      '-i',
      'home',
      '-m',
      'shell',
      '-a',
      'echo a | tr a b; exit 3',
    ])
    expect(stdout).toMatch(/^w1 \| FAILED \| rc=3 >>\nb\n/)
    expect(code).toBe(2)
  })

  test('refuses what only a shell understands (B15)', async () => {
    const { stderr, code } = await site.tsplay(['exec', 'w1', '-i', 'home', '-a', 'echo x >> /tmp/x'])
    expect(stderr).toContain("'>' means something to a shell only")
    expect(code).toBe(1)
  })

  test('wants something to run', async () => {
    const { stderr, code } = await site.tsplay(['exec', 'w1', '-i', 'home'])
    expect(stderr).toContain('exec: what should be run?')
    expect(code).toBe(1)
  })
})

describe('an interrupt (X13)', () => {
  test('ends what runs on the hosts, says what each was doing, and exits 130', async () => {
    book("task('long wait', shell({ cmd: 'echo $$ > " + site.dir + "/pid-' + host.name + '; exec sleep 600' })),")
    const started = Date.now()
    const { code, events } = await site.tsplay(['run', 'book.ts', '-i', 'home', '-o', 'ndjson'], {
      onStart: (child) => {
        const wait = setInterval(() => {
          if (!existsSync(path.join(site.dir, 'pid-w1')) || !existsSync(path.join(site.dir, 'pid-w2'))) return
          clearInterval(wait)
          child.kill('SIGINT')
        }, 50)
      },
    })
    expect(code).toBe(130)
    expect(Date.now() - started).toBeLessThan(15_000)
    for (const host of ['w1', 'w2']) {
      expect(isAlive(Number(readFileSync(path.join(site.dir, `pid-${host}`), 'utf8')))).toBe(false)
      expect(events).toContainEqual({ type: 'notice', host, message: "interrupted while applying 'long wait'" })
    }
    expect(events.at(-1)?.type).toBe('recap')
  })
})

const mounts = process.getuid?.() === 0 ? undefined : 'needs root to mount a small disk'
test.skipIf(mounts)(
  `a full disk fails the task, leaves the old file as it was and nothing beside it${mounts ? ` (${mounts})` : ''}`,
  async () => {
    const disk = path.join(site.dir, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
    try {
      execFileSync('sh', ['-c', `printf old > ${disk}/f`])
      book(`task('big', copy({ content: 'x'.repeat(200_000), dest: '${disk}/f' })),`)
      const { code, tasks } = await run('-l', 'w1')
      expect(code).toBe(2)
      expect(tasks[0]).toMatchObject({ status: 'failed', message: expect.stringMatching(/[Nn]o space left/) })
      expect(readFileSync(`${disk}/f`, 'utf8')).toBe('old')
      expect(execFileSync('ls', ['-A', disk], { encoding: 'utf8' })).toBe('f\n')
    } finally {
      execFileSync('umount', [disk])
    }
  },
)

test('a file that is a directory fails the task with what to do', async () => {
  mkdirSync(path.join(site.dir, 'conf'))
  book(`task('write', copy({ content: 'x', dest: '${site.dir}/conf' })),`)
  const { code, tasks } = await run('-l', 'w1')
  expect(code).toBe(2)
  expect(tasks[0]).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('conf is a directory'),
    hint: expect.any(String),
  })
})

test('--help shows examples first, --version the version', async () => {
  const help = await site.tsplay(['run', '--help'])
  expect(help.stdout).toMatch(/^Examples:\n {2}tsplay run playbooks\/site\.ts -i lab\n/)
  expect(help.code).toBe(0)
  const { stdout } = await site.tsplay(['--version'])
  expect(stdout.trim()).toBe(
    JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8')).version,
  )
})
