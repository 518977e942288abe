// The small preparation roles on real hosts of both families, over what earlier tools have left there.
import { describe, expect, it } from 'vitest'
import { machineLacks } from '../../engine/lab/lab.ts'
import { basePackages } from '../../playbooks/roles/base-packages/index.ts'
import { firewallOff } from '../../playbooks/roles/firewall-off/index.ts'
import { hostname } from '../../playbooks/roles/hostname/index.ts'
import { hostsFile } from '../../playbooks/roles/hosts-file/index.ts'
import { layout } from '../../playbooks/roles/layout/index.ts'
import { limits } from '../../playbooks/roles/limits/index.ts'
import { networkStatic } from '../../playbooks/roles/network-static/index.ts'
import { pathEnv } from '../../playbooks/roles/path-env/index.ts'
import { selinuxOff } from '../../playbooks/roles/selinux-off/index.ts'
import { swapOff } from '../../playbooks/roles/swap-off/index.ts'
import { sysctl } from '../../playbooks/roles/sysctl/index.ts'
import { timezoneLocale } from '../../playbooks/roles/timezone-locale/index.ts'
import { changedIn, expectSettled, failedIn, preparedHosts, type TasksOf } from './prepared-hosts.ts'
import { smallRpms } from './small-rpms.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec = {
  name: 'prepsmall',
  subnet: '10.104.0.0/28',
  hosts: [
    { name: 'd1', address: '10.104.0.2' },
    { name: 'r1', address: '10.104.0.3', image: 'dnf' as const },
  ],
}
const { run, thrice, on } = preparedHosts(spec, lacks)
const both = (command: string): string[] => spec.hosts.map(({ name }) => on(name, command))

describe(lacks ? `small preparation roles (skipped: ${lacks})` : 'small preparation roles', () => {
  here('they settle on hosts that scripts were at, and repair what those left (B03, B10, B11, B12, B23)', async () => {
    on(
      'r1',
      smallRpms(
        'base',
        ['jq', 'tzdata', 'glibc-langpack-en'].map((name) => ({ name, version: '1.0-1' })),
      ),
    )
    both(
      'for i in 1 2 3; do echo "export PATH=\\$PATH:/opt/kubernetes/bin" >> /etc/profile; echo "10.9.9.9 old" >> /etc/hosts; done',
    )
    both(
      `printf '# swap: /dev/x none swap sw 0 0\\n\\nUUID=1\\tnone\\tswap\\tsw,pri=5\\nLABEL=a\\\\040b /srv/swap ext4 defaults 0 2\\n/swapfile none swap' > /etc/fstab`,
    )
    // one host elsewhere, and the other in two places: what stands first would win, or both
    both(
      `cp /etc/hosts /root/hosts; { printf '127.0.1.1\\t%s.example.com %s\\n10.9.9.9\\td1 r1 other # moved\\n' $(hostname) $(hostname); cat /root/hosts; } > /etc/hosts`,
    )
    both('PATH=/home/me/bin:$PATH; echo "PATH=/opt/kubernetes/bin:$PATH:$HOME/bin:$JAVA_HOME/bin" >> /root/.bashrc')
    // applied behind any other, at boot by a link
    both(
      "ln -sf ../sysctl.conf /etc/sysctl.d/99-sysctl.conf; printf '# mine\\nnet.ipv4.ip_forward = 0\\n' | tee /etc/sysctl.conf > /etc/sysctl.d/zz-late.conf",
    )
    on(
      'r1',
      "mkdir -p /etc/selinux /etc/sysconfig; printf 'SELINUX=enforcing\\nSELINUXTYPE=targeted\\n' > /etc/selinux/config; ln -s ../selinux/config /etc/sysconfig/selinux",
    )
    const tasks: TasksOf = ({ host, facts }) => {
      const family = facts.os.family as 'debian' | 'redhat'
      return [
        hostname({ name: host.name }),
        hostsFile({ hosts: spec.hosts }),
        basePackages({ family, names: ['jq'] }),
        firewallOff(),
        selinuxOff(),
        swapOff({ live: false }),
        timezoneLocale({
          system: facts.os,
          timezone: 'Asia/Shanghai',
          locale: family === 'debian' ? { LC_TIME: 'en_DK.UTF-8' } : { LC_TIME: 'C.UTF-8' },
        }),
        limits({ limits: [{ domain: '*', type: 'soft', item: 'nofile', value: '65536' }] }),
        pathEnv({ binDirs: ['/opt/kubernetes/bin'] }),
        sysctl({ values: { 'net.ipv4.ip_forward': 1 } }),
        layout({
          ...{ binDir: '/opt/kubernetes/bin', cfgDir: '/opt/kubernetes/cfg', pkiDir: '/opt/kubernetes/ssl' },
          ...{ logDir: '/opt/kubernetes/logs', components: ['kubelet'] },
        }),
        networkStatic({
          system: facts.os,
          interface: 'spare',
          address: '172.31.3.101',
          prefix: 21,
          gateway: '172.31.0.2',
        }),
      ]
    }
    // folders of NetworkManager, which lab hosts do not have
    on('r1', 'mkdir -p /etc/NetworkManager/system-connections')
    on('d1', 'mkdir -p /etc/network/interfaces.d')
    expectSettled(await thrice(tasks))

    expect(both('grep -c opt/kubernetes/bin /etc/profile')).toEqual(['0', '0'])
    expect(both('bash -lc "echo \\$PATH" | grep -o /opt/kubernetes/bin')).toEqual([
      '/opt/kubernetes/bin',
      '/opt/kubernetes/bin',
    ])
    expect(
      both(
        'cut -c 1-25 /root/.bashrc | grep -c ^PATH=/opt; sysctl --system > /dev/null 2>&1; sysctl -n net.ipv4.ip_forward',
      ),
    ).toEqual(['0\n1', '0\n1'])
    const late = 'readlink /etc/sysctl.d/99-sysctl.conf; cat /etc/sysctl.conf /etc/sysctl.d/zz-late.conf'
    const text = '# mine\n# net.ipv4.ip_forward = 0'
    expect(both(late)).toEqual(spec.hosts.map(() => `../sysctl.conf\n${text}\n${text}`))
    expect(
      both("for each in d1 r1; do getent ahosts $each | cut -d' ' -f1 | sort -u; done; grep -c old /etc/hosts"),
    ).toEqual(spec.hosts.map(() => '10.104.0.2\n10.104.0.3\n3'))
    expect(both('head -n 2 /etc/hosts')).toEqual(
      spec.hosts.map(({ name }) => `127.0.1.1\t${name}.example.com\n10.9.9.9\tother # moved`),
    )
    expect(on('d1', 'cat /etc/fstab')).toBe(
      '# swap: /dev/x none swap sw 0 0\n\n# UUID=1\tnone\tswap\tsw,pri=5\nLABEL=a\\040b /srv/swap ext4 defaults 0 2\n# /swapfile none swap',
    )
    expect(on('r1', 'readlink /etc/sysconfig/selinux; cat /etc/sysconfig/selinux')).toBe(
      '../selinux/config\nSELINUX=disabled\nSELINUXTYPE=targeted',
    )
    expect(both('date +%Z; cat /etc/default/locale /etc/locale.conf 2>/dev/null | grep -o LC_TIME=.*')).toEqual([
      'CST\nLC_TIME=en_DK.UTF-8',
      'CST\nLC_TIME=C.UTF-8',
    ])
    expect(both('stat -c %a /opt/kubernetes/ssl')).toEqual(['750', '750'])
    expect(on('r1', 'stat -c %a /etc/NetworkManager/system-connections/spare.nmconnection')).toBe('600')
  })

  here(
    'a name that leads elsewhere all the same, and a profile that reads nothing, are said to be so (B08, B64)',
    async () => {
      // a block of another task, which would write it again
      on('d1', "sed -i '1i # BEGIN TSPLAY old\\n10.9.9.9 r1\\n# END TSPLAY old' /etc/hosts")
      on('r1', 'cp /etc/profile /root; echo /sbin/iptables -P FORWARD ACCEPT > /etc/profile')
      const ran = await run(({ host }) => [
        host.name === 'd1' ? hostsFile({ hosts: spec.hosts }) : pathEnv({ binDirs: ['/opt/kubernetes/bin'] }),
      ])
      expect(failedIn(ran).sort()).toEqual([
        expect.stringMatching(/^d1 every name .*: r1 leads to [^\n]*10\.9\.9\.9[^\n]* and not to 10\.104\.0\.3: /s),
        expect.stringMatching(/^r1 login shells find them: .*does not find \/opt\/kubernetes\/bin/s),
      ])
      expect(changedIn(ran)).toEqual([])
      on('d1', 'sed -i 1,3d /etc/hosts')
      on('r1', 'cp /root/profile /etc/profile')
    },
  )

  here('a file system that cannot be written is said to be so, and other hosts do not mind', async () => {
    on(
      'd1',
      'mount --bind /etc/security/limits.d /etc/security/limits.d && mount -o remount,bind,ro /etc/security/limits.d',
    )
    const ran = await run(() => [limits({ limits: [{ domain: '*', type: 'hard', item: 'nofile', value: '131072' }] })])
    expect(failedIn(ran)).toEqual([expect.stringMatching(/^d1 limits of sessions: .*[Rr]ead-only file system/s)])
    expect(changedIn(ran)).toEqual(['r1 limits limits of sessions'])
    on('d1', 'umount /etc/security/limits.d')
  })

  here('all packages are upgraded where that is asked for, and none in passing (B79)', async () => {
    const version = () => on('r1', 'rpm -q --qf %{VERSION} jq')
    on('r1', smallRpms('newer', [{ name: 'jq', version: '2.0-1' }]))
    const install = (upgrade: boolean) =>
      thrice(() => [basePackages({ family: 'redhat', names: ['jq'], upgrade })], ['r1'])
    const left = await install(false)
    expectSettled(left)
    expect([...changedIn(left.first), version()]).toEqual(['1.0'])
    const done = await install(true)
    expectSettled(done)
    expect([...changedIn(done.first), version()]).toEqual(['r1 base-packages every package is upgraded', '2.0'])
  })

  here('a package that nobody has is named on both families', async () => {
    const ran = await run(({ facts }) => [
      basePackages({ family: facts.os.family as 'debian', names: ['jq', 'no-such-thing'] }),
    ])
    expect(failedIn(ran)).toHaveLength(2)
    for (const message of failedIn(ran)) expect(message).toContain('no-such-thing')
  })

  here('a static address is up at once where that is asked for, and a second run leaves it alone', async () => {
    on('d1', 'apt-get install -y -qq ifupdown >/dev/null 2>&1; ip link add extra type bridge')
    const params = { interface: 'extra', address: '172.31.3.102', prefix: 21, activate: true }
    expectSettled(await thrice(({ facts }) => [networkStatic({ ...params, system: facts.os })], ['d1']))
    expect(on('d1', 'ip -4 -br addr show extra')).toContain('172.31.3.102/21')
  })

  here('netplan accepts the file of its own', async () => {
    on('d1', 'apt-get install -y -qq netplan.io >/dev/null 2>&1')
    const params = { address: '172.31.3.103', prefix: 21, gateway: '172.31.0.2', dns: ['223.5.5.5'] }
    const tasks: TasksOf = ({ facts }) => [
      networkStatic({ ...params, system: facts.os, manager: 'netplan', interface: 'more' }),
    ]
    expectSettled(await thrice(tasks, ['d1']))
    expect(
      on('d1', 'netplan generate && grep -E "^(Address|Gateway|DNS)=" /run/systemd/network/10-netplan-more.network'),
    ).toBe('Address=172.31.3.103/21\nDNS=223.5.5.5\nGateway=172.31.0.2')
  })
})
