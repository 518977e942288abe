// Where a run starts with --start-at-task: names and patterns, blocks, plays, batches, lists that depend on facts.
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TsplayError } from '../../engine/error.ts'
import { block, handler, role, task } from '../../engine/index.ts'
import type { PlayContext } from '../../engine/play.ts'
import { nodesOf } from '../../engine/run/nodes.ts'
import { scopeOf } from '../../engine/run/scope.ts'
import { tasksOf } from '../../engine/run/selection.ts'
import { fromTask } from '../../engine/run/start-at.ts'
import type { World } from '../../engine/run/world.ts'
import type { Site } from '../../engine/site.ts'
import type { TaskItem } from '../../engine/task.ts'
import { command, copy, debug } from '../../modules/index.ts'
import { type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1', 'h2'])
})
afterEach(() => lab.remove())

const say = (name: string, tags?: string) => task(name, debug({ message: 'x' }), tags === undefined ? {} : { tags })
const names = (log: readonly string[]): string[] => log.map((line) => line.split(': ').slice(0, 2).join(' '))

describe('fromTask', () => {
  const scope = scopeOf({ dirs: [], onHandler: () => {} })
  const etcd = role({ name: 'etcd', tasks: () => [say('config'), say('running')] })
  const list: TaskItem[] = [
    say('first'),
    say('each time', 'always'),
    block([say('open'), block([say('inner')], { always: [say('close inner')] }), say('after inner')], {
      rescue: [say('mend')],
      always: [say('close')],
    }),
    etcd(),
    say('what [now]?'),
    say('last'),
  ]
  const from = (wanted: string): string[] | undefined => {
    const rest = fromTask(nodesOf(list, scope), wanted)
    return rest && [...tasksOf(rest)].map(({ name }) => name)
  }

  test.each([
    ['a name (A140)', 'last', ['last']],
    ['the first of several that fit', '*a*', undefined],
    ['a pattern with * (A140)', 'run*', ['running', 'what [now]?', 'last']],
    ['a role with its task (A140)', 'etcd : config', ['config', 'running', 'what [now]?', 'last']],
    ['a pattern over role and task', 'etcd : r*', ['running', 'what [now]?', 'last']],
    ['a name that looks like a pattern', 'what [now]?', ['what [now]?', 'last']],
    ['one of several characters', 'l[a-c]st', ['last']],
    ['none of several characters', 'l[!b-z]s?', ['last']],
  ])('takes %s', (_title, wanted, expected) => {
    const all = from('*')!
    expect(from(wanted)).toEqual(expected ?? all.slice(all.indexOf('each time')))
  })

  test('keeps the block around a task, with its rescue and always parts, and drops what is before (A140)', () => {
    expect(from('inner')).toEqual([
      'inner',
      'close inner',
      'after inner',
      'mend',
      'close',
      'config',
      'running',
      'what [now]?',
      'last',
    ])
  })

  test.each([
    ['another case', 'Last'],
    ['a part of a name', 'las'],
    ['a task of a rescue part', 'mend'],
    ['a task of an always part', 'close'],
    ['a role alone', 'etcd'],
    ['a backward range', '[z-a]ast'],
    ['an open bracket', 'l[ast'],
    ['nothing', ''],
  ])('does not take %s', (_title, wanted) => {
    expect(from(wanted)).toBeUndefined()
  })
})

describe('a run that starts at a task', () => {
  test('passes over what is before it, tasks tagged always too, and runs later plays in full (A140)', async () => {
    const plays = [
      { tasks: () => [say('early')] },
      { tasks: () => [say('one'), say('each time', 'always'), say('two'), say('three')] },
      { tasks: () => [say('one'), say('late')] },
    ]
    const { log, events } = await lab.run(plays, { startAtTask: 'two' })
    expect(new Set(names(log))).toEqual(
      new Set(['h1 two', 'h1 three', 'h1 one', 'h1 late', 'h2 two', 'h2 three', 'h2 one', 'h2 late']),
    )
    expect(events.filter((event) => event.type === 'play').map(({ play }) => play)).toEqual(['play 2', 'play 3'])
  })

  test('starts each host at its own first match, and leaves out a host that has none in that play (A140)', async () => {
    const { log } = await lab.run(
      [{ tasks: ({ host }) => [say('one'), host.name === 'h1' && say('two')] }, { tasks: () => [say('later')] }],
      { startAtTask: 'two' },
    )
    expect(new Set(names(log))).toEqual(new Set(['h1 two', 'h1 later', 'h2 later']))
  })

  test('starts every batch at the task', async () => {
    const { log } = await lab.run([{ serial: 1, tasks: () => [say('one'), say('two')] }], { startAtTask: 'two' })
    expect(names(log)).toEqual(['h1 two', 'h2 two'])
  })

  test('runs only handlers that are notified by tasks that run (A140)', async () => {
    const restart = (name: string) => handler(`restart ${name}`, command({ cmd: 'true' }))
    const change = (name: string, notify: string) => task(name, command({ cmd: 'true' }), { notify: restart(notify) })
    const { log } = await lab.run(
      [{ hosts: 'h1', tasks: () => [change('one', 'a'), say('here'), change('two', 'b')] }],
      { startAtTask: 'here' },
    )
    expect(names(log)).toEqual(['h1 here', 'h1 two', 'h1 restart b'])
  })

  test('wants no sources of tasks that are passed over', async () => {
    const missing = path.join(lab.dir, 'missing')
    const plays = [{ hosts: 'h1', tasks: () => [task('send', copy({ src: missing, dest: '/nowhere' })), say('two')] }]
    const options = { world: elsewhere() }
    expect((await lab.run(plays, { startAtTask: 'two', ...options })).log).toEqual(['h1: two: ok'])
    await expect(lab.run(plays, { startAtTask: 'send', ...options })).rejects.toMatchObject({ kind: 'input' })
  })

  test('looks only at what tags leave (A131, A140)', async () => {
    const plays = [{ hosts: 'h1', tasks: () => [say('one', 'a'), say('two', 'b'), say('three', 'a')] }]
    const { log } = await lab.run(plays, { startAtTask: 't*', selection: { tags: ['a'] } })
    expect(names(log)).toEqual(['h1 three'])
    await expect(lab.run(plays, { startAtTask: 'two', selection: { tags: ['a'] } })).rejects.toThrow(
      "no task 'two' to start at among those that are selected",
    )
  })

  test('is refused before any host is touched where no list has the task, with the nearest names (A140)', async () => {
    let connected = false
    const connect = () => {
      connected = true
      throw new Error('connected')
    }
    const plays = [{ tasks: () => [say('start nginx'), say('start nginx2'), block([], { always: [say('tidy')] })] }]
    await expect(lab.run(plays, { startAtTask: 'strat nginx', connect })).rejects.toMatchObject({
      kind: 'input',
      message: "no task 'strat nginx' to start at",
      hint: expect.stringContaining("Did you mean 'start nginx'? Also near: 'start nginx2'."),
    })
    await expect(lab.run(plays, { startAtTask: 'tidy', connect })).rejects.toMatchObject({
      hint: expect.stringContaining('rescue or always part'),
    })
    expect(connected).toBe(false)
  })

  test('waits for facts where only a list that reads them may have the task (A140)', async () => {
    const plays = [
      {
        tasks: ({ facts, host }: PlayContext<Site>) => [
          say('before'),
          host.name === 'h1' ? say(`on ${facts.os.family === '' ? 'nothing' : 'something'}`) : say('other'),
        ],
      },
      { tasks: () => [say('on something')] },
    ]
    const { log } = await lab.run(plays, { startAtTask: 'on something' })
    expect(names(log)[0]).toBe('h1 on something')
    expect(new Set(names(log))).toEqual(new Set(['h1 on something', 'h2 on something']))
    await expect(lab.run(plays, { startAtTask: 'on nothing' })).rejects.toMatchObject({
      kind: 'input',
      message: "no task 'on nothing' to start at",
    })
  })

  test('does not call the name wrong where a lost host may have had the task', async () => {
    const plays = [{ tasks: ({ facts }: PlayContext<Site>) => [say(facts.os.id)] }]
    const connect = () => Promise.reject(new TsplayError('gone', { kind: 'unreachable' }))
    const { outcome, events } = await lab.run(plays, { startAtTask: 'x', connect })
    expect(outcome.hosts).toMatchObject({ h1: { unreachable: 1 }, h2: { unreachable: 1 } })
    expect(events).toContainEqual({
      type: 'notice',
      message: "no task 'x' to start at on the hosts that could be asked",
    })
  })
})

/** A host that does not look like this machine: plays on this one may make sources that are not there yet. */
const elsewhere = (): World => {
  const hosts = [{ name: 'h1', address: 'h1', groups: [], vars: {}, connection: {} }]
  return { hosts, groups: {}, limit: undefined, select: () => hosts }
}
