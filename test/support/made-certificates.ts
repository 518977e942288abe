// Certificates for tests, as the store keeps them: of any time, and signed by whom a test likes.
import { readCertificate } from '../../engine/x509/certificate.ts'
import { parseDuration } from '../../engine/x509/duration.ts'
import { createKey, type KeySpec, keyPem, parseKey } from '../../engine/x509/key.ts'
import type { Subject } from '../../engine/x509/subject.ts'
import { issueWish, type Wish } from '../../engine/x509/wish.ts'

/** A certificate and its key. */
export type Made = { readonly '.pem': string; readonly '-key.pem': string }

interface Wanted {
  readonly subject: Subject
  readonly hosts?: readonly string[]
  readonly usages?: readonly string[]
  /** Default `10y`. */
  readonly expiry?: string
  /** When it is made. Default now. */
  readonly at?: Date
  /** Default RSA 2048. */
  readonly key?: KeySpec
  /** Default any. */
  readonly pathLength?: number
}

const wishOf = ({ subject, hosts = [], usages, expiry = '10y', key }: Wanted): Wish => ({
  ...{ subject, hosts, key, renewBefore: 0 },
  usages: usages ?? ['signing', 'key encipherment', 'server auth', 'client auth'],
  expiry: parseDuration(expiry)!,
})

/** An authority that signs itself, or is signed by another. */
export async function madeAuthority(wanted: Wanted, issuer?: Made): Promise<Made> {
  const { at = new Date(), pathLength, key: spec = { algo: 'rsa', size: 2048 } } = wanted
  const key = await createKey(spec)
  const wish = { ...wishOf({ usages: ['cert sign', 'crl sign'], ...wanted }), authority: { pathLength } }
  return { '.pem': issueWish(wish, key, issuer ? signerOf(issuer) : { key }, at), '-key.pem': keyPem(key) }
}

export async function madeLeaf(issuer: Readonly<Record<string, string>>, wanted: Wanted): Promise<Made> {
  const key = await createKey(wanted.key ?? { algo: 'rsa', size: 2048 })
  const pem = issueWish(wishOf(wanted), key, signerOf(issuer), wanted.at ?? new Date())
  return { '.pem': pem, '-key.pem': keyPem(key) }
}

const signerOf = (issuer: Readonly<Record<string, string>>) => ({
  key: parseKey(issuer['-key.pem']!)!,
  certificate: readCertificate(issuer['.pem']!)!,
})
