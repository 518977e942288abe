// Task by task with --step: who is asked what and when, and what an answer does.
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../engine/connection/connect.ts'
import type { Connect } from '../../engine/connection/connection.ts'
import { TsplayError } from '../../engine/error.ts'
import { block, handler, role, task } from '../../engine/index.ts'
import type { Answer, Confirm, TaskQuestion } from '../../engine/run/stepping.ts'
import { command, debug, directory, shell } from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1', 'h2', 'h3'])
})
afterEach(() => lab.remove())

const say = (name: string) => task(name, debug({ message: 'x' }))

/** Answers from a table of task names, `yes` where it has none, and remembers the questions. */
function asked(answers: Readonly<Record<string, Answer>> = {}): { confirm: Confirm; questions: TaskQuestion[] } {
  const questions: TaskQuestion[] = []
  return {
    questions,
    async confirm(question) {
      questions.push(question)
      return answers[question.task] ?? 'yes'
    },
  }
}

const short = ({ task, hosts }: TaskQuestion): string => `${task}: ${hosts.join(',')}`

/** A connection that writes down how many hosts are in a bundle at once, and the most there were. */
function counting(): { connect: Connect; most: () => number; bundles: () => number } {
  let [now, most, bundles] = [0, 0, 0]
  return {
    most: () => most,
    bundles: () => bundles,
    async connect(target, signal) {
      const connection = await connect(target, signal)
      return {
        ...connection,
        get roundTrips() {
          return connection.roundTrips
        },
        get broken() {
          return connection.broken
        },
        async session(become) {
          const session = await connection.session(become)
          return {
            async bundle(...args) {
              bundles++
              most = Math.max(most, ++now)
              await sleep(20)
              return session.bundle(...args).finally(() => now--)
            },
          }
        },
      }
    },
  }
}

describe('a run that asks before each task', () => {
  test('asks once for all hosts, and skips what is declined (A140)', async () => {
    const { confirm, questions } = asked({ two: 'no' })
    const { log, task: find, outcome } = await lab.run(() => [say('one'), say('two'), say('three')], { confirm })
    expect(questions.map(short)).toEqual(['one: h1,h2,h3', 'two: h1,h2,h3', 'three: h1,h2,h3'])
    expect(questions[0]).toEqual({
      play: 'play 1',
      role: null,
      task: 'one',
      module: 'debug',
      handler: false,
      hosts: ['h1', 'h2', 'h3'],
    })
    expect(log.filter((line) => line.startsWith('h2'))).toEqual(['h2: one: ok', 'h2: two: skipped', 'h2: three: ok'])
    expect(find('two', 'h3').message).toBe('declined when asked')
    expect(outcome.hosts.h1).toMatchObject({ ok: 2, skipped: 1 })
  })

  test('asks about the next task only when every host is done with the one before', async () => {
    const log: string[] = []
    await lab.run(
      ({ host }) => [task('slow', shell({ cmd: host.name === 'h2' ? 'sleep 0.3' : 'true' })), say('next')],
      {
        confirm: async ({ task }) => {
          log.push(`asked ${task}`)
          return 'yes'
        },
        emit: (event) => void (event.type === 'task' && log.push(`${event.host} ${event.task}`)),
      },
    )
    expect(log.indexOf('asked next')).toBe(4)
    expect(log.slice(1, 4).sort()).toEqual(['h1 slow', 'h2 slow', 'h3 slow'])
  })

  test('looks no further ahead than the task that was asked about (R4, A140)', async () => {
    const { connect, bundles } = counting()
    const tasks = ({ host }: { host: { vars: object } }) => {
      const { folder } = host.vars as { folder: string }
      return ['a', 'b', 'c'].map((name) => task(name, directory({ path: `${folder}/${name}` })))
    }
    const seen: boolean[] = []
    await lab.run([{ hosts: 'h1', tasks }], {
      connect,
      confirm: async ({ task }) => {
        seen.push(bundles() === ['a', 'b', 'c'].indexOf(task) * 2) // asked and applied, each for itself
        return 'yes'
      },
    })
    expect(seen).toEqual([true, true, true])
  })

  test('continue runs the rest without asking, in later plays too, with look-ahead again', async () => {
    const { confirm, questions } = asked({ two: 'continue' })
    const { connect, bundles } = counting()
    const dirs = (context: Parameters<typeof folderOf>[0]) =>
      ['one', 'two', 'three', 'four', 'five'].map((name) => task(name, directory({ path: folderOf(context) })))
    const { log } = await lab.run(
      [
        { hosts: 'h1', tasks: dirs },
        { hosts: 'h1', tasks: () => [say('later')] },
      ],
      {
        confirm,
        connect,
      },
    )
    expect(questions.map(({ task }) => task)).toEqual(['one', 'two'])
    expect(log).toHaveLength(6)
    expect(bundles()).toBe(1)
  })

  test('keeps to the forks while it steps', async () => {
    const { connect, most } = counting()
    const { confirm, questions } = asked()
    const { log } = await lab.run(() => [task('a', command({ cmd: 'true' })), task('b', command({ cmd: 'true' }))], {
      confirm,
      connect,
      forks: 2,
    })
    expect(log).toHaveLength(6)
    expect(most()).toBe(2)
    expect(questions.map(short)).toEqual(['a: h1,h2,h3', 'b: h1,h2,h3'])
  })

  test('asks for a task of some hosts in its place, and for tasks of one name each on its own', async () => {
    const { confirm, questions } = asked()
    const r = role({ name: 'r', tasks: () => [say('same')] })
    const { log } = await lab.run(
      ({ host }) => [
        say('one'),
        host.name === 'h2' && say('only here'),
        say('same'),
        say('same'),
        r(),
        task('not here', debug({ message: 'x' }), { when: host.name === 'h3' }),
      ],
      { confirm },
    )
    expect(questions.map(short)).toEqual([
      'one: h1,h2,h3',
      'only here: h2',
      'same: h1,h2,h3',
      'same: h1,h2,h3',
      'same: h1,h2,h3',
      'not here: h3',
    ])
    expect(questions[4]!.role).toBe('r')
    expect(log).toHaveLength(16)
  })

  test('goes on with the others when a host fails, through rescue and always, and asks about handlers', async () => {
    const { confirm, questions } = asked({ 'restart b': 'no' })
    const restart = (name: string) => handler(`restart ${name}`, command({ cmd: 'true' }), { throttle: 1 })
    const { log, outcome } = await lab.run(
      ({ host }) => [
        task('change', command({ cmd: 'true' }), { notify: [restart('a'), restart('b')] }),
        block([task('bad', command({ cmd: host.name === 'h1' ? 'true' : 'false' }))], {
          ...(host.name === 'h2' && { rescue: [say('mend')] }),
          always: [say('tidy')],
        }),
        say('end'),
      ],
      { confirm },
    )
    expect(questions.map(({ task }) => task)).toEqual([
      'change',
      'bad',
      'mend',
      'tidy',
      'end',
      'restart a',
      'restart b',
    ])
    expect(questions.filter(({ handler }) => handler).map(({ task }) => task)).toEqual(['restart a', 'restart b'])
    expect(log.filter((line) => line.startsWith('h2'))).toEqual([
      'h2: change: changed',
      'h2: bad: failed',
      'h2: mend: ok',
      'h2: tidy: ok',
      'h2: end: ok',
      'h2: restart a: changed',
      'h2: restart b: skipped',
    ])
    expect(outcome.hosts).toMatchObject({ h2: { rescued: 1, failed: 0 }, h3: { failed: 1 } })
  })

  test('leaves out what follows from a declined task, and says so', async () => {
    const { confirm } = asked({ ask: 'no' })
    const { log, events } = await lab.run(
      [
        {
          hosts: 'h1',
          tasks: () => [task('ask', command({ cmd: 'true' })).register(() => [say('follows')]), say('end')],
        },
      ],
      { confirm },
    )
    expect(log).toEqual(['h1: ask: skipped', 'h1: end: ok'])
    expect(events).toContainEqual({
      type: 'notice',
      host: 'h1',
      message: "what follows from 'ask' depends on its result, left out",
    })
  })

  test('asks each batch anew, and a task that is tried again once', async () => {
    const { confirm, questions } = asked()
    const tried = task('tried', command({ cmd: 'false' }), { retries: 2, delay: 0, ignoreErrors: true })
    await lab.run([{ serial: 2, tasks: () => [tried] }], { confirm })
    expect(questions.map(short)).toEqual(['tried: h1,h2', 'tried: h3'])
  })

  test('asks in a check too, where nothing is applied', async () => {
    const { confirm, questions } = asked()
    const { task: find } = await lab.run(
      [{ hosts: 'h1', tasks: (context) => [task('dir', directory({ path: `${folderOf(context)}/d` }))] }],
      { confirm, check: true },
    )
    expect(questions).toHaveLength(1)
    expect(find('dir').status).toBe('changed')
  })

  test('ends where the question is interrupted, with what hosts were doing', async () => {
    const interrupted = new AbortController()
    const { outcome, events, log } = await lab.run(() => [say('one'), say('two')], {
      signal: interrupted.signal,
      confirm: async ({ task }) => {
        if (task === 'one') return 'yes'
        interrupted.abort(new Error('interrupted'))
        throw new TsplayError('interrupted', { kind: 'interrupted' })
      },
    })
    expect(log).toHaveLength(3)
    expect(outcome.interrupted).toHaveLength(3)
    expect(events).toContainEqual({
      type: 'notice',
      host: 'h3',
      message: "interrupted while waiting for an answer about 'two'",
    })
  })

  test('ends on ctrl-C while a question stands unanswered, and runs nothing', async () => {
    const interrupted = new AbortController()
    const folders: string[] = []
    const { outcome } = await lab.run(
      (context) => {
        folders.push(folderOf(context))
        return [task('dir', directory({ path: `${folderOf(context)}/made` }))]
      },
      {
        signal: interrupted.signal,
        confirm: () => {
          setTimeout(() => interrupted.abort(new Error('interrupted')), 20)
          return new Promise(() => {})
        },
      },
    )
    expect(outcome.interrupted).toHaveLength(3)
    expect(outcome.hosts.h1).toMatchObject({ ok: 0, changed: 0 })
    expect(folders.length).toBeGreaterThan(0)
    for (const folder of folders) expect(existsSync(`${folder}/made`)).toBe(false)
  })
})
