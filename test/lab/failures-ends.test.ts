// Runs that are ended before they are through, on real hosts: what stops there, what is left, and what the next run does.
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { machineLacks } from '../../engine/lab/lab.ts'
import { type Failures, failuresLab } from './failures-lab.ts'

const { failures, leftOn, nothingLeftOn, on } = failuresLab('ends', '10.107.0')
const lacks = await machineLacks()
const hosts = ['one', 'two']

/** A command that starts another in the background, as root and as somebody that root becomes with sudo. */
const long = (cmd = 'sleep 1201 & sleep 1202'): string =>
  `task('long', shell({ cmd: \`touch /tmp/begun-$(id -un); ${cmd}\` }), { become: host.name === 'two' ? 'daemon' : 'root' }),`
const begun = { one: '/tmp/begun-root', two: '/tmp/begun-daemon' }

describe.skipIf(lacks !== undefined)(`on real hosts${lacks === undefined ? '' : ` (skipped: ${lacks})`}`, () => {
  let lab: Failures
  beforeAll(async () => {
    lab = await failures()
  })
  afterAll(() => lab?.down())

  /** The running program, once both hosts are at the long command. */
  async function started(tasks: string): Promise<{ child: ChildProcess; ended: ReturnType<Failures['run']> }> {
    for (const host of hosts) on(host, 'rm -f /tmp/begun-*')
    let child: ChildProcess | undefined
    const ended = lab.run(tasks, hosts, {
      onStart(program) {
        child = program
      },
    })
    for (const [host, file] of Object.entries(begun))
      await expect.poll(() => on(host, `test -e ${file}`).code, { timeout: 20_000, interval: 100 }).toBe(0)
    return { child: child!, ended }
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s once ends what runs, reports what each host was doing, and exits with 130 (X13, A085)',
    async (signal) => {
      const { child, ended } = await started(long())
      child.kill(signal)
      const { code, events } = await ended
      expect(code).toBe(130)
      for (const host of hosts) {
        expect(leftOn(host)).toBe('')
        expect(events).toContainEqual({ type: 'notice', host, message: "interrupted while applying 'long'" })
      }
    },
  )

  test('ctrl-C twice leaves at once, and the hosts end what ran (X13)', async () => {
    // it takes a while to end what does not listen to TERM
    const { child, ended } = await started(long('trap "" TERM; sleep 1201 & sleep 1202; sleep 1203'))
    child.kill('SIGINT')
    await sleep(300)
    expect(child.exitCode).toBeNull()
    const second = performance.now()
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    expect(performance.now() - second).toBeLessThan(1500) // they are killed two seconds after the first
    for (const host of hosts) await nothingLeftOn(host)
  })

  test('a task that takes longer than its timeout is ended with all it has started (X13)', async () => {
    const { ended } = await started(long().replace('{ become', '{ timeout: 2, become'))
    const { code, tasks } = await ended
    expect(code).toBe(2)
    expect(tasks.map(({ message }) => message)).toEqual(Array(2).fill('ended after its timeout of 2 s'))
    for (const host of hosts) expect(leftOn(host)).toBe('')
  })

  test('when the program is killed, the hosts end what ran within a few seconds (X13)', async () => {
    const { child, ended } = await started(long())
    child.kill('SIGKILL')
    await ended
    for (const host of hosts) await nothingLeftOn(host)
  })

  test('when the program is killed in the middle of an upload, no temporary file is left, and the next run finishes (X13)', async () => {
    lab.site.write('big', 'x'.repeat(150_000_000))
    const tasks = "task('big', copy({ src: 'big', dest: '/root/uploads/big' })),"
    on('one', 'mkdir -p /root/uploads')
    let child: ChildProcess | undefined
    const ended = lab.run(tasks, ['one'], {
      onStart(program) {
        child = program
      },
    })
    await expect
      .poll(() => on('one', 'ls -A /root/uploads').output, { timeout: 20_000, interval: 20 })
      .toMatch(/tsplay/)
    child!.kill('SIGKILL')
    await ended
    await nothingLeftOn('one')
    expect(on('one', 'ls -A /root/uploads').output).toBe('')
    const next = await lab.again(['one'], { args: ['--detailed-exitcode'] })
    expect(next.code).toBe(3)
    expect((await lab.again(['one'], { args: ['--detailed-exitcode'] })).code).toBe(0)
  })

  test.each([
    {
      when: 'its task has ended',
      follows: ".register(() => [task('between', wait, { changedWhen: false })])",
      why: /^handler 'restart' is due: 'config' changed something in the run of .*, which ended before it$/,
    },
    {
      // one bundle with the command: whether it was through is not known when the program is killed
      when: 'its task is on its way',
      follows: ", task('between', wait, { changedWhen: false })",
      why: /^handler 'restart' is due: 'config' may have changed something in the run of .*, which was cut off$/,
    },
  ])(
    'a handler runs in the next run, which says why, where the program was killed when $when (X05)',
    async ({ follows, why }) => {
      on('one', 'rm -f /root/config /root/restarts /root/waits /root/go')
      lab.site.write(
        'book.ts',
        `import { handler, play, playbook, task } from 'tsplay'
import { copy, shell } from 'tsplay/modules'
import { world } from './world.ts'
const restart = handler('restart', shell({ cmd: 'echo x >> /root/restarts' }))
const wait = shell({ cmd: 'touch /root/waits; [ -e /root/go ] || sleep 1204' })
export default playbook(world, [
  play({ name: 'main', hosts: 'web', tasks: () => [
    task('config', copy({ content: 'new', dest: '/root/config' }), { notify: restart })${follows}
  ] }),
])
`,
      )
      let child: ChildProcess | undefined
      const ended = lab.again(['one'], {
        onStart(program) {
          child = program
        },
      })
      await expect.poll(() => on('one', 'ls /root').output, { timeout: 20_000, interval: 100 }).toContain('waits')
      child!.kill('SIGKILL')
      expect((await ended).events.some(({ type }) => type === 'recap')).toBe(false)
      await nothingLeftOn('one')
      on('one', 'touch /root/go')
      expect(on('one', 'cat /root/config; ls /root').output).not.toContain('restarts')

      const next = await lab.again(['one'])
      expect(next.code).toBe(0)
      const ran = next.tasks.map(({ task, status }) => `${task} ${status}`)
      expect(ran).toEqual(['config ok', 'between ok', 'restart changed'])
      const message = expect.stringMatching(why)
      expect(next.events).toContainEqual({ type: 'notice', host: 'one', message })
      expect(on('one', 'cat /root/restarts').output).toBe('x')
      expect((await lab.again(['one'])).tasks.map(({ task }) => task)).toEqual(['config', 'between'])
    },
  )

  test('--resume goes on at the first task not done, on each host at its own (X06)', async () => {
    const tasks = `task('first', shell({ cmd: 'echo first >> /root/steps' })),
      task('second', shell({ cmd: 'echo second >> /root/steps' })),
      task('third', shell({ cmd: 'set -e; [ $(hostname) = two ] || test -e /root/mended; echo third >> /root/steps' })),
      task('fourth', shell({ cmd: 'echo fourth >> /root/steps' })),`
    const failed = await lab.run(tasks, hosts)
    expect(failed.code).toBe(2)
    expect(failed.hosts).toMatchObject({ one: { ok: 2, failed: 1 }, two: { ok: 4, failed: 0 } })
    on('one', 'touch /root/mended')
    const resumed = await lab.again(hosts, { args: ['--resume'] })
    expect(resumed.code).toBe(0)
    expect(resumed.tasks.map(({ host, task }) => `${host} ${task}`)).toEqual(['one third', 'one fourth'])
    for (const host of hosts) expect(on(host, 'cat /root/steps').output).toBe('first\nsecond\nthird\nfourth')
  })
})
