// Tasks apart from the connection, and things that run on: async, poll, background, jobStatus, endJob.
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { task } from '../../engine/index.ts'
import { background, command, copy, debug, endJob, jobStatus, shell } from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
let home: string
let before: string | undefined
beforeEach(() => {
  lab = here(['h1', 'h2'])
  before = process.env.HOME
  home = mkdtempSync(path.join(tmpdir(), 'tsplay-home-'))
  process.env.HOME = home
})
afterEach(async () => {
  if (before === undefined) delete process.env.HOME
  else process.env.HOME = before
  await lab.remove()
})

const jobs = (): string[] =>
  existsSync(path.join(home, '.tsplay/jobs')) ? readdirSync(path.join(home, '.tsplay/jobs')) : []
const poll = 0.05

test('an async task is what it would have been without, and leaves nothing behind (A036)', async () => {
  const { task: find } = await lab.run([
    {
      hosts: 'h1',
      environment: { WORD: 'hello' },
      tasks: () => [
        task('long', shell({ cmd: 'echo $WORD; sleep 0.2; echo end' }), { async: 30, poll }).register(({ stdout }) => [
          task('heard', debug({ message: stdout })),
        ]),
        task('fails', shell({ cmd: 'echo bad >&2; exit 4' }), { async: 30, poll, ignoreErrors: true }),
      ],
    },
  ])
  expect(find('long')).toMatchObject({ status: 'changed', stdout: 'hello\nend\n', code: 0 })
  expect(find('long').durationMs).toBeGreaterThan(190)
  expect(find('heard')).toMatchObject({ message: 'hello\nend' })
  expect(find('fails')).toMatchObject({ status: 'failed', ignored: true, code: 4, message: 'exit code 4: bad' })
  expect(jobs()).toEqual([])
})

test('an async task fails when its time is over (A036, A037)', async () => {
  const { task: find } = await lab.run([
    { hosts: 'h1', tasks: () => [task('long', command({ cmd: ['sleep', '60'] }), { async: 1, poll: 0.2 })] },
  ])
  expect(find('long')).toMatchObject({ status: 'failed', code: 124, message: 'ended after its time of 1 s' })
  expect(jobs()).toEqual([])
})

test('a host that waits for a job leaves its fork to others (A036)', async () => {
  const { log } = await lab.run(
    [
      {
        tasks: ({ host }) => [
          host.name === 'h1' && task('long', shell({ cmd: 'sleep 1' }), { async: 30, poll: 0.1 }),
          task('short', debug({ message: 'x' })),
        ],
      },
    ],
    { forks: 1 },
  )
  expect(log).toEqual(['h2: short: ok', 'h1: long: changed', 'h1: short: ok'])
})

test('a module with state may be async, too, with content that is sent (A036)', async () => {
  const tasks = (context: Parameters<typeof folderOf>[0]) => [
    task('file', copy({ content: 'hello\n'.repeat(1000), dest: `${folderOf(context)}/f` }), { async: 30, poll }),
  ]
  expect((await lab.run([{ hosts: 'h1', tasks }])).log).toEqual(['h1: file: changed'])
  expect((await lab.run([{ hosts: 'h1', tasks }])).log).toEqual(['h1: file: ok'])
})

test('an interrupted run ends the job it waits for (X13)', async () => {
  const controller = new AbortController()
  const file = path.join(home, 'still')
  const running = lab.run(
    [{ hosts: 'h1', tasks: () => [task('long', shell({ cmd: `sleep 2; touch ${file}` }), { async: 30, poll })] }],
    { signal: controller.signal },
  )
  for (let tries = 0; jobs().length === 0 && tries < 100; tries++) await sleep(20)
  await sleep(100)
  controller.abort(new Error('interrupted'))
  const { outcome } = await running
  expect(outcome.interrupted).toMatchObject([{ host: 'h1' }])
  expect(jobs()).toEqual([])
  await sleep(2200)
  expect(existsSync(file)).toBe(false)
})

test('what runs in the background is looked for later, and ended (A036)', async () => {
  const { log, task: find } = await lab.run([
    {
      hosts: 'h1',
      tasks: () => [
        task('start', background({ run: shell({ cmd: 'echo begun; sleep 1.5; echo done' }), seconds: 60 })).register(
          ({ job }) => [
            task('look', jobStatus({ job })).register(({ finished }) => [
              task(`finished: ${finished}`, debug({ message: 'x' })),
            ]),
            task('wait', jobStatus({ job }), { until: ({ finished }) => finished, retries: 200, delay: 0.05 }).register(
              ({ stdout, code }) => [task(`code ${code} ${stdout.replace('\n', ' ')}`, debug({ message: 'x' }))],
            ),
            task('tidy', endJob({ job })),
            task('tidy again', endJob({ job })),
          ],
        ),
      ],
    },
  ])
  expect(log.map((line) => line.slice(4))).toEqual([
    'start: changed',
    'look: ok',
    'finished: false: ok',
    'wait: ok',
    'code 0 begun done: ok',
    'tidy: changed',
    'tidy again: ok',
  ])
  expect(find('start').durationMs).toBeLessThan(1400)
  expect(jobs()).toEqual([])
})

test('a job that nobody knows fails, and only what runs can be started in the background', async () => {
  const { task: find } = await lab.run([
    { hosts: 'h1', tasks: () => [task('look', jobStatus({ job: { id: 'nosuch' } }))] },
  ])
  expect(find('look')).toMatchObject({ status: 'failed', message: 'there is no job nosuch on the host' })
  expect(() => background({ run: debug({ message: 'x' }) as never, seconds: 1 })).toThrow(
    "background: parameter 'run': expected something that runs",
  )
})

test('a check starts nothing (A036, A150)', async () => {
  const { log } = await lab.run(
    [
      {
        hosts: 'h1',
        tasks: () => [
          task('start', background({ run: command({ cmd: 'true' }), seconds: 60 })),
          task('long', command({ cmd: 'true' }), { async: 30 }),
        ],
      },
    ],
    { check: true },
  )
  expect(log).toEqual(['h1: start: changed', 'h1: long: changed'])
  expect(jobs()).toEqual([])
})

test.each([
  [{ async: 10, poll: 0 }, 'poll is 0, and should be a number of seconds above 0'],
  [{ retries: -1 }, 'retries is -1, and should be a whole number, 0 at least'],
  [{ throttle: 0 }, 'throttle is 0, and should be a whole number, 1 at least'],
  [{ timeout: 0 }, 'timeout is 0, and should be a number of seconds above 0'],
])('options that make no sense are refused where they are written: %j', (options, message) => {
  expect(() => task('x', command({ cmd: 'true' }), options)).toThrow(`task 'x': ${message}`)
})
