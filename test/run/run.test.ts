// The run on real shells: order, look-ahead, register, retries, handlers, failures, checks.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { block, handler, role, secret, type TaskList, task } from '../../engine/index.ts'
import type { PlayContext } from '../../engine/play.ts'
import type { Site } from '../../engine/site.ts'
import {
  assert,
  command,
  copy,
  debug,
  directory,
  fact,
  hostFact,
  lineInFile,
  link,
  setFact,
  shell,
} from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1', 'h2', 'h3'])
})
afterEach(() => lab.remove())

const one = (tasks: (folder: string, context: PlayContext<Site>) => TaskList) => (context: PlayContext<Site>) =>
  context.host.name === 'h1' ? tasks(folderOf(context), context) : []

describe('a run', () => {
  test('applies what differs, and a second run changes nothing', async () => {
    const tasks = one((dir) => [
      task('folder', directory({ path: `${dir}/a` })),
      task('file', copy({ content: 'hello\n', dest: `${dir}/a/f`, force: false })),
      task('line', lineInFile({ path: `${dir}/a/f`, line: 'world' })),
    ])
    const first = await lab.run(tasks)
    expect(first.log).toEqual(['h1: folder: changed', 'h1: file: changed', 'h1: line: changed'])
    const second = await lab.run(tasks)
    expect(second.log).toEqual(['h1: folder: ok', 'h1: file: ok', 'h1: line: ok'])
    expect(second.outcome.hosts.h1).toMatchObject({ ok: 3, changed: 0, failed: 0 })
  })

  test('asks a converged host once, however many tasks there are (R4, X03)', async () => {
    const tasks = one((dir) => Array.from({ length: 200 }, (_, index) => directory({ path: `${dir}/d${index}` })))
    await lab.run(tasks)
    const second = await lab.run(tasks)
    expect(second.outcome.hosts.h1).toMatchObject({ ok: 200, changed: 0, roundTrips: 1 })
  })

  test('never uses an answer from before a change that touches it', async () => {
    const tasks = one((dir) => [
      task('one', copy({ content: 'a\n', dest: `${dir}/f` })),
      task('two', lineInFile({ path: `${dir}/f`, line: 'b' })),
      task('any', shell({ cmd: `printf 'c\\n' >> "${dir}/f"` })),
      task('three', lineInFile({ path: `${dir}/f`, line: 'c' })),
    ])
    const { log, tasks: events } = await lab.run(tasks)
    expect(log).toEqual(['h1: one: changed', 'h1: two: changed', 'h1: any: changed', 'h1: three: ok'])
    expect(events[1]!.diff[0]!.patch).toContain('+b')
  })

  test('loses no edit of a file that has two names', async () => {
    const { log, outcome } = await lab.run(
      one((dir) => [
        task('folder', directory({ path: `${dir}/real` })),
        task('link', link({ path: `${dir}/alias`, target: 'real' })),
        task('file', copy({ content: 'start\n', dest: `${dir}/real/f` })),
        task('wait', shell({ cmd: 'true' }), { changedWhen: false }),
        task('by name', lineInFile({ path: `${dir}/real/f`, line: 'one' })),
        task('by other name', lineInFile({ path: `${dir}/alias/f`, line: 'two' })),
        task('look', shell({ cmd: `cat ${dir}/real/f` }), { changedWhen: false }).register(({ stdout }) => [
          task(stdout.replaceAll('\n', ' '), debug({ message: 'x' })),
        ]),
      ]),
    )
    expect(log.at(-1)).toBe('h1: start one two: ok')
    expect(outcome.hosts.h1).toMatchObject({ failed: 0 })
  })

  test('goes on after register with tasks made of the real result', async () => {
    const { log } = await lab.run(
      one(() => [
        task('ask', command({ cmd: ['printf', 'yes'] }), { changedWhen: false }).register((result) => [
          result.stdout === 'yes' && task('followed', debug({ message: `it says ${result.stdout}` })),
        ]),
        task('after', debug({ message: 'end' })),
      ]),
    )
    expect(log).toEqual(['h1: ask: ok', 'h1: followed: ok', 'h1: after: ok'])
  })

  test("gives what follows from a result none of the task's own options, but its tags", async () => {
    const tasks = one((dir) => [
      task('look', command({ cmd: 'true' }), { check: false, changedWhen: false, tags: 'looks' }).register(() => [
        task('follows', copy({ content: 'x', dest: `${dir}/f` })),
      ]),
    ])
    const { log } = await lab.run(tasks, { check: true, selection: { tags: ['looks'] } })
    expect(log).toEqual(['h1: look: ok', 'h1: follows: changed'])
    expect((await lab.run(tasks)).log).toEqual(['h1: look: ok', 'h1: follows: changed'])
  })

  test('fails the host, not the run, where the function behind register throws', async () => {
    const { tasks, outcome } = await lab.run(({ host }) => [
      task('ask', command({ cmd: 'true' })).register(() => {
        if (host.name === 'h2') throw new TypeError('no such thing')
        return []
      }),
    ])
    expect(tasks.find(({ status }) => status === 'failed')).toMatchObject({
      host: 'h2',
      task: 'ask',
      message: "what follows from 'ask': TypeError: no such thing",
    })
    expect(outcome.hosts.h1).toMatchObject({ failed: 0, ok: 1 })
  })

  test('does not wait in a check for what a check does not do', async () => {
    const { task: find } = await lab.run(
      one((dir) => [task('file', directory({ path: `${dir}/a` }), { until: () => false, retries: 3, delay: 10 })]),
      { check: true },
    )
    expect(find('file')).toMatchObject({ status: 'changed' })
  })

  test('tries again until what it waits for holds, and tells how often (A026)', async () => {
    const { task: find, events } = await lab.run(
      one((dir) => [
        task('count', shell({ cmd: `echo x >> ${dir}/n; grep -c x ${dir}/n` }), {
          until: (result) => result.stdout === '3',
          retries: 5,
          delay: 0,
        }),
      ]),
    )
    expect(find('count')).toMatchObject({ status: 'changed', attempts: 3, stdout: expect.stringContaining('3') })
    expect(events.filter((event) => event.type === 'retry')).toHaveLength(2)
  })

  test('fails when the tries are used up', async () => {
    const { task: find, outcome } = await lab.run(
      one(() => [task('never', command({ cmd: 'false' }), { retries: 2, delay: 0 })]),
    )
    expect(find('never')).toMatchObject({ status: 'failed', attempts: 3 })
    expect(outcome.hosts.h1).toMatchObject({ failed: 1 })
  })

  test('judges by changedWhen and failedWhen (A027)', async () => {
    const { log } = await lab.run(
      one(() => [
        task('fine', command({ cmd: ['sh', '-c', 'exit 3'] }), {
          failedWhen: (result) => result.code > 3,
          changedWhen: false,
        }),
        task('bad', command({ cmd: ['printf', 'error'] }), { failedWhen: (result) => result.stdout === 'error' }),
      ]),
    )
    expect(log).toEqual(['h1: fine: ok', 'h1: bad: failed'])
  })

  test('goes on after an ignored failure and counts it (A028)', async () => {
    const { log, outcome } = await lab.run(
      one(() => [
        task('bad', command({ cmd: 'false' }), { ignoreErrors: true }),
        task('next', debug({ message: 'here' })),
      ]),
    )
    expect(log).toEqual(['h1: bad: failed', 'h1: next: ok'])
    expect(outcome.hosts.h1).toMatchObject({ failed: 0, ignored: 1 })
  })

  test('lets the other hosts go on when one fails, and leaves it out of later plays (A084)', async () => {
    const { log } = await lab.run([
      {
        tasks: ({ host }) => [
          host.name === 'h2' ? task('t', command({ cmd: 'false' })) : task('t', debug({ message: 'x' })),
        ],
      },
      { tasks: () => [task('later', debug({ message: 'x' }))] },
    ])
    expect(new Set(log)).toEqual(new Set(['h1: t: ok', 'h2: t: failed', 'h3: t: ok', 'h1: later: ok', 'h3: later: ok']))
  })

  test('stops the playbook when every host of a batch has failed (A008)', async () => {
    const { log } = await lab.run([
      { serial: 2, tasks: () => [task('t', command({ cmd: 'false' }))] },
      { tasks: () => [task('later', debug({ message: 'x' }))] },
    ])
    expect([...log].sort()).toEqual(['h1: t: failed', 'h2: t: failed'])
  })

  test('goes through the hosts in batches (A007)', async () => {
    const { log } = await lab.run([
      {
        serial: [1, 2],
        tasks: ({ host }) => [task('a', debug({ message: host.name })), task('b', command({ cmd: ['sleep', '0.05'] }))],
      },
    ])
    expect(log.slice(0, 2)).toEqual(['h1: a: ok', 'h1: b: changed'])
    expect(log.slice(2).every((line) => !line.startsWith('h1'))).toBe(true)
  })

  test('takes the sizes of batches from the variables, as the first host of the play sees them (A007)', async () => {
    const seen: string[] = []
    const { log } = await lab.run([
      {
        serial: ({ vars, hosts }) => {
          seen.push((vars as { folder: string }).folder)
          return hosts.length > 2 ? [1, 2] : 1
        },
        tasks: () => [task('a', debug({ message: 'x' })), task('b', command({ cmd: ['sleep', '0.05'] }))],
      },
    ])
    expect(new Set(seen)).toEqual(new Set([expect.stringMatching(/h1-/)]))
    expect(log.slice(0, 2)).toEqual(['h1: a: ok', 'h1: b: changed'])
    expect(log.slice(2).every((line) => !line.startsWith('h1'))).toBe(true)
  })

  test('begins nothing where the sizes of a later play’s batches cannot be told, or are none (A007)', async () => {
    const tasks = () => [task('a', debug({ message: 'x' }))]
    for (const [serial, message] of [
      [
        ({ vars }: { vars: object }) => (vars as { kernel: { serial: 1 } }).kernel.serial,
        /^play 'play 2', serial: TypeError: .*'serial'/,
      ],
      [() => 0, "play 'play 2': serial: '0' is neither a number of hosts nor a share such as '30%'"],
      ['a third%', "play 'play 2': serial: 'a third%' is neither a number of hosts nor a share such as '30%'"],
    ] as const) {
      const begun: string[] = []
      const wrong = lab.run([{ tasks }, { serial: serial as never, tasks }], { emit: ({ type }) => begun.push(type) })
      await expect(wrong).rejects.toThrow(message)
      expect(begun).not.toContain('task')
    }
  })

  test('skips what its condition excludes (A021)', async () => {
    const { task: find } = await lab.run(one(() => [task('no', debug({ message: 'x' }), { when: false })]))
    expect(find('no').status).toBe('skipped')
  })

  test('runs rescue after a failure and always in any case (A041)', async () => {
    const { log, outcome } = await lab.run(
      one(() => [
        block([task('bad', command({ cmd: 'false' })), task('unreached', debug({ message: 'x' }))], {
          rescue: [task('mend', debug({ message: 'x' }))],
          always: [task('tidy', debug({ message: 'x' }))],
        }),
        block([task('bad again', command({ cmd: 'false' }))], {
          always: [task('tidy again', debug({ message: 'x' }))],
        }),
        task('unreached too', debug({ message: 'x' })),
      ]),
    )
    expect(log).toEqual([
      'h1: bad: failed',
      'h1: mend: ok',
      'h1: tidy: ok',
      'h1: bad again: failed',
      'h1: tidy again: ok',
    ])
    expect(outcome.hosts.h1).toMatchObject({ rescued: 1, failed: 1 })
  })

  test('kills a task at its timeout (A037)', async () => {
    const { task: find } = await lab.run(one(() => [task('slow', command({ cmd: ['sleep', '60'] }), { timeout: 0.3 })]))
    expect(find('slow')).toMatchObject({ status: 'failed', message: expect.stringContaining('timeout of 0.3 s') })
  })

  test('hands facts from one host to another across plays (A063)', async () => {
    const join = hostFact<string>('join')
    const { task: find } = await lab.run([
      {
        hosts: 'h1',
        tasks: () => [
          task('make', command({ cmd: ['printf', 'join-me'] })).register(({ stdout }) => [setFact(join, stdout)]),
        ],
      },
      {
        hosts: 'h2',
        tasks: () => [fact(join, { host: 'h1' }).register((value) => [task('use', debug({ message: value }))])],
      },
    ])
    expect(find('use', 'h2')).toMatchObject({ status: 'ok', message: 'join-me' })
  })

  test('says which host has not set a fact', async () => {
    const { tasks } = await lab.run(one(() => [fact(hostFact<string>('token'), { host: 'h2' }).register(() => [])]))
    expect(tasks[0]).toMatchObject({ status: 'failed', message: "host h2 has not set the fact 'token'" })
  })

  test('refuses a failed assertion with its message', async () => {
    const { tasks } = await lab.run(one(() => [assert({ that: false, failMessage: 'needs two cores' })]))
    expect(tasks[0]).toMatchObject({ status: 'failed', message: 'needs two cores' })
  })
})

describe('handlers', () => {
  const note = (dir: string, name: string) => shell({ cmd: `echo ${name} >> ${dir}/notes` })

  test('run once each at the end of the play, in the order of their definition (A044)', async () => {
    const { log } = await lab.run([
      {
        hosts: 'h1',
        tasks: (context) => {
          const dir = folderOf(context)
          const [a, b] = [handler('restart a', note(dir, 'a')), handler('restart b', note(dir, 'b'))]
          const r = role({
            name: 'r',
            handlers: [a, b],
            tasks: () => [
              task('1', copy({ content: '1', dest: `${dir}/1` }), { notify: b }),
              task('2', copy({ content: '2', dest: `${dir}/2` }), { notify: [a, b] }),
            ],
          })
          return [r(), task('3', debug({ message: 'x' }))]
        },
      },
    ])
    expect(log).toEqual([
      'h1: 1: changed',
      'h1: 2: changed',
      'h1: 3: ok',
      'h1: restart a: changed',
      'h1: restart b: changed',
    ])
  })

  test('are not run for hosts that failed later, unless forced (A049)', async () => {
    const plays = [
      {
        hosts: 'h1',
        tasks: (context: PlayContext<Site>) => [
          task('change', shell({ cmd: 'true' }), { notify: handler('restart', note(folderOf(context), 'restarted')) }),
          task('bad', command({ cmd: 'false' })),
        ],
      },
    ]
    expect((await lab.run(plays)).log).toEqual(['h1: change: changed', 'h1: bad: failed'])
    const forced = await lab.run(plays, { forceHandlers: true })
    expect(forced.log).toEqual(['h1: change: changed', 'h1: bad: failed', 'h1: restart: changed'])
    expect(forced.outcome.hosts.h1).toMatchObject({ failed: 1 })
  })

  test('are absorbed by a first start', async () => {
    const { log } = await lab.run(
      one((dir) => {
        const restart = handler('restart', note(dir, 'restarted'))
        return [
          task('config', copy({ content: 'x', dest: `${dir}/c` }), { notify: restart }),
          task('start', shell({ cmd: 'true' }), { absorbs: restart }),
        ]
      }),
    )
    expect(log).toEqual(['h1: config: changed', 'h1: start: changed'])
  })

  test('that are throttled roll over the hosts one at a time and stop at the first failure', async () => {
    const shared = lab.dir
    const { log } = await lab.run((context) => [
      task('change', shell({ cmd: 'true' }), {
        notify: handler(
          'roll',
          shell({
            cmd: `mkdir ${shared}/lock && sleep 0.05 && rmdir ${shared}/lock && [ ${context.host.name} != h2 ]`,
          }),
          { throttle: 1 },
        ),
      }),
    ])
    const rolled = log.filter((line) => line.includes('roll'))
    expect(
      rolled.filter((line) => line.endsWith('changed')).length +
        rolled.filter((line) => line.endsWith('failed')).length,
    ).toBe(3)
    expect(rolled).toContain('h2: roll: failed')
    expect(rolled.indexOf('h2: roll: failed')).toBe(rolled.findIndex((line) => line.endsWith('failed')))
  })
})

describe('a check', () => {
  test('predicts what a run on an empty host then does, with nothing written (X04)', async () => {
    const tasks = one((dir) => {
      const reload = handler('reload', shell({ cmd: 'true' }))
      return [
        task('folder', directory({ path: `${dir}/etc`, mode: '0750' })),
        task('file', copy({ content: 'a = 1\n', dest: `${dir}/etc/conf`, mode: '0600', force: false }), {
          notify: reload,
        }),
        task('line', lineInFile({ path: `${dir}/etc/conf`, line: 'b = 2' })),
        task('same line', lineInFile({ path: `${dir}/etc/conf`, line: 'a = 1' })),
        task('look', command({ cmd: ['cat', `${dir}/etc/conf`] }), { changedWhen: false }),
      ]
    })
    const check = await lab.run(tasks, { check: true })
    expect(check.outcome.hosts.h1).toMatchObject({ failed: 0 })
    const real = await lab.run(tasks)
    const changed = (ran: typeof check) => ran.tasks.filter((event) => event.changed).map(({ task }) => task)
    expect(changed(check)).toEqual(changed(real))
    expect(check.task('line').diff[0]!.patch).toBe(real.task('line').diff[0]!.patch)
    expect(changed(await lab.run(tasks, { check: true }))).toEqual([])
  })

  test('says what depends on a result it does not have', async () => {
    const { events, log } = await lab.run(
      one(() => [
        task('ask', command({ cmd: ['printf', 'x'] }), { changedWhen: false }).register(() => [
          task('unknown', debug({ message: 'x' })),
        ]),
      ]),
      { check: true },
    )
    expect(log).toEqual(['h1: ask: skipped'])
    expect(events).toContainEqual({
      type: 'notice',
      host: 'h1',
      message: "what follows from 'ask' depends on its result, not checked",
    })
  })

  test('runs what is marked check: false (A033)', async () => {
    const { log } = await lab.run(
      one(() => [
        task('ask', command({ cmd: ['printf', 'x'] }), { changedWhen: false, check: false }).register((result) => [
          task(`got ${result.stdout}`, debug({ message: 'x' })),
        ]),
      ]),
      { check: true },
    )
    expect(log).toEqual(['h1: ask: ok', 'h1: got x: ok'])
  })
})

describe('secrets', () => {
  test('never show in events, whatever prints them (X10)', async () => {
    const { events } = await lab.run(
      one((dir) => [
        task('write', copy({ content: secret('s3cret-value'), dest: `${dir}/s` })),
        task('print', command({ cmd: ['cat', `${dir}/s`] })),
        task('fail', shell({ cmd: `cat ${dir}/s >&2; exit 1` })),
      ]),
    )
    expect(JSON.stringify(events)).not.toContain('s3cret-value')
    expect(JSON.stringify(events)).toContain('***')
  })

  test('noLog hides parameters, output and diff (A035)', async () => {
    const { tasks } = await lab.run(
      one((dir) => [
        task('hidden', copy({ content: 'visible-otherwise', dest: `${dir}/x` }), { noLog: true }),
        task('hidden too', command({ cmd: ['printf', 'visible-otherwise'] }), { noLog: true }),
      ]),
    )
    expect(JSON.stringify(tasks)).not.toContain('visible-otherwise')
    expect(tasks[0]!.diff).toEqual([])
  })
})

test('a source that is missing in the last play stops the run before anything is changed', async () => {
  const marker = path.join(lab.dir, 'marker')
  writeFileSync(marker, 'untouched')
  const remote = { transport: 'ssh' as const }
  void remote
  await expect(
    lab.run([{ tasks: () => [task('send', copy({ src: 'no-such-file', dest: '/tmp/never' }))] }]).then(({ tasks }) => {
      if (tasks[0]?.status === 'failed') throw new Error(tasks[0].message)
    }),
  ).rejects.toThrow(/no-such-file/)
  expect(readFileSync(marker, 'utf8')).toBe('untouched')
})

describe('a list that reads facts', () => {
  test('is checked as a whole before anything is changed', async () => {
    const touched = path.join(lab.dir, 'touched')
    const plays = [
      { hosts: 'h1', tasks: () => [task('touch', shell({ cmd: `: > ${touched}` }))] },
      {
        hosts: 'h1',
        tasks: ({ facts }: PlayContext<Site>) => {
          if (facts.os.id !== 'no such system') throw new TypeError('wrong system')
          return []
        },
      },
    ]
    await expect(lab.run(plays)).rejects.toThrow("play 'play 2', host h1: TypeError: wrong system")
    expect(existsSync(touched)).toBe(false)
  })

  test('costs one more round trip, whatever the number of plays', async () => {
    const tasks = (context: PlayContext<Site>) =>
      context.host.name === 'h1'
        ? [task('t', directory({ path: `${folderOf(context)}/${context.facts.os.family}` }))]
        : []
    await lab.run(tasks)
    const { outcome } = await lab.run([{ tasks }, { tasks }, { tasks }])
    expect(outcome.hosts.h1).toMatchObject({ ok: 3, changed: 0, roundTrips: 4 })
  })
})
