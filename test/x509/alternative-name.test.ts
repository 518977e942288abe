import { describe, expect, it } from 'vitest'
import { alternativeNames, decodeNames, encodeNames, hostParam } from '../../engine/x509/alternative-name.ts'
import { der, encodeDer, parseDer } from '../../engine/x509/der.ts'

const refusal = (host: string): string | undefined => hostParam.safeParse(host).error?.issues[0]?.message
const read = (names: readonly string[]): string[] => decodeNames(parseDer(encodeDer(encodeNames(names))))

describe('names and addresses of a certificate', () => {
  it('are told by their form, and stand in cfssl’s order of kinds, each kind as it is given', () => {
    const hosts = ['10.0.0.2', 'b.example', 'https://x.example/', '10.0.0.1', 'a@b.example', 'A.example', '::1']
    expect(alternativeNames(hosts)).toEqual([
      ...['DNS:b.example', 'DNS:a.example', 'email:a@b.example', 'IP:10.0.0.2', 'IP:10.0.0.1', 'IP:::1'],
      'URI:https://x.example/',
    ])
    expect(read(alternativeNames(hosts))).toEqual(alternativeNames(hosts))
  })

  it.each([
    ['::1', 'IP:::1'],
    ['0:0:0:0:0:0:0:1', 'IP:::1'],
    ['2001:DB8::A', 'IP:2001:db8::a'],
    ['2001:0db8:0000:0000:0000:0000:0000:000a', 'IP:2001:db8::a'],
    ['2001:db8:0:0:1:0:0:1', 'IP:2001:db8::1:0:0:1'],
    ['::', 'IP:::'],
    ['1::', 'IP:1::'],
    ['64:ff9b::192.0.2.33', 'IP:64:ff9b::c000:221'],
    ['::ffff:10.0.0.1', 'IP:10.0.0.1'],
    ['::FFFF:a00:1', 'IP:10.0.0.1'],
    ['::ffff:0.0.0.1', 'IP:0.0.0.1'],
  ])('have one spelling for %s', (host, name) => {
    expect(refusal(host)).toBeUndefined()
    expect(alternativeNames([host])).toEqual([name])
    expect(read([name])).toEqual([name])
  })

  it('are there once, however they are spelt', () => {
    expect(alternativeNames(['a', 'A', 'a', '::1', '0::1', '10.0.0.1', '::ffff:10.0.0.1'])).toEqual([
      ...['DNS:a', 'IP:::1', 'IP:10.0.0.1'],
    ])
  })

  it.each([
    ...[
      'a',
      'a.b',
      '*.a.b',
      'a-b.c',
      '_sip._tcp.a',
      '1a.b',
      'xn--mller-kva.de',
      `${'a'.repeat(63)}.b`,
      '127.0.0.1.nip.io',
    ],
    ...['a@b', 'first.last+tag@b.example', 'spiffe://cluster/ns/a', 'https://a:8443/x?y=z#w', 'urn://x'],
  ])('can be %s', (host) => expect(refusal(host)).toBeUndefined())

  it.each<[string, RegExp]>([
    ['', /neither a DNS name nor an address/],
    ['kubernetes.default.svc.cluster.local.', /ends with a dot/],
    ['müller.de', /neither/],
    ['a..b', /neither/],
    ['.a', /neither/],
    ['-a.b', /neither/],
    ['a-.b', /neither/],
    ['a.*.b', /neither/],
    ['*', /neither/],
    [`${'a'.repeat(64)}.b`, /neither/],
    [Array(64).fill('abcd').join('.'), /neither/],
    ['a b', /neither/],
    ['a\0b', /neither/],
    ['a,DNS:b', /is not an address/],
    ['256.0.0.1', /is not an address/],
    ['10.0.0', /is not an address/],
    ['10.0.0.0/24', /is not an address/],
    ['10.0.0.1:443', /is not an address/],
    ['::g', /is not an address/],
    ['fe80::1%eth0', /no zone/],
    ['@b', /e-mail/],
    ['a@', /e-mail/],
    ['a@b@c', /e-mail/],
    ['ü@b.c', /e-mail/],
    ['https://', /is not a URI/],
    ['https://ü.example/', /is not a URI/],
    ['https://a/\n', /is not a URI/],
  ])('cannot be %j', (host, message) => expect(refusal(host)).toMatch(message))

  it('of kinds that have no form here are told by their number', () => {
    const directory = der.explicit(4, der.sequence())
    const node = der.sequence(der.implicit(2, Buffer.from('A.b')), directory, der.implicit(7, Uint8Array.of(1, 2, 3)))
    expect(decodeNames(node)).toEqual(['DNS:a.b', 'other:[4]', 'IP:010203'])
  })
})
