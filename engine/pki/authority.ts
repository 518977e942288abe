// The certificate authorities of the control side's store: found, checked, never made anew unasked.
import type { KeyObject } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { TsplayError } from '../error.ts'
import type { Store } from '../module.ts'
import { type Certificate, isIssuedBy, keyFits, readCertificates } from '../x509/certificate.ts'
import { type KeySpec, keyPem, parseKey } from '../x509/key.ts'
import { formatSubject } from '../x509/subject.ts'
import { issueWish, type Wish } from '../x509/wish.ts'
import { newKey } from './early-key.ts'
import { authorityPath, nextAuthorityPath, previousAuthorityPath } from './paths.ts'

/** An authority as the store has it. */
export interface Authority {
  readonly name: string
  readonly certificate: Certificate
  /** The authority itself first, then whoever issued it, up to the root. */
  readonly chain: readonly Certificate[]
  /** Undefined where it is kept elsewhere: nothing can be signed then. */
  readonly key: KeyObject | undefined
}

type Value = Readonly<Record<string, string>>

/** The authority of this name. @throws TsplayError where there is none, or it cannot be used */
export async function findAuthority(store: Store, name: string, now: Date): Promise<Authority> {
  const value = await store.read(authorityPath(name))
  if (value?.['.pem'] === undefined)
    throw new TsplayError(`there is no CA '${name}' in the store`, {
      hint: `make it first: ca({ name: '${name}', … })`,
    })
  return readAuthority(store, name, value, now)
}

/** {@link usableAuthority} of a store, which is read once as long as it stays: hundreds of certificates ask for the same. */
function readAuthority(store: Store, name: string, value: Value, now: Date): Authority {
  const known = remembered.get(store)?.get(name)
  if (known && isDeepStrictEqual(known.value, value) && known.authority.certificate.notAfter > now)
    return known.authority
  const authority = usableAuthority(name, value, now)
  remembered.set(store, (remembered.get(store) ?? new Map()).set(name, { value, authority }))
  return authority
}

const remembered = new WeakMap<Store, Map<string, { readonly value: Value; readonly authority: Authority }>>()

/** The wish for an authority, and who signs it. */
export interface AuthorityWish {
  readonly name: string
  readonly wish: Wish
  /** An authority of the store; none: it signs itself. */
  readonly issuer: string | undefined
  /** A key that was made early. */
  readonly made?: unknown
}

/**
 * The authority of this name, made where there is none. One that is there keeps its key; only where its issuer has been
 * replaced, it is signed anew. @throws TsplayError where it cannot be used, or is somebody else
 */
export async function keepAuthority(
  store: Store,
  { name, wish, issuer: issuerName, made }: AuthorityWish,
  now: Date,
): Promise<{ authority: Authority; issued: boolean }> {
  const issuer = issuerName === undefined ? undefined : await findAuthority(store, issuerName, now)
  let issued = false
  const value = await store.update(authorityPath(name), async (present) => {
    issued = false // asked again where another run was quicker
    const known = present?.['.pem'] === undefined ? undefined : readAuthority(store, name, present, now)
    if (known) checkSubject(known, wish)
    const ownIssuer = !issuer || (known && isIssuedBy(known.certificate, issuer.certificate))
    if (known && ownIssuer) return present!
    issued = true
    const key = known ? signingKey(known) : await newKey(store, wish.key ?? defaultKey, made)
    const signer = issuer ? { key: signingKey(issuer), certificate: issuer.certificate } : { key }
    const own = issueWish(wish, key, signer, now)
    return { '.pem': own + pemOf(issuer?.chain ?? []), '-key.pem': keyPem(key) }
  })
  return { authority: readAuthority(store, name, value, now), issued }
}

/** What a key is where nobody says otherwise. */
export const defaultKey: KeySpec = { algo: 'rsa', size: 2048 }

function checkSubject({ name, certificate }: Authority, { subject }: Wish): void {
  const wanted = formatSubject(subject)
  if (certificate.subject === wanted) return
  throw new TsplayError(`the CA '${name}' in the store is '${certificate.subject}', not '${wanted}'`, {
    hint: 'a CA is not made anew unasked: give the other one another name, or mend the subject',
  })
}

/** Reads an authority. @throws TsplayError where it has expired or is none */
export function usableAuthority(name: string, value: Value, now: Date): Authority {
  const at = authorityPath(name)
  const fail = (problem: string): never => {
    throw new TsplayError(`the CA '${name}' in the store ${problem}`, {
      hint: `every certificate it signed depends on it: put the right one back (${at}.pem and -key.pem); to begin anew, move both out of the store`,
    })
  }
  const chain = chainOf(value['.pem'] ?? '') ?? fail('is not a certificate that can be read')
  const [certificate] = chain as [Certificate]
  if (!certificate.authority) fail('is not a certificate of a CA')
  if (certificate.notAfter <= now) fail(`expired on ${certificate.notAfter.toISOString().slice(0, 10)}`)
  if (certificate.notBefore > now)
    fail(
      `is valid from ${certificate.notBefore.toISOString()} on only: is the clock of this machine right? It says ${now.toISOString()};`,
    )
  const text = value['-key.pem']
  const key = text === undefined ? undefined : (parseKey(text) ?? fail('has a key that cannot be read'))
  if (key && !keyFits(certificate, key)) fail('has a key that is not its own')
  return { name, certificate, chain, key }
}

function chainOf(text: string): readonly Certificate[] | undefined {
  try {
    const chain = readCertificates(text)
    return chain.length > 0 ? chain : undefined
  } catch {
    return undefined
  }
}

/** The key to sign with. @throws TsplayError where it is not in the store */
export function signingKey({ name, key }: Authority): KeyObject {
  if (key) return key
  throw new TsplayError(`the key of the CA '${name}' is not in the store: nothing can be signed`, {
    hint: `put it at ${authorityPath(name)}-key.pem`,
  })
}

export const pemOf = (chain: readonly Certificate[]): string => chain.map(({ pem }) => pem).join('')

/**
 * What must be trusted to trust this authority, as PEM: itself and its issuers, and while it is being replaced the one
 * that comes or goes as well.
 */
export async function trustBundle(store: Store, authority: Authority): Promise<string> {
  const others = await Promise.all(
    [nextAuthorityPath, previousAuthorityPath].map(async (pathOf) => {
      const at = pathOf(authority.name)
      const text = (await store.read(at))?.['.pem']
      return text === undefined ? [] : (chainOf(text) ?? unreadable(at))
    }),
  )
  const found = [...authority.chain, ...others.flat()]
  const unique = new Map(found.map((certificate) => [certificate.fingerprint, certificate]))
  return pemOf([...unique.values()])
}

/** Without it hosts would not come to trust what soon signs, or cease to trust what has signed. */
function unreadable(at: string): never {
  throw new TsplayError(`${at}.pem in the store is not a certificate that can be read`, {
    hint: 'put the right one back (older ones lie in .old beside it)',
  })
}

/** What stands behind a leaf's certificate, so that whoever trusts the root only can verify it: the issuers between. */
export const intermediates = ({ chain }: Authority): readonly Certificate[] =>
  chain.filter(({ subject, issuer }) => subject !== issuer)
