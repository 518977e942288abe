// kernel-upgrade on hosts that really reboot, one after the other, into kernels that are faked; see fake-kernels.ts for what is.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LabSpec, labConnection, labDown, labSsh, labUp, machineLacks } from '../../engine/lab/lab.ts'
import { type Finished, inventoryOf, type Project, playbookOf, project } from '../support/cli.ts'
import { backported, debianMirror, signed, signedMirror } from './fake-backports.ts'
import { type Boots, debianKernels, firstKernel, offeredRpm, rpmKernels } from './fake-kernels.ts'

const lacks = await machineLacks()
const debians = ['one', 'old', 'lost', 'last']
const spec: LabSpec = {
  name: 'kernels',
  subnet: '10.115.0.0/24',
  hosts: [
    ...debians.map((name, index) => ({ name, address: `10.115.0.1${index + 1}` })),
    { name: 'rpm', address: '10.115.0.21', image: 'dnf' as const },
  ],
}
const boots: Record<string, Boots> = { one: 'as set', old: 'old', lost: 'never', last: 'as set' }
const offered = { release: '6.10.0-3-amd64', version: '6.10.3-1' }

/** Runs shell on a host, over a connection of its own. */
function on(host: string, script: string): string {
  const { status, stdout, stderr } = spawnSync('ssh', labSsh(spec, host, ['sh']), {
    ...{ input: script, encoding: 'utf8', timeout: 120_000 },
  })
  if (status !== 0) throw new Error(`${host}: ${stderr.slice(-2000)}`)
  return stdout.trim()
}

const kernelOf = (host: string): string => on(host, 'uname -r')
const bootOf = (host: string): string => on(host, 'cat /proc/sys/kernel/random/boot_id')

describe.skipIf(lacks !== undefined)(`kernel-upgrade on real hosts${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  let site: Project
  let fingerprint: string

  beforeAll(async () => {
    await labDown(spec) // of a test run that was killed
    await labUp(spec)
    for (const name of debians) on(name, debianKernels({ boots: boots[name]!, ...offered }))
    fingerprint = on('rpm', rpmKernels)
    const { user, privateKeys, knownHosts, hostKeys } = labConnection(spec.name)
    const hosts = Object.fromEntries(spec.hosts.map(({ name, address }) => [name, { address }]))
    site = project()
    site.write(
      'inventories/home.ts',
      inventoryOf(JSON.stringify({ web: { hosts } })).replace(
        "{ transport: 'local' }",
        JSON.stringify({ transport: 'ssh', user, privateKeys, knownHosts, hostKeys }),
      ),
    )
  })
  afterAll(async () => {
    site?.remove()
    if (lacks === undefined) await labDown(spec)
  })

  /** A playbook of the role alone, one host at a time, and the role of it run on these hosts. */
  const upgrade = async (hosts: readonly string[], params: string, args: readonly string[] = [], rebooted = '') => {
    const folder = path.join(import.meta.dirname, '../../playbooks/roles')
    const calls = `kernelUpgrade({ os: facts.os, arch: facts.arch, ${params} }), reboot(${rebooted}),`
    site.write(
      'book.ts',
      playbookOf(calls)
        .replace("hosts: 'web',", "hosts: 'web', serial: 1, maxFailPercentage: 0,")
        .replace('({ vars,', '({ facts, vars,')
        .replace(
          /^/,
          `import { kernelUpgrade } from '${folder}/kernel-upgrade/index.ts'\nimport { reboot } from '${folder}/reboot/index.ts'\n`,
        ),
    )
    const roles = ['role', 'kernel-upgrade', 'reboot', '--playbook', 'book.ts']
    const ran: Finished = await site.tsplay([...roles, '-i', 'home', '-l', hosts.join(), '-o', 'ndjson', ...args])
    return { ...ran, log: ran.tasks.map(({ host, task, status }) => `${host} ${task}: ${status}`) }
  }

  const newer = "minimum: '6.9', rebootTimeout: 60"

  test('a check foretells the package and the reboot, names what hangs on them, and changes nothing', async () => {
    const before = bootOf('one')
    const checked = await upgrade(['one'], newer, ['--check'])
    expect(checked.code, checked.stdout + checked.stderr).toBe(0)
    expect(checked.log).toEqual([
      'one kernel that runs: ok',
      'one kernel is installed: changed',
      'one kernel to be booted: changed',
      'one reboot into the new kernel: changed',
      'one the new kernel runs: changed',
      'one reboot where it is needed: ok',
    ])
    expect(checked.tasks.find(({ task }) => task === 'the new kernel runs')!.message).toMatch(
      /depends on .*not checked/,
    )
    expect(bootOf('one')).toBe(before)
    expect(on('one', 'ls /boot')).not.toContain(offered.release)
  })

  test('Debian: the newest kernel is installed, booted though GRUB was pinned to another, and seen to run; a second run does nothing', async () => {
    const before = bootOf('one')
    const ran = await upgrade(['one'], newer)
    expect(ran.code, ran.stdout + ran.stderr).toBe(0)
    expect(ran.log).toEqual([
      'one kernel that runs: ok',
      'one kernel is installed: changed',
      'one kernel to be booted: ok',
      'one it is what the boot loader takes: changed',
      'one reboot into the new kernel: changed',
      'one the new kernel runs: ok',
      'one reboot where it is needed: ok',
    ])
    expect(kernelOf('one')).toBe(offered.release)
    const after = bootOf('one')
    expect(after).not.toBe(before)
    for (const args of [['--check'], []]) {
      const again = await upgrade(['one'], newer, args)
      expect(again.log).toEqual(['one kernel that runs: ok', 'one reboot where it is needed: ok'])
      expect(again.hosts.one).toMatchObject({ changed: 0, failed: 0 })
    }
    expect(bootOf('one')).toBe(after)
  })

  test('a package by name and version is found installed, and nothing is rebooted', async () => {
    const before = bootOf('one')
    const exact = `package: 'linux-image-${offered.release}', version: '${offered.version}'`
    const ran = await upgrade(['one'], exact)
    expect(ran.log.slice(0, 2)).toEqual(['one kernel that runs: ok', 'one kernel is installed: ok'])
    expect(ran.hosts.one).toMatchObject({ changed: 0, failed: 0 })
    expect(bootOf('one')).toBe(before)
  })

  test('a version that does not exist fails before anything is rebooted, and the next host is not begun', async () => {
    const before = bootOf('one')
    const ran = await upgrade(['one', 'last'], "package: 'linux-image-6.99.0-1-amd64', version: '6.99.1-1'")
    expect(ran.code).toBe(2)
    expect(ran.log).toEqual(['one kernel that runs: ok', 'one kernel is installed: failed'])
    expect(ran.tasks.at(-1)!.message).toContain('linux-image-6.99.0-1-amd64')
    expect(bootOf('one')).toBe(before)
  })

  test('a host that comes back with its old kernel has failed, and the rollout ends there', async () => {
    const [before, other] = [bootOf('old'), bootOf('last')]
    const ran = await upgrade(['old', 'last'], newer)
    expect(ran.code).toBe(2)
    expect(bootOf('old')).not.toBe(before)
    expect(ran.tasks.at(-1)).toMatchObject({
      ...{ host: 'old', task: 'the new kernel runs', status: 'failed' },
      message: `the host is up again with kernel ${firstKernel}, and 6.9 or newer is wanted`,
    })
    expect(ran.log.filter((line) => line.startsWith('last'))).toEqual([])
    expect([bootOf('last'), kernelOf('last')]).toEqual([other, firstKernel])
    expect(on('last', 'ls /boot')).not.toContain(offered.release)
  })

  test('a host that never comes back has failed after its time, and the rollout ends there', async () => {
    const other = bootOf('last')
    const ran = await upgrade(['lost', 'last'], "minimum: '6.9', rebootTimeout: 5")
    expect(ran.code).toBe(2)
    expect(ran.tasks.at(-1)).toMatchObject({
      ...{ host: 'lost', task: 'reboot into the new kernel', status: 'failed' },
      message: expect.stringMatching(/not back after 5 s/),
    })
    expect(ran.log.filter((line) => line.startsWith('last'))).toEqual([])
    expect([bootOf('last'), kernelOf('last')]).toEqual([other, firstKernel])
  })

  test('the RHEL family: from a repository of kernels whose key is known, with grubby; foretold, and not twice', async () => {
    const params = `package: 'kernel-ml', version: '${offeredRpm.version}', rebootTimeout: 60, repository: {
      name: 'kernels', baseurl: 'file:///srv/kernels', gpgkey: 'file:///srv/kernels/KEY', fingerprint: '${fingerprint}' }`
    const checked = await upgrade(['rpm'], params, ['--check'])
    expect(checked.code, checked.stdout + checked.stderr).toBe(0)
    const before = ['rpm kernel that runs: ok', 'rpm key of the kernels: changed', 'rpm repository of kernels: changed']
    expect(checked.log.slice(0, 4)).toEqual([...before, 'rpm kernel is installed: changed'])
    expect(checked.log).toContain('rpm reboot into the new kernel: changed')
    const ran = await upgrade(['rpm'], params)
    expect(ran.code, ran.stdout + ran.stderr).toBe(0)
    expect(ran.log.slice(0, 4)).toEqual(checked.log.slice(0, 4))
    expect(ran.log.slice(4)).toEqual([
      'rpm kernel to be booted: ok',
      'rpm it is what the boot loader takes: changed',
      'rpm reboot into the new kernel: changed',
      'rpm the new kernel runs: ok',
      'rpm reboot where it is needed: ok',
    ])
    expect(on('rpm', 'grubby --default-kernel; uname -r')).toBe(
      `/boot/vmlinuz-${offeredRpm.release}\n${offeredRpm.release}`,
    )
    const again = await upgrade(['rpm'], params)
    expect(again.hosts.rpm).toMatchObject({ changed: 0, failed: 0 })
  })

  test('another file than its digest says, and a repository that is not there: nothing is installed, and nothing rebooted (B16)', async () => {
    const there = 'ls /boot /var/cache/tsplay-kernel; rpm -qa | sort'
    on('rpm', 'mkdir -p /var/cache/tsplay-kernel')
    const [before, packages] = [bootOf('rpm'), on('rpm', there)]
    const file = `kernel-ml-${offeredRpm.release}.rpm`
    on('rpm', 'systemd-run --quiet --unit=mirror python3 -m http.server --bind 127.0.0.1 --directory /srv/kernels 8000')
    const url = `http://127.0.0.1:8000/${file}`
    on('rpm', `for try in 1 2 3 4 5 6 7 8 9; do curl -sfo /tmp/x.rpm ${url} && exit; sleep 1; done; exit 1`)
    // by its address alone, as documented, rpm takes what the address gives
    expect(on('rpm', 'rpm -qp --nosignature /tmp/x.rpm')).toBe(`kernel-ml-${offeredRpm.release}`)
    const repository = (baseurl: string) =>
      `repository: { name: 'kernels', baseurl: '${baseurl}', gpgkey: 'file:///srv/kernels/KEY', fingerprint: '${fingerprint}' }`
    const digest = '0'.repeat(64)
    const wrong = await upgrade(
      ['rpm'],
      `minimum: '6.5', ${repository('file:///srv/kernels')}, files: [{ url: '${url}', sha256: '${digest}' }]`,
    )
    expect(wrong.code).toBe(2)
    expect(wrong.tasks.at(-1)).toMatchObject({ task: `file ${file}`, status: 'failed' })
    const down = await upgrade(['rpm'], `minimum: '6.5', package: 'kernel-ml', ${repository('http://127.0.0.1:1/')}`)
    expect(down.code).toBe(2)
    expect(down.tasks.at(-1)).toMatchObject({ task: 'kernel is installed', status: 'failed' })
    expect(on('rpm', there)).toBe(packages)
    expect(bootOf('rpm')).toBe(before)
  })

  test('Debian: backports come from where the host has its release, signed by the distribution, for the kernel alone', async () => {
    const release = on('last', debianMirror)
    on('last', signedMirror(on('rpm', signed(release))))
    const suite = `${on('last', '. /etc/os-release; echo $VERSION_CODENAME')}-backports`
    const params = `minimum: '6.11', from: '${suite}', rebootTimeout: 60`
    const first = [
      'last kernel that runs: ok',
      `last where ${suite} is: ok`,
      `last source of ${suite}: changed`,
      'last kernel is installed: changed',
      'last kernel to be booted: ok',
    ]
    const checked = await upgrade(['last'], params, ['--check'])
    expect(checked.code, checked.stdout + checked.stderr).toBe(0)
    expect(checked.log.slice(0, 4)).toEqual(first.slice(0, 4))
    expect(checked.log).toContain('last reboot into the new kernel: changed')
    expect(on('last', 'ls /etc/apt/sources.list.d')).toBe('kernels.list')
    const ran = await upgrade(['last'], params)
    expect(ran.code, ran.stdout + ran.stderr).toBe(0)
    expect(ran.log.slice(0, 5)).toEqual(first)
    expect(kernelOf('last')).toBe(backported.release)
    expect(on('last', `cat /etc/apt/sources.list.d/${suite}.sources`)).toBe(
      [
        'Types: deb',
        'URIs: file:/srv/mirror',
        `Suites: ${suite}`,
        'Components: main',
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
      ].join('\n'),
    )
    const again = await upgrade(['last'], params)
    expect(again.log).toEqual(['last kernel that runs: ok', 'last reboot where it is needed: ok'])
  })

  test('the role reboot: a host that never comes back ends the rollout, too', async () => {
    const before = bootOf('last')
    on('old', "printf '#!/bin/sh\nexec sleep infinity\n' > /usr/local/lib/fake/boot")
    for (const host of ['old', 'last']) on(host, 'touch /run/reboot-required')
    const ran = await upgrade(['old', 'last'], "minimum: '6.1'", [], '{ timeout: 5 }')
    expect(ran.code).toBe(2)
    expect(ran.log).toEqual(['old kernel that runs: ok', 'old reboot where it is needed: failed'])
    expect(ran.tasks.at(-1)!.message).toMatch(/the host is not back after 5 s: /)
    expect(bootOf('last')).toBe(before)
  })

  test('the role reboot: where a package asks for it and not otherwise', async () => {
    const before = bootOf('one')
    on('one', 'echo linux-base > /run/reboot-required.pkgs; touch /run/reboot-required')
    const rebooted = await upgrade(['one'], newer)
    expect(rebooted.log).toEqual(['one kernel that runs: ok', 'one reboot where it is needed: changed'])
    const after = bootOf('one')
    expect(after).not.toBe(before)
    expect((await upgrade(['one'], newer)).hosts.one).toMatchObject({ changed: 0 })
    expect(bootOf('one')).toBe(after)
  })
})
