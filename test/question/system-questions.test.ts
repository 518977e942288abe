import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { all, group, installedPackage, kernelModule, sysctlValue, unit, user } from '../../engine/probe.ts'
import { groupKind, userKind } from '../../engine/question/accounts.ts'
import { kernelModuleKind } from '../../engine/question/kernel-module.ts'
import { packageKind } from '../../engine/question/package.ts'
import { sysctlKind, sysctlName, sysctlPath } from '../../engine/question/sysctl.ts'
import { unitKind } from '../../engine/question/unit.ts'
import { asking } from '../../engine/run/ask.ts'
import { sh, showScript } from '../../engine/script.ts'
import { runFaked, shells } from '../support/fake-commands.ts'
import { askLocally } from '../support/local-host.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the package question', () => {
  it('tells versions, holds and what is left of removed packages apart', () => {
    const output = bytes(
      'apt\njq\tamd64\t1.6-2\tinstall installed\nnginx\tall\t1.22\thold installed\nold\tamd64\t1\tdeinstall config-files\nhalf\tamd64\t1\tinstall half-configured\n',
    )
    const answers = packageKind.parse(output, ['nginx', 'jq', 'old', 'half', 'none'], 0)
    expect(answers.map(({ version, held, residual }) => [version, held, residual])).toEqual([
      ['1.22', true, false],
      ['1.6-2', false, false],
      [null, false, true],
      [null, false, false],
      [null, false, false],
    ])
  })

  it('tells architectures apart', () => {
    const output = bytes('apt\nlibc6\tamd64\t2\tinstall installed\nlibc6\ti386\t3\tinstall installed\n')
    const answers = packageKind.parse(output, ['libc6', 'libc6:i386', 'libc6:arm64'], 0)
    expect(answers.map(({ version }) => version)).toEqual(['2', '3', null])
  })

  it.each(shells)('is not put off by names that dpkg does not know (%s)', async (...shell) => {
    const fakes = { 'dpkg-query': 'printf "jq\\tamd64\\t1\\tinstall installed\\n"; exit 1' }
    const run = await runFaked(packageKind.script(['jq', 'none']), fakes, shell)
    expect(run).toMatchObject({ code: 0, stdout: 'apt\njq\tamd64\t1\tinstall installed\n' })
    expect(run.calls[0]!.slice(-3)).toEqual(['--', 'jq', 'none'])
  })

  it('reads what rpm and apk print', () => {
    const rpm = packageKind.parse(bytes('dnf\njq\tx86_64\t1:1.6-9.el9\tinstall installed\n'), ['jq', 'x'], 0)
    expect(rpm).toMatchObject([
      { manager: 'dnf', version: '1:1.6-9.el9' },
      { manager: 'dnf', version: null },
    ])
    const apk = packageKind.parse(bytes('apk\njq\t\t1.7-r0\tinstall installed\n'), ['jq'], 0)
    expect(apk).toMatchObject([{ manager: 'apk', version: '1.7-r0' }])
    expect(packageKind.parse(bytes('none\n'), ['jq'], 0)).toMatchObject([{ manager: 'none', version: null }])
  })

  it('knows of an rpm its architecture, all its versions, and who provides what none is called', () => {
    const line = (name: string, version: string, more = '') => `${name}\tx86_64\t${version}\tinstall installed${more}\n`
    const output = `dnf\n${line('kernel', '5.1-1')}${line('kernel', '5.2-1')}${line('glibc', '2.34')}${line('vim', '8.2', '\tvim-enhanced')}`
    const answers = packageKind.parse(bytes(output), ['kernel', 'glibc.x86_64', 'glibc.i686', 'vim'], 0)
    expect(answers).toMatchObject([
      { version: '5.1-1', others: ['5.2-1'] },
      { version: '2.34' },
      { version: null },
      { version: '8.2', provider: 'vim-enhanced' },
    ])
    expect(Object.keys(answers[1]!)).toEqual(['manager', 'version', 'held', 'residual'])
    const named = [
      'docker-ce-19.03.6',
      'docker-ce-19.03.6-3',
      'docker-ce-3:19.03.6-3',
      'docker-ce-19.03.6-3.x86_64',
      'docker-ce-19.03',
    ]
    const versions = packageKind.parse(bytes(`dnf\n${line('docker-ce', '3:19.03.6-3')}`), named, 0)
    expect(versions.map(({ version }) => version)).toEqual([...Array(4).fill('3:19.03.6-3'), null])
  })

  it.each(shells)('asks rpm for providers only of what no package is called (%s)', async (...shell) => {
    const rpm = `case "$*" in
*--whatprovides*vim) printf 'x86_64\\t8.2\\tinstall installed\\tvim-enhanced\\nsecond\\n' ;;
*--whatprovides*) echo "no package provides $4"; exit 1 ;;
*) printf 'jq\\tx86_64\\t1.6\\tinstall installed\\npackage vim is not installed\\npackage /a b is not installed\\n'; exit 2 ;;
esac`
    const script = sh`command() { case $2 in dpkg-query) return 1 ;; *) return 0 ;; esac; }
${packageKind.script(['jq', 'vim', '/a b'])}`
    const run = await runFaked(script, { rpm, dnf: '' }, shell)
    expect(run.stdout).toBe(
      'dnf\njq\tx86_64\t1.6\tinstall installed\nvim\tx86_64\t8.2\tinstall installed\tvim-enhanced\n',
    )
    expect(run.calls.map((call) => call.at(-1))).toEqual(['/a b', 'vim', '/a b'])
  })
})

describe('the unit question', () => {
  const keys = [
    { name: 'chronyd', scope: 'system' as const },
    { name: 'x.timer', scope: 'user' as const },
    { name: 'nosuch', scope: 'system' as const },
  ]

  it('asks each scope once and gives every answer to its key', () => {
    const output = bytes(
      'Id=chrony.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=yes\n\nId=nosuch.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\nNeedDaemonReload=no\n\n--\nId=x.timer\nLoadState=loaded\nActiveState=failed\nUnitFileState=static\nNeedDaemonReload=no\n\n--\n',
    )
    expect(unitKind.parse(output, keys, 0)).toMatchObject([
      { id: 'chrony.service', active: 'active', enabled: 'enabled', needsReload: true },
      { id: 'x.timer', active: 'failed', enabled: 'static', needsReload: false },
      { id: 'nosuch.service', load: 'not-found' },
    ])
  })

  it.each(shells)('asks the files of templates and of what holds for all users (%s)', async (...shell) => {
    const asked = [
      { name: 'getty@', scope: 'system' as const },
      { name: 'x', scope: 'global' as const },
      { name: 'gone', scope: 'global' as const },
      { name: 'm', scope: 'global' as const },
    ]
    // as if this machine ran systemd
    const script = sh.raw(showScript(unitKind.script(asked)).replace('[ -d /run/systemd/system ]', 'true'))
    const fakes = {
      systemctl:
        'case "$*" in *getty@.service) echo enabled ;; *x.service) echo disabled; exit 1 ;; *m.service) echo masked; exit 1 ;; *) echo "Failed: no such file" >&2; exit 1 ;; esac',
    }
    const run = await runFaked(script, fakes, shell)
    expect(run.calls).toEqual([
      ['systemctl', '--system', 'is-enabled', '--', 'getty@.service'],
      ['systemctl', '--global', 'is-enabled', '--', 'x.service'],
      ['systemctl', '--global', 'is-enabled', '--', 'gone.service'],
      ['systemctl', '--global', 'is-enabled', '--', 'm.service'],
    ])
    expect(unitKind.parse(bytes(run.stdout), asked, 0)).toMatchObject([
      { id: 'getty@.service', load: 'loaded', enabled: 'enabled' },
      { id: 'x.service', load: 'loaded', enabled: 'disabled', active: 'inactive' },
      { load: 'not-found', enabled: '' },
      { load: 'masked', enabled: 'masked' },
    ])
  })

  it('sees a drop-in that systemd has not read, in a folder that systemd does not know of', () => {
    const unit = (id: string, read: string) =>
      `Id=${id}.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=no\nDropInPaths=${read}\n\n`
    const own = (id: string) => `/etc/systemd/system/${id}.service.d/10-own.conf`
    const output = `${unit('a', own('a'))}${unit('b', '')}${unit('c', '')}\ndrop-in ${own('a')}\ndrop-in ${own('b')}\n\n--\n`
    const asked = ['a', 'b', 'c'].map((name) => ({ name, scope: 'system' as const }))
    expect(unitKind.parse(bytes(output), asked, 0).map(({ needsReload }) => needsReload)).toEqual([false, true, false])
  })

  it('says where there is no systemd', () => {
    const answers = unitKind.parse(bytes('none\n\n--\nnone\n\n--\n'), keys, 0)
    expect(answers.every(({ systemd, load }) => !systemd && load === 'not-found')).toBe(true)
  })

  it('does not take too few answers for an answer', () => {
    expect(() => unitKind.parse(bytes('Id=a.service\n\n--\nId=x.timer\n\n--\n'), keys, 0)).toThrow(/nosuch/)
  })
})

describe('the sysctl question', () => {
  it('knows both spellings of a key', () => {
    expect(sysctlPath('net.ipv4.ip_forward')).toBe('/proc/sys/net/ipv4/ip_forward')
    expect(sysctlPath('net/ipv4/conf/eth0.100/forwarding')).toBe('/proc/sys/net/ipv4/conf/eth0.100/forwarding')
    expect(sysctlPath('net.ipv4.conf.eth0/100.forwarding')).toBe('/proc/sys/net/ipv4/conf/eth0.100/forwarding')
    expect(sysctlName('net/ipv4/ip_forward')).toBe('net.ipv4.ip_forward')
    expect(sysctlName('net.ipv4.conf.eth0/100.forwarding')).toBe('net/ipv4/conf/eth0.100/forwarding')
  })

  it('reads values of several numbers and lines, and what is missing', () => {
    const output = bytes('/proc/sys/a/b:4096\t131072\t6291456\n/proc/sys/c/d:1\n/proc/sys/c/d:2\n')
    expect(sysctlKind.parse(output, ['a.b', 'c.d', 'x.y'], 0)).toEqual(['4096 131072 6291456', '1 2', null])
  })
})

describe('the account questions', () => {
  it('find groups of a user, also where the host knows no primary group', () => {
    const output = bytes(
      'k8s:x:900:900:Kube:/home/k8s:/bin/sh\n--\nroot:x:0:\nwheel:x:10:root,k8s\ndocker:x:99:k8s\nk8s2:x:5:k8s2\n',
    )
    expect(userKind.parse(output, ['k8s', 'k8'], 0)).toEqual([
      {
        name: 'k8s',
        uid: 900,
        gid: 900,
        group: '900',
        comment: 'Kube',
        home: '/home/k8s',
        shell: '/bin/sh',
        groups: ['docker', 'wheel'],
      },
      null,
    ])
  })

  it('are not confused by a line that ends in dashes', () => {
    const output = bytes('a:x:1:1::/home/--:/bin/x--\n--\ng:x:1:a\n')
    expect(userKind.parse(output, ['a'], 0)[0]).toMatchObject({ shell: '/bin/x--', group: 'g' })
  })

  it('read groups with and without members', () => {
    expect(groupKind.parse(bytes('a:x:1:\nb:x:2:x,y\n'), ['b', 'a', 'c'], 0)).toEqual([
      { name: 'b', gid: 2, members: ['x', 'y'] },
      { name: 'a', gid: 1, members: [] },
      null,
    ])
  })
})

describe('the kernel module question', () => {
  it('takes dashes and underscores for the same', () => {
    const output = bytes('br_netfilter\n--\nip-tables\noverlay\n--\ntun\n')
    expect(kernelModuleKind.parse(output, ['br-netfilter', 'ip_tables', 'tun', 'x'], 0)).toEqual([
      { loaded: true, builtin: false, available: true },
      { loaded: false, builtin: true, available: true },
      { loaded: false, builtin: false, available: true },
      { loaded: false, builtin: false, available: false },
    ])
  })

  it.each(shells)('asks modprobe only for what is not there (%s)', async (...shell) => {
    // one that cannot resolve names, such as busybox has
    const modprobe = 'case $1 in -R) echo "invalid option" >&2; exit 1 ;; esac'
    const run = await runFaked(kernelModuleKind.script(['br_netfilter', 'no_such_x']), { modprobe }, shell)
    expect(run.code).toBe(0)
    expect(run.calls.filter((call) => call.at(-1) === 'no_such_x')).toEqual([
      ['modprobe', '-R', 'no_such_x'],
      ['modprobe', '-n', '-q', 'no_such_x'],
    ])
    expect(kernelModuleKind.parse(bytes(run.stdout), ['no_such_x'], 0)).toEqual([
      { loaded: false, builtin: false, available: true },
    ])
  })

  it.each(shells)('looks for what an alias stands for, where no module has the name (%s)', async (...shell) => {
    const stood = {
      no_real: 'no-real',
      no_alias: 'no_x',
      no_two: 'no_x\nno_y',
      no_half: 'acpi\nno_y',
      no_builtin: 'acpi',
    }
    const modprobe = `case "$1 $2" in ${Object.entries(stood)
      .map(([name, of]) => `'-R ${name}') printf '${of}\n' ;;`)
      .join(' ')} *) exit 1 ;; esac`
    const folder = mkdtempSync(join(tmpdir(), 'tsplay-modules-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const names = [...Object.keys(stood), 'no_such']
    const asked = async (loaded: string) => {
      writeFileSync(join(folder, 'modules'), loaded)
      const text = showScript(kernelModuleKind.script(names))
        .replace('/proc/modules', join(folder, 'modules'))
        .replaceAll('/sys/module/', `${folder}/`)
      const { calls, stdout } = await runFaked(sh.raw(text), { modprobe }, shell)
      return { calls: calls.length, answers: kernelModuleKind.parse(bytes(stdout), names, 0) }
    }
    writeFileSync(join(folder, 'acpi'), '')
    const off = { loaded: false, builtin: false, available: true }
    const missing = { ...off, available: false }
    const [on, builtin] = [
      { ...off, loaded: true },
      { ...off, builtin: true },
    ]
    const of = (...aliasOf: string[]) => ({ aliasOf })
    // one question to modprobe each, and another for the one that it does not know
    expect(await asked('no_z 16384 0 - Live 0x0\n')).toEqual({
      calls: names.length + 1,
      answers: [
        off,
        { ...off, ...of('no_x') },
        { ...off, ...of('no_x', 'no_y') },
        { ...off, ...of('acpi', 'no_y') },
        { ...builtin, ...of('acpi') },
        missing,
      ],
    })
    expect((await asked('no_x 16384 0 - Live 0x0\nno_real 1 0 - Live 0x0\n')).answers).toEqual([
      on,
      { ...on, ...of('no_x') },
      { ...off, ...of('no_x', 'no_y') },
      { ...off, ...of('acpi', 'no_y') },
      { ...builtin, ...of('acpi') },
      missing,
    ])
    expect((await asked('no_x 1 0 - Live 0x0\nno_y 1 0 - Live 0x0\n')).answers.slice(2, 4)).toEqual([
      { ...on, ...of('no_x', 'no_y') },
      { ...on, ...of('acpi', 'no_y') },
    ])
  })
})

describe('many questions', () => {
  const probe = all([
    installedPackage('jq'),
    installedPackage('bash'),
    sysctlValue('net.ipv4.ip_forward'),
    sysctlValue('net/ipv4/ip_forward'),
    sysctlValue('no.such'),
    user('root'),
    user('nobody'),
    group('root'),
    kernelModule('overlay'),
    kernelModule('tun'),
    unit('ssh'),
    unit('cron'),
  ] as const)

  it('cost one step for all kinds', () => {
    expect(asking(probe.questions).steps).toHaveLength(1)
  })

  it('have the same answers in every shell', async () => {
    const answers = await Promise.all(shells.map((shell) => askLocally(probe, shell)))
    for (const other of answers) expect(other).toEqual(answers[0])
    expect(answers[0]![5]).toMatchObject({ uid: 0 })
  })
})
