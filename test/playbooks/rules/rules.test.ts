// The documented faults of inventories, each found with what to do about it; and that what is right is left in peace.
import { describe, expect, test } from 'vitest'
import { failoverFindings } from '../../../playbooks/rules/failover.ts'
import { certificateFindings, nameFindings } from '../../../playbooks/rules/names.ts'
import { type Networks, networkFindings } from '../../../playbooks/rules/networks.ts'
import { componentPorts, nodePortFindings } from '../../../playbooks/rules/ports.ts'

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

describe('a virtual address', () => {
  const failover = (weight: number, priorities: readonly number[], more = {}): string[] =>
    rulesOf(
      failoverFindings({
        vip: '192.168.208.200',
        weight,
        hosts: priorities.map((priority, index) => ({
          name: `m${index + 1}`,
          address: `192.168.208.${190 + index}`,
          priority,
        })),
        variables: { vip: 'vip', weight: 'weight', priority: 'priority' },
        ...more,
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
    ['one host alone has nobody to fail over to', -5, [100], []],
  ] as const)('%s', (_name, weight, priorities, expected) => {
    expect(failover(weight, priorities)).toEqual(expected)
  })

  test('that a host has, or nobody can reach (B62)', () => {
    expect(failover(-30, [100, 90], { vip: '192.168.208.190' })).toEqual(['vip-host'])
    expect(failover(-30, [100, 90], { vip: '192.168.2.10', network: '192.168.208.0/24' })).toEqual(['vip-network'])
    expect(failover(-30, [100, 90], { network: '192.168.208.0/24' })).toEqual([])
  })
})

describe('names', () => {
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

  test('that the certificate of the API lacks (B61)', () => {
    const names = ['k8s-vip', '192.168.208.200']
    expect(certificateFindings(names, [{ name: 'K8S-vip', address: 'x' }])).toEqual([])
    expect(
      rulesOf(certificateFindings(names, [{ name: 'master.k8s.io', address: 'x', variable: 'api.name' }])),
    ).toEqual(["certificate-names: the API is reached as 'master.k8s.io', which its certificate does not hold"])
  })
})
