// Static addresses: the file of each manager, and what cannot be.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type InventoryFile, inventory } from '../../engine/inventory.ts'
import type { Handler } from '../../engine/task.ts'
import { cluster } from '../../playbooks/cluster.ts'
import { preparation } from '../../playbooks/preparation/index.ts'
import { type NetworkStaticParams, networkStatic } from '../../playbooks/roles/network-static/index.ts'
import { rootOf } from './role-files.ts'
import { listedIn, only, siteOver } from './tasks-of.ts'

const systems = {
  centos7: { id: 'centos', family: 'redhat', majorVersion: '7' },
  rocky8: { id: 'rocky', family: 'redhat', majorVersion: '8' },
  rocky9: { id: 'rocky', family: 'redhat', majorVersion: '9' },
  ubuntu: { id: 'ubuntu', family: 'debian', majorVersion: '20' },
  debian: { id: 'debian', family: 'debian', majorVersion: '12' },
}
const s3 = { address: '172.31.3.101', prefix: 21, gateway: '172.31.0.2', dns: ['223.5.5.5', '180.76.76.76'] }
const tasks = (system: keyof typeof systems, more: Partial<NetworkStaticParams> = {}) =>
  listedIn([networkStatic({ system: systems[system], ...s3, ...more })])
const file = (system: keyof typeof systems) => only(tasks(system), 'address of eth0').params

describe('network-static', () => {
  test('RHEL 7 and 8 have their file of network-scripts', () => {
    for (const system of ['centos7', 'rocky8'] as const) {
      expect(file(system)).toMatchObject({ dest: '/etc/sysconfig/network-scripts/ifcfg-eth0', mode: '0644' })
      expect(file(system).content.split('\n').slice(1, -1)).toEqual([
        ...['DEVICE=eth0', 'NAME=eth0', 'BOOTPROTO=none', 'ONBOOT=yes', 'IPADDR=172.31.3.101', 'PREFIX=21'],
        ...['GATEWAY=172.31.0.2', 'DNS1=223.5.5.5', 'DNS2=180.76.76.76'],
      ])
    }
  })

  test('RHEL 9 knows no such file any more, and reads none that others may read', () => {
    expect(file('rocky9')).toMatchObject({
      dest: '/etc/NetworkManager/system-connections/eth0.nmconnection',
      mode: '0600',
    })
    expect(file('rocky9').content).toContain('address1=172.31.3.101/21,172.31.0.2\ndns=223.5.5.5;180.76.76.76;\n')
  })

  test('Ubuntu has a netplan with a route, as a gateway of its own is deprecated there', () => {
    expect(file('ubuntu')).toMatchObject({ dest: '/etc/netplan/01-netcfg.yaml', mode: '0600' })
    expect(parse(file('ubuntu').content)).toEqual({
      network: {
        version: 2,
        renderer: 'networkd',
        ethernets: {
          eth0: {
            dhcp4: false,
            addresses: ['172.31.3.101/21'],
            routes: [{ to: '0.0.0.0/0', via: '172.31.0.2' }],
            nameservers: { addresses: ['223.5.5.5', '180.76.76.76'] },
          },
        },
      },
    })
  })

  test('Debian has a file of ifupdown', () => {
    expect(file('debian').dest).toBe('/etc/network/interfaces.d/eth0')
    expect(file('debian').content).toContain(
      'iface eth0 inet static\n    address 172.31.3.101/21\n    gateway 172.31.0.2\n',
    )
  })

  test('nothing is brought up unless that is asked for: it cuts the connection where the address is another', () => {
    expect(only(tasks('ubuntu'), 'address of eth0').node.options.notify).toBeUndefined()
    const [up] = [only(tasks('ubuntu', { activate: true }), 'address of eth0').node.options.notify].flat()
    expect(up).toMatchObject({ name: 'bring eth0 up' })
  })

  test('NetworkManager is disabled only behind the service that takes over; elsewhere that is refused (B09)', () => {
    const look = 'who else brings eth0 up'
    expect(tasks('centos7').map(({ name }) => name)).toEqual([look, 'address of eth0'])
    const off = (activate: boolean) => tasks('centos7', { networkManager: 'off', activate }).slice(2)
    expect(off(false).map(({ params }) => params)).toEqual([
      { name: 'network', enabled: true },
      // until the next boot it takes care of the address that it gave
      { name: 'NetworkManager', enabled: false },
    ])
    expect(off(true).map(({ params, node }) => [params.state, [node.options.notify].flat().length])).toEqual([
      [undefined, 1],
      ['stopped', 1],
    ])
    for (const system of ['rocky8', 'rocky9', 'ubuntu', 'debian'] as const)
      expect(() => tasks(system, { networkManager: 'off' })).toThrow("has no service 'network' to take over")
  })

  test('an address is brought up by what runs then: nmcli is not asked once NetworkManager is to be off (B09)', () => {
    const commands = (system: keyof typeof systems, more: Partial<NetworkStaticParams> = {}) => {
      const [up] = [only(tasks(system, { activate: true, ...more }), 'address of eth0').node.options.notify].flat()
      return listedIn((up as Handler).tasks).map(({ params }) => params.cmd as string[])
    }
    expect(commands('centos7', { networkManager: 'off' })).toEqual([['systemctl', 'restart', 'network']])
    expect(commands('rocky9').map(([program]) => program)).toEqual(['nmcli', 'nmcli'])
    expect(commands('rocky9', { manager: 'ifcfg' })).toEqual(commands('centos7'))
    const [[...words]] = commands('centos7') as [string[]]
    for (const [active, expected] of [
      ['true', 'nmcli connection reload\nnmcli connection up eth0\n'],
      ['false', 'systemctl restart network\n'],
    ]) {
      const [, , script, ...args] = words
      const root = rootOf({ script: script! })
      const fakes = `nmcli() { echo nmcli "$@"; }; systemctl() { case $2 in is-active) ${active};; *) echo systemctl "$@";; esac; }`
      expect(root.run(`${fakes}; export -f nmcli systemctl; bash script ${args.slice(1).join(' ')}`).output).toBe(
        expected,
      )
    }
  })

  test.each<[keyof typeof systems, files: Record<string, string>, found: string[]]>([
    ['ubuntu', { 'netplan/01-netcfg.yaml': 'network:\n  ethernets:\n    eth0:\n      dhcp4: true\n' }, []],
    ['ubuntu', { 'netplan/50-cloud-init.yaml': 'network:\n  ethernets:\n    eth1:\n      dhcp4: true\n' }, []],
    [
      'ubuntu',
      { 'netplan/50-cloud-init.yaml': 'network:\n  ethernets:\n    "eth0":\n      dhcp4: true\n' },
      ['/etc/netplan/50-cloud-init.yaml brings it up, too'],
    ],
    [
      'debian',
      { 'network/interfaces': 'auto eth0\niface eth0 inet6 auto\niface eth0.1 inet dhcp\n# iface eth0 inet dhcp\n' },
      [],
    ],
    ['debian', { 'network/interfaces': 'iface eth0 inet dhcp\n' }, ['/etc/network/interfaces brings it up, too']],
    [
      'centos7',
      { 'sysconfig/network-scripts/ifcfg-eth0': 'DEVICE=eth0\nIPV6INIT=yes\nHWADDR=52:54:00:12:34:56\n' },
      [],
    ],
    [
      'centos7',
      {
        'sysconfig/network-scripts/ifcfg-eth0': 'DEVICE=eth0\nIPV6ADDR=2001:db8::1/64\n',
        'sysconfig/network-scripts/ifcfg-Wired': 'DEVICE="eth0"\n',
      },
      [
        '/etc/sysconfig/network-scripts/ifcfg-Wired brings it up, too',
        '/etc/sysconfig/network-scripts/ifcfg-eth0 says of IPv6: IPV6ADDR=2001:db8::1/64',
      ],
    ],
    [
      'rocky9',
      {
        'NetworkManager/system-connections/cloud-init-eth0.nmconnection': '[connection]\ninterface-name=eth0\n',
        'sysconfig/network-scripts/ifcfg-eth0': 'DEVICE=eth0\n',
      },
      [
        '/etc/NetworkManager/system-connections/cloud-init-eth0.nmconnection brings it up, too',
        '/etc/sysconfig/network-scripts/ifcfg-eth0 brings it up, too',
      ],
    ],
  ])('%s: other files of the interface, and what would be lost, are found: %j', (system, files, found) => {
    const { params, node } = only(tasks(system), 'who else brings eth0 up')
    expect(node.options).toMatchObject({ check: false, changedWhen: false })
    const { LINES_OF, OWN } = node.options.environment as Record<string, string>
    const etc = Object.fromEntries(Object.entries(files).map(([file, text]) => [`etc/${file}`, text]))
    const root = rootOf({ ...etc, lines: LINES_OF! })
    const there = (text: string) => text.replaceAll(/(?<![\w.])\/(?=etc\/|run\/|lib\/)/g, '$R/')
    const { output } = root.run(`LINES_OF=$(cat lines); OWN=${there(OWN!)}\n${there(params.cmd)}`)
    const lines = output.split('\n').filter(Boolean)
    expect(lines.map((line) => line.replaceAll(/^.*?(?=\/etc\/)/g, ''))).toEqual(found)

    const follows = listedIn(node.registered!({ stdoutLines: found } as never))
    expect(follows.map(({ module }) => module)).toEqual(found.length > 0 ? ['fail'] : [])
    for (const line of found) expect(follows[0]!.params.message).toContain(line)
  })

  test('a VLAN has a dot in its name, which is no wildcard', () => {
    const { node } = only(tasks('debian', { interface: 'eth0.10' }), 'who else brings eth0.10 up')
    expect(node.options.environment!.LINES_OF).toContain('eth0[.]10')
  })

  test('what cannot be is refused before any host is touched', () => {
    expect(() => tasks('debian', { address: '172.31.3.300' })).toThrow("'172.31.3.300' is no IPv4 address")
    expect(() => tasks('debian', { dns: ['ns1'] })).toThrow("'ns1' is no IPv4 address")
    expect(() => tasks('debian', { prefix: 33 })).toThrow('the prefix is 33')
    expect(() => tasks('debian', { prefix: 24 })).toThrow(
      'the gateway 172.31.0.2 is not in the network of 172.31.3.101/24',
    )
  })
})

test('an inventory says who brings the network up, and hands it from NetworkManager to the service of RHEL 7 (B09)', () => {
  const names = (more: object) => {
    const staticNetwork = { prefix: 24, ...more }
    const vars = { api: { name: 'api.test' }, os: { id: 'centos' as const, version: '7' }, staticNetwork }
    const file = inventory(cluster, { vars, groups: { masters: { hosts: { m1: { address: '10.0.0.1' } } } } })
    const site = siteOver(file as unknown as InventoryFile, { site: cluster, plays: preparation() })
    return site.tasks('m1').filter(({ role }) => role === 'network-static')
  }
  expect(names({}).map(({ name }) => name)).not.toContain('NetworkManager is disabled')
  const off = names({ networkManager: 'off' }).map(({ name }) => name)
  expect(off.slice(-2)).toEqual(['network is enabled', 'NetworkManager is disabled'])
  expect(only(names({ manager: 'keyfile' }), 'address of eth0').params.dest).toContain('.nmconnection')
})
