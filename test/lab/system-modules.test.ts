import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type LabSpec, machineLacks } from '../../engine/lab/lab.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import {
  apt,
  ca,
  cert,
  copy,
  group,
  hostname,
  kernelModule,
  package as pkg,
  sysctl,
  systemd,
  timezone,
  user,
  waitFor,
} from '../../modules/index.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = { name: 'sysmods', subnet: '10.81.0.0/24', hosts: [{ name: 'one', address: '10.81.0.11' }] }
const { run, converge } = oneHost(spec, lacks)

const ok = { output: { code: 0 } }
const nothing = { changed: [] }

describe(lacks ? `the system modules on a real host (skipped: ${lacks})` : 'the system modules on a real host', () => {
  here('hostname is the live one and that of the next boot (B01, M15)', async () => {
    expect(await converge(hostname({ name: 'k8s-master1.example' }))).toMatchObject({
      changed: ['live', 'file'],
      ...ok,
    })
    expect((await run(sh`hostname; cat /etc/hostname; hostnamectl --static`)).stdout).toBe(
      Array(3).fill('k8s-master1.example').join('\n'),
    )
    expect(await converge(hostname({ name: 'k8s-master1.example' }))).toMatchObject(nothing)
    expect(await converge(hostname({ name: 'one' }))).toMatchObject(ok)
  })

  here('apt installs and purges, by name and version (M08)', async () => {
    const installed = await converge(apt({ name: ['jq', 'tree'], installRecommends: false }))
    expect(installed).toMatchObject({ changed: ['packages.jq', 'packages.tree'], ...ok })
    expect(await converge(apt({ name: ['jq', 'tree'], updateCache: true }))).toMatchObject(nothing)
    expect(await converge(apt({ name: 'jq', state: 'latest' }))).toMatchObject(nothing)
    expect(await converge(pkg({ name: ['jq', 'bash'] }))).toMatchObject(nothing)
    const version = (await run(sh`dpkg-query -W -f '\${Version}' jq`)).stdout
    expect(await converge(apt({ name: `jq=${version}` }))).toMatchObject(nothing)
    expect(await converge(apt({ name: `jq=${version.slice(0, 3)}*` }))).toMatchObject(nothing)
    expect(await converge(apt({ name: ['jq', 'tree'], state: 'absent', purge: true, autoremove: true }))).toMatchObject(
      ok,
    )
    expect((await run(sh`command -v jq`)).code).not.toBe(0)
  })

  here('apt tells a virtual package from an unknown one and installs neither', async () => {
    const virtual = await converge(apt({ name: 'mail-transport-agent' }))
    expect(virtual.output).toMatchObject({ code: 100 })
    expect(virtual.output!.stderr).toMatch(
      /'mail-transport-agent' is a virtual package: name one of those that provide it: .*postfix/,
    )
    const unknown = await converge(apt({ name: ['jq', 'no-such-package-x'] }))
    expect(unknown.output).toMatchObject({ code: 100, stderr: 'E: Unable to locate package no-such-package-x' })
    expect((await run(sh`command -v jq`)).code).not.toBe(0)
    const version = await converge(apt({ name: 'jq=0.0.1' }))
    expect(version.output!.stderr).toMatch(/Version '0.0.1' for 'jq' was not found/)
  })

  here('apt refreshes lists only when they are old, and says so where it is asked for fresh ones', async () => {
    await run(sh`touch -d '2 hours ago' /var/lib/apt/lists`)
    expect(await converge(apt({ name: 'bash' }))).toMatchObject(nothing)
    expect(await converge(apt({ name: 'bash', updateCache: true }))).toMatchObject({ changed: ['lists'], ...ok })
    expect(await converge(apt({ name: 'bash', updateCache: true }))).toMatchObject(nothing)
    await run(sh`touch -d 'now + 2 seconds' /etc/apt/sources.list.d`)
    expect(await converge(apt({ name: 'bash', updateCache: true }), { settles: false })).toMatchObject({
      changed: ['lists'],
    })
  })

  here('apt waits for a lock, and keeps services from starting where asked', async () => {
    await run(sh`touch -d '1 minute ago' /etc/apt/sources.list.d
cat > /run/hold.pl <<'X'
use Fcntl; open(F, ">>", "/var/lib/dpkg/lock-frontend"); my $l = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0);
fcntl(F, F_SETLK, $l) or die; open(D, ">", "/run/held"); close(D); sleep 4;
X
perl /run/hold.pl </dev/null >/dev/null 2>&1 & while [ ! -e /run/held ]; do sleep 0.1; done`)
    const begin = Date.now()
    expect(await converge(apt({ name: 'cron', startServices: false, installRecommends: false }))).toMatchObject(ok)
    expect(Date.now() - begin).toBeGreaterThan(3000)
    expect((await run(sh`systemctl is-active cron; ls /usr/sbin/policy-rc.d`)).stdout).toMatch(/^inactive$/)
  })

  here('apt names the way out of an interrupted dpkg', async () => {
    await run(sh`touch /var/lib/dpkg/updates/0001`)
    const { output } = await converge(apt({ name: 'jq' }))
    await run(sh`rm /var/lib/dpkg/updates/0001`)
    expect(output!.code).toBe(100)
    expect(output!.stderr).toContain('dpkg --configure -a')
  })

  here('timezone links and names the zone, and the clock stays', async () => {
    const before = Number((await run(sh`date +%s`)).stdout)
    expect(await converge(timezone({ name: 'Asia/Shanghai' }))).toMatchObject(ok)
    const [zone, file, now] = (await run(sh`date +%Z; cat /etc/timezone; date +%s`)).stdout.split('\n')
    expect([zone, file]).toEqual(['CST', 'Asia/Shanghai'])
    expect(Number(now) - before).toBeLessThan(60)
    expect((await run(sh`timedatectl show -p Timezone`)).stdout).toBe('Timezone=Asia/Shanghai')
    await expect(converge(timezone({ name: 'Asia/Nowhere' }))).rejects.toThrow(/no time zone/)
  })

  here('group and user are made, changed and removed (M14, B20)', async () => {
    expect(await converge(group({ name: 'docker', gid: 950 }))).toMatchObject(ok)
    const hash = (await run(sh`openssl passwd -6 -salt abc word`)).stdout
    const params = {
      name: 'k8s',
      groups: ['docker'],
      shell: '/bin/bash',
      comment: "Kube's; $(id) ü",
      password: secret(hash),
    }
    expect(await converge(user(params))).toMatchObject(ok)
    expect((await run(sh`id -nG k8s; stat -c '%U %F' /home/k8s; getent passwd k8s | cut -d: -f5`)).stdout).toBe(
      "k8s docker\nk8s directory\nKube's; $(id) ü",
    )
    expect((await run(sh`getent shadow k8s | cut -d: -f2`)).stdout).toBe(hash)
    expect(await converge(user({ ...params, updatePassword: 'always' }))).toMatchObject(nothing)
    expect(await converge(user({ name: 'k8s', password: secret('!'), updatePassword: 'always' }))).toMatchObject({
      changed: ['password'],
      ...ok,
    })
    expect(await converge(user({ name: 'k8s', groups: ['sys'], append: true }))).toMatchObject({
      changed: ['groups'],
      ...ok,
    })
    expect(await converge(user({ name: 'k8s', groups: [], uid: 1234, home: '/opt/k8s' }))).toMatchObject(ok)
    expect((await run(sh`id -nG k8s; id -u k8s`)).stdout).toBe('k8s\n1234')
    expect(await converge(user({ name: 'docker', system: true, createHome: false }))).toMatchObject(ok)
    expect((await run(sh`id -ng docker`)).stdout).toBe('docker')
    expect(await converge(user({ name: 'docker', state: 'absent' }))).toMatchObject(ok)
    expect(await converge(user({ name: 'k8s', state: 'absent', remove: true }))).toMatchObject(ok)
    expect(await converge(group({ name: 'docker', state: 'absent' }))).toMatchObject({ changed: [] }) // went with its user
  })

  here('systemd starts, enables, reloads, masks and shows why a unit failed (M11)', async () => {
    const file = (content: string) => copy({ dest: '/etc/systemd/system/demo.service', content })
    const unit = (line: string) => `[Service]\n${line}\n[Install]\nWantedBy=multi-user.target\n`
    await expect(converge(systemd({ name: 'demo', state: 'started' }))).rejects.toThrow(
      'unit demo.service does not exist',
    )
    expect(await converge(systemd({ name: 'demo', state: 'stopped', enabled: false }))).toMatchObject(nothing)
    await converge(file(unit('ExecStart=/bin/sleep 1000')))
    expect(await converge(systemd({ name: 'demo', state: 'started', enabled: true }))).toMatchObject({
      changed: ['state', 'enabled'],
      ...ok,
    })
    await converge(file(unit('ExecStart=/bin/sleep 2000')))
    expect(await converge(systemd({ name: 'demo', state: 'restarted' }), { settles: false })).toMatchObject(ok)
    expect((await run(sh`systemctl show -p NeedDaemonReload -p ExecStart demo`)).stdout).toMatch(
      /sleep 2000[\s\S]*NeedDaemonReload=no/,
    )
    await converge(file(unit("ExecStart=/bin/sh -c 'echo a certain reason; exit 7'\nType=oneshot")))
    const failed = await converge(systemd({ name: 'demo', state: 'restarted' }))
    expect(failed.output!.code).not.toBe(0)
    expect(failed.output!.stderr).toContain('a certain reason')
    expect(await converge(systemd({ name: 'demo', state: 'stopped', enabled: false, masked: true }))).toMatchObject({
      output: { code: 1 },
    })
    expect(await converge(systemd({ name: 'cron', state: 'started', enabled: true }))).toMatchObject({
      changed: ['state'],
      ...ok,
    })
    expect(await converge(systemd({ name: 'cron', state: 'stopped', enabled: false, masked: true }))).toMatchObject(ok)
    await expect(converge(systemd({ name: 'cron', state: 'started' }))).rejects.toThrow(/masked/)
    expect(await converge(systemd({ name: 'cron', state: 'started', enabled: true, masked: false }))).toMatchObject(ok)
    expect(await converge(systemd({ name: 'dev-sdx1.swap', masked: true }))).toMatchObject(ok)
    expect(await converge(systemd({ name: 'systemd-journald', enabled: true, state: 'started' }))).toMatchObject(
      nothing,
    )
  })

  here('sysctl sets what is the host’s own, for now and for the next boot (M13)', async () => {
    const values = {
      'net.ipv4.ip_forward': 1,
      'net.ipv4.tcp_rmem': '4096 12582912 16777216',
      'fs.may_detach_mounts': 1,
    }
    await expect(converge(sysctl({ values }))).rejects.toThrow('no parameter fs.may_detach_mounts')
    expect(await converge(sysctl({ values, ignoreMissing: true }))).toMatchObject(ok)
    expect((await run(sh`cat /proc/sys/net/ipv4/ip_forward; grep -c . /etc/sysctl.d/99-tsplay.conf`)).stdout).toBe(
      '1\n4',
    )
    await run(sh`echo 0 > /proc/sys/net/ipv4/ip_forward`)
    expect(await converge(sysctl({ values, ignoreMissing: true }))).toMatchObject({
      changed: ['live.net.ipv4.ip_forward'],
      ...ok,
    })
  })

  here('kernelModule takes built in for loaded, and leaves out what there is not (B17, B18)', async () => {
    expect(await converge(kernelModule({ name: ['br_netfilter', 'overlay'], persistent: 'k8s' }))).toMatchObject({
      changed: ['file'],
      ...ok,
    })
    await expect(converge(kernelModule({ name: 'ip_vs_nosuch' }))).rejects.toThrow(/no kernel module/)
    expect(await converge(kernelModule({ name: 'ip_vs_nosuch', required: false }))).toMatchObject(nothing)
    expect((await run(sh`cat /etc/modules-load.d/k8s.conf; ls /etc/modules-load.d/tsplay.conf`)).stdout).toBe(
      'br_netfilter\noverlay',
    )
  })

  here('kernelModule takes an alias for what it stands for, as the host’s own modprobe tells', async () => {
    const made = await run(sh`_d=/lib/modules/$(uname -r); mkdir -p "$_d"; : > "$_d/modules.order"
echo kernel/net/xt_none.ko > "$_d/modules.builtin"
depmod && echo 'alias ipt-none xt_none' > /etc/modprobe.d/none.conf && modprobe -n -q ipt_none && ! modprobe -n -q ipt_other`)
    expect(made).toMatchObject({ code: 0 })
    const listed = kernelModule({ name: ['xt_none', 'ipt_none'], persistent: 'none' })
    expect(await converge(listed)).toMatchObject({ changed: ['file'], ...ok })
    expect(await converge(listed)).toMatchObject(nothing)
    await expect(converge(kernelModule({ name: 'ipt_other' }))).rejects.toThrow(/no kernel module ipt_other/)
    await run(sh`rm -r "/lib/modules/$(uname -r)" /etc/modprobe.d/none.conf /etc/modules-load.d/none.conf`)
  })

  here('ca and cert bring certificates that the host’s own openssl accepts (M18)', async () => {
    const dest = '/etc/pki-test.pem'
    await converge(ca({ name: 'k8s', subject: { cn: 'kubernetes', o: 'k8s' }, dest: '/etc/ca-test.pem' }))
    const leaf = cert({
      name: 'etcd',
      ca: 'k8s',
      subject: { cn: 'etcd' },
      hosts: ['10.81.0.11'],
      dest,
      keyDest: '/etc/pki-test-key.pem',
      owner: 'nobody',
    })
    expect(await converge(leaf)).toMatchObject(ok)
    expect(await converge(leaf)).toMatchObject(nothing)
    expect(
      (
        await run(
          sh`openssl verify -x509_strict -CAfile /etc/ca-test.pem ${dest}; stat -c '%a %U' /etc/pki-test-key.pem`,
        )
      ).stdout,
    ).toBe(`${dest}: OK\n600 nobody`)
    expect(new X509Certificate((await run(sh`cat ${dest}`)).stdout).checkIP('10.81.0.11')).toBe('10.81.0.11')
  })

  here('waitFor sees sshd, on the loopback and by address (M17)', async () => {
    expect(await converge(waitFor({ port: 22 }))).toMatchObject(nothing)
    expect(await converge(waitFor({ port: 22, host: '10.81.0.11' }))).toMatchObject(nothing)
    expect((await converge(waitFor({ port: 23, timeout: 1 }))).output).toMatchObject({
      code: 1,
      stderr: '127.0.0.1:23 is not started after 1 s',
    })
  })
})
