// The wish that is derived from a certificate: what it makes is the same but for its key, and nothing gets lost unsaid.
import { expect, it } from 'vitest'
import { type Certificate, readCertificate } from '../../engine/x509/certificate.ts'
import { createKey, type KeySpec, parseKey } from '../../engine/x509/key.ts'
import { issueWish, reissueReason } from '../../engine/x509/wish.ts'
import { wishLike } from '../../engine/x509/wish-like.ts'
import { madeAuthority, madeLeaf } from '../support/made-certificates.ts'

const authority = await madeAuthority({ subject: { cn: 'ca' }, key: { algo: 'ecdsa', size: 256 } })
const issuer = readCertificate(authority['.pem'])!

const subjects = { cn: 'a, b+c', o: ['x', 'y'], ou: 'Ünit', c: 'CN', st: 'BeiJing', l: 'BeiJing' }
const hosts = ['a.b', '*.c.d', '10.0.0.1', '2001:db8::1', 'me@a.b', 'spiffe://a/b']

it.each<[string, KeySpec, object]>([
  ['a server of many names', { algo: 'rsa', size: 2048 }, { subject: subjects, hosts }],
  ['a client', { algo: 'ed25519' }, { subject: { cn: 'admin' }, usages: ['signing', 'client auth'] }],
  [
    'one for other uses',
    { algo: 'ecdsa', size: 384 },
    { subject: { o: 'x' }, usages: ['code signing', 'timestamping'] },
  ],
])('makes %s again: no reason is left to make it anew', async (_what, key, wanted) => {
  const made = await madeLeaf(authority, { subject: {}, expiry: '100d', key, ...wanted })
  const present = readCertificate(made['.pem'])!
  const wish = wishLike(present)
  expect(reissueReason(present, wish, issuer, new Date())).toBeUndefined()
  const newKey = await createKey(wish.key!)
  const again = readCertificate(
    issueWish(wish, newKey, { key: parseKey(authority['-key.pem'])!, certificate: issuer }, new Date()),
  )!
  expect(again).toMatchObject({ subject: present.subject, names: present.names, usages: present.usages, key })
  expect(+again.notAfter - +again.notBefore).toBe(+present.notAfter - +present.notBefore)
})

it.each([undefined, 0, 2])('keeps that it may sign, and a path length of %s', async (pathLength) => {
  const made = await madeAuthority({
    subject: { cn: 'x' },
    key: { algo: 'ed25519' },
    ...(pathLength !== undefined && { pathLength }),
  })
  const wish = wishLike(readCertificate(made['.pem'])!)
  expect(wish.authority).toEqual({ pathLength })
  expect(wish.usages).toEqual(['cert sign', 'crl sign'])
})

it('refuses what it would lose: foreign fields, names, usages and keys', () => {
  const refused = (more: Partial<Certificate>) => () => wishLike({ ...issuer, ...more })
  // { SEQUENCE { SET { SEQUENCE { emailAddress, "x@y" } } } }
  const subjectBytes = Buffer.from('3014311230100609 2a864886f70d0109011603784079'.replaceAll(' ', ''), 'hex')
  expect(refused({ subjectBytes, subject: 'emailAddress=x@y' })).toThrow(
    "its subject 'emailAddress=x@y' holds fields that are not made here",
  )
  expect(refused({ names: ['DNS:a', 'other:[0]'] })).toThrow('a name of a kind that is not made here (other:[0])')
  expect(refused({ usages: ['server auth', '1.3.6.1.5.5.7.3.17'] })).toThrow(
    'its usage 1.3.6.1.5.5.7.3.17 is not made here',
  )
  expect(refused({ key: undefined })).toThrow('its key (unknown) is of a kind that is not made here')
  expect(refused({ key: { algo: 'rsa', size: 1024 } })).toThrow('its key (RSA 1024)')
})
