import { describe, expect, it } from 'vitest'
import { checkSpec, type LabSpec } from '../../engine/lab/spec.ts'
import { addressIn, hardwareAddress, overlap, parseSubnet } from '../../engine/lab/subnet.ts'

describe('subnets', () => {
  it('begin at their network address and have the first one as gateway', () => {
    expect(parseSubnet('10.77.0.0/24')).toMatchObject({ gateway: '10.77.0.1', prefix: 24, cidr: '10.77.0.0/24' })
    expect(parseSubnet('192.168.37.200/26')).toMatchObject({ gateway: '192.168.37.193', cidr: '192.168.37.192/26' })
    expect(parseSubnet('255.255.255.248/29')).toMatchObject({ gateway: '255.255.255.249' })
  })

  it.each(['10.77.0.0', '10.77.0.0/31', '10.77.0/24', '10.77.0.256/24', '10.77.0.0/2x', 'fd00::/64', '010.1.1.1/24'])(
    'are not: %s',
    (text) => expect(parseSubnet(text)).toBeUndefined(),
  )

  it('hold their hosts, and neither the network nor the broadcast address', () => {
    const network = parseSubnet('10.77.0.0/24')!
    expect(['10.77.0.1', '10.77.0.254'].map((address) => addressIn(network, address))).toEqual([true, true])
    expect(['10.77.0.0', '10.77.0.255', '10.78.0.1', 'm1'].some((address) => addressIn(network, address))).toBe(false)
  })

  it('overlap where one holds the other', () => {
    const [wide, inside, beside] = ['10.77.0.0/16', '10.77.3.0/24', '10.78.0.0/16'].map((text) => parseSubnet(text)!)
    expect(overlap(wide!, inside!)).toBe(true)
    expect(overlap(inside!, wide!)).toBe(true)
    expect(overlap(wide!, beside!)).toBe(false)
  })

  it('give each address a hardware address that is locally administered', () => {
    expect(hardwareAddress('10.77.0.11')).toBe('02:74:0a:4d:00:0b')
  })
})

describe('a spec', () => {
  const good: LabSpec = { name: 'lab', subnet: '10.77.0.0/24', hosts: [{ name: 'm1', address: '10.77.0.11' }] }
  const hosts = (...pairs: [string, string][]) => ({ hosts: pairs.map(([name, address]) => ({ name, address })) })

  it('is taken as it is', () => {
    expect(checkSpec({ ...good, packages: ['g++', 'nginx'] })).toMatchObject(good)
    expect(checkSpec({ ...good, image: 'dnf' })).toMatchObject(good)
  })

  it.each<[string, Partial<LabSpec>]>([
    ['the name must be', { name: '../lab' }],
    ['the name must be', { name: 'Lab' }],
    ['is not an IPv4 subnet', { subnet: '10.77.0.0' }],
    ["host name 'm1; reboot'", hosts(['m1; reboot', '10.77.0.11'])],
    ['is no address in', hosts(['m1', '10.78.0.11'])],
    ['is the gateway', hosts(['m1', '10.77.0.1'])],
    ["'10.77.0.11' is given to two hosts", hosts(['m1', '10.77.0.11'], ['m2', '10.77.0.11'])],
    ["'m1' is given to two hosts", hosts(['m1', '10.77.0.11'], ['m1', '10.77.0.12'])],
    ["'--force' is not a package name", { packages: ['--force'] }],
    ["m1: there is no image 'suse', but debian, dnf", { image: 'suse' as 'dnf' }],
  ])('is refused: %s', (message, wrong) => expect(() => checkSpec({ ...good, ...wrong })).toThrow(message))
})
