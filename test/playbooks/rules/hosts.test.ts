// What hosts may be called, and where they may be: the limits of each, on both sides.
import { describe, expect, test } from 'vitest'
import { addressFindings, numberFindings } from '../../../playbooks/rules/addresses.ts'
import { gatewayFindings, hostNetworkFindings, prefixFindings } from '../../../playbooks/rules/hosts.ts'
import { labelFindings, nodeNameFindings } from '../../../playbooks/rules/nodes.ts'

const m1 = { name: 'm1', address: '172.31.3.101' }
const m2 = { name: 'm2', address: '172.31.3.102' }

describe('names of nodes', () => {
  const refused = (name: string): boolean => nodeNameFindings([{ name }]).length > 0

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
    expect(nodeNameFindings([m1, { name: 'M2' }])).toMatchObject([
      { level: 'error', rule: 'node-name', host: 'M2', hint: expect.stringMatching(/letters/) },
    ])
  })
})

describe('addresses', () => {
  const found = (...addresses: string[]): string[] =>
    addressFindings(addresses.map((address, index) => ({ name: `h${index + 1}`, address }))).map(
      ({ host, message }) => `${host}: ${message}`,
    )

  test.each([
    [['10.0.0.1', '10.0.0.2', '10.0.0.10']],
    [['fd00::1', 'fd00::10', 'fe80::1%eth0', '::ffff:10.0.0.1']],
    [['h1.example.org', 'h2.example.org', '0.0.0.0']],
  ])('that are each their own, %j, are left in peace', (addresses) => expect(found(...addresses)).toEqual([]))

  test.each([
    ['10.0.0.1', '10.0.0.01'],
    ['10.0.0.1', '010.0.0.1'],
    ['fd00::1', 'FD00:0:0::0001'],
    ['h1.example.org', 'H1.Example.org'],
  ])('%s and %s are one, and found at the second host, once', (one, other) => {
    expect(found(one, '10.9.9.9', other)).toEqual([`h3: h3 has the address of h1, ${other}`])
  })

  test.each(['10.0.0.256', '10.0.0', '10.0.0.1:22', '10.0.0.1/24', '[fd00::1]', 'fd00::1::2', '1'])(
    '%s is none',
    (address) => expect(found(address)).toEqual([`h1: h1 has '${address}' as its address, which is none`]),
  )

  test('with zeros in front are octal for some', () => {
    expect(found('10.0.010.1')[0]).toMatch(/^h1: h1 has the address 10\.0\.010\.1, whose numbers/)
  })

  test('are asked of those who need one, and not of others', () => {
    const why = 'etcd'
    const names = ['10.0.0.1', 'fd00::1', 'm3.example.org', '10.0.0.1:22'].map((address, index) => ({
      ...{ name: `m${index + 1}`, address, why },
    }))
    expect(numberFindings(names).map(({ host, message }) => [host, message])).toEqual([
      ['m3', "m3 is reached as 'm3.example.org', and etcd"],
    ])
  })
})

describe('labels', () => {
  const refused = (labels: Record<string, string>): boolean =>
    labelFindings([{ name: 'n1', vars: { labels } }]).length > 0

  test.each([
    ['a', 'b'],
    ['a', ''],
    ['example.org/a-b_c.d', 'X1'],
    ['a', 'x'.repeat(63)],
  ])('%j=%j is one', (key, value) => expect(refused({ [key]: value })).toBe(false))

  test.each([
    ['', 'b'],
    ['a b', 'c'],
    ['a/b/c', 'd'],
    ['/a', 'b'],
    ['Example.org/a', 'b'],
    ['-a', 'b'],
    ['a', 'b-'],
    ['a', 'b c'],
    ['a', 'x'.repeat(64)],
  ])('%j=%j is none', (key, value) => expect(refused({ [key]: value })).toBe(true))
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
    ['fd00::/64,172.31.7.0/24', true],
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

test('a router at the virtual address of the API is found', () => {
  const [found] = gatewayFindings('fd00::0:2', { hosts: [m1], network: undefined, vip: 'fd00::2' }, 'x')
  expect(found).toMatchObject({ rule: 'host-gateway', message: expect.stringContaining('is the virtual address') })
})
