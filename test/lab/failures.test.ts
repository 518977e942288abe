// Connections, disks and hosts that fail while a run is at work on real hosts, and what the run makes of it.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { machineLacks } from '../../engine/lab/lab.ts'
import type { Finished } from '../support/cli.ts'
import { type Failures, failuresLab } from './failures-lab.ts'

const { failures, killSession, link, nothingLeftOn, on } = failuresLab('failures', '10.89.0')
const lacks = await machineLacks()
const notices = ({ events }: Finished, host: string): string =>
  events.flatMap((event) => (event.type === 'notice' && event.host === host ? [event.message] : [])).join('\n')

describe.skipIf(lacks !== undefined)(`a run on real hosts${lacks === undefined ? '' : ` (skipped: ${lacks})`}`, () => {
  let lab: Failures
  beforeAll(async () => {
    lab = await failures()
  })
  afterAll(() => lab?.down())

  /** Once the file is there on the host. */
  const when = (host: string, file: string): Promise<void> =>
    expect.poll(() => on(host, `test -e ${file}`).code, { timeout: 20_000, interval: 100 }).toBe(0)

  test('exits with 4 where a host is unreachable from the beginning, and with 6 where another has failed (A084, A085)', async () => {
    const unreachable = await lab.run("task('t', command({ cmd: 'true' })),", ['one', 'gone'])
    expect(unreachable.code).toBe(4)
    expect(unreachable.hosts).toMatchObject({ one: { ok: 1, unreachable: 0 }, gone: { ok: 0, unreachable: 1 } })
    expect(notices(unreachable, 'gone')).toContain('10.89.0.11 port 1 refuses connections; trying again in 1 s')
    const both = await lab.run("task('t', command({ cmd: host.name === 'one' ? 'false' : 'true' })),", [
      'one',
      'two',
      'gone',
    ])
    expect(both.code).toBe(6)
    expect(both.hosts).toMatchObject({ one: { failed: 1 }, two: { ok: 1 }, gone: { unreachable: 1 } })
  })

  /** Writes a file, and takes its time before the file is in its place: the first time. */
  const slowFile = (name: string): string =>
    `task('file', copy({ content: 'new', dest: '/root/${name}', validate: 'test -f %s; [ $(hostname)$(ls /root/${name}.begun) != one ] || { touch /root/${name}.begun; sleep 1111; }' })),`

  test('goes on after the ssh session was killed in the middle of a state task, with sshd away for three seconds (A084)', async () => {
    const running = lab.run(`${slowFile('killed')} task('after', command({ cmd: 'true' })),`, ['one', 'two'])
    await when('one', '/root/killed.begun')
    const away =
      'systemd-run --on-active=3s --timer-property=AccuracySec=100ms systemctl start ssh && systemctl stop ssh'
    killSession('one', away)
    expect(on('one', 'true').code).toBe(255)
    const ran = await running
    expect(ran.tasks.map(({ host, task, status }) => `${host} ${task} ${status}`).sort()).toEqual([
      'one after changed',
      'one file changed',
      'two after changed',
      'two file changed',
    ])
    expect(ran.code).toBe(0)
    expect(notices(ran, 'one')).toMatch(/the host closed the connection.*going on over another connection/)
    await nothingLeftOn('one')
    expect(on('one', 'ls -A /root | grep killed').output).toBe('killed\nkilled.begun')
  })

  test('does not run a command again whose ssh session was killed, and says so; the others finish (A084)', async () => {
    const running = lab.run(
      "task('once', shell({ cmd: `echo x >> /root/runs; [ $(hostname) != one ] || sleep 1112` })), task('after', command({ cmd: 'true' })),",
      ['one', 'two'],
    )
    await when('one', '/root/runs')
    killSession('one')
    const ran = await running
    expect(ran.code).toBe(4)
    expect(ran.hosts).toMatchObject({ one: { unreachable: 1, ok: 0 }, two: { ok: 2, unreachable: 0 } })
    expect(ran.tasks.find(({ status }) => status === 'unreachable')).toMatchObject({
      host: 'one',
      task: 'once',
      message: expect.stringContaining("nobody knows how far 'once' came, so it is not run a second time"),
    })
    expect(on('one', 'cat /root/runs').output).toBe('x')
    await nothingLeftOn('one')
  })

  test('does not notice when a host drops its link for a moment (A084)', async () => {
    const running = lab.run("task('long', shell({ cmd: 'touch /root/short; sleep 6; echo through' })),", ['two'])
    await when('two', '/root/short')
    link('two', 'down')
    await sleep(3000)
    link('two', 'up')
    const ran = await running
    expect(ran.code).toBe(0)
    expect(ran.tasks[0]).toMatchObject({ status: 'changed', stdout: 'through\n' })
  })

  test('gives up a host whose link stays down, within 20 s; the others finish, and so does the next run (A084, A085)', async () => {
    const tasks = `task('before', copy({ content: 'x', dest: '/root/before' })),
      task('long', shell({ cmd: 'touch /root/long; [ $(hostname) != two ] || [ -e /root/again ] || sleep 1113' })),
      task('after', copy({ content: 'x', dest: '/root/after' })),`
    const running = lab.run(tasks, ['one', 'two', 'three'])
    await when('two', '/root/long')
    link('two', 'down')
    const down = performance.now()
    const ran = await running
    expect(performance.now() - down).toBeLessThan(20_000)
    link('two', 'up')
    expect(ran.code).toBe(4)
    expect(ran.hosts).toMatchObject({ one: { ok: 3 }, two: { ok: 1, unreachable: 1 }, three: { ok: 3 } })
    expect(ran.tasks.find(({ status }) => status === 'unreachable')?.message).toContain('the host stopped answering')
    on('two', 'touch /root/again')
    const next = await lab.again(['one', 'two', 'three'])
    expect(next.code).toBe(0)
    expect(next.hosts).toMatchObject({ two: { ok: 3, changed: 2 } })
    // the host's kernel tries to send what the command has said, and is told that nobody is there any more
    await nothingLeftOn('two', 60)
  })

  test('plans a state anew when a link comes back after the connection was given up (A084)', async () => {
    const running = lab.run(slowFile('dropped'), ['one'])
    await when('one', '/root/dropped.begun')
    link('one', 'down')
    await sleep(17_000)
    link('one', 'up')
    const ran = await running
    expect(ran.code, JSON.stringify(ran.tasks)).toBe(0)
    expect(ran.tasks.map(({ task, status }) => `${task} ${status}`)).toEqual(['file changed'])
    expect(notices(ran, 'one')).toMatch(/the host stopped answering.*going on over another connection/)
    expect(on('one', 'cat /root/dropped; ls -A /root | grep tsplay').output).toBe('new')
    await nothingLeftOn('one')
  })

  test('leaves the old file whole and nothing beside it where a disk is full, exit 2 (A085)', async () => {
    on('one', 'mkdir -p /root/small && mount -t tmpfs -o size=1m tmpfs /root/small && echo old > /root/small/big')
    on('two', 'mkdir -p /root/small && echo old > /root/small/big')
    lab.site.write('big', randomBytes(4_000_000).toString('base64'))
    const ran = await lab.run("task('big', copy({ src: 'big', dest: '/root/small/big' })),", ['one', 'two'])
    expect(ran.code).toBe(2)
    expect(ran.hosts).toMatchObject({ one: { failed: 1 }, two: { changed: 1, failed: 0 } })
    expect(ran.tasks.find(({ host }) => host === 'one')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('No space left on device'),
    })
    expect(on('one', 'cat /root/small/big; ls -A /root/small').output).toBe('old\nbig')
    on('one', 'umount /root/small')
  })
})
