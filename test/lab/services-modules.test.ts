import { beforeAll, describe, expect, it } from 'vitest'
import { type LabSpec, machineLacks } from '../../engine/lab/lab.ts'
import { sh } from '../../engine/script.ts'
import {
  copy,
  firewalld,
  grub,
  hostname,
  hosts,
  iptables,
  kernelModule,
  locale,
  selinux,
  service,
  serviceFacts,
  swap,
  sysctl,
  systemd,
  timezone,
} from '../../modules/index.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = { name: 'mservices', subnet: '10.95.0.0/24', hosts: [{ name: 'one', address: '10.95.0.11' }] }
const { run, converge } = oneHost(spec, lacks)

const ok = { output: { code: 0 } }
const nothing = { changed: [] }
const unit = (lines: string) => `[Service]\n${lines}\n[Install]\nWantedBy=multi-user.target\n`

beforeAll(async () => {
  if (lacks !== undefined) return
  const { code, stderr } = await run(
    sh`apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends firewalld iptables locales netbase >/dev/null`,
  )
  expect([code, stderr]).toEqual([0, expect.anything()])
}, 120_000)

describe(
  lacks ? `the modules of services on a real host (skipped: ${lacks})` : 'the modules of services on a real host',
  () => {
    here('systemd enables templates and instances, and acts behind aliases (M11)', async () => {
      await converge(copy({ dest: '/etc/systemd/system/worker@.service', content: unit('ExecStart=/bin/sleep 1%i') }))
      expect(await converge(systemd({ name: 'worker@7', state: 'started', enabled: true }))).toMatchObject({
        changed: ['state', 'enabled'],
        ...ok,
      })
      expect((await run(sh`systemctl is-active worker@7; systemctl is-enabled worker@7`)).stdout).toBe(
        'active\nenabled',
      )
      expect(await converge(systemd({ name: 'worker@7', state: 'stopped', enabled: false }))).toMatchObject(ok)
      const instance = unit('ExecStart=/bin/sleep 1%i').replace('[Install]', '[Install]\nDefaultInstance=3')
      await converge(copy({ dest: '/etc/systemd/system/worker@.service', content: instance }))
      expect(await converge(systemd({ name: 'worker@.service', enabled: true }))).toMatchObject({
        changed: ['enabled'],
        ...ok,
      })
      expect((await run(sh`ls /etc/systemd/system/multi-user.target.wants`)).stdout).toContain('worker@3.service')
      expect(await converge(systemd({ name: 'worker@.service', enabled: false }))).toMatchObject(ok)
      await converge(
        copy({
          dest: '/etc/systemd/system/real.service',
          content: `${unit('ExecStart=/bin/sleep 9')}Alias=other.service\n`,
        }),
      )
      expect(await converge(systemd({ name: 'real', enabled: true }))).toMatchObject(ok)
      expect(await converge(systemd({ name: 'other', state: 'started', enabled: true }))).toMatchObject({
        changed: ['state'],
        ...ok,
      })
      expect(await converge(systemd({ name: 'other', state: 'stopped', enabled: false }))).toMatchObject(ok)
    })

    here(
      'systemd enables for all users, forces its way, runs itself anew and shows why something failed (M11)',
      async () => {
        await run(
          sh`mkdir -p /etc/systemd/user; printf ${unit('ExecStart=/bin/true')} > /etc/systemd/user/each.service`,
        )
        expect(await converge(systemd({ name: 'each', scope: 'global', enabled: true }))).toMatchObject({
          changed: ['enabled'],
          ...ok,
        })
        expect((await run(sh`systemctl --global is-enabled each`)).stdout).toBe('enabled')
        expect(await converge(systemd({ name: 'each', scope: 'global', enabled: false }))).toMatchObject(ok)
        expect(await converge(systemd({ name: 'real', daemonReexec: true }), { settles: false })).toMatchObject(ok)
        await run(sh`ln -sfn /dev/zero /etc/systemd/system/other.service`)
        expect((await converge(systemd({ name: 'real', enabled: true }))).output!.stderr).toContain('already exists')
        // the links that were not in the way have been made
        await run(sh`systemctl disable real`)
        expect((await converge(systemd({ name: 'real', enabled: true, force: true }))).output).toMatchObject({
          code: 0,
        })
        await converge(
          copy({
            dest: '/etc/systemd/system/fails.service',
            content: unit("ExecStart=/bin/sh -c 'echo for a reason; exit 3'\nType=oneshot"),
          }),
        )
        const { output } = await converge(systemd({ name: 'fails', state: 'started' }))
        expect(output).toMatchObject({ code: 1 })
        expect(output!.stderr).toContain('for a reason')
        expect(await converge(systemd({ name: 'no-such-unit', state: 'started', missingOk: true }))).toMatchObject(
          nothing,
        )
        await expect(converge(systemd({ name: 'no-such-unit', state: 'stopped', missingOk: false }))).rejects.toThrow(
          /does not exist/,
        )
      },
    )

    here('service drives systemd here, and serviceFacts knows what runs (M12)', async () => {
      expect(await converge(service({ name: 'real', state: 'stopped', enabled: false }))).toMatchObject(ok)
      const { services } = (await converge(serviceFacts({}))).result as { services: Record<string, object> }
      expect(services['real.service']).toEqual({
        name: 'real.service',
        state: 'stopped',
        status: 'disabled',
        source: 'systemd',
      })
      expect(services['fails.service']).toMatchObject({ state: 'failed' })
      expect(services['systemd-journald.service']).toMatchObject({ state: 'running', status: 'static' })
      expect(await converge(service({ name: 'real', state: 'started', enabled: true, sleep: 1 }))).toMatchObject(ok)
      expect(await converge(service({ name: 'real', state: 'restarted' }), { settles: false })).toMatchObject(ok)
    })

    here('service runs init scripts where systemd is not looked for, by Debian’s own update-rc.d (M12)', async () => {
      // the host boots systemd; what tells so is out of sight for the while of this test
      await run(sh`cat > /etc/init.d/oldd <<'X'
#!/bin/sh
### BEGIN INIT INFO
# Provides: oldd
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
case $1 in
  start) sleep 7777 </dev/null >/dev/null 2>&1 & echo $! > /run/oldd.pid ;;
  stop) kill "$(cat /run/oldd.pid)"; while kill -0 "$(cat /run/oldd.pid)" 2>/dev/null; do sleep 0.1; done ;;
  status) kill -0 "$(cat /run/oldd.pid)" 2>/dev/null ;;
  restart) "$0" stop; "$0" start ;;
esac
X
chmod 755 /etc/init.d/oldd; mv /run/systemd/system /run/systemd/away`)
      try {
        const on = service({ name: 'oldd', state: 'started', enabled: true })
        expect(await converge(on)).toMatchObject({ changed: ['state', 'enabled'], ...ok })
        expect((await run(sh`ls /etc/rc3.d | grep -c oldd; kill -0 "$(cat /run/oldd.pid)" && echo runs`)).stdout).toBe(
          '1\nruns',
        )
        expect(await converge(service({ name: 'oldd', state: 'started', pattern: 'sleep 7777' }))).toMatchObject(
          nothing,
        )
        expect(
          await converge(service({ name: 'oldd', state: 'restarted', sleep: 0.1 }), { settles: false }),
        ).toMatchObject(ok)
        const { services } = (await converge(serviceFacts({}))).result as { services: Record<string, object> }
        expect(services.oldd).toEqual({ name: 'oldd', state: 'running', status: 'enabled', source: 'sysv' })
        expect(await converge(service({ name: 'oldd', state: 'stopped', enabled: false }))).toMatchObject(ok)
      } finally {
        await run(sh`mv /run/systemd/away /run/systemd/system; systemctl daemon-reload`)
      }
      // and where systemd has made a unit of the script, links still tell what is started at boot
      expect(await converge(service({ name: 'oldd', state: 'started', enabled: true }))).toMatchObject({
        changed: ['state', 'enabled'],
        ...ok,
      })
      expect((await run(sh`ls /etc/rc3.d | grep -c 'S..oldd'; systemctl is-active oldd`)).stdout).toBe('1\nactive')
      expect(await converge(service({ name: 'oldd', state: 'stopped', enabled: false }))).toMatchObject(ok)
      await run(sh`rm -f /etc/init.d/oldd; systemctl daemon-reload`)
    })

    here('iptables has the rules, chains and policies of the host’s own network (M15, B07)', async () => {
      const rule = {
        chain: 'INPUT',
        protocol: 'tcp',
        destinationPort: 6443,
        source: '10.0.0.0/8',
        ctstate: ['NEW'],
        comment: 'kube api; $(id)',
        jump: 'ACCEPT',
      }
      expect(await converge(iptables(rule))).toMatchObject({ changed: ['rule'], ...ok })
      expect(await converge(iptables({ ...rule, destinationPort: 80, action: 'insert', ruleNum: 1 }))).toMatchObject(ok)
      const { stdout } = await run(sh`iptables -S INPUT`)
      expect(stdout.split('\n')).toEqual([
        '-P INPUT ACCEPT',
        '-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -m comment --comment "kube api; $(id)" -j ACCEPT',
        '-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 6443 -m conntrack --ctstate NEW -m comment --comment "kube api; $(id)" -j ACCEPT',
      ])
      await run(sh`iptables -A INPUT -p tcp --dport 9 -j DROP; iptables -A INPUT -p tcp --dport 9 -j DROP`)
      expect(
        await converge(
          iptables({ chain: 'INPUT', protocol: 'tcp', destinationPort: 9, jump: 'DROP', state: 'absent' }),
        ),
      ).toMatchObject(ok)
      expect(await converge(iptables({ chain: 'FORWARD', policy: 'DROP' }))).toMatchObject({
        changed: ['policy'],
        ...ok,
      })
      expect(await converge(iptables({ chain: 'FORWARD', policy: 'ACCEPT' }))).toMatchObject(ok)
      const mine = { chain: 'MINE', table: 'nat', chainManagement: true } as const
      expect(await converge(iptables(mine))).toMatchObject({ changed: ['chain'], ...ok })
      expect(
        await converge(iptables({ chain: 'MINE', table: 'nat', jump: 'REDIRECT', protocol: 'tcp', toPorts: 80 })),
      ).toMatchObject(ok)
      expect(
        await converge(
          iptables({
            chain: 'POSTROUTING',
            table: 'nat',
            source: '10.244.0.0/16',
            destination: '!10.244.0.0/16',
            outInterface: '!lo',
            jump: 'MASQUERADE',
          }),
        ),
      ).toMatchObject(ok)
      expect(await converge(iptables({ table: 'nat', flush: true }))).toMatchObject({ changed: ['rules'], ...ok })
      expect(await converge(iptables({ ...mine, state: 'absent' }))).toMatchObject(ok)
      expect(
        await converge(
          iptables({ chain: 'INPUT', ipVersion: 'ipv6', protocol: 'icmpv6', icmpType: 'echo-request', jump: 'DROP' }),
        ),
      ).toMatchObject(ok)
      expect(await converge(iptables({ chain: 'INPUT', ipVersion: 'ipv6', flush: true }))).toMatchObject(ok)
      await run(sh`iptables -t nat -N KUBE-SERVICES`)
      expect(await converge(iptables({ flush: true }))).toMatchObject({
        changed: [],
        result: { kept: ['KUBE-SERVICES'] },
      })
      expect(await converge(iptables({ flush: true, force: true }))).toMatchObject({ changed: ['rules'], ...ok })
      const wrong = await converge(iptables({ chain: 'NOWHERE', jump: 'ACCEPT' }))
      expect(wrong.output).toMatchObject({ code: expect.any(Number), stderr: expect.stringMatching(/chain|No such/i) })
      await run(sh`iptables -t nat -X KUBE-SERVICES`)
    })

    here('firewalld lets in what it is told to, now and for good, and takes it back (M15)', async () => {
      const things = { port: '6443/tcp', richRule: 'rule family=ipv4 source address=10.0.0.1 accept' }
      expect(await converge(firewalld(things))).toMatchObject(ok)
      expect((await run(sh`firewall-cmd --list-ports; firewall-cmd --permanent --list-ports`)).stdout).toBe(
        '6443/tcp\n6443/tcp',
      )
      await run(sh`systemctl stop firewalld`)
      expect(await converge(firewalld({ ...things, state: 'disabled' }))).toMatchObject({
        changed: ['permanent.port 6443/tcp', 'permanent.rich-rule rule family=ipv4 source address=10.0.0.1 accept'],
        ...ok,
      })
    })

    here('sysctl changes one line of a file, and what is live (M13)', async () => {
      await run(
        sh`printf '# mine\nnet.ipv4.ip_forward=0\n-net.ipv4.tcp_syncookies = 1\nnet/ipv4/ip_forward = 0\n' > /etc/sysctl.d/90-x.conf; chmod 600 /etc/sysctl.d/90-x.conf`,
      )
      const one = { name: 'net.ipv4.ip_forward', file: '/etc/sysctl.d/90-x.conf' }
      await run(sh`echo 0 > /proc/sys/net/ipv4/ip_forward`)
      expect(await converge(sysctl({ ...one, value: 1 }))).toMatchObject({
        changed: ['file', 'live.net.ipv4.ip_forward'],
        ...ok,
      })
      expect(
        (await run(sh`cat /etc/sysctl.d/90-x.conf /proc/sys/net/ipv4/ip_forward; stat -c %a /etc/sysctl.d/90-x.conf`))
          .stdout,
      ).toBe('# mine\n-net.ipv4.tcp_syncookies = 1\nnet.ipv4.ip_forward = 1\n1\n600')
      expect(await converge(sysctl({ ...one, state: 'absent' }))).toMatchObject({ changed: ['file'], ...ok })
      expect(await converge(sysctl({ name: 'net.ipv4.ip_nonlocal_bind', value: 1 }))).toMatchObject(ok)
      expect((await run(sh`cat /etc/sysctl.d/99-net.ipv4.ip_nonlocal_bind.conf`)).stdout).toBe(
        'net.ipv4.ip_nonlocal_bind = 1',
      )
    })

    here('hosts, hostname, time zone and locale are the host’s own', async () => {
      const entries = [{ address: '10.95.0.200', names: ['kubeapi.example.com', 'kubeapi'] }]
      expect(await converge(hosts({ entries }))).toMatchObject({ changed: ['content'], ...ok })
      expect((await run(sh`getent hosts kubeapi; getent hosts localhost`)).stdout).toMatch(
        /^10\.95\.0\.200 +kubeapi\.example\.com kubeapi\n\S+ +localhost/,
      )
      expect(await converge(hosts({ state: 'absent' }))).toMatchObject(ok)
      await run(sh`mkdir -p /etc/conf.d; printf '# openrc\nhostname="old"\n' > /etc/conf.d/hostname`)
      expect(await converge(hostname({ name: 'two.example' }))).toMatchObject({
        changed: ['live', 'file', 'others./etc/conf.d/hostname'],
        ...ok,
      })
      expect((await run(sh`uname -n; cat /etc/conf.d/hostname`)).stdout).toBe(
        'two.example\n# openrc\nhostname="two.example"',
      )
      expect(await converge(hostname({ name: 'one' }))).toMatchObject(ok)
      expect(await converge(timezone({ name: 'Europe/Berlin', hwclock: 'local' }))).toMatchObject(ok)
      expect((await run(sh`tail -n 1 /etc/adjtime; timedatectl show -p LocalRTC -p Timezone`)).stdout).toBe(
        'LOCAL\nTimezone=Europe/Berlin\nLocalRTC=yes',
      )
      expect(await converge(timezone({ name: 'Etc/UTC', hwclock: 'UTC' }))).toMatchObject(ok)
      expect(await converge(locale({ name: 'en_DK.UTF-8', default: { LC_TIME: 'en_DK.UTF-8' } }))).toMatchObject(ok)
      expect((await run(sh`. /etc/default/locale; LC_ALL=$LC_TIME date -d 2026-01-31 +%x`)).stdout).toBe('2026-01-31')
      expect(
        await converge(locale({ name: 'en_DK.UTF-8', state: 'absent', default: { LC_TIME: null } })),
      ).toMatchObject(ok)
    })

    here('swap is written out of the fstab and its units masked (B11)', async () => {
      // what is in use is the machine's
      await run(sh`printf '/dev/sdz9 none swap sw 0 0\n# UUID=1 none swap sw\n' >> /etc/fstab
printf '[Swap]\nWhat=/dev/sdz9\n' > /usr/lib/systemd/system/dev-sdz9.swap
# an administrator's own, in whose place systemctl puts no mask
printf '[Swap]\nWhat=/dev/sdz8\n' > /etc/systemd/system/dev-sdz8.swap; systemctl daemon-reload`)
      const before = await converge(swap({ live: false }))
      expect(before).toMatchObject({ changed: ['fstab', 'units'], ...ok })
      expect((await run(sh`tail -n 2 /etc/fstab; systemctl is-enabled dev-sdz9.swap dev-sdz8.swap`)).stdout).toBe(
        '# /dev/sdz9 none swap sw 0 0\n# UUID=1 none swap sw\nmasked\nmasked',
      )
      expect((await run(sh`cat /etc/systemd/system/dev-sdz8.swap.before-tsplay`)).stdout).toBe('[Swap]\nWhat=/dev/sdz8')
    })

    here('modules have parameters and a blacklist in files of their own', async () => {
      expect(await converge(kernelModule({ name: 'no_such_floppy', state: 'absent', blacklist: true }))).toMatchObject({
        changed: ['blacklist'],
        ...ok,
      })
      expect((await run(sh`cat /etc/modprobe.d/tsplay-blacklist.conf`)).stdout).toBe('blacklist no_such_floppy')
      expect(await converge(kernelModule({ name: 'no_such_floppy', state: 'absent', blacklist: false }))).toMatchObject(
        ok,
      )
    })

    here('a host without SELinux has it disabled, and one without GRUB cannot have it changed', async () => {
      expect(await converge(selinux({ state: 'disabled' }))).toMatchObject({
        changed: [],
        result: { rebootRequired: false },
      })
      await expect(converge(selinux({ state: 'enforcing' }))).rejects.toThrow(/has no \/etc\/selinux\/config/)
      await expect(converge(grub({ args: ['a'] }))).rejects.toThrow(/has no GRUB/)
    })
  },
)
