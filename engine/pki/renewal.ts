// A certificate of the store is made anew as it is, before its time. Authorities are not: hosts would not trust the new one.
import { TsplayError } from '../error.ts'
import type { Store } from '../module.ts'
import { type Certificate, readCertificate } from '../x509/certificate.ts'
import { createKey, keyPem } from '../x509/key.ts'
import { issueWish, type Wish } from '../x509/wish.ts'
import { wishLike } from '../x509/wish-like.ts'
import { type Authority, defaultKey, findAuthority, signingKey } from './authority.ts'
import { readLeaf } from './leaf.ts'
import { certificatePath } from './paths.ts'

/** What it takes to make a certificate anew; nothing has been done yet. */
export interface Renewal {
  readonly path: string
  readonly present: Certificate
  readonly authority: Authority
  readonly wish: Wish
  /** When another would end: it does not outlive its authority. */
  readonly notAfter: Date
}

/** @throws TsplayError where it cannot be made anew here: no key in the store, nothing to sign with, a foreign kind */
export async function planRenewal(store: Store, ca: string, name: string, now: Date): Promise<Renewal> {
  const path = certificatePath(ca, name)
  const authority = await findAuthority(store, ca, now)
  const leaf = readLeaf(path, (await store.read(path)) ?? {}, authority, now)
  const refuse = (problem: string, hint: string): never => {
    throw new TsplayError(`'${ca}/${name}' cannot be renewed here: ${problem}`, { hint })
  }
  if (!leaf) return refuse('there is no such certificate', 'tsplay cert list shows what there is')
  if (!leaf.key)
    refuse('its key is not in the store, but on a host', 'the next run signs the request of that host anew in time')
  signingKey(authority)
  const wish = likeOf(leaf.certificate, refuse)
  const end = new Date(now.getTime() + wish.expiry)
  const notAfter = end < authority.certificate.notAfter ? end : authority.certificate.notAfter
  return { path, present: leaf.certificate, authority, wish, notAfter }
}

function likeOf(certificate: Certificate, refuse: (problem: string, hint: string) => never): Wish {
  try {
    return wishLike(certificate)
  } catch (error) {
    return refuse((error as Error).message, 'put another one in its place, or remove it and let a run make it')
  }
}

/** Makes it, with a new key. Where another run was quicker, that one's is as good. */
export async function renew(
  store: Store,
  { path, present, authority, wish }: Renewal,
  now: Date,
): Promise<Certificate> {
  const value = await store.update(path, async (found) => {
    if (readCertificate(found?.['.pem'] ?? '')?.fingerprint !== present.fingerprint && found?.['.pem']) return found
    const key = await createKey(wish.key ?? defaultKey)
    const signer = { key: signingKey(authority), certificate: authority.certificate }
    return { '.pem': issueWish(wish, key, signer, now), '-key.pem': keyPem(key) }
  })
  return readCertificate(value['.pem']!)!
}
