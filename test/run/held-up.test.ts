// pause and debug in a run: who waits, who is asked, what a check leaves out.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Inquiry } from '../../engine/module.ts'
import { isSecret, reveal, type Text } from '../../engine/secret.ts'
import { task } from '../../engine/task.ts'
import { assert, copy, debug, pause, shell } from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1', 'h2', 'h3'])
})
afterEach(() => lab.remove())

describe('a pause for a time (M17)', () => {
  test('holds each host up on its own, gives its seat away, and changes nothing', async () => {
    const begin = Date.now()
    const { tasks, outcome } = await lab.run(() => [task('wait', pause({ seconds: 0.5 }))], { forks: 1 })
    expect(Date.now() - begin).toBeGreaterThanOrEqual(500)
    expect(Date.now() - begin).toBeLessThan(1400)
    expect(tasks.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
    expect(outcome.hosts.h1).toMatchObject({ ok: 1, changed: 0 })
  })

  test('comes when all before it is done, and what was known before it is asked again', async () => {
    const { tasks } = await lab.run(
      (context) => {
        const file = path.join(folderOf(context), 'f')
        return [
          task('before', copy({ content: 'a', dest: file })),
          task('wait', pause({ seconds: 0.3 })),
          task('after', copy({ content: 'b', dest: `${file}2` })),
        ]
      },
      {
        emit: (event) => {
          // somebody else writes the file while the run waits
          if (event.type === 'task' && event.task === 'before')
            for (const folder of folders) writeFileSync(path.join(folder, 'f2'), 'b')
        },
      },
    )
    expect(tasks.filter(({ task }) => task === 'after').map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
  })
  const folders: string[] = []
  beforeEach(async () => {
    folders.length = 0
    await lab.run((context) => {
      folders.push(folderOf(context))
      return []
    })
  })

  test('ends with the run', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 200)
    const begin = Date.now()
    const { outcome } = await lab.run(() => [task('wait', pause({ minutes: 5 }))], { signal: controller.signal })
    expect(outcome.interrupted).toHaveLength(3)
    expect(Date.now() - begin).toBeLessThan(5000)
  })

  test('ends at the timeout of its task, which has failed then', async () => {
    const begin = Date.now()
    const { tasks } = await lab.run(() => [task('wait', pause({ minutes: 5 }), { timeout: 1 })])
    expect(tasks[0]).toMatchObject({ status: 'failed', message: 'ended after its timeout of 1 s' })
    expect(Date.now() - begin).toBeLessThan(5000)
    expect((await lab.run(() => [task('wait', pause({ seconds: 0 }), { timeout: 1 })])).tasks[0]?.status).toBe('ok')
  })

  test('is left out in a check', async () => {
    const { tasks } = await lab.run(() => [task('wait', pause({ minutes: 5 }))], { check: true })
    expect(tasks.map(({ status, message }) => [status, message])[0]).toEqual(['skipped', 'a check does not wait'])
  })
})

describe('a pause for an answer (M17)', () => {
  const asking = () => {
    const asked: Inquiry[] = []
    const ask = async (inquiry: Inquiry): Promise<string> => {
      asked.push(inquiry)
      await new Promise((resolve) => setTimeout(resolve, 50))
      return `answer ${asked.length}`
    }
    return { asked, ask }
  }
  const answered: Text[] = []
  const question = (params: object = {}) => [
    task('ask', pause({ prompt: 'go on?', ...params })).register(({ answer }) => {
      answered.push(answer)
      return []
    }),
  ]
  beforeEach(() => {
    answered.length = 0
  })

  test('is asked once for all hosts of a batch, and again for the next', async () => {
    const { asked, ask } = asking()
    await lab.run([{ serial: 2, tasks: () => question() }], { ask })
    expect(asked).toEqual(Array(2).fill({ question: 'go on?', echo: true, fallback: undefined }))
    expect(answered).toEqual(['answer 1', 'answer 1', 'answer 2'])
  })

  test('is a secret where it is not shown', async () => {
    const { asked, ask } = asking()
    const { events } = await lab.run(() => question({ echo: false }), { ask })
    expect(asked[0]?.echo).toBe(false)
    expect(answered.every(isSecret)).toBe(true)
    expect(reveal(answered[0]!)).toBe('answer 1')
    expect(JSON.stringify(events)).not.toContain('answer 1')
  })

  test('fails without a terminal, unless it says what the answer then is', async () => {
    const { tasks } = await lab.run(() => question())
    expect(tasks[0]).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('there is no terminal to ask on: go on?'),
    })
    expect((await lab.run(() => question({ answer: '' }))).tasks[0]).toMatchObject({ status: 'ok' })
    expect(answered).toEqual(['', '', ''])
  })

  test('is not asked in a check', async () => {
    const { asked, ask } = asking()
    const { tasks } = await lab.run(() => question(), { ask, check: true })
    expect(asked).toEqual([])
    expect(tasks[0]?.status).toBe('skipped')
  })
})

test('what asks the host for nothing fails in a check as well, whatever was planned before it (M17)', async () => {
  const { tasks } = await lab.run(
    () => [task('anything', shell({ cmd: 'true' })), task('not so', assert({ that: { 'two hosts': false } }))],
    { check: true },
  )
  expect(tasks.filter(({ host }) => host === 'h1').map(({ task, status, message }) => [task, status, message])).toEqual(
    [
      ['anything', 'changed', undefined],
      ['not so', 'failed', 'assertion failed: two hosts'],
    ],
  )
})

test('debug says more where the run is told to say more (M17)', async () => {
  const tasks = () => [task('a', debug({ message: 'always' })), task('b', debug({ message: 'more', verbosity: 2 }))]
  const said = async (verbosity?: number) =>
    (await lab.run(tasks, verbosity === undefined ? {} : { verbosity })).tasks
      .filter(({ host }) => host === 'h1')
      .map(({ status, message }) => [status, message])
  expect(await said()).toEqual([
    ['ok', 'always'],
    ['ok', undefined],
  ])
  expect(await said(2)).toEqual([
    ['ok', 'always'],
    ['ok', 'more'],
  ])
})

test('a command tells when it began and how long it took (M16)', async () => {
  const times: { start: string; end: string; delta: number }[] = []
  const before = new Date().toISOString()
  await lab.run(() => [
    task('sleep', shell({ cmd: 'sleep 0.2' })).register((result) => {
      times.push(result)
      return []
    }),
  ])
  const [{ start, end, delta }] = times as [(typeof times)[number]]
  expect(delta).toBeGreaterThanOrEqual(0.2)
  expect([before, start, end, new Date().toISOString()]).toEqual([before, start, end, new Date().toISOString()].sort())
  expect(Date.parse(end) - Date.parse(start)).toBeCloseTo(delta * 1000, -1)
})
