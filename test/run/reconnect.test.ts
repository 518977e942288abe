// Hosts whose connection breaks, and comes back or does not: what is asked again, done again, and never done twice.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Connect, Target } from '../../engine/connection/connection.ts'
import { ConnectionLost } from '../../engine/connection/connection-lost.ts'
import { hostConnection } from '../../engine/connection/host-connection.ts'
import { localTransport } from '../../engine/connection/local.ts'
import type { Channel, Transport } from '../../engine/connection/transport.ts'
import { TsplayError } from '../../engine/error.ts'
import { handler, task } from '../../engine/index.ts'
import { defineModule } from '../../engine/module.ts'
import { map, stat } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { sh } from '../../engine/script.ts'
import { command, copy, debug, shell } from '../../modules/index.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here(['h1', 'h2'])
})
afterEach(() => lab.remove())

/** Connections to this machine that can be cut, and the tries it takes to have another. */
function cuttable(refusals: readonly Error[] = []) {
  const waiting = [...refusals]
  const cuts = new Map<string, () => void>()
  let connects = 0
  const open = async (target: Target): Promise<Transport> => {
    connects++
    const refusal = waiting.shift()
    if (refusal) throw refusal
    const transport = localTransport(target)
    const lost = new AbortController()
    const gone = new Promise<object>((resolve) => lost.signal.addEventListener('abort', () => resolve({})))
    const channels: Channel[] = []
    cuts.set(target.name, () => {
      lost.abort(new ConnectionLost(`${target.name}: the cable was cut`))
      for (const channel of channels) channel.destroy()
    })
    return {
      ...transport,
      lost: lost.signal,
      async open(argv) {
        const channel = await transport.open(argv)
        channels.push(channel)
        return { ...channel, closed: Promise.race([channel.closed, gone]) }
      },
      again: () => open(target),
    }
  }
  return {
    connect: (async (target) => hostConnection(target, await open(target))) as Connect,
    cut: (host: string): void => cuts.get(host)!(),
    connects: () => connects,
  }
}

/** Cuts a host's connection as soon as the file is there. */
async function cutWhen(file: string, cut: () => void): Promise<void> {
  for (let tries = 0; !existsSync(file) && tries < 500; tries++) await sleep(10)
  await sleep(20) // what was said before is read
  cut()
}

/** A file that is there before its task has ended, which takes its time. */
const slowFile = defineModule<{ path: string; flag: string }, { exists: boolean }>({
  name: 'slowFile',
  params: z.strictObject({ path: z.string(), flag: z.string() }),
  probe: ({ path: file }) => map(stat(file), (found) => ({ exists: found !== null })),
  desired: () => ({ exists: true }),
  apply: ({ path: file, flag }) => sh`touch ${file}; touch ${flag}; sleep 60`,
  touches: ({ path: file }) => [fileResource(file)],
})

const refused = new ConnectionLost('h1: nobody there')
const notices = ({ events }: { events: readonly { type: string }[] }): string[] =>
  events.flatMap((event) => (event.type === 'notice' ? [(event as unknown as { message: string }).message] : []))

describe('a connection that does not come about', () => {
  test('is tried three times where it is the network, and each try is told (A084)', async () => {
    const { connect, connects } = cuttable([refused, refused])
    const ran = await lab.run([{ hosts: 'h1', tasks: () => [task('t', command({ cmd: 'true' }))] }], { connect })
    expect(ran.log).toEqual(['h1: t: changed'])
    expect(connects()).toBe(3)
    expect(notices(ran)).toEqual(['nobody there; trying again in 1 s', 'nobody there; trying again in 3 s'])
  })

  test('is given up after that, and the other hosts finish (A084)', async () => {
    const { connect } = cuttable()
    const never: Connect = async (target, signal) => {
      if (target.name === 'h1') throw refused
      return connect(target, signal)
    }
    const ran = await lab.run(() => [task('t', command({ cmd: 'true' }))], { connect: never })
    expect(ran.outcome.hosts).toMatchObject({ h1: { unreachable: 1, ok: 0 }, h2: { ok: 1, unreachable: 0 } })
    expect(ran.tasks[1]).toMatchObject({ status: 'unreachable', message: 'h1: nobody there (tried 3 times)' })
  })

  test('is not tried again where the login was refused', async () => {
    const { connect, connects } = cuttable([new TsplayError('h1: login refused', { kind: 'unreachable' })])
    const ran = await lab.run([{ hosts: 'h1', tasks: () => [task('t', command({ cmd: 'true' }))] }], { connect })
    expect(ran.outcome.hosts.h1).toMatchObject({ unreachable: 1 })
    expect(connects()).toBe(1)
  })
})

describe('a connection that breaks', () => {
  test('while only questions are asked has them asked again (A084)', async () => {
    const { connect, cut, connects } = cuttable()
    let bundles = 0
    const cutting: Connect = async (target, signal) => {
      const connection = await connect(target, signal)
      const session = connection.session
      connection.session = async (become) => {
        const real = await session(become)
        return {
          bundle(steps, options) {
            // while the host answers
            if (++bundles === 1) setImmediate(() => cut('h1'))
            return real.bundle(steps, options)
          },
        }
      }
      return connection
    }
    const ran = await lab.run(
      [{ hosts: 'h1', tasks: (c) => [task('f', copy({ content: 'x', dest: `${folderOf(c)}/f` }))] }],
      { connect: cutting },
    )
    expect(ran.log).toEqual(['h1: f: changed'])
    expect(connects()).toBe(2)
    expect(notices(ran)[0]).toMatch(/^the cable was cut, while this was running: .*; asking again over another conn/)
  })

  test('while a command runs does not let it run a second time, and says so (A084)', async () => {
    const { connect, cut } = cuttable()
    const file = path.join(lab.dir, 'ran')
    const cutter = cutWhen(file, () => cut('h1'))
    const ran = await lab.run(
      [
        {
          hosts: 'h1',
          tasks: (c) => [
            task('before', copy({ content: 'x', dest: `${folderOf(c)}/f` })),
            task('once', shell({ cmd: `echo x >> ${file}; sleep 60` })),
            task('after', debug({ message: 'x' })),
          ],
        },
      ],
      { connect },
    )
    await cutter
    expect(ran.log).toEqual(['h1: before: changed', 'h1: once: unreachable'])
    expect(ran.tasks[1]).toMatchObject({
      module: 'connection',
      message: expect.stringMatching(/the cable was cut.*nobody knows how far 'once' came, so it is not run a second/),
      hint: expect.stringContaining('--resume'),
    })
    expect(readFileSync(file, 'utf8')).toBe('x\n')
  })

  test('runs a command again that has retries (A026)', async () => {
    const { connect, cut } = cuttable()
    const file = path.join(lab.dir, 'ran')
    const cutter = cutWhen(file, () => cut('h1'))
    const ran = await lab.run(
      [
        {
          hosts: 'h1',
          tasks: () => [
            task('more than once', shell({ cmd: `[ ! -e ${file} ] || exit 0; touch ${file}; sleep 60` }), {
              retries: 1,
            }),
          ],
        },
      ],
      { connect },
    )
    await cutter
    expect(ran.log).toEqual(['h1: more than once: changed'])
  })

  test('has a state planned anew, and handlers run that may have been notified (A084)', async () => {
    const { connect, cut } = cuttable()
    const flag = path.join(lab.dir, 'flag')
    const cutter = cutWhen(flag, () => cut('h1'))
    const restart = handler('restart', debug({ message: 'restarted' }))
    const ran = await lab.run(
      [
        {
          hosts: 'h1',
          tasks: (c) => [
            task('file', slowFile({ path: `${folderOf(c)}/f`, flag }), { notify: restart }),
            task('after', command({ cmd: 'true' })),
          ],
        },
      ],
      { connect },
    )
    await cutter
    expect(ran.log).toEqual(['h1: file: ok', 'h1: after: changed', 'h1: restart: ok'])
    expect(notices(ran)).toEqual([
      expect.stringMatching(/the cable was cut.*going on over another connection/),
      "handler 'restart' is due: the connection was lost during 'file', which may have changed something before",
    ])
  })

  test('again and again is given up (A084)', async () => {
    const { connect, cut, connects } = cuttable()
    const flag = path.join(lab.dir, 'flag')
    let going = true
    const cutter = (async () => {
      for (let cuts = 1; going; cuts++) {
        await cutWhen(`${flag}${cuts}`, () => going && cut('h1'))
      }
    })()
    const ran = await lab.run(
      [
        {
          hosts: 'h1',
          tasks: (c) => [
            task(
              'file',
              copy({
                content: 'x',
                dest: `${folderOf(c)}/f`,
                validate: `test %s; n=1; while [ -e ${flag}$n ]; do n=$((n + 1)); done; touch ${flag}$n; sleep 60`,
              }),
            ),
          ],
        },
      ],
      { connect },
    )
    going = false
    expect(ran.log).toEqual(['h1: file: unreachable'])
    expect(ran.tasks[0]?.message).toContain('(lost 3 times)')
    expect(connects()).toBe(3)
    expect(existsSync(`${flag}4`)).toBe(false)
    await cutter
  })

  test('on a task with ignoreUnreachable goes on with the next one, over another connection (A028)', async () => {
    const { connect, cut } = cuttable()
    const flag = path.join(lab.dir, 'flag')
    const cutter = cutWhen(flag, () => cut('h1'))
    const ran = await lab.run(
      [
        {
          hosts: 'h1',
          tasks: () => [
            task('before', command({ cmd: 'true' })),
            task('lost', shell({ cmd: `touch ${flag}; sleep 60` }), { ignoreUnreachable: true }),
            task('after', command({ cmd: 'true' })),
          ],
        },
      ],
      { connect },
    )
    await cutter
    expect(ran.log).toEqual(['h1: before: changed', 'h1: lost: unreachable', 'h1: after: changed'])
    expect(ran.outcome.hosts.h1).toMatchObject({ unreachable: 0, ignored: 1 })
  })

  test('leaves an async task running, which is looked at again (A036)', async () => {
    const { connect, cut } = cuttable()
    const flag = path.join(lab.dir, 'flag')
    const cutter = cutWhen(flag, () => cut('h1'))
    const ran = await lab.run(
      [
        {
          hosts: 'h1',
          tasks: () => [
            task('long', shell({ cmd: `sleep 0.3; touch ${flag}; sleep 1; echo done` }), { async: 30, poll: 0.5 }),
          ],
        },
      ],
      { connect },
    )
    await cutter
    expect(ran.task('long')).toMatchObject({ status: 'changed', stdout: 'done\n' })
  })
})
