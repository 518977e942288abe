// The facts that are asked only when read: on made-up roots, and on this machine against its own tools.
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { envProbe, userProbe } from '../../engine/facts/account.ts'
import { disksProbe, mountsProbe } from '../../engine/facts/mounts.ts'
import { addressesOf, interfacesProbe } from '../../engine/facts/network.ts'
import { fqdnProbe, liveProbe, machineIdProbe, selinuxProbe, sshHostKeysProbe } from '../../engine/facts/system.ts'
import { virtualizationProbe } from '../../engine/facts/virtualization.ts'
import { factKeys, factProbes, factQuestions } from '../../engine/facts.ts'
import { all } from '../../engine/probe.ts'
import { askLocally } from '../support/local-host.ts'
import { poorShell, rootWith } from '../support/root-with.ts'
import { folderHere } from '../support/settle-here.ts'
import { shellsHere } from '../support/shells.ts'

const tool = (command: string): string => spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout.trim()

describe.each(shellsHere)('in $name', ({ argv }) => {
  test('interfaces are those of the tools (A064)', async () => {
    const found = await askLocally(interfacesProbe(), argv)
    expect(Object.keys(found).sort()).toEqual(tool('ls /sys/class/net').split('\n').sort())
    const told = JSON.parse(tool('ip -j addr')) as {
      ifname: string
      mtu: number
      address?: string
      addr_info: { family: string; local: string; prefixlen: number; scope: string }[]
    }[]
    for (const { ifname, mtu, addr_info } of told) {
      const of = (family: string) => addr_info.filter((each) => each.family === family)
      expect(found[ifname]).toMatchObject({ mtu })
      expect(found[ifname]!.ipv4).toEqual(
        of('inet').map(({ local, prefixlen }) => ({ address: local, prefix: prefixlen })),
      )
      expect(found[ifname]!.ipv6.map(({ address, prefix, scope }) => `${address}/${prefix} ${scope}`).sort()).toEqual(
        of('inet6')
          .map(({ local, prefixlen, scope }) => `${local}/${prefixlen} ${scope}`)
          .sort(),
      )
    }
    expect(found.lo).toMatchObject({ up: true, mac: '', ipv4: [{ address: '127.0.0.1', prefix: 8 }] })
    expect(addressesOf(found).ipv4).not.toContain('127.0.0.1')
    expect(addressesOf(found).ipv6).not.toContain('::1')
  })

  test('the mounts are those of the tools, names with blanks as well (A064)', async () => {
    const found = await askLocally(mountsProbe(), argv)
    const root = found.find(({ path }) => path === '/')!
    const [size] = tool('df -P -k / | tail -n 1')
      .replace(/^\S+\s+/, '')
      .split(/\s+/)
    expect(root.sizeMb).toBe(Math.floor(Number(size) / 1024))
    expect(root.options).toContain('rw')
    expect(found.every(({ type }) => !['proc', 'sysfs', 'tmpfs'].includes(type))).toBe(true)

    const folder = folderHere()
    const odd = path.join(folder, 'a b\\c%d')
    mkdirSync(odd)
    const escaped = odd.replaceAll('\\', '\\134').replaceAll(' ', '\\040')
    const made = rootWith({
      'proc/self/mounts': [
        'proc /proc proc rw 0 0',
        `/dev/sda1 ${escaped} xfs rw,noatime 0 0`,
        'nas:/export /mnt/gone nfs4 rw 0 0',
        '//nas/share /mnt/share cifs rw 0 0',
        'tank/data /nowhere zfs rw 0 0',
        '/dev/sdb1 /twice ext4 ro 0 0',
        '/dev/sdc1 /twice ext4 rw 0 0',
        'overlay / overlay rw 0 0',
        'broken',
        '',
      ].join('\n'),
    })
    const mounts = await askLocally(mountsProbe(made), argv)
    expect(mounts.map(({ device, path, type }) => `${type} ${device} ${path}`)).toEqual([
      `xfs /dev/sda1 ${odd}`,
      'nfs4 nas:/export /mnt/gone',
      'cifs //nas/share /mnt/share',
      'zfs tank/data /nowhere',
      'ext4 /dev/sdc1 /twice',
      'overlay overlay /',
    ])
    expect(mounts[0]).toMatchObject({ options: ['rw', 'noatime'], sizeMb: expect.any(Number) })
    expect(mounts.slice(1, 5).map(({ sizeMb }) => sizeMb)).toEqual([null, null, null, null])
  })

  test('a network mount is never asked, so that one that is gone hangs nobody (A064)', async () => {
    const made = rootWith({ 'proc/self/mounts': 'nas:/a /mnt/a nfs rw 0 0\nx:/b /mnt/b fuse.sshfs rw 0 0\n' })
    const mounts = await askLocally(mountsProbe(made), poorShell([], { stat: 'sleep 60' }))
    expect(mounts).toMatchObject([{ sizeMb: null }, { sizeMb: null }])
  })

  test('disks are those that are real, with their partitions (A064)', async () => {
    const made = rootWith({
      'sys/block/sda/size': '41943040\n',
      'sys/block/sda/queue/rotational': '1\n',
      'sys/block/sda/device/model': 'QEMU HARDDISK   \n',
      'sys/block/sda/sda1/size': '2097152\n',
      'sys/block/sda/sda2/size': '39843840\n',
      'sys/block/nvme0n1/size': '2048000\n',
      'sys/block/nvme0n1/queue/rotational': '0\n',
      'sys/block/nvme0n1/device/': '',
      'sys/block/sr0/size': '0\n',
      'sys/block/sr0/device/': '',
      'sys/block/loop0/size': '2048\n',
      'sys/block/dm-0/size': '2048\n',
    })
    expect(await askLocally(disksProbe(made), argv)).toEqual([
      { name: 'nvme0n1', sizeMb: 1000, model: '', rotational: false, partitions: [] },
      {
        name: 'sda',
        sizeMb: 20480,
        model: 'QEMU HARDDISK',
        rotational: true,
        partitions: [
          { name: 'sda1', sizeMb: 1024 },
          { name: 'sda2', sizeMb: 19455 },
        ],
      },
    ])
    expect(await askLocally(disksProbe(rootWith({ 'etc/x': '' })), argv)).toEqual([])
  })

  test('small facts come from files (A064)', async () => {
    const made = rootWith({
      'proc/meminfo': 'MemTotal: 1 kB\nSwapTotal:       2097148 kB\n',
      'proc/uptime': '12345.67 1.0\n',
      'sys/fs/selinux/enforce': '1',
      'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
      'etc/ssh/ssh_host_ed25519_key.pub': 'ssh-ed25519 AAAAC3 root@x\n',
      'etc/ssh/ssh_host_rsa_key.pub': 'ssh-rsa AAAAB3\n',
      'etc/ssh/ssh_host_ed25519_key': 'private',
    })
    const facts = all({
      live: liveProbe(made),
      selinux: selinuxProbe(made),
      id: machineIdProbe(made),
      keys: sshHostKeysProbe(made),
    })
    expect(await askLocally(facts, argv)).toEqual({
      live: { swapMb: 2047, uptimeSeconds: 12345 },
      selinux: 'enforcing',
      id: '0123456789abcdef0123456789abcdef',
      keys: { 'ssh-ed25519': 'AAAAC3', 'ssh-rsa': 'AAAAB3' },
    })
    const empty = rootWith({ 'etc/machine-id': 'uninitialized\n', 'sys/fs/selinux/enforce': '0\n' })
    expect(await askLocally(all([selinuxProbe(empty), machineIdProbe(empty), sshHostKeysProbe(empty)]), argv)).toEqual([
      'permissive',
      '',
      {},
    ])
    expect(await askLocally(selinuxProbe(rootWith({ 'etc/x': '' })), argv)).toBe('disabled')
  })

  test('the account is that of the login user (A064)', async () => {
    const [name, , uid, gid, , home, shell] = tool('getent passwd "$(id -u)"').split(':')
    expect(await askLocally(userProbe(), argv)).toEqual({ name, uid: Number(uid), gid: Number(gid), home, shell })
  })

  test('the environment is that of the login, values of several lines as well (A064)', async () => {
    const shell = ['env', 'TSPLAY_TEST=a=b\nPATH2=x', ...argv]
    const env = await askLocally(envProbe, shell)
    expect(env.TSPLAY_TEST).toBe('a=b\nPATH2=x')
    expect(env.PATH2).toBeUndefined()
    expect(env.LC_ALL).toBe(process.env.LC_ALL)
  })

  test('all of them cost one step each, and no tool beyond the shell and its basics (X15)', async () => {
    const [here, poor] = [
      await askLocally(all(factProbes as never), argv),
      await askLocally(
        all(factProbes as never),
        poorShell(['ip', 'findmnt', 'lsblk', 'getenforce', 'getent', 'timeout', 'hostname', 'df', 'python3']),
      ),
    ] as unknown as Record<string, unknown>[]
    for (const key of ['interfaces', 'addresses', 'disks', 'selinux', 'virtualization', 'user', 'defaultIpv4', 'os'])
      expect(poor![key], key).toEqual(here![key])
    expect(Object.keys(here!).sort()).toEqual([...factKeys].sort())
    expect(factQuestions().length).toBeLessThan(factKeys.length)
  })
})

test.each<[string, string, Readonly<Record<string, string>>]>([
  ['none', 'bare metal', { 'sys/class/dmi/id/sys_vendor': 'Dell Inc.\n', 'proc/cpuinfo': 'flags\t: fpu vme\n' }],
  ['none', 'nothing at all', { 'etc/x': '' }],
  ['kvm', 'a libvirt guest', { 'sys/class/dmi/id/sys_vendor': 'QEMU\n', [clock()]: 'kvm-clock tsc\n' }],
  ['qemu', 'an emulated guest', { 'sys/class/dmi/id/sys_vendor': 'QEMU\n', [clock()]: 'tsc hpet\n' }],
  ['kvm', 'OpenStack', { 'sys/class/dmi/id/product_name': 'OpenStack Nova\n' }],
  ['kvm', 'Google', { 'sys/class/dmi/id/product_name': 'Google Compute Engine\n' }],
  ['amazon', 'Amazon', { 'sys/class/dmi/id/sys_vendor': 'Amazon EC2\n' }],
  ['vmware', 'VMware', { 'sys/class/dmi/id/sys_vendor': 'VMware, Inc.\n' }],
  [
    'hyper-v',
    'Hyper-V',
    { 'sys/class/dmi/id/sys_vendor': 'Microsoft Corporation\n', 'sys/class/dmi/id/product_name': 'Virtual Machine\n' },
  ],
  [
    'virtualbox',
    'VirtualBox',
    { 'sys/class/dmi/id/sys_vendor': 'innotek GmbH\n', 'proc/cpuinfo': 'flags : fpu hypervisor\n' },
  ],
  [
    'none',
    "a server of Oracle's make",
    { 'sys/class/dmi/id/sys_vendor': 'Oracle Corporation\n', 'proc/cpuinfo': 'flags : fpu\n' },
  ],
  ['xen', 'Xen', { 'sys/hypervisor/type': 'xen\n' }],
  ['vm', 'an unknown hypervisor', { 'proc/cpuinfo': 'flags\t\t: fpu hypervisor lahf\n' }],
  ['wsl', 'WSL', { 'proc/sys/kernel/osrelease': '5.15.90.1-microsoft-standard-WSL2\n' }],
  ['container:docker', 'docker', { '.dockerenv': '' }],
  ['container:podman', 'podman', { 'run/.containerenv': '' }],
  ['container:lxc', 'LXC', { 'proc/1/environ': 'PATH=/bin\0container=lxc\0' }],
  ['container:systemd-nspawn', 'nspawn', { 'run/systemd/container': 'systemd-nspawn\n' }],
  ['container:kubepods', 'a pod', { 'proc/1/cgroup': '11:memory:/kubepods/burstable/pod1/abc\n' }],
  ['container:openvz', 'OpenVZ', { 'proc/vz/': '' }],
])('virtualization is %s for %s (A064)', async (expected, _name, files) => {
  expect(await askLocally(virtualizationProbe(rootWith(files)))).toBe(expected)
  expect(await askLocally(virtualizationProbe(rootWith(files)), poorShell([]))).toBe(expected)
})

function clock(): string {
  return 'sys/devices/system/clocksource/clocksource0/available_clocksource'
}

test.each([
  ['short', 'echo short.example.org', 'short.example.org'],
  ['short', 'echo short', 'short'],
  ['short', 'echo "hostname: Name or service not known" >&2; exit 1', 'short'],
  ['short', 'echo "rubbish from $(hostname)"', 'short'],
  ['host.example.org', 'echo other.example.com', 'host.example.org'],
])('the full name of %s is what hostname says, if it is a name: %s (A064)', async (name, says, expected) => {
  const shell = poorShell([], { uname: `echo ${name}`, hostname: says })
  expect(await askLocally(fqdnProbe, shell)).toBe(expected)
})

test('a name server that does not answer is not waited for (A064)', async () => {
  const started = performance.now()
  expect(await askLocally(fqdnProbe, poorShell([], { uname: 'echo short', hostname: 'exec sleep 60' }))).toBe('short')
  expect(performance.now() - started).toBeLessThan(15_000)
})

test('without ip, addresses come from the kernel (A064)', async () => {
  const made = rootWith({
    'proc/net/route': [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0',
      'eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
      '',
    ].join('\n'),
    'proc/net/fib_trie': [
      'Local:',
      '     |-- 10.0.0.0',
      '        /24 link UNICAST',
      '     |-- 10.0.0.5',
      '        /32 host LOCAL',
      '     |-- 127.0.0.1',
      '        /32 host LOCAL',
      '     |-- 172.17.0.1',
      '        /32 host LOCAL',
    ].join('\n'),
  })
  const found = await askLocally(interfacesProbe(made), poorShell(['ip']))
  expect(found).toMatchObject({
    eth0: { ipv4: [{ address: '10.0.0.5', prefix: 24 }] },
    docker0: { ipv4: [{ address: '172.17.0.1', prefix: 16 }] },
    lo: { ipv4: [{ address: '127.0.0.1', prefix: 8 }] },
  })
})

test('a link in the place of a disk is followed, as /sys has them (A064)', async () => {
  const made = rootWith({ 'sys/devices/vda/size': '2048\n', 'sys/devices/vda/device/': '', 'sys/block/': '' })
  symlinkSync(path.join(made, 'sys/devices/vda'), path.join(made, 'sys/block/vda'))
  expect(await askLocally(disksProbe(made))).toMatchObject([{ name: 'vda', sizeMb: 1 }])
})
