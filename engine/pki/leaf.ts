// The certificates that authorities of the store have signed: kept as long as they are what is wished for.
import type { KeyObject } from 'node:crypto'
import { TsplayError } from '../error.ts'
import type { Store } from '../module.ts'
import { type Certificate, keyFits, readCertificate } from '../x509/certificate.ts'
import { keyPem, parseKey, spkiOf } from '../x509/key.ts'
import { issueWish, reissueReason, type Wish } from '../x509/wish.ts'
import { type Authority, defaultKey, signingKey } from './authority.ts'
import { newKey } from './early-key.ts'
import { certificatePath } from './paths.ts'

/** A certificate as the store has it. */
export interface Leaf {
  readonly certificate: Certificate
  /** Undefined where a host keeps it. */
  readonly key: KeyObject | undefined
  /** Why it was made just now; undefined: it was there. */
  readonly issuedBecause: string | undefined
}

type Value = Readonly<Record<string, string>>

/**
 * The certificate of this name, made where there is none or it is not what is wished for. `publicKey`: somebody else has
 * the private one. `made`: a key that was made early. @throws TsplayError where what is there was changed by hand: nothing is overwritten
 */
export async function keepLeaf(
  store: Store,
  authority: Authority,
  name: string,
  wish: Wish,
  now: Date,
  { publicKey, made }: { publicKey?: KeyObject | undefined; made?: unknown } = {},
): Promise<Leaf> {
  const at = certificatePath(authority.name, name)
  let issuedBecause: string | undefined
  let known: Pick<Leaf, 'certificate' | 'key'> | undefined
  const value = await store.update(at, async (present) => {
    known = present && readLeaf(at, present, authority, now)
    issuedBecause = known ? reasonFor(known, wish, authority, now, publicKey) : 'there was none'
    if (issuedBecause === undefined) return present!
    const signer = { key: signingKey(authority), certificate: authority.certificate }
    if (publicKey) return { '.pem': issueWish(wish, publicKey, signer, now) }
    const key = await newKey(store, wish.key ?? defaultKey, made)
    return { '.pem': issueWish(wish, key, signer, now), '-key.pem': keyPem(key) }
  })
  // reading one takes longer than all else about it
  const leaf = known && issuedBecause === undefined ? known : readLeaf(at, value, authority, now)!
  return { ...leaf, issuedBecause }
}

function reasonFor(
  { certificate, key }: Pick<Leaf, 'certificate' | 'key'>,
  wish: Wish,
  authority: Authority,
  now: Date,
  publicKey: KeyObject | undefined,
): string | undefined {
  if (publicKey ? !spkiOf(certificate.publicKey).equals(spkiOf(publicKey)) : !key) return 'its key is another'
  return reissueReason(certificate, wish, authority.certificate, now)
}

/** Undefined where there is a key only: its certificate is still to be made. */
export function readLeaf(
  at: string,
  value: Value,
  authority: Authority | undefined,
  now: Date,
): Pick<Leaf, 'certificate' | 'key'> | undefined {
  const fail = (problem: string): never => {
    throw new TsplayError(`${at}.pem in the store ${problem}`, {
      hint: `nothing is overwritten: put the right one back (older ones lie in .old beside it), or remove ${at}.pem and -key.pem to have it made anew`,
    })
  }
  if (value['.pem'] === undefined) return undefined
  const certificate = readCertificate(value['.pem']) ?? fail('is not a certificate that can be read')
  const text = value['-key.pem']
  const key = text === undefined ? undefined : (parseKey(text) ?? fail('has a key that cannot be read'))
  if (key && !keyFits(certificate, key)) fail('has a key that is not its own')
  if (authority && isForged(certificate, authority.certificate)) fail('was changed after it was signed')
  if (certificate.notBefore > now)
    fail(`is valid from ${certificate.notBefore.toISOString()} on only: is the clock of this machine right?`)
  return { certificate, key }
}

/** It names this very authority and key, but was not signed with it as it stands. */
const isForged = (certificate: Certificate, authority: Certificate): boolean =>
  authority.keyId !== undefined &&
  certificate.authorityKeyId?.equals(authority.keyId) === true &&
  certificate.issuer === authority.subject &&
  !certificate.x509.verify(authority.publicKey)
