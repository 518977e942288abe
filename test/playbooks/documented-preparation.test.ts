// What documented scripts of preparation do to files when they are run, and what the roles do instead.
import { describe, expect, test } from 'vitest'
import { hosts as fillHosts } from '../../modules/hosts.ts'
import { lineInFile } from '../../modules/line-in-file.ts'
import { hostsEntries, hostsFile } from '../../playbooks/roles/hosts-file/index.ts'
import { kernelModules } from '../../playbooks/roles/kernel-modules/index.ts'
import { pathEnv } from '../../playbooks/roles/path-env/index.ts'
import { sysctl } from '../../playbooks/roles/sysctl/index.ts'
import { settleHere } from '../support/settle-here.ts'
import { rootOf, writtenBy } from './role-files.ts'
import { listedIn, only, siteOver } from './tasks-of.ts'

describe('hosts-file', () => {
  const ifconfig = 'ifconfig() { printf "  inet 10.0.0.5 netmask 255.0.0.0\\n  inet6 fe80::1 prefixlen 64\\n"; }'
  const hosts = [
    { name: 'k8s-master1', address: '10.0.0.5' },
    { name: 'k8s-master2', address: '10.0.0.6' },
  ]

  test('each host has a line of its own; the documented one begins with an address that nobody has named (B02)', () => {
    const root = rootOf({ hosts: '127.0.0.1 localhost\n' })
    root.run(`${ifconfig}; echo "\`ifconfig eth0 | grep inet | awk '{print $2}'\` k8s-master1" >> hosts`)
    expect(root.read('hosts').split('\n').slice(1, -1)).toEqual(['10.0.0.5', 'fe80::1 k8s-master1'])
    expect(root.read('hosts')).not.toContain('k8s-master2')

    expect(hostsEntries({ hosts })).toEqual([
      { address: '10.0.0.5', names: ['k8s-master1'] },
      { address: '10.0.0.6', names: ['k8s-master2'] },
    ])
  })

  test('the file of before is never lost; the documented copy of it is overwritten by the second run (B03)', async () => {
    const root = rootOf({ hosts: '127.0.0.1 localhost\n10.9.9.9 mine\n' })
    const documented = "mv hosts hosts.bak; printf '127.0.0.1 localhost\\n10.0.0.5 a\\n' > hosts"
    root.run(documented)
    expect(root.read('hosts.bak')).toContain('mine')
    root.run(documented)
    expect(root.read('hosts.bak')).not.toContain('mine')

    const [task] = listedIn([hostsFile({ hosts })])
    const path = root.run('mv hosts.bak hosts; echo $R/hosts').output.trim()
    const before = root.read('hosts')
    await settleHere(fillHosts({ ...task!.params, path }))
    expect(root.read('hosts')).toBe(
      `${before}# BEGIN TSPLAY hosts\n10.0.0.5 k8s-master1\n10.0.0.6 k8s-master2\n# END TSPLAY hosts\n`,
    )
  })
})

describe('kernel-modules', () => {
  test('each name is a name; the documented list has a remark in one, another twice, and br_netfilter not at all (B18)', () => {
    const root = rootOf({})
    const documented = `cat >> ipvs.conf <<EOF
ip_vs_sh
ip_vs_sh
nf_conntrack #older kernels have nf_conntrack_ipv4
EOF`
    root.run(documented)
    const lines = root.read('ipvs.conf').trim().split('\n')
    expect(lines.filter((line) => !/^\w+$/.test(line))).toHaveLength(1)
    expect(new Set(lines).size).toBeLessThan(lines.length)
    expect(lines).not.toContain('br_netfilter')

    const tasks = listedIn([
      kernelModules({ k8s: ['br_netfilter', 'overlay'], ipvs: ['ip_vs_sh', 'nf_conntrack'], required: true }),
    ])
    const names: string[] = tasks.flatMap(({ params }) => params.name)
    expect(names).toEqual(['br_netfilter', 'overlay', 'ip_vs_sh', 'nf_conntrack', 'nf_conntrack_ipv4'])
  })

  test('modules are there again after a boot, which modprobe alone does not bring about (B17)', () => {
    for (const { params } of listedIn([kernelModules({ k8s: ['br_netfilter'], ipvs: [], required: true })]))
      expect(params.persistent).toBe('k8s')
  })
})

describe('sysctl', () => {
  test('no key stands there twice or breaks the rest where the kernel does not have it; documented files do both (B19)', () => {
    const root = rootOf({ 'proc/net.ipv4.ip_forward': '0' })
    const apply = `while IFS='=' read -r key value; do [ -e "proc/$key" ] || { echo "cannot stat $key" >&2; exit 255; }; echo "$value" > "proc/$key"; done`
    const file = 'net.ipv4.ip_forward=1\nfs.may_detach_mounts=1\nnet.ipv4.ip_forward=1\n'
    const ran = root.run(`printf '${file.replaceAll('\n', '\\n')}' | { ${apply}; }`)
    expect([ran.code, ran.output]).toEqual([255, 'cannot stat fs.may_detach_mounts\n'])

    const values = { 'net.ipv4.ip_forward': 1, 'fs.may_detach_mounts': 1 }
    expect(only(listedIn([sysctl({ values })]), 'kernel parameters').params).toMatchObject({
      values,
      ignoreMissing: true,
    })
    const own = only(siteOver().tasks('m1'), 'kernel parameters').params.values
    // reuse needs timestamps, and a lockup of a virtual machine is no reason to panic
    expect([own['net.ipv4.tcp_tw_reuse'], own['net.ipv4.tcp_timestamps']]).not.toEqual([1, 0])
    expect(Object.keys(own)).not.toContain('kernel.softlockup_panic')
  })
})

describe('path-env', () => {
  test("a PATH is that of whoever opens a shell, and not of who wrote the file, in any shell's words (B23)", async () => {
    const root = rootOf({})
    root.run('PATH=/home/me/bin:$PATH; echo "PATH=/opt/k8s/bin:$PATH:$HOME/bin:$JAVA_HOME/bin" >> bashrc')
    expect(root.read('bashrc')).toMatch(/^PATH=\/opt\/k8s\/bin:\/home\/me\/bin:.*:\/bin\n$/)

    const tasks = listedIn([pathEnv({ binDirs: ['/opt/k8s/bin'] })])
    const path = root.run('echo "alias ll=ls" >> bashrc; echo $R/bashrc').output.trim()
    await settleHere(lineInFile({ ...only(tasks, "no other's PATH in /root/.bashrc").params, path }))
    expect(root.read('bashrc')).toBe('alias ll=ls\n')

    const text = await writtenBy(tasks[0]!)
    const shell = rootOf({ profile: text })
    for (const sh of ['sh', 'bash'])
      expect(shell.run(`${sh} -c 'PATH=/usr/bin:/bin; . ./profile; . ./profile; echo $PATH'`).output).toBe(
        '/usr/bin:/bin:/opt/k8s/bin\n',
      )
  })
})
