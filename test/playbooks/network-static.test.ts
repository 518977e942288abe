// Static addresses: the file of each manager, and what cannot be.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type NetworkStaticParams, networkStatic } from '../../playbooks/roles/network-static/index.ts'
import { listedIn, only } from './tasks-of.ts'

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
    expect(tasks('centos7').map(({ name }) => name)).toEqual(['address of eth0'])
    const off = tasks('centos7', { networkManager: 'off' })
    expect(off.slice(1).map(({ params }) => [params.name, params.enabled])).toEqual([
      ['network', true],
      ['NetworkManager', false],
    ])
    for (const system of ['rocky8', 'rocky9', 'ubuntu', 'debian'] as const)
      expect(() => tasks(system, { networkManager: 'off' })).toThrow("has no service 'network' to take over")
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
