import { describe, expect, test } from 'vitest'
import { hostsBlock } from '../../playbooks/roles/hosts-file/index.ts'
import { swapLine } from '../../playbooks/roles/swap-off/index.ts'
import { only, siteOver } from './tasks-of.ts'

const site = siteOver()
const everyone = site.hosts.map(({ name }) => name)

describe('hosts-file', () => {
  const block: string = only(site.tasks('m1'), 'names of all hosts').params.block

  test('lists every host of the inventory once, on every host alike (B02, B03, B69)', () => {
    for (const { name, address } of site.hosts) {
      expect(block.split('\n').filter((line) => line.split(' ').includes(name))).toHaveLength(1)
      expect(block.split('\n').filter((line) => line.startsWith(`${address} `))).toHaveLength(1)
    }
    for (const host of everyone) expect(only(site.tasks(host), 'names of all hosts').params.block).toBe(block)
  })

  test('has the name of the API on the line of the load balancer (B59, B61)', () => {
    expect(block.split('\n')).toContain('10.77.0.31 lb1 api.lab.test')
  })

  test('is a block of its own in a file whose other lines stay (B03)', () => {
    const { module, params } = only(site.tasks('m1'), 'names of all hosts')
    expect(module).toBe('blockInFile')
    expect(params).toMatchObject({ path: '/etc/hosts', marker: '# {mark} TSPLAY hosts' })
    expect(block).not.toMatch(/localhost|^127\.|^::1/m)
  })

  test('gives short names to long ones, and leaves out what has no address of its own', () => {
    const hosts = [
      { name: 'k8s-harbor01.example.local', address: '172.31.3.106' },
      { name: 'localhost', address: '127.0.0.1' },
      { name: 'named', address: 'named.example.com' },
      { name: 'six', address: 'fd00::6' },
    ]
    expect(hostsBlock({ hosts, aliases: [{ address: '172.31.3.188', names: ['api.example.local', 'api'] }] })).toBe(
      '172.31.3.106 k8s-harbor01.example.local k8s-harbor01\nfd00::6 six\n172.31.3.188 api.example.local api\n',
    )
  })
})

test('each host gets its own whole name (B01)', () => {
  for (const host of everyone) expect(only(site.tasks(host), 'name of the host').params).toEqual({ name: host })
})

describe('swap-off', () => {
  const commented = (text: string) => text.replace(new RegExp(swapLine, 'gm'), '# $1')

  test('comments lines that mount swap, also those with tabs, once (B11)', () => {
    const before = '/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\nUUID=1\tnone\tswap\tsw\t0\t0\n'
    const after = '/dev/sda1 / ext4 defaults 0 1\n# /dev/sda2 none swap sw 0 0\n# UUID=1\tnone\tswap\tsw\t0\t0\n'
    expect(commented(before)).toBe(after)
    expect(commented(after)).toBe(after)
  })

  test('leaves comments, blank lines and whatever only holds the word alone (B11)', () => {
    const text = '# swap was here: /dev/sda2 none swap sw 0 0\n\n\n/dev/swapdisk /srv/swap ext4 defaults 0 2\n'
    expect(commented(text)).toBe(text)
  })

  test('does not touch swap that a lab host shares with the machine', () => {
    expect(only(site.tasks('n1'), 'no swap in use').node.options.when).toBe(false)
    expect(only(site.tasks('n1'), 'no swap at boot').params.path).toBe('/etc/fstab')
  })
})

test('firewalls are stopped and disabled, and no rule is flushed (B07, B08)', () => {
  const tasks = site.tasks('n1').filter(({ role }) => role === 'firewall-off')
  expect(tasks.map(({ params }) => params)).toEqual([
    { name: 'firewalld', state: 'stopped', enabled: false },
    { name: 'ufw', state: 'stopped', enabled: false },
  ])
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
  const { params } = only(site.tasks('n1'), 'packages', 'base-packages')
  expect(params.name).toContain('conntrack')
  expect(params.startServices).toBe(false)
  expect(params.state ?? 'present').toBe('present')
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

  test('nodes have no alias for etcdctl: they have no certificate for it', async () => {
    const text = await site.text('n1', only(site.tasks('n1'), 'environment of login shells'))
    expect(text).not.toContain('etcdctl')
  })
})
