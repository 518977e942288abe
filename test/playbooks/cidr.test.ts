import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addressAt,
  contains,
  formatCidr,
  isAligned,
  isSameAddress,
  overlap,
  parseCidr,
  plainAddress,
} from '../../playbooks/cidr.ts'
import { cidrs } from '../../playbooks/variables/shapes.ts'

describe('a network', () => {
  test.each([
    ['10.96.0.0/12', true, '10.96.0.0/12'],
    ['192.168.0.0/12', false, '192.160.0.0/12'],
    ['10.0.0.1', true, '10.0.0.1/32'],
    ['0.0.0.0/0', true, '0.0.0.0/0'],
    ['fd00::/48', true, 'fd00::/48'],
    ['FD00:0::1/48', false, 'fd00::/48'],
    ['::1', true, '::1/128'],
  ])('%s is aligned: %s, and should be written %s', (text, aligned, written) => {
    const net = parseCidr(text)!
    expect(isAligned(net)).toBe(aligned)
    expect(formatCidr(net)).toBe(written)
  })

  test.each([
    '',
    'a',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '1:2:3',
    '::1::',
    'fd00::/129',
    '12345::',
    '1:2:3:4:5:6:7:8:9',
  ])('%j is none', (text) => {
    expect(parseCidr(text)).toBeUndefined()
  })

  test('knows what is in it and what it shares addresses with', () => {
    const net = parseCidr('10.96.0.0/12')!
    expect(contains(net, parseCidr('10.111.255.255')!)).toBe(true)
    expect(contains(net, parseCidr('10.112.0.0')!)).toBe(false)
    expect(contains(net, parseCidr('::a60:1')!)).toBe(false)
    expect(overlap(net, parseCidr('10.0.0.0/8')!)).toBe(true)
    expect(overlap(net, parseCidr('10.244.0.0/16')!)).toBe(false)
    expect(addressAt(net, 1)).toBe('10.96.0.1')
    expect(addressAt(parseCidr('fd00::/112')!, 10)).toBe('fd00::a')
    expect(() => addressAt(parseCidr('10.0.0.0/31')!, 2)).toThrow(RangeError)
  })

  test('is its own when it is written and read again, whatever it is', () => {
    const address = fc.oneof(
      fc.ipV4().map((text) => [text, 32] as const),
      fc
        .ipV6()
        .filter((text) => !text.includes('.'))
        .map((text) => [text, 128] as const),
    )
    fc.assert(
      fc.property(address, fc.nat(128), ([text, bits], length) => {
        const net = parseCidr(`${text}/${length % (bits + 1)}`)!
        const again = parseCidr(formatCidr(net))!
        expect(isAligned(again)).toBe(true)
        expect([again.first, again.last]).toEqual([net.first, net.last])
        expect(contains(net, parseCidr(text)!)).toBe(true)
      }),
    )
  })
})

describe('a variable of networks', () => {
  const takes = (text: string): boolean => cidrs('10.244.0.0/16').safeParse(text).success

  test.each(['10.96.0.0/12', 'fd02::/112', '10.96.0.0/12,fd02::/112', 'fd02::/112,10.96.0.0/12', '192.168.0.0/12'])(
    'takes %s',
    (text) => expect(takes(text)).toBe(true),
  )

  test.each([
    ...['', ',', '10.96.0.0', '10.96.0.0/33', '10.96.0.0/12,', '10.96.0.0/12, fd02::/112', '10.0.0.0/16,10.1.0.0/16'],
    ...['fd01::/48,fd02::/48', '10.0.0.0/16,fd01::/48,fd02::/48'],
  ])('refuses %j', (text) => expect(takes(text)).toBe(false))
})

describe('addresses', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '010.000.0.01', true],
    ['fd00::1', 'FD00:0:0::1', true],
    ['10.0.0.1', '10.0.0.10', false],
    ['::a00:1', '10.0.0.1', false],
    ['m1.test', 'M1.Test', true],
    ['m1.test', 'm1', false],
  ])('%s and %s are the same: %j', (one, other, same) => {
    expect(isSameAddress(one, other)).toBe(same)
    expect(isSameAddress(other, one)).toBe(same)
  })

  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['FD00:0:0::1', 'fd00::1'],
    ['fd00:0:1:0:0:0:0:1', 'fd00:0:1::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['m1.test', 'm1.test'],
  ])('%s is printed as %s', (address, printed) => expect(plainAddress(address)).toBe(printed))
})
