// The base question on files of many distributions, in every shell this machine has.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { hostname, release } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { baseProbe } from '../../engine/facts/base.ts'
import { askLocally } from '../support/local-host.ts'
import { poorShell, rootWith } from '../support/root-with.ts'
import { nothingRan, shellsHere } from '../support/shells.ts'
import { vectors } from './os-releases.ts'

const osOf = async (text: string | Uint8Array, shell?: readonly string[]) =>
  (await askLocally(baseProbe(rootWith({ 'etc/os-release': text })), shell)).os

describe.each(shellsHere)('in $name, os-release of', ({ argv }) => {
  test.each(vectors)('$name is understood (A064)', async ({ text, os }) => {
    expect(await osOf(text, argv)).toEqual({ ...os, majorVersion: os.version.split('.')[0] })
  })

  test('/usr/lib is read where /etc has none (A064)', async () => {
    const root = rootWith({ 'usr/lib/os-release': 'ID=debian\n' })
    expect((await askLocally(baseProbe(root), argv)).os.id).toBe('debian')
    expect((await askLocally(baseProbe(rootWith({ 'etc/other': '' })), argv)).os).toMatchObject({ id: '', family: '' })
  })

  test('a hostile host is text that nobody runs (A064)', async () => {
    const evil = [
      '$(touch /pwned)',
      '`touch /pwned`',
      'touch /pwned',
      'X=1; touch /pwned',
      'exit 3',
      'boot=0000',
      'uname=a b c',
      'NAME="two',
      'ID=inside',
      'lines"',
      'PATH=/nowhere',
      'VERSION_ID="$(touch /pwned)\\$x"',
      'ID=debian',
      "VERSION_CODENAME='book''worm",
    ].join('\n')
    const facts = await askLocally(baseProbe(rootWith({ 'etc/os-release': evil })), argv)
    expect(nothingRan()).toBe(true)
    expect(facts.os).toEqual({
      id: 'debian',
      family: 'debian',
      version: '$(touch /pwned)$x',
      majorVersion: '$(touch /pwned)$x',
      codename: '',
    })
    expect(facts).toMatchObject({ bootId: '', hostname: hostname(), kernel: release() })
  })

  test('a broken one breaks nothing else (A064)', async () => {
    for (const text of [
      '',
      '\n\n',
      'no assignment',
      new Uint8Array([0, 255, 254, 10, 61, 10]),
      `${'X=y\n'.repeat(20_000)}`,
      'ID="open',
    ]) {
      const facts = await askLocally(baseProbe(rootWith({ 'etc/os-release': text })), argv)
      expect(facts.os.id).toBe('')
      expect(facts.hostname).toBe(hostname())
    }
    expect(await osOf('ID=debian\r\nVERSION_ID="12"\r\n', argv)).toMatchObject({ id: 'debian', version: '12' })
    expect((await osOf('\tID = debian\nID=alpine', argv)).id).toBe('alpine')
  })

  test('a pipe in its place keeps nobody waiting (A064)', async () => {
    const root = rootWith({ 'usr/lib/os-release': 'ID=debian\n', 'etc/x': '' })
    spawnSync('mkfifo', [path.join(root, 'etc/os-release')])
    expect((await askLocally(baseProbe(root), argv)).os.id).toBe('debian')
  })
})

test.each([
  ['ID=plain', 'plain'],
  ['ID="double"', 'double'],
  ["ID='single'", 'single'],
  ['ID="with \\"quotes\\" \\$ \\` \\\\ \\n"', 'with "quotes" $ ` \\ \\n'],
  ["ID='no \\escape $HOME'", 'no \\escape $HOME'],
  ['ID=bare\\ blank', 'bare blank'],
  ['ID=commented # so', 'commented'],
  ['ID="a" # so', 'a'],
  ['# ID=x', ''],
  ['ID="a"b', ''],
  ['ID=two words', ''],
  ['ID=a\nID=b', 'b'],
])('os-release quotes as a shell does: %s (A064)', async (line, id) => {
  expect((await osOf(`${line}\n`)).id).toBe(id)
})

describe.each(shellsHere)('in $name, this machine', ({ name, argv }) => {
  test('tells what its tools tell (A064)', async () => {
    const facts = await askLocally(baseProbe(), argv)
    const tool = (command: string): string => spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout.trim()
    expect(facts).toMatchObject({
      kernel: tool('uname -r'),
      arch: tool('uname -m'),
      hostname: tool('uname -n'),
      cpus: Number(tool('grep -c ^processor /proc/cpuinfo')),
      memoryMb: Math.floor(Number(tool("sed -n 's/^MemTotal: *\\([0-9]*\\).*/\\1/p' /proc/meminfo")) / 1024),
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      serviceManager: existsSync('/run/systemd/system') ? 'systemd' : 'other',
    })
    // busybox alone sees no package manager of the machine, but its own
    if (name !== 'busybox alone') expect((await askLocally(baseProbe())).packageManager).toBe(facts.packageManager)
  })
})

const ids = { redhat: 'rhel', suse: 'sles', debian: 'debian', alpine: 'alpine', arch: 'arch' } as const

test.each([
  ['redhat', ['dnf', 'yum', 'apt-get'], 'dnf'],
  ['redhat', ['yum'], 'yum'],
  ['suse', ['dnf', 'zypper'], 'zypper'],
  ['debian', ['dnf', 'apt-get'], 'apt'],
  ['alpine', ['apk'], 'apk'],
  ['arch', ['pacman'], 'pacman'],
  ['debian', [], 'none'],
  ['debian', ['apk'], 'apk'],
] as const)('on %s with %j the package manager is its own (A064)', async (family, tools, expected) => {
  const root = rootWith({ 'etc/os-release': `ID=${ids[family]}\n` })
  const shell = poorShell([], Object.fromEntries(tools.map((name) => [name, ':'])))
  expect(await askLocally(baseProbe(root), shell)).toMatchObject({ os: { family }, packageManager: expected })
})

test('a host without systemd and with openrc says so (A064)', async () => {
  const shell = poorShell([], { 'rc-service': ':' })
  expect((await askLocally(baseProbe(rootWith({ 'etc/x': '' })), shell)).serviceManager).toBe('openrc')
  expect((await askLocally(baseProbe(rootWith({ 'run/systemd/system/': '' })), shell)).serviceManager).toBe('systemd')
})

test('without ip the default address comes from the kernel (A064)', async () => {
  const withIp = await askLocally(baseProbe())
  expect((await askLocally(baseProbe(), poorShell(['ip']))).defaultIpv4).toEqual(withIp.defaultIpv4)
  const none = await askLocally(baseProbe(rootWith({ 'etc/x': '' })), poorShell(['ip']))
  expect(none).toMatchObject({ defaultIpv4: undefined, cpus: 0, memoryMb: 0, bootId: '' })
})
