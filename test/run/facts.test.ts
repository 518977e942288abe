// Facts in plays: only what is read is asked, in as few round trips as can be, and asked again when a change may show.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../engine/connection/connect.ts'
import type { Connect } from '../../engine/connection/connection.ts'
import { type FactKey, type Facts, factKeys, factQuestions } from '../../engine/facts.ts'
import { handler, task } from '../../engine/index.ts'
import type { PlayContext } from '../../engine/play.ts'
import { showScript } from '../../engine/script.ts'
import type { Site } from '../../engine/site.ts'
import type { TaskList } from '../../engine/task.ts'
import { copy, debug, facts as gathered, shell, template } from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1', 'h2', 'h3'])
})
afterEach(() => lab.remove())

type Context = PlayContext<Site>

/** A connection that remembers which facts were asked, bundle by bundle. */
function watched(): { connect: Connect; bundles: (readonly FactKey[])[] } {
  const bundles: (readonly FactKey[])[] = []
  const asks = (text: string, key: FactKey): boolean =>
    factQuestions([key]).some(({ id }) => text.includes(id.slice('script:'.length)))
  return {
    bundles,
    async connect(target, signal) {
      const connection = await connect(target, signal)
      return {
        target,
        get roundTrips() {
          return connection.roundTrips
        },
        get broken() {
          return connection.broken
        },
        again: (signal) => connection.again(signal),
        close: () => connection.close(),
        async session(become) {
          const session = await connection.session(become)
          return {
            bundle(steps, options) {
              const texts = steps.map(({ script }) => showScript(script))
              bundles.push(factKeys.filter((key) => texts.some((text) => asks(text, key))))
              return session.bundle(steps, options)
            },
          }
        },
      }
    },
  }
}

const say = (text: string): TaskList => [task(text, debug({ message: text }))]

/** Runs plays on h1 alone; the facts that each bundle asked about. */
async function asked(...plays: ((context: Context) => TaskList)[]) {
  const { connect, bundles } = watched()
  const ran = await lab.run(
    plays.map((tasks) => ({ hosts: 'h1', tasks })),
    { connect },
  )
  return { ...ran, bundles: bundles.filter((keys) => keys.length > 0) }
}

const base: readonly FactKey[] = factKeys.filter((key) => factQuestions([key])[0]!.id === factQuestions(['os'])[0]!.id)

describe('facts', () => {
  test('that nobody reads are not asked, even where facts are named (X15, A004)', async () => {
    expect((await asked(({ facts: _facts, host }) => say(host.name))).bundles).toEqual([])
    const destructured = await asked(({ facts }) => [task('x', debug({ message: String(typeof facts) }))])
    expect(destructured.bundles).toEqual([])
    expect(destructured.outcome.hosts.h1).toMatchObject({ roundTrips: 0 })
  })

  test('that are read are asked alone, the cheap ones with them (X15)', async () => {
    expect((await asked(({ facts }) => say(facts.os.id))).bundles).toEqual([base])
    const { bundles } = await asked(({ facts }) => say(facts.selinux))
    expect(bundles).toEqual([[...base, 'selinux']])
  })

  test('cost one round trip where one of them is read, and one more for one that another leads to (X15)', async () => {
    const { bundles, outcome } = await asked(({ facts }) =>
      say(facts.os.id === '' ? '' : String(facts.mounts.length + Object.keys(facts.addresses).length)),
    )
    expect(bundles).toEqual([base, ['mounts'], ['interfaces', 'addresses']])
    expect(outcome.hosts.h1).toMatchObject({ roundTrips: 3 })
  })

  test('that one host has read are asked in one bundle on those that follow (X15)', async () => {
    const { connect } = watched()
    const { outcome } = await lab.run(
      ({ facts }) => say(`${facts.os.id} ${facts.mounts.length} ${facts.machineId} ${facts.fqdn}`),
      { connect, forks: 1 },
    )
    expect(Object.values(outcome.hosts).map(({ roundTrips }) => roundTrips)).toEqual([4, 1, 1])
  })

  test('of several plays are asked together (X15)', async () => {
    const { bundles } = await asked(
      ({ facts }) => say(facts.os.id),
      ({ facts }) => say(facts.machineId),
      ({ facts }) => say(String(facts.swapMb)),
    )
    expect(bundles).toEqual([[...base, 'swapMb', 'uptimeSeconds', 'machineId'].sort(byKey)])
  })

  test.each<[string, (facts: Facts) => unknown]>([
    ['a spread', (facts) => ({ ...facts })],
    ['the names', (facts) => Object.keys(facts)],
    ['JSON', (facts) => JSON.parse(JSON.stringify(facts))],
    ['a copy', (facts) => Object.assign({}, facts)],
    ['the rest', ({ os: _os, ...rest }) => rest],
  ])('are all asked at once by %s, and none is missing (X15)', async (_name, read) => {
    let seen: unknown
    const { outcome } = await asked(({ facts }) => {
      seen = read(facts)
      return say('x')
    })
    const names = Array.isArray(seen) ? seen : Object.keys(seen as object)
    const expected = factKeys.filter((key) => _name !== 'the rest' || key !== 'os')
    expect(names.filter((key) => key !== 'defaultIpv4').sort()).toEqual(
      expected.filter((key) => key !== 'defaultIpv4').sort(),
    )
    expect(outcome.hosts.h1!.roundTrips).toBeLessThanOrEqual(_name === 'the rest' ? 2 : 1)
  })

  test('that are handed on as a whole are there for whoever reads them later (X15)', async () => {
    const { outcome, tasks } = await asked(({ facts }) => [task('all', debug({ value: { deep: [facts] } }))])
    expect(outcome.hosts.h1).toMatchObject({ ok: 1, failed: 0, roundTrips: 1 })
    const said = JSON.parse(tasks[0]!.message!)
    expect(said.deep[0]).toMatchObject({ kernel: expect.any(String), selinux: expect.any(String), local: {} })
  })

  test('that are handed on behind register or to a handler are there as well (X15)', async () => {
    const { outcome, tasks } = await asked(({ facts }) => [
      task('change', shell({ cmd: 'true' }), { notify: handler('told', debug({ value: facts })) }).register(() => [
        task('all', debug({ value: { facts } })),
      ]),
    ])
    expect(outcome.hosts.h1).toMatchObject({ failed: 0 })
    expect(JSON.parse(tasks[1]!.message!).facts.kernel).toBe(JSON.parse(tasks[2]!.message!).kernel)
    expect(tasks[2]).toMatchObject({ task: 'told', status: 'ok' })
  })

  test('reach a template (X15)', async () => {
    const { writeFileSync, mkdirSync } = await import('node:fs')
    mkdirSync(path.join(lab.dir, 'templates'))
    writeFileSync(path.join(lab.dir, 'templates/t.ejs'), '<%= facts.kernel %> <%= facts.addresses.ipv4.length %>\n')
    const { outcome } = await asked((context) => [
      task('t', template({ src: 't.ejs', dest: `${folderOf(context)}/t`, vars: { facts: context.facts } })),
    ])
    expect(outcome.hosts.h1).toMatchObject({ changed: 1, failed: 0 })
  })

  test('that a caught error hides are asked all the same (X15)', async () => {
    const { log } = await asked(({ facts }) => {
      try {
        return say(facts.arch)
      } catch {
        return say('unknown')
      }
    })
    expect(log).toEqual([`h1: ${process.arch === 'x64' ? 'x86_64' : 'aarch64'}: ok`])
  })

  test('may be read behind register and in options, and are asked then (X15)', async () => {
    const { log, bundles, outcome } = await asked(({ facts }) => [
      task('ask', shell({ cmd: 'echo yes' }), { changedWhen: () => facts.selinux.length === 0 }).register(() =>
        say(`machine ${facts.machineId.length} ${facts.os.id !== ''}`),
      ),
      task('last', debug({ message: 'x' })),
    ])
    expect(outcome.hosts.h1).toMatchObject({ failed: 0 })
    expect(log[0]).toBe('h1: ask: ok')
    expect(log[1]).toMatch(/^h1: machine \d+ true: ok$/)
    expect(log[2]).toBe('h1: last: ok')
    expect(bundles.flat()).toEqual(expect.arrayContaining(['selinux', 'machineId', 'os']))
  })

  test('are asked again when something was changed that they depend on (A065)', async () => {
    const count = (plays: ((context: Context) => TaskList)[]) => asked(...plays).then(({ bundles }) => bundles.length)
    const reads = ({ facts }: Context) => say(facts.os.id)
    const file = (context: Context) => [copy({ content: 'x', dest: `${folderOf(context)}/f` })]
    const anything = () => [shell({ cmd: 'true' })]
    expect(await count([reads, file, reads])).toBe(1)
    expect(await count([reads, anything, reads])).toBe(2)
    expect(await count([reads, () => [task('x', shell({ cmd: 'true' }), { changedWhen: false })], reads])).toBe(1)
  })

  test('stay for a list what they were when it was made, and are fresh for the next (A065)', async () => {
    const file = path.join(lab.dir, 'boots')
    const { tasks } = await asked(
      ({ facts }) => [
        task('before', debug({ message: facts.os.id })),
        task('change', shell({ cmd: `: > ${file}` })).register(() => say(facts.os.id)),
      ],
      ({ facts }) => say(facts.os.id),
    )
    expect(new Set(tasks.filter(({ module }) => module === 'debug').map(({ message }) => message)).size).toBe(1)
    expect(readFileSync(file, 'utf8')).toBe('')
  })

  test('that a host cannot tell fail that host alone, and say which (A064)', async () => {
    const real = connect as Connect
    const { outcome, tasks } = await lab.run(({ facts }) => say(facts.user.name), {
      connect: async (target, signal) => {
        const connection = await real(target, signal)
        if (target.name !== 'h2') return connection
        return {
          target,
          roundTrips: 0,
          broken: undefined,
          again: (signal) => connection.again(signal),
          close: () => connection.close(),
          session: async () => ({
            bundle: async (steps) =>
              steps.map(() => ({
                code: 0,
                stdout: Buffer.from('rubbish\n0'),
                stderr: Buffer.from(''),
                durationMs: 0,
                timedOut: false,
              })),
          }),
        }
      },
    })
    expect(outcome.hosts).toMatchObject({ h1: { ok: 1 }, h2: { failed: 1, ok: 0 }, h3: { ok: 1 } })
    expect(tasks.find(({ host }) => host === 'h2')).toMatchObject({
      status: 'failed',
      message: "facts.user: id: unexpected answer 'rubbish'",
    })
  })

  test('show in a check as well, and a list is told apart by them (X04)', async () => {
    const { log } = await lab.run(({ facts }) => say(facts.arch), { check: true })
    expect(log).toHaveLength(3)
  })
})

describe('the facts module', () => {
  test('gives all facts in one round trip and changes nothing (A064)', async () => {
    let seen: Partial<Facts> = {}
    const { outcome, log } = await asked(() => [
      task('facts', gathered({})).register((result) => {
        seen = result
        return []
      }),
    ])
    expect(log).toEqual(['h1: facts: ok'])
    expect(outcome.hosts.h1).toMatchObject({ changed: 0, roundTrips: 1 })
    for (const key of factKeys) expect(seen, key).toHaveProperty(key)
  })

  test('gathers what it is told to, with one more folder of custom facts (A005)', async () => {
    const { writeFileSync } = await import('node:fs')
    writeFileSync(path.join(lab.dir, 'mine.fact'), '{"a": 1}')
    const seen: object[] = []
    const { bundles } = await asked(() => [
      task('facts', gathered({ gather: ['selinux', 'local'], factPath: lab.dir })).register(
        ({ changed: _changed, failed: _failed, ...result }) => {
          seen.push(result)
          return []
        },
      ),
    ])
    expect(seen).toEqual([{ selinux: expect.any(String), local: { mine: { a: 1 } } }])
    expect(bundles.flat()).toEqual(['selinux'])
    // @ts-expect-error a fact that there is not
    expect(() => gathered({ gather: ['distribution'] })).toThrow(/gather/)
  })
})

const byKey = (a: string, b: string): number => factKeys.indexOf(a as FactKey) - factKeys.indexOf(b as FactKey)
