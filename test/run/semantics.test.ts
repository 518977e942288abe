// Line by line what Ansible users rely on, as far as other tests do not show it: options, conditions, loops, roles, results.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { block, handler, play, playbook, role, type TaskList, task } from '../../engine/index.ts'
import { command, copy, debug, fact, hostFact, setFact, shell, template } from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1', 'h2', 'h3', 'h4'])
})
afterEach(() => lab.remove())

const say = (name: string, options = {}) => task(name, debug({ message: 'x' }), options)
const changes = (name: string, options = {}) => task(name, command({ cmd: 'true' }), options)
const on = (log: readonly string[], host: string): string[] =>
  log.filter((line) => line.startsWith(`${host}: `)).map((line) => line.split(': ').slice(1).join(' '))
/** The log of the first host. */
const first = async (tasks: TaskList, options: Parameters<Here['run']>[1] = {}): Promise<string[]> =>
  on((await lab.run([{ hosts: 'h1', tasks: () => tasks }], options)).log, 'h1')

describe('plays', () => {
  test('run in order, each when the one before is over everywhere (A001)', async () => {
    const { log } = await lab.run([
      { tasks: ({ host }) => [host.name === 'h1' && task('slow', command({ cmd: ['sleep', '0.2'] })), say('one')] },
      { tasks: () => [say('two')] },
    ])
    expect(log.findIndex((line) => line.includes('two'))).toBe(5)
  })

  test('without hosts are told and passed over, which is no error (A002)', async () => {
    const { log, events } = await lab.run([
      { hosts: 'nobody', tasks: () => [say('one')] },
      { hosts: 'h1', tasks: () => [say('two')] },
    ])
    expect(log).toEqual(['h1: two: ok'])
    expect(events).toContainEqual({ type: 'play', play: 'play 1', hosts: [] })
  })

  test('may have a condition, and so may roles, blocks and tasks: all must hold (A021, A042, A054)', async () => {
    const inner = role({ name: 'inner', tasks: (name: string) => [say(name), say(`${name} not`, { when: false })] })
    const { log } = await lab.run([
      { hosts: 'h1', when: false, tasks: () => [say('in a play')] },
      {
        hosts: 'h1',
        tasks: () => [
          inner('a'),
          inner('b').with({ when: false }),
          block([say('in a block'), say('in a block too', { when: true })], { when: false }),
        ],
      },
    ])
    expect(on(log, 'h1')).toEqual([
      'in a play skipped',
      'a ok',
      'a not skipped',
      'b skipped',
      'b not skipped',
      'in a block skipped',
      'in a block too skipped',
    ])
  })

  test('give options to all their tasks, which the nearest overrules; environments merge (A016, A032, A039)', async () => {
    const show = (name: string, options = {}) =>
      task(name, shell({ cmd: 'echo $A $B $(id -un)' }), { changedWhen: false, ...options })
    const { tasks } = await lab.run(
      [
        {
          hosts: 'h1',
          environment: { A: 'play', B: 'play' },
          become: 'nobody',
          tasks: () => [
            show('in the play'),
            block([show('in the block'), show('of its own', { environment: { B: 'task' }, become: 'daemon' })], {
              environment: { A: 'block' },
            }),
          ],
        },
      ],
      { become: { user: undefined, method: 'su', password: undefined } },
    )
    expect(tasks.map(({ stdout, message }) => stdout ?? message)).toEqual([
      'play play nobody\n',
      'block play nobody\n',
      'block task daemon\n',
    ])
  })
})

describe('tasks', () => {
  test.each([
    [
      'task',
      () => task('t', command({ cmd: 'true' }), { changed_when: false } as never),
      "task 't': there is no option 'changed_when'",
      "here it is called 'changedWhen'",
    ],
    [
      'task',
      () => task('t', command({ cmd: 'true' }), { whne: false } as never),
      "task 't': there is no option 'whne'",
      "did you mean 'when'?",
    ],
    ['block', () => block([], { loop: [1] } as never), "block: there is no option 'loop'", expect.anything()],
    [
      'handler',
      () => handler('h', command({ cmd: 'true' }), { when: true } as never),
      "handler 'h': there is no option 'when'",
      expect.anything(),
    ],
    [
      'role',
      () => role({ name: 'r', tasks: () => [] })().with({ tag: 'x' } as never),
      "role 'r': there is no option 'tag'",
      "did you mean 'tags'?",
    ],
    [
      'play',
      () => play({ name: 'p', hosts: 'all', gather_facts: false, tasks: () => [] } as never),
      "play 'p': there is no option 'gather_facts'",
      expect.anything(),
    ],
    [
      'playbook',
      () => playbook({} as never, [], { rule: [] } as never),
      "playbook: there is no option 'rule'",
      "did you mean 'rules'?",
    ],
  ])('a mistyped option of a %s is refused where it is written, types or not (A020)', (_kind, make, message, hint) => {
    expect(make).toThrow(expect.objectContaining({ message, hint }))
  })

  test('rules of a playbook that are none are refused where they are written, and nothing breaks later', () => {
    const of = (rules: unknown) => () => playbook({} as never, [], { rules } as never)
    const message = 'playbook: its rules are no list of functions'
    expect(of(() => [])).toThrow(expect.objectContaining({ message, hint: expect.stringContaining('is called') }))
    expect(of(['no-masters'])).toThrow(expect.objectContaining({ message }))
    expect(of([() => []])()).toHaveProperty('rules.length', 1)
  })

  test('are done by no more hosts at the same time than their throttle says (A013)', async () => {
    const dir = path.join(lab.dir, 'at-work')
    mkdirSync(dir)
    const count = `touch ${dir}/$$; ls ${dir} | wc -l; sleep 0.1; rm ${dir}/$$`
    const most = async (throttle?: number): Promise<number> => {
      const { tasks } = await lab.run(() => [
        task('count', shell({ cmd: count }), throttle === undefined ? {} : { throttle }),
      ])
      return Math.max(...tasks.map(({ stdout }) => Number(stdout)))
    }
    expect(await most()).toBeGreaterThan(2)
    expect(await most(2)).toBeLessThanOrEqual(2)
    expect(await most(1)).toBe(1)
  })

  test('hand on the result also of a failure that is ignored; what follows from a skipped one does not run (A022)', async () => {
    const follow = (name: string, options: object) =>
      task(name, command({ cmd: ['sh', '-c', 'exit 7'] }), options).register(({ code, failed }) => [
        say(`${name} gave ${code}, failed: ${failed}`),
      ])
    expect(await first([follow('ignored', { ignoreErrors: true }), follow('skipped', { when: false })])).toEqual([
      'ignored failed',
      'ignored gave 7, failed true ok',
      'skipped skipped',
    ])
  })

  test('notify when they have changed something, not when they fail or do not, each item for itself (A029)', async () => {
    const restart = (name: string) => handler(`restart ${name}`, debug({ message: 'x' }))
    const result = await first([
      ['a', 'b'].map((name) => changes(name, { notify: restart(name), changedWhen: name === 'b' })),
      task('fails', command({ cmd: 'false' }), { notify: restart('c'), ignoreErrors: true }),
    ])
    expect(result).toEqual(['a ok', 'b changed', 'fails failed', 'restart b ok'])
  })

  test('run on this machine without a network where the inventory says so, and need no Python (A040, X11)', async () => {
    const { task: find } = await lab.run([{ hosts: 'h1', tasks: () => [task('here', shell({ cmd: 'echo $0' }))] }])
    expect(find('here').stdout).not.toContain('python')
  })

  test('leave facts for later tasks and plays, also of other hosts (A063)', async () => {
    const port = hostFact<number>('port')
    const { log } = await lab.run([
      { tasks: ({ host }) => [setFact(port, host.name === 'h1' ? 80 : 81)] },
      {
        hosts: 'h1',
        tasks: ({ hosts }) =>
          hosts.map((host) => fact(port, { host }).register((value) => [say(`${host.name} ${value}`)])),
      },
    ])
    expect(on(log, 'h1').filter((line) => / 8\d ok/.test(line))).toEqual([
      'h1 80 ok',
      'h2 81 ok',
      'h3 81 ok',
      'h4 81 ok',
    ])
  })
})

describe('what TypeScript does itself', () => {
  test('loops: over lists, maps, pairs, ranges, with an index, over blocks, over nothing (A023, A024, A025, X09)', async () => {
    const users = { ann: ['wheel'], bob: [] as string[] }
    expect(
      await first([
        ['x', 'y'].map((item, index) => say(`${index} ${item}`)),
        Object.entries(users).map(([name, groups]) => say(`${name} in ${groups.length}`)),
        ['a', 'b'].flatMap((one) => [1, 2].map((two) => say(`${one}${two}`))),
        Array.from({ length: 2 }, (_, index) => block([say(`block ${index}`)], { when: index > 0 })),
        ([] as string[]).map((item) => say(item)),
      ]),
    ).toEqual([
      '0 x ok',
      '1 y ok',
      'ann in 1 ok',
      'bob in 0 ok',
      'a1 ok',
      'a2 ok',
      'b1 ok',
      'b2 ok',
      'block 0 skipped',
      'block 1 ok',
    ])
  })

  test('module defaults: a function around a module (A015)', async () => {
    const conf = (params: { dest: string; mode?: string }) => copy({ content: 'x', mode: '0640', ...params })
    const { tasks } = await lab.run([
      {
        hosts: 'h1',
        tasks: (context) => [
          conf({ dest: `${folderOf(context)}/a` }),
          conf({ dest: `${folderOf(context)}/b`, mode: '0600' }),
        ],
      },
    ])
    expect(tasks.map(({ diff }) => diff.find(({ property }) => property === 'mode')?.after)).toEqual(['0640', '0600'])
  })

  test('includes and dependencies: roles are functions that call each other (A018, A052, A053, A055)', async () => {
    const base = role({ name: 'base', tasks: () => [say('base')] })
    const app = role({ name: 'app', tasks: ({ name }: { name: string }) => [base(), say(name)] })
    expect(await first([app({ name: 'one' }), [say('included')].flat()])).toEqual(['base ok', 'one ok', 'included ok'])
  })

  test('variables: constants, arguments, defaults, and an error for one that is not there (A060, A062)', async () => {
    const settings = { port: 80 } as { port: number; host?: string }
    const { port, host = 'localhost' } = settings
    expect(await first([say(`${host}:${port} ${[3, 1, 2].sort().join('-')}`)])).toEqual(['localhost:80 1-2-3 ok'])
    await expect(
      lab.run([{ hosts: 'h1', tasks: () => [say((settings as unknown as { deep: { er: string } }).deep.er)] }]),
    ).rejects.toThrow(/play 'play 1', host h1: TypeError/)
  })
})

describe('roles', () => {
  test('have files and templates of their own, before those of the playbook (A052, A057)', async () => {
    const dir = path.join(lab.dir, 'role')
    mkdirSync(path.join(dir, 'templates'), { recursive: true })
    writeFileSync(path.join(dir, 'templates', 'a.ejs'), 'role <%= word %>\n')
    writeFileSync(path.join(lab.dir, 'a.ejs'), 'playbook\n')
    writeFileSync(path.join(lab.dir, 'b.ejs'), 'beside the playbook\n')
    const mine = role({
      name: 'mine',
      dir,
      tasks: (dest: string) =>
        ['a.ejs', 'b.ejs'].map((src) => template({ src, dest: `${dest}/${src}`, vars: { word: 'word' } })),
    })
    let folder = ''
    await lab.run([
      {
        hosts: 'h1',
        tasks(context) {
          folder = folderOf(context)
          return [mine(folder)]
        },
      },
    ])
    expect(['a.ejs', 'b.ejs'].map((file) => readFileSync(path.join(folder, file), 'utf8'))).toEqual([
      'role word\n',
      'beside the playbook\n',
    ])
  })

  test('take tags, conditions and the like where they are called, and their handlers serve the whole play (A038, A054)', async () => {
    const restart = handler('restart', debug({ message: 'x' }))
    const mine = role({ name: 'mine', handlers: [restart], tasks: () => [say('role', { tags: 'own' })] })
    const tasks = [mine().with({ tags: 'given' }), changes('play', { notify: restart, tags: 'given' }), say('other')]
    expect(await first(tasks, { selection: { tags: ['given'] } })).toEqual(['role ok', 'play changed', 'restart ok'])
    expect(await first(tasks, { selection: { tags: ['own'] } })).toEqual(['role ok'])
  })
})
