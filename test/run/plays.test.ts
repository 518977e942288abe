// Plays on several hosts: order, strategies, batches, ends, delegation, tasks that one host does for all.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  block,
  clearHostErrors,
  endBatch,
  endHost,
  endPlay,
  endRole,
  flushHandlers,
  handler,
  outsider,
  role,
  sync,
  task,
  topic,
} from '../../engine/index.ts'
import { command, copy, debug, fact, hostFact, lineInFile, setFact, shell } from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1', 'h2', 'h3'])
})
afterEach(() => lab.remove())

const say = (name: string) => task(name, debug({ message: 'x' }))
const fails = (name = 'fails') => task(name, command({ cmd: 'false' }))
const changes = (name: string, options = {}) => task(name, command({ cmd: 'true' }), options)
const waitFor = (seconds: number) => task('wait', command({ cmd: ['sleep', `${seconds}`] }), { changedWhen: false })
const hostsOf = (log: readonly string[], name: string): string[] =>
  log.filter((line) => line.includes(`: ${name}: `)).map((line) => line.split(':')[0]!)
const namesOn = (log: readonly string[], host: string): string[] =>
  log.filter((line) => line.startsWith(`${host}: `)).map((line) => line.split(': ').slice(1).join(' '))
const notices = (ran: Awaited<ReturnType<Here['run']>>): string[] =>
  ran.events.flatMap((event) => (event.type === 'notice' ? [`${event.host}: ${event.message}`] : []))

describe('the order of a play', () => {
  test('runs pre-tasks, tasks and post-tasks, handlers flushed between them (A003)', async () => {
    const restart = handler('restart', debug({ message: 'x' }))
    const other = handler('reload', debug({ message: 'x' }))
    const { log } = await lab.run([
      {
        hosts: 'h1',
        preTasks: () => [changes('pre', { notify: restart })],
        tasks: () => [changes('main', { notify: [restart, other] }), say('more')],
        postTasks: () => [changes('post', { notify: other })],
      },
    ])
    expect(namesOn(log, 'h1')).toEqual([
      'pre changed',
      'restart ok',
      'main changed',
      'more ok',
      'restart ok',
      'reload ok',
      'post changed',
      'reload ok',
    ])
  })

  test.each([
    ['inventory', ['h1', 'h2', 'h3']],
    ['reverse_inventory', ['h3', 'h2', 'h1']],
    ['sorted', ['h1', 'h2', 'h3']],
    ['reverse_sorted', ['h3', 'h2', 'h1']],
  ] as const)('takes hosts in the order %s (A011)', async (order, expected) => {
    const { log, events } = await lab.run([{ order, serial: 1, tasks: () => [say('here')] }])
    expect(hostsOf(log, 'here')).toEqual(expected)
    expect(events.find((event) => event.type === 'play')).toMatchObject({ hosts: expected })
  })

  test('shuffles without losing a host (A011)', async () => {
    const { log } = await lab.run([{ order: 'shuffle', serial: 1, tasks: () => [say('here')] }])
    expect(hostsOf(log, 'here').sort()).toEqual(['h1', 'h2', 'h3'])
  })
})

describe('a strategy', () => {
  const uneven = ({ host }: { host: { name: string } }) => [host.name === 'h1' && waitFor(0.3), say('one'), say('two')]

  test('lets hosts go on as fast as they can (A081)', async () => {
    const { log } = await lab.run([{ tasks: uneven }])
    expect(log.indexOf('h2: two: ok')).toBeLessThan(log.indexOf('h1: one: ok'))
  })

  test('goes task by task, no host ahead of another, when linear (A080)', async () => {
    const { log } = await lab.run([{ strategy: 'linear', tasks: uneven }])
    expect(hostsOf(log, 'one')).toHaveLength(3)
    expect(log.slice(1, 4).every((line) => line.includes(': one: '))).toBe(true)
    expect(log.slice(4).every((line) => line.includes(': two: '))).toBe(true)
  })

  test('costs a converged host one round trip also when linear', async () => {
    const tasks = (context: Parameters<typeof folderOf>[0]) =>
      Array.from({ length: 20 }, (_, index) =>
        task(`file ${index}`, copy({ content: 'x\n', dest: `${folderOf(context)}/f${index}` })),
      )
    await lab.run([{ strategy: 'linear', tasks }])
    const { outcome } = await lab.run([{ strategy: 'linear', tasks }])
    expect(outcome.hosts.h1).toMatchObject({ changed: 0, ok: 20, roundTrips: 1 })
  })

  test('begins no more hosts than there are forks when pinned (A082)', async () => {
    const tasks = () => [waitFor(0.05), say('one'), waitFor(0.05), say('two')]
    const { log } = await lab.run([{ strategy: 'pinned', tasks }], { forks: 1 })
    expect(log.map((line) => line.split(':')[0])).toEqual(['h1', 'h2', 'h3'].flatMap((name) => Array(4).fill(name)))
  })

  test('waits for other hosts at a barrier, also with a single fork', async () => {
    for (const strategy of ['independent', 'pinned', 'linear'] as const) {
      const { log } = await lab.run(
        [
          {
            strategy,
            tasks: ({ host }) => [host.name === 'h2' && waitFor(0.2), say('before'), sync('all'), say('after')],
          },
        ],
        { forks: 1 },
      )
      expect(hostsOf(log, 'before')).toHaveLength(3)
      expect(log.slice(-3).every((line) => line.includes(': after: '))).toBe(true)
    }
  })

  test('does not wait at a barrier for a host that has failed or does not come', async () => {
    const { log } = await lab.run(({ host }) => [
      host.name === 'h1' && [waitFor(0.1), fails()],
      host.name !== 'h3' && sync('both'),
      say('after'),
    ])
    expect(log).toContain('h2: after: ok')
  })

  test('hands a fact from host to host behind a barrier', async () => {
    const token = hostFact<string>('token')
    const { log } = await lab.run(({ host }) => [
      host.name === 'h1' && [waitFor(0.1), task('keep', setFact(token, 'secret word'))],
      sync('token is known'),
      fact(token, { host: 'h1' }).register((value) => [say(`got ${value}`)]),
    ])
    expect(hostsOf(log, 'got secret word').sort()).toEqual(['h1', 'h2', 'h3'])
  })
})

describe('an early end', () => {
  test('stops every host and every later play when an error is fatal for all (A010)', async () => {
    const ran = await lab.run([
      {
        anyErrorsFatal: true,
        tasks: ({ host }) => [
          host.name === 'h2' ? fails() : waitFor(0.3),
          block([say('next')], { always: [say('tidy')], rescue: [say('mend')] }),
        ],
      },
      { tasks: () => [say('later')] },
    ])
    expect(ran.log.filter((line) => line.includes('next') || line.includes('later') || line.includes('mend'))).toEqual(
      [],
    )
    expect(notices(ran)).toContain("h1: stopped: 'fails' failed on h2, which is fatal for all")
  })

  test('leaves what must be done always to hosts that are stopped (A010)', async () => {
    const ran = await lab.run([
      {
        anyErrorsFatal: true,
        tasks: ({ host }) => [
          host.name === 'h2' && [waitFor(0.2), fails()],
          host.name === 'h1' && block([waitFor(0.5), say('next')], { always: [say('tidy')], rescue: [say('mend')] }),
        ],
      },
    ])
    expect(namesOn(ran.log, 'h1')).toEqual(['wait ok', 'tidy ok'])
  })

  test('does not count an error as fatal that a rescue has taken up (A010)', async () => {
    const { log } = await lab.run([
      { anyErrorsFatal: true, tasks: () => [block([fails()], { rescue: [say('mend')] }), say('next')] },
    ])
    expect(hostsOf(log, 'next')).toHaveLength(3)
  })

  test('stops when more than a share of a batch has failed, and not when just that share has (A009)', async () => {
    const tasks = ({ host }: { host: { name: string } }) => [host.name === 'h1' && fails(), waitFor(0.3), say('next')]
    const stopped = await lab.run([{ maxFailPercentage: 33, tasks }, { tasks: () => [say('later')] }])
    expect(stopped.log.filter((line) => line.includes('next') || line.includes('later'))).toEqual([])
    expect(notices(stopped)).toContain('h2: stopped: 1 of 3 hosts failed, more than 33 %')
    const going = await lab.run([{ maxFailPercentage: 34, tasks }, { tasks: () => [say('later')] }])
    expect(hostsOf(going.log, 'later').sort()).toEqual(['h2', 'h3'])
  })

  test('begins no batch of a play that needs all its hosts once one is lost, in it or before (A009)', async () => {
    const lost = ({ host }: { host: { name: string } }) => [host.name === 'h2' && fails(), say('rolled')]
    const rolling = { serial: [1, 2], requireAllHosts: true }
    const within = await lab.run([{ ...rolling, serial: [2, 1], tasks: lost }, { tasks: () => [say('later')] }])
    expect(within.log.filter((line) => line.includes('rolled')).map((line) => line.split(' ')[0])).toEqual(['h1:'])
    expect(within.log.filter((line) => line.includes('later'))).toEqual([])
    const before = await lab.run([{ tasks: lost }, { ...rolling, tasks: () => [say('later')] }])
    expect(hostsOf(before.log, 'rolled').sort()).toEqual(['h1', 'h3'])
    expect(hostsOf(before.log, 'later')).toEqual([])
    expect(before.events).toContainEqual({
      type: 'notice',
      message: expect.stringMatching(/^play '.*' needs all its hosts, and does not begin with h1: h2 has failed$/),
    })
    // one that has nothing to do there needs nobody
    const idle = await lab.run([{ tasks: lost }, { ...rolling, tasks: () => [] }, { tasks: () => [say('later')] }])
    expect(hostsOf(idle.log, 'later').sort()).toEqual(['h1', 'h3'])
    const whole = await lab.run([{ ...rolling, tasks: () => [say('rolled')] }])
    expect(hostsOf(whole.log, 'rolled').sort()).toEqual(['h1', 'h2', 'h3'])
  })

  test('ends a host, a role, a batch or a play without a failure (A051)', async () => {
    const nested = role({ name: 'nested', tasks: () => [say('one'), block([endRole(), say('two')]), say('three')] })
    const { log, outcome } = await lab.run([
      {
        serial: 1,
        tasks: ({ host }) => [
          nested(),
          nested(),
          host.name === 'h1' && endHost(),
          say('after role'),
          host.name === 'h2' && endBatch(),
          say('not on h2'),
          host.name === 'h3' && endPlay(),
          say('nowhere'),
        ],
      },
      { tasks: () => [say('next play')] },
    ])
    expect(namesOn(log, 'h1')).toEqual(['one ok', 'one ok', 'next play ok'])
    expect(namesOn(log, 'h2')).toEqual(['one ok', 'one ok', 'after role ok', 'next play ok'])
    expect(namesOn(log, 'h3')).toEqual(['one ok', 'one ok', 'after role ok', 'not on h2 ok', 'next play ok'])
    expect(outcome.hosts.h1).toMatchObject({ failed: 0 })
  })

  test('runs the handlers of a host that ends early: nothing that was notified is forgotten (A051)', async () => {
    const restart = handler('restart', debug({ message: 'x' }))
    const { log } = await lab.run(() => [changes('config', { notify: restart }), endHost(), say('never')])
    expect(namesOn(log, 'h1')).toEqual(['config changed', 'restart ok'])
  })

  test('ends later batches only with the play (A051)', async () => {
    const run = (end: () => ReturnType<typeof endPlay>) =>
      lab.run([{ serial: 1, tasks: ({ host }) => [say('begun'), host.name === 'h1' && end()] }])
    expect(hostsOf((await run(endBatch)).log, 'begun')).toEqual(['h1', 'h2', 'h3'])
    expect(hostsOf((await run(endPlay)).log, 'begun')).toEqual(['h1'])
  })

  test('leaves a lost host out of later plays until its errors are cleared (A084, A051)', async () => {
    const tasks = ({ host }: { host: { name: string } }) => [host.name === 'h1' && fails(), say('first')]
    const out = await lab.run([{ tasks }, { tasks: () => [say('second')] }])
    expect(hostsOf(out.log, 'second').sort()).toEqual(['h2', 'h3'])
    const back = await lab.run([
      { tasks: (context) => [tasks(context), sync('all'), clearHostErrors()] },
      { tasks: () => [say('second')] },
    ])
    expect(hostsOf(back.log, 'second').sort()).toEqual(['h1', 'h2', 'h3'])
    expect(back.outcome.hosts.h1).toMatchObject({ failed: 1, ok: 1 })
  })

  test('stops the playbook when every host of a batch is lost (A008)', async () => {
    const { log } = await lab.run([
      { serial: 1, tasks: ({ host }) => [say('begun'), host.name === 'h2' && fails()] },
      { tasks: () => [say('later')] },
    ])
    expect(hostsOf(log, 'begun')).toEqual(['h1', 'h2'])
    expect(hostsOf(log, 'later')).toEqual([])
  })
})

describe('delegation', () => {
  test('does a task on another host, whose event and result stay with its own (A030)', async () => {
    const {
      task: find,
      outcome,
      log,
    } = await lab.run(({ host, hosts }) => [
      host.name === 'h1' && [
        task('there', command({ cmd: ['sh', '-c', 'echo $PWD'] }), { delegateTo: hosts[1]! }).register(({ stdout }) => [
          say(`heard ${stdout === '' ? 'nothing' : 'something'}`),
        ]),
      ],
    ])
    expect(find('there')).toMatchObject({ host: 'h1', delegate: 'h2', status: 'changed' })
    expect(log).toContain('h1: heard something: ok')
    expect(outcome.hosts.h2).toMatchObject({ ok: 0, changed: 0 })
  })

  test('loses no edit where several hosts edit one file of another at the same time (A030)', async () => {
    const file = path.join(lab.dir, 'shared')
    appendFileSync(file, 'start\n')
    const tasks = ({ host }: { host: { name: string } }) => [
      task('line', lineInFile({ path: file, line: host.name }), { delegateTo: 'h1' }),
    ]
    const first = await lab.run(tasks)
    expect(readFileSync(file, 'utf8').split('\n').sort()).toEqual(['', 'h1', 'h2', 'h3', 'start'])
    expect(first.log.every((line) => line.endsWith('changed'))).toBe(true)
    const second = await lab.run(tasks)
    expect(second.log.every((line) => line.endsWith('ok'))).toBe(true)
  })

  test('reaches this machine and hosts that stand in no inventory, and leaves them out of the recap (A030)', async () => {
    const { outcome, task: find } = await lab.run([
      {
        hosts: 'h1',
        tasks: () => [
          task('here', command({ cmd: 'true' }), { delegateTo: 'localhost' }),
          task('outside', command({ cmd: 'true' }), { delegateTo: outsider('127.0.0.1', { transport: 'local' }) }),
        ],
      },
    ])
    expect(find('here')).toMatchObject({ delegate: 'localhost', status: 'changed' })
    expect(find('outside')).toMatchObject({ delegate: '127.0.0.1', status: 'changed' })
    expect(Object.keys(outcome.hosts)).toEqual(['h1'])
  })

  test('refuses an unknown host before anything is touched', async () => {
    const running = lab.run((context) => [
      task('first', copy({ content: 'x', dest: `${folderOf(context)}/f` })),
      task('there', command({ cmd: 'true' }), { delegateTo: 'h4' }),
    ])
    await expect(running).rejects.toMatchObject({
      message: expect.stringContaining("task 'there': delegateTo: there is no host 'h4' in the inventory"),
      hint: expect.stringContaining('did you mean'),
    })
  })

  test('predicts in a check what a delegated task would change (A030, X04)', async () => {
    const file = path.join(lab.dir, 'there')
    const tasks = () => [
      task('make', copy({ content: 'one\n', dest: file, force: false }), { delegateTo: 'h2', runOnce: true }),
      task('edit', lineInFile({ path: file, line: 'two' }), { delegateTo: 'h2', runOnce: true }),
    ]
    const check = await lab.run(tasks, { check: true })
    expect(existsSync(file)).toBe(false)
    const run = await lab.run(tasks)
    expect(check.tasks.map(({ diff }) => diff)).toEqual(run.tasks.map(({ diff }) => diff))
    expect((await lab.run(tasks)).log.every((line) => line.endsWith(': ok'))).toBe(true)
  })
})

describe('a task that runs once', () => {
  test('runs on the first host whose condition holds, and hands its result to all (A031, X17)', async () => {
    const { log } = await lab.run(({ host }) => [
      task('once', command({ cmd: ['echo', host.name] }), { runOnce: true, when: host.name !== 'h1' }).register(
        ({ stdout }) => [say(`from ${stdout.trim()}`)],
      ),
    ])
    expect(hostsOf(log, 'once')).toEqual(['h1', 'h2'])
    expect(log).toContain('h1: once: skipped')
    expect(hostsOf(log, 'from h2').sort()).toEqual(['h2', 'h3'])
  })

  test('runs once a batch (A031)', async () => {
    const { log } = await lab.run([
      { serial: 2, tasks: () => [task('once', command({ cmd: 'true' }), { runOnce: true })] },
    ])
    expect(hostsOf(log, 'once')).toEqual(['h1', 'h3'])
  })

  test('fails every host of the batch when it fails, but not where errors are ignored (A031)', async () => {
    const run = (ignoreErrors: boolean) =>
      lab.run(() => [task('once', command({ cmd: 'false' }), { runOnce: true, ignoreErrors }), say('next')])
    const failed = await run(false)
    expect(failed.log).toEqual(['h1: once: failed'])
    expect(notices(failed)).toContain("h2: 'once' failed on h1, which did it for all")
    expect(hostsOf((await run(true)).log, 'next')).toHaveLength(3)
  })

  test('is taken over when its host is lost before', async () => {
    const { log } = await lab.run(({ host }) => [
      host.name === 'h1' && [waitFor(0.2), fails()],
      task('once', command({ cmd: ['echo', host.name] }), { runOnce: true }),
    ])
    expect(hostsOf(log, 'once')).toEqual(['h2'])
  })

  test('is not waited for from a host that has left the block in which it stands', async () => {
    const { log } = await lab.run(({ host }) => [
      block([host.name === 'h1' && fails(), task('once', command({ cmd: 'true' }), { runOnce: true })], {
        rescue: [say('mend')],
      }),
      sync('all'),
      say('end'),
    ])
    expect(hostsOf(log, 'once')).toEqual(['h2'])
    expect(hostsOf(log, 'end')).toHaveLength(3)
  })

  test.each(['independent', 'linear', 'pinned'] as const)('holds nobody up with one fork (%s)', async (strategy) => {
    const { log } = await lab.run(
      [
        {
          strategy,
          tasks: ({ host }) => [
            host.name === 'h1' && waitFor(0.1),
            task('once', command({ cmd: 'true' }), { runOnce: true, when: host.name !== 'h3' }),
            say('end'),
          ],
        },
      ],
      { forks: 1 },
    )
    expect(hostsOf(log, 'end').sort()).toEqual(['h1', 'h2', 'h3'])
  })
})

describe('handlers', () => {
  const note = (name: string, options = {}) => handler(name, debug({ message: 'x' }), options)

  test('run in the order of their definition, once a flush (A044)', async () => {
    const [a, b] = [note('a'), note('b')]
    const { log } = await lab.run([
      {
        hosts: 'h1',
        handlers: [a, b],
        tasks: () => [changes('one', { notify: b }), changes('two', { notify: [a, b] }), say('three')],
      },
    ])
    expect(namesOn(log, 'h1')).toEqual(['one changed', 'two changed', 'three ok', 'a ok', 'b ok'])
  })

  test('run in the middle of a play at a flush point, and again when notified again (A050)', async () => {
    const a = note('a')
    const { log } = await lab.run([
      {
        hosts: 'h1',
        tasks: () => [
          changes('one', { notify: a }),
          flushHandlers(),
          say('two'),
          changes('three', { notify: a }),
          flushHandlers(),
          flushHandlers(),
        ],
      },
    ])
    expect(namesOn(log, 'h1')).toEqual(['one changed', 'a ok', 'two ok', 'three changed', 'a ok'])
  })

  test('listen to topics, each of them once (A046)', async () => {
    const web = topic('web stack has changed')
    const [a, b, c] = [note('a', { listen: web }), note('b', { listen: [web] }), note('c')]
    const { log } = await lab.run([
      {
        hosts: 'h1',
        handlers: [a, b, c],
        tasks: () => [changes('one', { notify: web }), changes('two', { notify: [web, b] })],
      },
    ])
    expect(namesOn(log, 'h1')).toEqual(['one changed', 'two changed', 'a ok', 'b ok'])
  })

  test('notify handlers, before or behind them (A048)', async () => {
    const last = note('last')
    const first = note('first')
    const middle = handler('middle', [changes('middle task', { notify: [first, last] })])
    const { log } = await lab.run([
      { hosts: 'h1', handlers: [first, middle, last], tasks: () => [changes('one', { notify: middle })] },
    ])
    expect(namesOn(log, 'h1')).toEqual(['one changed', 'middle task changed', 'first ok', 'last ok'])
  })

  test('are refused before anything runs where nobody listens (A047)', async () => {
    const running = lab.run([
      {
        handlers: [note('a', { listen: topic('certificates') })],
        tasks: () => [changes('one', { notify: topic('certificate') })],
      },
    ])
    await expect(running).rejects.toMatchObject({
      message: expect.stringContaining("task 'one' notifies 'certificate', to which no handler of the play listens"),
      hint: "did you mean 'certificates'?",
    })
  })

  test('of one name that do different things are refused (A045)', async () => {
    const running = lab.run(() => [
      changes('one', { notify: handler('restart', command({ cmd: 'true' })) }),
      changes('two', { notify: handler('restart', command({ cmd: 'false' })) }),
    ])
    await expect(running).rejects.toThrow(/two handlers of the play are called 'restart'/)
  })

  test('of a role that is called twice are one', async () => {
    const twice = role({
      name: 'twice',
      tasks: (name: string) => [changes(name, { notify: handler('restart', debug({ message: 'x' })) })],
    })
    const { log } = await lab.run([{ hosts: 'h1', tasks: () => [twice('a'), twice('b')] }])
    expect(namesOn(log, 'h1')).toEqual(['a changed', 'b changed', 'restart ok'])
  })

  test('run although what names them first is skipped, delegated or done once (A048)', async () => {
    const restart = note('restart')
    const mine = role({ name: 'with a handler', handlers: [restart], tasks: () => [say('role task')] })
    const ran = await lab.run(() => [
      mine().with({ when: false }),
      block([changes('once', { notify: restart })], { runOnce: true, delegateTo: 'h3' }),
      changes('all', { notify: restart }),
    ])
    expect(hostsOf(ran.log, 'restart').sort()).toEqual(['h1', 'h2', 'h3'])
    expect(ran.tasks.filter(({ task: name }) => name === 'restart').every(({ delegate }) => !delegate)).toBe(true)
  })

  test('of a host that has failed run only when forced, by the play before the command line (A014, A049)', async () => {
    const plays = (forceHandlers?: boolean) => [
      {
        hosts: 'h1',
        ...(forceHandlers !== undefined && { forceHandlers }),
        tasks: () => [changes('one', { notify: note('restart') }), fails()],
      },
    ]
    expect((await lab.run(plays())).log).not.toContain('h1: restart: ok')
    expect((await lab.run(plays(), { forceHandlers: true })).log).toContain('h1: restart: ok')
    expect((await lab.run(plays(true))).log).toContain('h1: restart: ok')
    expect((await lab.run(plays(false), { forceHandlers: true })).log).not.toContain('h1: restart: ok')
  })
})

describe('a rescue', () => {
  test('is given the task that has failed, with its result (A041)', async () => {
    const { log, outcome } = await lab.run([
      {
        hosts: 'h1',
        tasks: () => [
          block([task('risky', shell({ cmd: 'echo out; exit 3' })), say('not reached')], {
            rescue: ({ task: name, result }) => [
              say(`mend ${name}: ${String(result.code)} ${String(result.stdout).trim()}`),
            ],
            always: [say('tidy')],
          }),
          say('goes on'),
        ],
      },
    ])
    expect(namesOn(log, 'h1')).toEqual(['risky failed', 'mend risky 3 out ok', 'tidy ok', 'goes on ok'])
    expect(outcome.hosts.h1).toMatchObject({ failed: 0, rescued: 1, ok: 3 })
  })

  test('fails the host when it fails itself, after what must be done always (A041)', async () => {
    const { log, outcome } = await lab.run([
      {
        hosts: 'h1',
        tasks: () => [
          block([block([fails('inner')], { rescue: [fails('mend')], always: [say('tidy inner')] })], {
            rescue: [say('mend outer')],
            always: [say('tidy outer')],
          }),
          say('goes on'),
        ],
      },
    ])
    expect(namesOn(log, 'h1')).toEqual([
      'inner failed',
      'mend failed',
      'tidy inner ok',
      'mend outer ok',
      'tidy outer ok',
      'goes on ok',
    ])
    expect(outcome.hosts.h1).toMatchObject({ failed: 0, rescued: 2 })
  })
})

describe('a playbook that cannot be right', () => {
  test('has two roles of one name', async () => {
    const [one, two] = [
      role({ name: 'same', tasks: () => [say('a')] }),
      role({ name: 'same', tasks: () => [say('b')] }),
    ]
    await expect(lab.run([{ tasks: () => [one()] }, { tasks: () => [two()] }])).rejects.toThrow(
      "two roles are called 'same'",
    )
  })
})
