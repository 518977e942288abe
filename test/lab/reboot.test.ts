// reboot and waitForConnection on a real host: another boot, waited for, and what comes of hosts that stay away.
import { describe, expect, it } from 'vitest'
import { handler, task } from '../../engine/index.ts'
import { type LabSpec, labConnection, machineLacks } from '../../engine/lab/lab.ts'
import type { TaskList } from '../../engine/task.ts'
import { command, copy, debug, file, link, reboot, shell, systemd, waitForConnection } from '../../modules/index.ts'
import { runThere } from '../support/run-there.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)
const spec: LabSpec = { name: 'reboots', subnet: '10.99.0.0/24', hosts: [{ name: 'one', address: '10.99.0.11' }] }
const { folder } = oneHost(spec, lacks)

const onHost = (tasks: TaskList, check = false) =>
  runThere({ ...labConnection(spec.name), address: '10.99.0.11' }, tasks, { dir: folder, check })
const bootId = async (): Promise<string> => {
  const { tasks } = await onHost([task('id', command({ cmd: 'cat /proc/sys/kernel/random/boot_id' }))])
  return tasks[0]!.stdout!
}

/** A unit that is a while in coming. */
const lateUnit = (name: string, seconds: number) =>
  task(
    `unit ${name}`,
    copy({
      dest: `/etc/systemd/system/${name}.service`,
      content: `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sleep ${seconds}\n[Install]\nWantedBy=multi-user.target\n`,
    }),
  )

describe(lacks ? `reboots of a real host (skipped: ${lacks})` : 'reboots of a real host', () => {
  here('the host comes up in another boot, and the tasks behind it find it so (M17, A108)', async () => {
    await onHost([lateUnit('late', 2), task('late', systemd({ name: 'late', state: 'started', enabled: true }))])
    const before = await bootId()
    const list = [
      task('reboot', reboot({ testCommand: 'systemctl is-active --quiet ssh', units: ['late', 'nosuch'] }), {
        notify: handler('noted', debug({ message: 'x' })),
      }),
      task('behind', shell({ cmd: 'cat /proc/sys/kernel/random/boot_id; systemctl is-active late' })),
    ]
    const checked = await onHost(list, true)
    expect(checked.log).toEqual(['reboot: changed', 'behind: changed', 'noted: ok'])
    expect(await bootId()).toBe(before)
    const ran = await onHost(list)
    expect(ran.log).toEqual(['reboot: changed', 'behind: changed', 'noted: ok'])
    const [boot, late] = ran.tasks[1]!.stdout!.split('\n')
    expect(boot).toMatch(/^[0-9a-f-]{36}$/)
    expect(boot).not.toBe(before)
    // ssh answers before it runs
    expect(late).toBe('active')
    expect(ran.events.filter(({ type }) => type === 'notice')).toEqual([])
  })

  here('only where something asks for it, and not twice (M17)', async () => {
    const list = [task('reboot', reboot({ whenRequired: true }))]
    expect((await onHost(list)).log).toEqual(['reboot: ok'])
    await onHost([
      task('wish', copy({ dest: '/run/reboot-required', content: '*** System restart required ***\n' })),
      task('package', copy({ dest: '/run/reboot-required.pkgs', content: 'linux-image-x\nlibc6\nlibc6\n' })),
    ])
    const before = await bootId()
    const checked = await onHost(list, true)
    expect(checked.tasks[0]).toMatchObject({
      status: 'changed',
      diff: [{ before: 'packages want it: libc6 linux-image-x' }],
    })
    expect((await onHost(list)).log).toEqual(['reboot: changed'])
    expect(await bootId()).not.toBe(before)
    expect((await onHost(list)).log).toEqual(['reboot: ok'])
    await onHost([task('kernel', link({ path: '/boot/vmlinuz', target: 'vmlinuz-99.0', force: true }))])
    expect((await onHost(list, true)).tasks[0]!.diff[0]!.before).toMatch(/^kernel 99\.0 is to replace /)
    await onHost([task('no kernel', file({ path: '/boot/vmlinuz', state: 'absent' }))])
  })

  here(
    'a host on which something does not run again that ran before has failed in time, and says what is missing',
    async () => {
      // started by hand: no boot brings it
      await onHost([lateUnit('once', 0), task('once', systemd({ name: 'once', state: 'started' }))])
      const { tasks } = await onHost([
        task('reboot', reboot({ units: ['ssh', 'once', 'late'], timeout: 7 })),
        task('behind', command({ cmd: 'true' })),
      ])
      expect(tasks).toHaveLength(1)
      expect(tasks[0]).toMatchObject({
        status: 'failed',
        message: expect.stringMatching(
          /not back after 7 s: what ran before does not run: (.*, )?once\.service \(inactive, disabled\)/,
        ),
      })
      expect((await onHost([task('back', waitForConnection({ timeout: 30 }))])).log).toEqual(['back: ok'])
    },
  )

  here('waits for a host that nobody answers for yet (M17)', async () => {
    await onHost([
      task(
        'away for a while',
        shell({ cmd: 'setsid sh -c "systemctl stop ssh.socket ssh; sleep 7; systemctl start ssh" >/dev/null 2>&1 &' }),
      ),
    ])
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const { log, tasks, events } = await onHost([
      task('up', waitForConnection({ timeout: 60 })),
      task('look', command({ cmd: 'true' }), { changedWhen: false }),
    ])
    expect(log).toEqual(['up: ok', 'look: ok'])
    expect(tasks[0]!.durationMs).toBeGreaterThan(4000)
    expect(events.filter(({ type }) => type === 'notice')).toEqual([])
  })
})
