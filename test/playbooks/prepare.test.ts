import { describe, expect, test } from 'vitest'
import { type Content, contentOf, contentText } from '../../engine/content.ts'
import lab from '../../inventories/lab.ts'
import { swap } from '../../modules/index.ts'
import { hostsFile } from '../../playbooks/preparation/access.ts'
import { basePackages } from '../../playbooks/roles/base-packages/index.ts'
import { firewallOff } from '../../playbooks/roles/firewall-off/index.ts'
import { hostsEntries } from '../../playbooks/roles/hosts-file/index.ts'
import { frozenLine } from '../../playbooks/roles/path-env/index.ts'
import { selinuxOff } from '../../playbooks/roles/selinux-off/index.ts'
import { timezoneLocale } from '../../playbooks/roles/timezone-locale/index.ts'
import { systemSites } from './documented-systems.ts'
import { hostsLines, rootOf } from './role-files.ts'
import { listedIn, only, siteOver } from './tasks-of.ts'

const site = siteOver()
const everyone = site.hosts.map(({ name }) => name)

describe('hosts-file', () => {
  const linesOn = (host: string): string[] => hostsLines(only(site.tasks(host), 'names of all hosts'))
  const lines = linesOn('m1')

  test('lists every host of the inventory once, on every host alike (B02, B03, B69)', () => {
    for (const { name, address } of site.hosts) {
      expect(lines.filter((line) => line.split(' ').includes(name))).toHaveLength(1)
      expect(lines.filter((line) => line.startsWith(`${address} `))).toHaveLength(1)
    }
    for (const host of everyone) expect(linesOn(host)).toEqual(lines)
  })

  test('has the name of the API on the line of the load balancer (B59, B61)', () => {
    expect(lines).toContain('10.77.0.31 lb1 api.lab.test')
  })

  test('is a block of its own in a file whose other lines stay, and what these say against it counts no more (B03, B64)', () => {
    const { module, params } = only(site.tasks('m1'), 'names of all hosts')
    expect(module).toBe('hosts')
    expect(params).toEqual({ entries: expect.any(Array), exclusive: true })
    expect(lines.join('\n')).not.toMatch(/localhost|^127\.|^::1/m)
  })

  test('asks behind that what the resolver of the host says of each name, and of no name but these', () => {
    const { params } = only(site.tasks('m1'), 'every name leads to its address')
    expect(params.entries).toEqual(only(site.tasks('m1'), 'names of all hosts').params.entries)
    expect(params.elsewhere).toEqual([])
  })

  test('leaves a name of the API that no host bears to name servers, who must know it', () => {
    const context = {
      vars: { api: { name: 'api.example.org' }, extraHosts: [] },
      hosts: site.hosts,
      groups: { lb: [] },
    }
    const [, asked] = listedIn([hostsFile({ ...context, host: site.hosts[0] } as never) as never])
    expect(asked!.params.elsewhere).toEqual(['api.example.org'])
    const extraHosts = [{ address: '10.0.0.9', names: ['api.example.org'] }]
    const vars = { ...context.vars, extraHosts }
    const [, known] = listedIn([hostsFile({ ...context, vars, host: site.hosts[0] } as never) as never])
    expect(known!.params).toMatchObject({ elsewhere: [], entries: expect.arrayContaining(extraHosts) })
  })

  test('gives short names to long ones, and leaves out what has no address of its own', () => {
    const hosts = [
      { name: 'k8s-harbor01.example.local', address: '172.31.3.106' },
      { name: 'localhost', address: '127.0.0.1' },
      { name: 'named', address: 'named.example.com' },
      { name: 'six', address: 'fd00::6' },
    ]
    const aliases = [{ address: '172.31.3.188', names: ['api.example.local', 'api'] }]
    expect(hostsEntries({ hosts, aliases })).toEqual([
      { address: '172.31.3.106', names: ['k8s-harbor01.example.local', 'k8s-harbor01'] },
      { address: 'fd00::6', names: ['six'] },
      ...aliases,
    ])
  })
})

test('each host gets its own whole name (B01)', () => {
  for (const host of everyone) expect(only(site.tasks(host), 'name of the host').params).toEqual({ name: host })
})

describe('swap-off', () => {
  const commented = (text: string): string => {
    const wished = swap.module.desired({ live: false }, { inUse: [], fstab: contentOf(text), units: [] })
    return wished?.fstab ? contentText(wished.fstab as Content)! : text
  }

  test('comments lines that mount swap once, also those with tabs; documented ways do it again, or miss them (B11)', () => {
    const before = '/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\nUUID=1\tnone\tswap\tsw\t0\t0\n'
    const root = rootOf({ fstab: before, tabs: before })
    root.run("sed -ri 's/.*swap.*/#&/' fstab; sed -ri 's/.*swap.*/#&/' fstab; sed -i '/ swap / s/^/#/' tabs")
    expect(root.read('fstab')).toContain('##/dev/sda2')
    expect(root.read('tabs')).toContain('\nUUID=1\tnone\tswap')

    const after = '/dev/sda1 / ext4 defaults 0 1\n# /dev/sda2 none swap sw 0 0\n# UUID=1\tnone\tswap\tsw\t0\t0\n'
    expect(commented(before)).toBe(after)
    expect(commented(after)).toBe(after)
  })

  test('leaves comments, blank lines and whatever only holds the word alone (B11)', () => {
    const text = '# swap was here: /dev/sda2 none swap sw 0 0\n\n\n/dev/swapdisk /srv/swap ext4 defaults 0 2\n'
    expect(commented(text)).toBe(text)
    const root = rootOf({ fstab: text })
    root.run("sed -ri 's/.*swap.*/#&/' fstab")
    expect(root.read('fstab')).toContain('#/dev/swapdisk')
  })

  test('understands lines as fstab(5) does, however they are written', () => {
    const lines = [
      '  /swapfile\tswap swap defaults',
      'LABEL=a\\040b none swap sw,pri=5',
      '/dev/zram0 none swap\tdefaults 0 0',
    ]
    for (const line of lines) expect(commented(`${line}\n`)).toMatch(/^\s*# \S/)
    const kept = [
      'tmpfs /swap tmpfs size=1g',
      'server:/swap /mnt nfs rw,x-systemd.automount',
      '\t#/dev/b none swap sw',
      '/dev/b none swapfs x',
    ]
    for (const line of kept) expect(commented(`${line}\n`)).toBe(`${line}\n`)
  })

  test('does not touch swap that a lab host shares with the machine', () => {
    expect(only(site.tasks('n1'), 'no swap').params).toEqual({ live: false })
  })
})

test('SELinux is turned off in its own file; the documented sed makes a file of the link to it, and its chain stops (B10)', () => {
  const root = rootOf({ 'selinux/config': 'SELINUX=enforcing\nSELINUXTYPE=targeted\n', 'sysconfig/x': '' })
  root.run(
    "ln -s ../selinux/config sysconfig/selinux; sed -i 's/^SELINUX=enforcing/SELINUX=disabled/' sysconfig/selinux",
  )
  expect(root.run('[ -L sysconfig/selinux ]').code).toBe(1)
  expect(root.read('selinux/config')).toContain('SELINUX=enforcing')
  expect(
    root.run('setenforce() { echo "SELinux is disabled" >&2; return 1; }; setenforce 0 && echo went on').output,
  ).not.toContain('went on')

  const [off] = listedIn([selinuxOff()])
  expect([off!.module, off!.params]).toEqual(['selinux', { state: 'disabled' }])
  const { module } = off!.node.action
  expect(module.desired(off!.params, { file: null, live: 'disabled' })).toEqual({})
})

test('firewalls are stopped and disabled, and no rule is flushed (B07, B08)', () => {
  const tasks = site.tasks('n1').filter(({ role }) => role === 'firewall-off')
  expect(tasks.map(({ params }) => params)).toEqual([
    { name: 'firewalld', state: 'stopped', enabled: false },
    { name: 'ufw', state: 'stopped', enabled: false },
  ])
})

test('services that break the names of containers go, too, where that is said', () => {
  expect(listedIn([firewallOff({ also: ['dnsmasq'] })]).map(({ params }) => params.name)).toContain('dnsmasq')
})

test('no task of any host writes by appending: each file is owned or has a block (B12, B15)', () => {
  for (const host of everyone) {
    const commands = site.tasks(host).filter(({ module }) => module === 'shell' || module === 'command')
    expect(commands.map(({ name }) => name).filter((name) => name !== 'the cluster is healthy')).toEqual([])
  }
})

test('limits stand in a file of their own, one line each (B12, B15)', async () => {
  const task = only(site.tasks('m1'), 'limits of sessions')
  expect(task.params.dest).toBe('/etc/security/limits.d/90-tsplay.conf')
  const lines = (await site.text('m1', task)).trim().split('\n')
  expect(lines).toContain('* soft nofile 65536')
  expect(new Set(lines).size).toBe(lines.length)
})

test('base packages are those of the family, none is upgraded, and no service of theirs starts unasked (B79)', () => {
  const tasks = site.tasks('n1').filter(({ role }) => role === 'base-packages')
  expect(tasks.flatMap(({ params }) => params.name)).toEqual(expect.arrayContaining(['curl', 'conntrack']))
  for (const { params } of tasks) {
    expect(params.startServices).toBe(false)
    expect(params.state ?? 'present').toBe('present')
  }
})

test('all packages are upgraded before that only where an inventory asks for it, by the family it is (B79)', () => {
  const tasks = (family: 'debian' | 'redhat', upgrade?: boolean) =>
    listedIn([basePackages({ family, names: ['jq'], ...(upgrade !== undefined && { upgrade }) })]).map(
      ({ module, params }) => [module, params.upgrade ?? params.name],
    )
  expect(tasks('debian')).toEqual([['apt', ['jq']]])
  expect(tasks('redhat', false)).toEqual([['package', ['jq']]])
  expect(tasks('debian', true)).toEqual([
    ['apt', 'safe'],
    ['apt', ['jq']],
  ])
  expect(tasks('redhat', true)).toEqual([
    ['upgraded', undefined],
    ['package', ['jq']],
  ])
  for (const host of everyone)
    expect(site.tasks(host).map(({ name }) => name)).not.toContain('every package is upgraded')
  const upgraded = siteOver({ ...lab, vars: { ...lab.vars, upgradePackages: true } } as never).tasks('n1')
  expect(only(upgraded, 'every package is upgraded').params).toEqual({ upgrade: 'safe' })
})

describe('masters and nodes', () => {
  test('load kernel modules now and at boot, each named once and without comments (B17, B18)', () => {
    const tasks = site.tasks('n1').filter(({ module }) => module === 'kernelModule')
    expect(tasks.map(({ params }) => params.persistent)).toEqual(['k8s', 'ipvs', 'ipvs'])
    const names: string[] = tasks.flatMap(({ params }) => params.name)
    expect(names).toEqual(expect.arrayContaining(['br_netfilter', 'overlay', 'nf_conntrack']))
    expect(new Set(names).size).toBe(names.length)
    expect(names.every((name) => /^\w+$/.test(name))).toBe(true)
  })

  test('have kernel parameters each once; those the kernel lacks are no failure; nothing panics on a lockup (B19)', () => {
    const { params } = only(site.tasks('m1'), 'kernel parameters')
    expect(params).toMatchObject({ file: '/etc/sysctl.d/99-k8s.conf', ignoreMissing: true })
    expect(params.values['net.bridge.bridge-nf-call-iptables']).toBe(1)
    expect(params.values['kernel.softlockup_panic']).toBeUndefined()
  })

  test('load br_netfilter before its parameters are set (B19)', () => {
    const names = site.tasks('n1').map(({ name }) => name)
    expect(names.indexOf('modules for containers')).toBeLessThan(names.indexOf('kernel parameters'))
  })

  test('have the folders that components log to (B25), masters more of them', () => {
    const paths = (host: string): string[] =>
      site.tasks(host).flatMap(({ role, params }) => (role === 'layout' ? [params.path] : []))
    expect(paths('n1')).toEqual([
      ...['/opt/kubernetes/bin', '/opt/kubernetes/cfg', '/opt/kubernetes/ssl', '/opt/kubernetes/logs'],
      ...['/opt/kubernetes/logs/kubelet', '/opt/kubernetes/logs/kube-proxy', '/opt/cni/bin', '/etc/cni/net.d'],
    ])
    expect(paths('m1')).toEqual(expect.arrayContaining([...paths('n1'), '/opt/kubernetes/logs/kube-apiserver']))
    expect(paths('lb1')).toEqual([])
  })

  test('find programs by a PATH that is expanded when a shell starts, not when the file is written (B23)', async () => {
    const text = await site.text('m1', only(site.tasks('m1'), 'environment of login shells'))
    expect(text).toContain(
      'case ":$PATH:" in *:/opt/kubernetes/bin:*) ;; *) export PATH=$PATH:/opt/kubernetes/bin ;; esac',
    )
    expect(text).toContain("alias etcdctl3='ETCDCTL_API=3 /usr/bin/etcdctl --cacert=/opt/etcd/ssl/ca.pem")
  })

  test('what scripts have added to /etc/profile in every run is taken out, and nothing else (B12, B23)', () => {
    const written = 'export PATH=$PATH:/opt/kubernetes/bin\n'
    const own = 'export PATH=$PATH:/opt/kubernetes/bin:/opt/mine\nPATH=$PATH:/opt/kubernetes/binary\numask 022\n'
    const root = rootOf({ profile: own })
    const documented = "echo 'export PATH=$PATH:/opt/kubernetes/bin' >> profile"
    root.run(`${documented}; ${documented}`)
    expect(root.read('profile')).toBe(`${own}${written}${written}`)

    const { params } = only(site.tasks('n1'), 'no such lines in /etc/profile')
    const left = (text: string) =>
      text
        .split('\n')
        .filter((line) => !new RegExp(params.regexp).test(line))
        .join('\n')
    expect(params).toMatchObject({ path: '/etc/profile', state: 'absent' })
    expect(left(root.read('profile'))).toBe(own)
    const lines = ['PATH=/opt/kubernetes/bin:$PATH', '  export PATH="${PATH}:/opt/kubernetes/bin"']
    for (const line of lines) expect(line).toMatch(new RegExp(params.regexp))
  })

  test('what scripts have added for programs that packages bring now is taken out, too (B12)', () => {
    const { params } = only(systemSites.s2.tasks('centos7-a'), 'no such lines in /etc/profile')
    for (const line of ['export PATH=$PATH:/opt/etcd/bin', 'export PATH=$PATH:/opt/kubernetes/bin:/opt/etcd/bin'])
      expect(line).toMatch(new RegExp(params.regexp))
    expect('export PATH=$PATH:/opt/etcd/binaries').not.toMatch(new RegExp(params.regexp))
  })

  test.each([
    ['PATH=/opt/k8s/bin:/usr/local/sbin:/usr/bin:/root/bin:/bin', true],
    ['export PATH="/opt/k8s/bin:/usr/bin"', true],
    ["  PATH='/opt/k8s/bin:/usr/bin'", true],
    ['PATH=/opt/k8s/bin:$PATH', false],
    ['PATH=/opt/k8s/bin:/usr/bin:$HOME/bin', false],
    ['PATH=/usr/bin:/opt/k8s/bin', false],
    ['PATH=/opt/k8s/bin', false],
    ['PATH=/opt/k8s/bin:/usr/bin make', false],
    ['# PATH=/opt/k8s/bin:/usr/bin', false],
  ])('of PATHs that were frozen when they were written only those of the scripts go (B23): %s: %s', (line, goes) => {
    expect(new RegExp(frozenLine(['/opt/k8s/bin'])).test(line)).toBe(goes)
  })

  test('masters whose etcd serves the second version of its API have an alias for that, too', async () => {
    const text = await systemSites.s2.text(
      'centos7-b',
      only(systemSites.s2.tasks('centos7-b'), 'environment of login shells'),
    )
    const files = '/opt/etcd/ssl/ca.pem --cert-file=/opt/etcd/ssl/client.pem --key-file=/opt/etcd/ssl/client-key.pem'
    const endpoints = ['128', '129', '130'].map((last) => `https://10.10.10.${last}:2379`).join(',')
    expect(text).toContain(
      `\nalias etcdctl2='ETCDCTL_API=2 /usr/bin/etcdctl --ca-file=${files} --endpoints=${endpoints}'\n`,
    )
    const without = await site.text('m1', only(site.tasks('m1'), 'environment of login shells'))
    expect([without.includes('etcdctl3'), without.includes('etcdctl2')]).toEqual([true, false])
  })

  test('nodes have no alias for etcdctl: they have no certificate for it', async () => {
    const text = await site.text('n1', only(site.tasks('n1'), 'environment of login shells'))
    expect(text).not.toContain('etcdctl')
  })
})

describe('timezone-locale', () => {
  const wished = { LC_TIME: 'en_DK.UTF-8', LANG: 'C.UTF-8' }
  const names = (family: string, majorVersion: string) =>
    only(
      listedIn([timezoneLocale({ system: { family, majorVersion }, timezone: 'Asia/Shanghai', locale: wished })]),
      'zones and locales',
    ).params.name

  test('has what a locale needs in each family and release', () => {
    expect(names('debian', '12')).toEqual(['tzdata', 'locales'])
    expect(names('redhat', '7')).toEqual(['tzdata'])
    expect(names('redhat', '9')).toEqual(['tzdata', 'glibc-langpack-en'])
  })

  test('leaves alone what nobody asks for', () => {
    const system = { family: 'debian', majorVersion: '12' }
    expect(listedIn([timezoneLocale({ system })])).toEqual([])
    expect(listedIn([timezoneLocale({ system, timezone: 'UTC' })]).map(({ params }) => params)).toEqual([
      { name: ['tzdata'] },
      { name: 'UTC' },
    ])
    const own = listedIn([timezoneLocale({ system, timezone: 'UTC', hardwareClock: 'UTC' })])
    expect(only(own, 'time zone').params).toEqual({ name: 'UTC', hwclock: 'UTC' })
    const sessions = listedIn([timezoneLocale({ system, locale: { LANG: 'C.UTF-8' } })])
    expect(sessions.map(({ name }) => name)).toEqual(['locale of sessions'])
  })

  test('makes locales where packages do not bring them, and names one that a package does not have', () => {
    const tasksOf = (majorVersion: string, name: string) =>
      listedIn([timezoneLocale({ system: { family: 'redhat', majorVersion }, locale: { LC_TIME: name } })])
    expect(only(tasksOf('7', 'en_DK.UTF-8'), 'locales').params).toEqual({ name: ['en_DK.UTF-8'] })
    const behind = (name: string) =>
      listedIn(only(tasksOf('9', name), 'locales').node.registered!({ stdout: 'C\nen_DK.utf8\n' } as never))
    expect(behind('en_DK.UTF-8')).toEqual([])
    expect(only(behind('en_XX.UTF-8'), 'locale en_XX.UTF-8').params).toEqual({
      message: 'no package of the host has the locale en_XX.UTF-8',
    })
  })

  test('says each category once; the documented way writes another line in every run (B12)', () => {
    const root = rootOf({ locale: '' })
    root.run('echo LC_TIME=en_DK.UTF-8 >> locale; echo LC_TIME=en_DK.UTF-8 >> locale')
    expect(root.read('locale').match(/LC_TIME/g)).toHaveLength(2)

    const system = { family: 'debian', majorVersion: '12' }
    const tasks = listedIn([timezoneLocale({ system, timezone: 'Asia/Shanghai', locale: wished })])
    expect(only(tasks, 'locale of sessions').params).toEqual({ default: wished })
    expect(only(tasks, 'locales').params).toEqual({ name: ['en_DK.UTF-8'] })
    expect(only(tasks, 'time zone').params).toEqual({ name: 'Asia/Shanghai' })
    expect(only(tasks, 'time zone').node.options.notify).toBeDefined()
  })
})
