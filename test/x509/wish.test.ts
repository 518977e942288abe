import type { KeyObject } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Certificate, isIssuedBy, issue, readCertificate } from '../../engine/x509/certificate.ts'
import { createKey } from '../../engine/x509/key.ts'
import { issueWish, reissueReason, type Wish } from '../../engine/x509/wish.ts'

const day = 86_400_000
const now = new Date('2026-11-21T10:00:42.500Z')
const later = (days: number): Date => new Date(now.getTime() + days * day)

const wish: Wish = {
  subject: { cn: 'etcd', o: ['k8s', 'dev'] },
  hosts: ['127.0.0.1', 'etcd.example', '2001:db8::1', 'a@b.c'],
  usages: ['signing', 'key encipherment', 'server auth', 'client auth'],
  key: { algo: 'ecdsa', size: 256 },
  expiry: 100 * day,
  renewBefore: 30 * day,
}
const rootWish: Wish = {
  ...{
    subject: { cn: 'root' },
    hosts: [],
    usages: ['cert sign', 'crl sign'],
    authority: {},
    key: { algo: 'ecdsa', size: 256 },
  },
  ...{ expiry: 1000 * day, renewBefore: 0 },
}

let rootKey: KeyObject
let key: KeyObject
let otherKey: KeyObject
let root: Certificate
let other: Certificate
let leaf: Certificate
const signed = (more: Partial<Wish> = {}, at = now, signer = root): Certificate =>
  readCertificate(issueWish({ ...wish, ...more }, key, { key: rootKey, certificate: signer }, at))!

beforeAll(async () => {
  const spec = { algo: 'ecdsa', size: 256 } as const
  rootKey = await createKey(spec)
  key = await createKey(spec)
  otherKey = await createKey(spec)
  root = readCertificate(issueWish(rootWish, rootKey, { key: rootKey }, now))!
  other = readCertificate(issueWish(rootWish, otherKey, { key: otherKey }, now))!
  leaf = signed()
})

describe('a certificate is made anew', () => {
  const reason = (more: Partial<Wish> = {}, at = now, issuer: Certificate | undefined = root, present = leaf) =>
    reissueReason(present, { ...wish, ...more }, issuer, at)

  it.each<[string, () => string | undefined]>([
    ['it is as it is wished for', () => reason()],
    ['its hosts are told in another order', () => reason({ hosts: wish.hosts.toReversed() })],
    [
      'its hosts are spelt otherwise',
      () => reason({ hosts: ['ETCD.example', 'a@b.c', '2001:0DB8:0::0001', '::ffff:127.0.0.1'] }),
    ],
    ['a host is named twice', () => reason({ hosts: [...wish.hosts, 'etcd.example', '2001:db8:0::1'] })],
    ['its usages are told in another order', () => reason({ usages: wish.usages.toReversed() })],
    ['its usages are told in other words', () => reason({ usages: ['digital signature', ...wish.usages.slice(1)] })],
    ['the values of a field are told in another order', () => reason({ subject: { o: ['dev', 'k8s'], cn: 'etcd' } })],
    ['another one would live longer', () => reason({ expiry: 10 * 365 * day })],
    ['another one would live shorter', () => reason({ expiry: 40 * day })],
    ['whoever has its key has chosen that', () => reason({ key: undefined })],
    ['it lives for just as long as is asked', () => reason({}, later(69.9))],
    ['its authority is not looked at', () => reissueReason(leaf, wish, undefined, now)],
  ])('not where %s', (_, found) => expect(found()).toBeUndefined())

  it.each<[string, () => string | undefined, string]>([
    ['a host is missing', () => reason({ hosts: [...wish.hosts, '10.0.0.4'] }), 'its hosts are others: +IP:10.0.0.4'],
    ['there is one too many', () => reason({ hosts: wish.hosts.slice(1) }), 'its hosts are others: -IP:127.0.0.1'],
    [
      'one is another',
      () => reason({ hosts: ['127.0.0.2', ...wish.hosts.slice(1)] }),
      'its hosts are others: +IP:127.0.0.2 -IP:127.0.0.1',
    ],
    [
      'many are others, of which some are told',
      () => reason({ hosts: Array.from({ length: 20 }, (_, number) => `n${number}`) }),
      'its hosts are others: +DNS:n0 +DNS:n1 +DNS:n2 +DNS:n3 +DNS:n4 +DNS:n5 +DNS:n6 +DNS:n7 …',
    ],
    [
      'a usage is missing',
      () => reason({ usages: [...wish.usages, 'code signing'] }),
      'its usages are others: +code signing',
    ],
    [
      'there is a usage too many',
      () => reason({ usages: ['signing'] }),
      expect.stringContaining('-server auth') as never,
    ],
    [
      'its subject is another',
      () => reason({ subject: { cn: 'etcd' } }),
      "its subject is 'O=dev + O=k8s, CN=etcd', not 'CN=etcd'",
    ],
    [
      'the case of its subject is another',
      () => reason({ subject: { ...wish.subject, cn: 'Etcd' } }),
      expect.stringContaining('CN=Etcd') as never,
    ],
    [
      'its key is of another kind',
      () => reason({ key: { algo: 'rsa', size: 2048 } }),
      'its key is ECDSA 256, not RSA 2048',
    ],
    [
      'its key is of another size',
      () => reason({ key: { algo: 'ecdsa', size: 384 } }),
      'its key is ECDSA 256, not ECDSA 384',
    ],
    ['it should be an authority', () => reason({ authority: {} }), 'its constraints are others'],
    ['it nears its end', () => reason({}, later(71)), 'it expires on 2027-03-01'],
    ['it has expired', () => reason({}, later(101)), 'it expired on 2027-03-01'],
    [
      'its authority has another key',
      () => reason({}, now, other),
      "its authority is another: it was issued by 'CN=root'",
    ],
  ])('where %s', (_, found, message) => expect(found()).toEqual(message))

  it('where the path length is another', () => {
    const authority = signed({ authority: { pathLength: 0 }, usages: ['cert sign'] })
    const found = (pathLength?: number) =>
      reason({ authority: { pathLength }, usages: ['cert sign'] }, now, root, authority)
    expect([found(0), found(1), found()]).toEqual([
      undefined,
      'its constraints are others',
      'its constraints are others',
    ])
  })

  it('not where it ends with its authority, however near that is: it would not live longer (B27)', () => {
    const late = signed({ expiry: 5000 * day })
    expect(late.notAfter).toEqual(root.notAfter)
    expect(reissueReason(late, wish, root, later(999))).toBeUndefined()
    expect(reissueReason(signed({ expiry: 999 * day }), wish, root, later(990))).toMatch(/^it expires on/)
    const renewed = readCertificate(issueWish({ ...rootWish, expiry: 5000 * day }, rootKey, { key: rootKey }, now))!
    expect(reissueReason(late, wish, renewed, later(999))).toMatch(/^it expires on/)
  })
})

describe('a certificate that is issued', () => {
  it('never outlives its issuer (B27)', () => {
    for (const days of [1, 999, 1000, 1001, 100_000]) {
      const { notAfter } = signed({ expiry: days * day })
      expect(notAfter.getTime()).toBeLessThanOrEqual(root.notAfter.getTime())
      if (days > 1000) expect(notAfter).toEqual(root.notAfter)
    }
  })

  it('is valid from five minutes before, to the minute, for as long as is said', () => {
    const { notBefore, notAfter } = leaf
    expect(notBefore.toISOString()).toBe('2026-11-21T09:55:00.000Z')
    expect(notAfter.getTime() - notBefore.getTime()).toBe(100 * day)
  })

  it('may end after 2049, when dates are written otherwise', () => {
    const long = readCertificate(issueWish({ ...rootWish, expiry: 100 * 365 * day }, rootKey, { key: rootKey }, now))!
    expect(long.notAfter.toISOString()).toBe('2126-10-28T09:55:00.000Z')
    const bytes = Buffer.from(long.pem.replace(/-.*-/g, ''), 'base64').toString('latin1')
    expect(bytes).toContain('\x17\x0d261121095500Z\x18\x0f21261028095500Z')
    expect(signed({ expiry: 50 * 365 * day }, now, long).notAfter.getUTCFullYear()).toBe(2076)
    for (const year of [2049, 2050]) {
      const notAfter = new Date(Date.UTC(year, 11, 31, 23, 59, 59))
      const text = issue(
        { ...{ subject: {}, names: [], usages: [], notBefore: now, notAfter }, publicKey: key },
        rootKey,
      )
      expect(readCertificate(text)!.notAfter).toEqual(notAfter)
    }
  })

  it('has a number of 159 bits, all but the first of them chance, which is 20 bytes long', () => {
    const serials = Array.from({ length: 200 }, () => signed().serial)
    expect(new Set(serials).size).toBe(200)
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9a-f]{39}$/)
    // each bit but the two that are set is either in some of them
    const all = serials.map((serial) => BigInt(`0x${serial}`))
    for (let bit = 0n; bit < 158n; bit++) {
      const ones = all.filter((serial) => (serial >> bit) & 1n).length
      expect(ones, `bit ${bit}`).toBeGreaterThan(40)
      expect(ones, `bit ${bit}`).toBeLessThan(160)
    }
  })

  it('names the issuer as that calls itself, byte for byte, and its key', () => {
    expect(leaf.issuer).toBe('CN=root')
    expect(leaf.authorityKeyId).toEqual(root.keyId)
    expect([isIssuedBy(leaf, root), isIssuedBy(leaf, other), isIssuedBy(root, root), isIssuedBy(leaf, leaf)]).toEqual([
      ...[true, false, true, false],
    ])
    expect(leaf.x509.checkPrivateKey(key)).toBe(true)
  })
})
