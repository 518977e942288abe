// kernel-upgrade in a virtual machine that boots its own kernels by its own GRUB: what lab hosts, which share one, cannot show.
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Finished, type Project, project } from '../support/cli.ts'
import { vmDisk } from './disk.ts'
import { bootGuest, type Guest } from './guest.ts'
import { means } from './needs.ts'

const say = (message: string) => console.info(message)
const found = await means(say)
const lacks = typeof found === 'string' ? found : undefined
const roles = path.join(import.meta.dirname, '../../playbooks/roles')

describe.skipIf(lacks !== undefined)(`a virtual machine${lacks === undefined ? '' : ` (skipped: ${lacks})`}`, () => {
  if (typeof found === 'string') return say(`no virtual machine here: ${found}`)
  const { machine, older, newer } = found
  const began = performance.now()
  let guest: Guest
  let site: Project

  const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(0)} s`

  beforeAll(async () => {
    const disk = await vmDisk(machine, older, say)
    say(`${seconds(began)}: the disk is there`)
    const booting = performance.now()
    guest = await bootGuest(disk)
    say(`${seconds(booting)} from power-on to a machine that runs`)
    // the disk is as old as the cache, and the machine's own lists say what the newer kernel is
    const lists = await guest.ssh('apt-get -qq update')
    if (lists.code !== 0) throw new Error(lists.stderr)
    site = project({
      'world.ts':
        "import { site, z } from 'tsplay'\nexport const world = site({ vars: z.object({}), groups: { machines: z.object({}) } })\n",
      'inventories/home.ts': `import { inventory } from 'tsplay'
import { world } from '../world.ts'
export default inventory(world, { groups: { machines: { hosts: { vm: ${JSON.stringify(guest.login)} } } } })
`,
      'book.ts': `import { play, playbook } from 'tsplay'
import { kernelUpgrade } from '${roles}/kernel-upgrade/index.ts'
import { world } from './world.ts'
export default playbook(world, [
  play({ name: 'kernels', hosts: 'machines', serial: 1, maxFailPercentage: 0, tasks: ({ facts }) => [
    kernelUpgrade({ os: facts.os, arch: facts.arch, package: '${newer.package}', version: '${newer.version}', rebootTimeout: 1200 }),
  ] }),
])
`,
    })
  })
  afterAll(async () => {
    site?.remove()
    await guest?.end()
    say(`${seconds(began)} in all`)
  })

  const upgrade = async (...args: string[]): Promise<Finished & { log: string[] }> => {
    const start = performance.now()
    const ran = await site.tsplay([
      'role',
      'kernel-upgrade',
      '--playbook',
      'book.ts',
      '-i',
      'home',
      '-o',
      'ndjson',
      ...args,
    ])
    say(`${seconds(start)} for tsplay role kernel-upgrade ${args.join(' ')}`)
    return { ...ran, log: ran.tasks.map(({ task, status }) => `${task}: ${status}`) }
  }
  const release = async (): Promise<string> => (await guest.ssh('uname -r')).stdout.trim()

  test('boots the packaged kernel that it is to be upgraded from, by its own GRUB', async () => {
    expect(await release()).toBe(older.release)
    expect((await guest.ssh('cat /proc/cmdline')).stdout).toContain(`BOOT_IMAGE=/boot/vmlinuz-${older.release}`)
    expect((await guest.ssh('ls /boot')).stdout).not.toContain(newer.release)
  })

  const steps = ['kernel is installed', 'reboot into the new kernel', 'the new kernel runs']

  test('a check foretells the package and the reboot, says what hangs on them, and changes nothing', async () => {
    const before = (await guest.ssh('cat /proc/sys/kernel/random/boot_id')).stdout
    const checked = await upgrade('--check')
    expect(checked.code, checked.stdout + checked.stderr).toBe(0)
    expect(checked.log).toEqual(
      expect.arrayContaining(['kernel that runs: ok', ...steps.map((step) => `${step}: changed`)]),
    )
    expect(checked.tasks.find(({ task }) => task === 'the new kernel runs')?.message).toContain(
      'reboot into the new kernel',
    )
    expect((await guest.ssh('cat /proc/sys/kernel/random/boot_id; ls /boot')).stdout).not.toContain(newer.release)
    expect((await guest.ssh('cat /proc/sys/kernel/random/boot_id')).stdout).toBe(before)
  })

  test('tsplay role kernel-upgrade installs the other kernel, reboots, and the other kernel runs (V08)', async () => {
    const ran = await upgrade()
    expect(ran.code, ran.stdout + ran.stderr + (await guest.said()).slice(-2000)).toBe(0)
    expect(ran.log).toEqual([
      'kernel that runs: ok',
      'kernel is installed: changed',
      'kernel to be booted: ok',
      'reboot into the new kernel: changed',
      'the new kernel runs: ok',
    ])
    expect(await release()).toBe(newer.release)
    expect((await guest.ssh('cat /proc/cmdline')).stdout).toContain(`BOOT_IMAGE=/boot/vmlinuz-${newer.release}`)
    expect((await guest.ssh('dpkg-query -W linux-image-\\*')).stdout).toContain(`${newer.package}\t${newer.version}`)
  })

  test('a second run and a check of it change nothing, and reboot nothing', async () => {
    const before = (await guest.ssh('cat /proc/sys/kernel/random/boot_id')).stdout
    for (const args of [['--check'], []]) {
      const again = await upgrade(...args)
      expect(again.code, again.stdout + again.stderr).toBe(0)
      expect(again.hosts.vm).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    }
    expect((await guest.ssh('cat /proc/sys/kernel/random/boot_id')).stdout).toBe(before)
    expect(await release()).toBe(newer.release)
  })
})
