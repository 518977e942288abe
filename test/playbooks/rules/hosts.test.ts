// What hosts may be called, and where they may be: the limits of each, on both sides.
import { describe, expect, test } from 'vitest'
import {
  gatewayFindings,
  hostNetworkFindings,
  nodeNameFindings,
  prefixFindings,
} from '../../../playbooks/rules/hosts.ts'

const m1 = { name: 'm1', address: '172.31.3.101' }
const m2 = { name: 'm2', address: '172.31.3.102' }

describe('names of nodes', () => {
  const refused = (name: string): boolean => nodeNameFindings([{ name, address: '10.0.0.1' }]).length > 0

  test.each([...['m1', 'k8s-master01.example.local', '1', 'a-b', 'a--b', '10.0.0.1', 'x.y.z', 'a'.repeat(253)]])(
    '%s is one',
    (name) => expect(refused(name)).toBe(false),
  )

  test.each([
    ...[
      'Master1',
      'k8s_master',
      '-m1',
      'm1-',
      'm1.',
      '.m1',
      'a..b',
      'a.-b',
      'a-.b',
      '',
      'm 1',
      'mäster',
      'a'.repeat(254),
    ],
  ])('%j is none', (name) => expect(refused(name)).toBe(true))

  test('are found by the host that has one', () => {
    expect(nodeNameFindings([m1, { name: 'M2', address: '10.0.0.2' }])).toMatchObject([
      { level: 'error', rule: 'node-name', host: 'M2', hint: expect.stringMatching(/letters/) },
    ])
  })
})

describe('the network of the hosts', () => {
  const pods = (value: string) => ({ value, variable: 'network.podCidr', what: 'pods' })
  const found = (network: string, inside: readonly ReturnType<typeof pods>[] = [], hosts = [m1, m2]): string[] =>
    hostNetworkFindings(hosts, network, inside).map(({ rule, variable, host }) => `${rule} of ${variable ?? host}`)

  test.each(['172.31.0.0/21', '172.31.3.0/24', '0.0.0.0/0', '172.31.3.100/30'])('%s holds both', (network) => {
    expect(found(network)).toEqual([])
  })

  test('that is too small leaves each host outside that it does not hold', () => {
    expect(found('172.31.3.101/32')).toEqual(['host-network of m2'])
    expect(found('172.31.4.0/24')).toEqual(['host-network of m1', 'host-network of m2'])
    expect(found('fd00::/64')).toEqual(['host-network of m1', 'host-network of m2'])
  })

  test('does not judge hosts that have a name in place of an address', () => {
    expect(found('10.0.0.0/8', [], [{ name: 'm1', address: 'm1.example.com' }])).toEqual([])
  })

  test('with host bits, or that is none', () => {
    expect(found('172.31.3.101/21')).toEqual(['cidr-host-bits of network.hosts'])
    expect(found('172.31.0.0')).toEqual(['host-network of m1', 'host-network of m2'])
    expect(found('172.31.0.0/33')).toEqual(['cidr of network.hosts'])
  })

  test.each([
    ['172.31.7.0/24', true],
    ['172.31.8.0/24', false],
    ['172.16.0.0/12', true],
    ['172.30.0.0/16', false],
    ['fd00::/64', false],
    ['nothing', false],
  ])('and that of pods, %s, hold the same addresses: %j', (value, overlaps) => {
    expect(found('172.31.0.0/21', [pods(value)])).toEqual(overlaps ? ['cidr-overlap of network.podCidr'] : [])
  })
})

test.each([
  [21, '172.31.0.0/21', false],
  [24, '172.31.0.0/21', true],
  [20, '172.31.0.0/21', true],
  [24, 'no network', false],
])('a prefix of %i in files of hosts of %s is another: %j', (prefix, network, other) => {
  const found = prefixFindings(prefix, network, 'staticNetwork.prefix')
  expect(found.map(({ rule, variable }) => `${rule} of ${variable}`)).toEqual(
    other ? ['host-prefix of staticNetwork.prefix'] : [],
  )
})

test.each([
  ['172.31.0.2', '172.31.0.0/21', []],
  ['172.31.7.254', '172.31.0.0/21', []],
  ['172.31.8.1', '172.31.0.0/21', ['is not in their network 172.31.0.0/21']],
  ['172.31.3.101', '172.31.0.0/21', ['is m1']],
  ['172.31.3.101', '10.0.0.0/8', ['is m1', 'is not in their network 10.0.0.0/8']],
  ['172.31.3.102', undefined, ['is m2']],
  ['10.9.9.9', undefined, []],
] as const)('a router at %s of hosts in %s', (gateway, network, expected) => {
  const found = gatewayFindings(gateway, { hosts: [m1, m2], network }, 'staticNetwork.gateway')
  expect(found).toHaveLength(expected.length)
  for (const [index, message] of expected.entries())
    expect(found[index]).toMatchObject({
      ...{ level: 'error', rule: 'host-gateway', variable: 'staticNetwork.gateway' },
      message: expect.stringContaining(`the router of the hosts, ${gateway}, ${message}`),
    })
})
