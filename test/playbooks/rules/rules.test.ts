// The documented faults of inventories, each found with what to do about it; and that what is right is left in peace.
import { describe, expect, test } from 'vitest'
import { deafBearerFindings, failoverFindings } from '../../../playbooks/rules/failover.ts'
import { familyFindings } from '../../../playbooks/rules/families.ts'
import {
  apiNameFindings,
  certificateFindings,
  domainFindings,
  memberFindings,
  nameFindings,
} from '../../../playbooks/rules/names.ts'
import { type Networks, networkFindings } from '../../../playbooks/rules/networks.ts'
import { componentPorts, nodePortFindings, sharedPortFindings } from '../../../playbooks/rules/ports.ts'
import { innerFindings, outsideFindings, ownedAddressFindings } from '../../../playbooks/rules/virtual-address.ts'

const rulesOf = (found: readonly { rule: string; message: string }[]): string[] =>
  found.map(({ rule, message }) => `${rule}: ${message}`)

describe('networks', () => {
  const networks = (more: Partial<Networks> = {}): string[] =>
    rulesOf(
      networkFindings({
        pods: { value: '10.244.0.0/16', variable: 'network.podCidr' },
        services: { value: '10.96.0.0/12', variable: 'network.serviceCidr' },
        hosts: [{ name: 'm1', address: '192.168.208.191' }],
        ...more,
      }),
    )
  const pods = (value: string) => ({ pods: { value, variable: 'network.podCidr' } })
  const dns = (value: string) => ({ dns: { value, variable: 'network.dns' } })

  test('that are right are left in peace', () => {
    expect(networks(dns('10.96.0.10'))).toEqual([])
    expect(networks({ pods: { value: 'fd00::/48', variable: 'x' } })).toEqual([])
  })

  test('with host bits mean another network, which holds the hosts (B58)', () => {
    expect(networks(pods('192.168.0.0/12'))).toEqual([
      'cidr-host-bits: the network of the pods, 192.168.0.0/12, has host bits set: it is 192.160.0.0/12',
      'cidr-hosts: the network of the pods, 192.168.0.0/12, holds the address of m1, 192.168.208.191',
    ])
  })

  test('that overlap, or are none', () => {
    expect(networks(pods('10.100.0.0/16'))).toEqual([
      'cidr-overlap: the network of the pods, 10.100.0.0/16, and that of the services, 10.96.0.0/12, overlap',
    ])
    expect(networks(pods('10.100.0.0/160'))).toEqual(["cidr: the network of the pods, '10.100.0.0/160', is no network"])
  })

  const services = (value: string) => ({ services: { value, variable: 'network.serviceCidr' } })

  test.each([
    ['10.96.0.0/12', undefined],
    ['10.96.0.0/29', undefined],
    ['fd00::/108', undefined],
    ['10.96.0.0/11', '10.96.0.0/11, is larger than API servers take'],
    ['10.96.0.0/30', '10.96.0.0/30, is smaller than API servers take'],
    ['10.96.0.0/32', '10.96.0.0/32, is smaller than API servers take'],
    ['fd00::/107', 'fd00::/107, is larger than API servers take'],
    ['fd00::/126', 'fd00::/126, is smaller than API servers take'],
  ])('for services: %s is %s', (value, message) => {
    expect(networks(services(value))).toEqual(
      message === undefined ? [] : [`service-size: the network of the services, ${message}`],
    )
  })

  test.each([
    ['10.244.0.0/16', 256, 256],
    ['10.244.0.0/16', 257, 256],
    ['10.244.0.0/23', 3, 2],
    ['10.244.0.0/24', 1, 1],
    ['10.244.0.0/25', 1, 0],
    ['fd00::/62', 5, 4],
  ])('for pods: %s and %i nodes, of which %i get a part', (value, nodes, room) => {
    const found = networks({ ...pods(value), nodes })
    expect(found).toHaveLength(nodes > room ? 1 : 0)
    if (nodes > room)
      expect(found[0]).toMatch(new RegExp(`^pod-size: .* has ${room} parts of /\\d+, and ${nodes} nodes`))
  })

  test('of both families are judged one by one', () => {
    const both = { pods: { value: '10.244.0.0/16,fd01::/48', variable: 'x' } }
    expect(networks({ ...both, ...services('10.96.0.0/12,fd02::/112'), ...dns('fd02::1') })).toEqual([])
    expect(networks({ ...both, ...services('10.96.0.0/12,fd01::/112'), ...dns('10.96.0.1') })).toEqual([
      'cidr-overlap: the network of the pods, fd01::/48, and that of the services, fd01::/112, overlap',
      "dns-address: the address of the cluster's DNS, 10.96.0.1, is that of the API: the first of the services' network",
    ])
    expect(networks({ ...both, hosts: [{ name: 'm1', address: 'fd01::9' }] })).toHaveLength(1)
    expect(networks({ pods: { value: '10.244.0.0/16,fd01::/63', variable: 'x' }, nodes: 3 })).toHaveLength(1)
  })

  test.each([
    ['10.244.0.0/16', '10.96.0.0/12', '1.10.4', 0],
    ['fd01::/48', 'fd02::/112', '1.18.3', 0],
    ['10.244.0.0/16,fd01::/48', '10.96.0.0/12', '1.21.0', 0],
    ['fd01::/48,10.244.0.0/16', '10.96.0.0/12,fd02::/112', '1.25.0', 0],
    ['10.244.0.0/16,fd01::/48', '10.96.0.0/12', '1.20.15', 1],
    ['10.244.0.0/16', 'fd02::/112', '1.25.0', 1],
    ['10.244.0.0/16', '10.96.0.0/12,fd02::/112', '1.18.3', 2],
  ])('for pods %s, for services %s, by Kubernetes %s: %i findings', (pods, services, version, count) => {
    const named = (value: string) => ({ value, variable: 'x' })
    const found = familyFindings(named(pods), named(services), version)
    expect(found.map(({ rule }) => rule)).toEqual(Array.from({ length: count }, () => 'dual-stack'))
  })

  test('too small for the address that would be advised are no reason to fail', () => {
    for (const size of [29, 31, 32])
      expect(networks({ ...services(`10.96.0.0/${size}`), ...dns('10.97.0.1') })).toContain(
        `dns-address: the address of the cluster's DNS, 10.97.0.1, is not in the network of the services, 10.96.0.0/${size}`,
      )
  })

  test('whose DNS address is elsewhere, or that of the API', () => {
    expect(networks(dns('10.254.0.2'))).toEqual([
      "dns-address: the address of the cluster's DNS, 10.254.0.2, is not in the network of the services, 10.96.0.0/12",
    ])
    expect(networks(dns('10.96.0.1'))).toEqual([
      "dns-address: the address of the cluster's DNS, 10.96.0.1, is that of the API: the first of the services' network",
    ])
  })
})

describe('node ports', () => {
  const ports = (range: string): string[] =>
    rulesOf(nodePortFindings(range, 'network.nodePorts', [...componentPorts, { port: 8443, by: 'the load balancer' }]))

  test('that hold the load balancer’s port (B28)', () => {
    expect(ports('8400-9000')).toEqual([
      'node-ports: the node ports 8400-9000 hold 8443, on which the load balancer listens: a service may claim it',
    ])
    expect(ports('30000-50000')).toEqual([])
    expect(ports('10000-10300')).toHaveLength(4)
  })

  test.each(['', '30000', '5-3', '0-10', '30000-70000', 'a-b'])('%j is no range', (range) => {
    expect(ports(range)).toEqual([`node-ports: '${range}' is no range of ports`])
  })
})

describe('a port of one host', () => {
  const shared = (...wanted: [port: number, unit: string][]): string[] =>
    rulesOf(
      sharedPortFindings(
        'm1',
        wanted.map(([port, unit]) => ({ port, unit })),
        'api',
      ),
    )

  test('that two programs are to listen on', () => {
    expect(shared([6443, 'kube-apiserver'], [2379, 'etcd'], [6443, 'haproxy'])).toEqual([
      'shared-port: kube-apiserver and haproxy are both to listen on port 6443 of m1',
    ])
    expect(shared([1, 'a'], [1, 'b'], [1, 'c'])).toHaveLength(2)
  })

  test('that one program is named for twice is its own', () => {
    expect(shared([2379, 'kubelet'], [2379, 'kubelet'], [2380, 'kubelet'])).toEqual([])
    expect(shared()).toEqual([])
  })
})

describe('a virtual address', () => {
  const failover = (weight: number, priorities: readonly number[]): string[] =>
    rulesOf(
      failoverFindings({
        vip: '192.168.208.200',
        weight,
        hosts: priorities.map((priority, index) => ({ name: `m${index + 1}`, priority })),
        variables: { weight: 'weight', priority: 'priority' },
      }),
    ).map((line) => line.split(':')[0]!)

  test.each([
    ['S1 moves', -30, [120, 110], []],
    ['S3 stays with the host that fails (B42)', -5, [100, 90], ['failover-weight']],
    [
      'S4K stays, and its second is left to chance (B42)',
      -2,
      [250, 150, 150],
      ['failover-weight', 'failover-priority'],
    ],
    ['one point is not enough where the gap is as large', -10, [100, 90], ['failover-weight']],
    ['a positive weight takes nothing off', 5, [100, 90], ['failover-weight']],
    ['the last one never gets it (B42)', -30, [120, 110, 60], ['failover-reach']],
    ['two never get it', -30, [120, 110, 90, 60], ['failover-reach', 'failover-reach']],
    ['the last one gets it by a point', -30, [120, 110, 91], []],
    ['one host alone has nobody to fail over to', -5, [100], ['failover-alone']],
  ] as const)('%s', (_name, weight, priorities, expected) => {
    expect(failover(weight, priorities)).toEqual(expected)
  })

  test('that a host has, or nobody can reach (B62)', () => {
    const hosts = [{ name: 'm1', address: '192.168.208.190' }]
    expect(ownedAddressFindings('192.168.208.190', hosts, 'api.vip')).toMatchObject([
      { rule: 'vip-host', message: 'the virtual address 192.168.208.190 is the address of m1', variable: 'api.vip' },
    ])
    expect(ownedAddressFindings('192.168.208.19', hosts, 'api.vip')).toEqual([])
    expect(outsideFindings('192.168.2.10', '192.168.208.0/24', 'api.vip')).toMatchObject([
      { level: 'error', rule: 'vip-network', variable: 'api.vip' },
    ])
  })

  test.each([
    ['192.168.208.1', '192.168.208.0/24'],
    ['192.168.208.254', '192.168.208.0/24'],
    ['172.31.3.255', '172.31.0.0/21'],
    ['10.0.0.8', '10.0.0.8/31'],
    ['10.0.0.9', '10.0.0.9/32'],
    ['fd00::', 'fd00::/64'],
    ['not an address', '10.0.0.0/8'],
    // of the other family
    ['::ffff', '0.0.0.0/0'],
    ['10.0.0.9', 'not a network'],
  ])('%s is left in peace in %s', (vip, network) => {
    expect(outsideFindings(vip, network, 'api.vip')).toEqual([])
  })

  test.each([
    ['192.168.209.0', '192.168.208.0/24'],
    ['172.31.8.0', '172.31.0.0/21'],
    ['10.0.0.8', '10.0.0.9/32'],
    ['fd00:0:0:1::', 'fd00::/64'],
    ['192.168.208.0', '192.168.208.0/24'],
    ['192.168.208.255', '192.168.208.0/24'],
    ['172.31.7.255', '172.31.0.0/21'],
  ])('%s is no address of a host of %s', (vip, network) => {
    expect(outsideFindings(vip, network, 'api.vip')).toHaveLength(1)
  })

  test('whose bearer has nothing that listens there', () => {
    const bearers = [
      { name: 'm1', ports: [6443, 2379, 16443] },
      { name: 'm2', ports: [6443, 2379] },
    ]
    expect(deafBearerFindings(bearers, 16443, 'vipPriority')).toMatchObject([
      { rule: 'failover-port', host: 'm2', variable: 'vipPriority' },
    ])
    expect(deafBearerFindings(bearers, 6443, 'vipPriority')).toEqual([])
  })
})

test('a virtual address that is a pod’s or a service’s', () => {
  const networks = [
    { what: 'pods', value: '10.244.0.0/16' },
    { what: 'services', value: 'fd02::/112' },
  ]
  const found = (vip: string) => innerFindings(vip, networks, 'api.vip').map(({ message }) => message)
  expect(found('10.244.9.9')).toEqual(['the virtual address 10.244.9.9 is in the network of the pods, 10.244.0.0/16'])
  expect(found('FD02::9')).toHaveLength(1)
  for (const vip of ['10.245.0.1', 'fd03::9', '::', 'no address']) expect(found(vip)).toEqual([])
})

describe('names', () => {
  test.each(['k8s-vip', 'API.example.org', 'api.example.org.', '10.0.0.1', 'fd00::1', 'a_b.c'])('%s is one', (name) => {
    expect(apiNameFindings(name, 'api.name')).toEqual([])
  })

  test.each(['https://lb.test', 'lb.test:6443', 'lb test', '.lb', 'lb..test', '-lb', `${'a.'.repeat(127)}ab`])(
    '%s is none',
    (name) => expect(rulesOf(apiNameFindings(name, 'api.name'))[0]).toMatch(/^api-name: /),
  )

  test('in the domain of the services are found, and domains that are none', () => {
    const host = (name: string) => [{ name, what: 'a host' }]
    const found = (domain: string, name = 'm1') =>
      domainFindings(domain, host(name), 'x').map(({ level, rule }) => `${level} ${rule}`)
    expect(found('cluster.local.')).toEqual([])
    expect(found('cluster.local', 'm1.mycluster.local')).toEqual([])
    expect(found('cluster.local', 'M1.Cluster.local.')).toEqual(['warning cluster-domain'])
    for (const domain of ['cluster local', '.', 'a..b']) expect(found(domain)).toEqual(['error cluster-domain'])
  })

  test('that lead to two addresses (B64)', () => {
    expect(
      rulesOf(
        nameFindings([
          { name: 'k8s-master2', address: '192.168.208.191' },
          { name: 'K8S-master2.', address: '192.168.208.193', variable: 'extraHosts' },
          { name: 'other', address: '192.168.208.191' },
          { name: 'other', address: '192.168.208.191' },
        ]),
      ),
    ).toEqual(["name-addresses: the name 'k8s-master2' leads to 192.168.208.191 and 192.168.208.193"])
  })

  test('that are found where they stand: a variable before a host', () => {
    const hosts = [
      { name: 'm1', address: '10.0.0.1', host: 'm1.one.test' },
      { name: 'm1', address: '10.0.0.2', host: 'm1.two.test' },
    ]
    expect(nameFindings(hosts)).toMatchObject([{ host: 'm1.two.test' }])
    const [found] = nameFindings([...hosts, { name: 'm1', address: '10.0.0.3', variable: 'extraHosts' }])
    expect(found).toMatchObject({ variable: 'extraHosts' })
    expect(found).not.toHaveProperty('host')
  })

  test('that a host of both families has are left in peace, in whichever spelling', () => {
    const lead = (...addresses: string[]) => nameFindings(addresses.map((address) => ({ name: 'm1', address })))
    expect(lead('10.0.0.1', 'fd00::1', 'FD00:0::1')).toEqual([])
    expect(lead('10.0.0.1', 'fd00::1', 'fd00::2')).toHaveLength(1)
    expect(lead('10.0.0.1', 'm1.example.org')).toEqual([])
  })

  test('that two members of etcd have', () => {
    const members = ['etcd01', 'etcd02', 'etcd01'].map((name, index) => ({ name, host: `m${index + 1}` }))
    expect(memberFindings(members)).toMatchObject([
      { rule: 'etcd-name', host: 'm3', message: "the members of etcd on m1 and m3 are both called 'etcd01'" },
    ])
    expect(memberFindings(members.slice(0, 2))).toEqual([])
  })

  test('that the certificate of the API lacks (B61)', () => {
    const names = ['k8s-vip', '192.168.208.200']
    expect(certificateFindings(names, [{ name: 'K8S-vip', address: 'x' }])).toEqual([])
    const wide = ['*.example.org', 'FD00:0::1']
    const reached = (...all: string[]) =>
      certificateFindings(
        wide,
        all.map((name) => ({ name, address: name })),
      )
    expect(reached('api.example.org', 'fd00::1')).toEqual([])
    expect(reached('example.org', 'a.b.example.org', 'fd00::2')).toHaveLength(3)
    expect(
      rulesOf(certificateFindings(names, [{ name: 'master.k8s.io', address: 'x', variable: 'api.name' }])),
    ).toEqual(["certificate-names: the API is reached as 'master.k8s.io', which its certificate does not hold"])
  })
})
