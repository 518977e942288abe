// The certificate authorities in the control side's store.
import { createPrivateKey, type X509Certificate } from 'node:crypto'
import { TsplayError } from '../../engine/error.ts'
import type { Store } from '../../engine/module.ts'
import { keyFits } from './certificate.ts'
import { nameParam } from './names.ts'
import { parseCertificate } from './renewal.ts'

/** A CA as the store has it. */
export interface Authority {
  readonly certificate: string
  /** undefined where the key is kept elsewhere: nothing can be signed then. */
  readonly key: string | undefined
  readonly parsed: X509Certificate
}

/** What CAs and certificates are called in the store. */
export const storeName = nameParam(
  /^(?!.*-key$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}$/,
  "a name for the store: letters, digits, _, . and -, not ending in '-key'",
)

/** Where the store keeps a CA. */
export const authorityPath = (ca: string): string => `pki/${ca}/ca`

/** The CA of this name. @throws TsplayError where there is none, or it can no longer be used. */
export async function findAuthority(store: Store, ca: string, now: Date): Promise<Authority> {
  const value = await store.update(authorityPath(ca), async (present) => {
    if (present?.['.pem'] !== undefined) return present
    throw new TsplayError(`there is no CA '${ca}' in the store`, { hint: `make it first: ca({ name: '${ca}', … })` })
  })
  return usableAuthority(ca, value, now)
}

/** Reads a CA. @throws TsplayError where it has expired or is none: it is never made anew unasked. */
export function usableAuthority(ca: string, value: Readonly<Record<string, string>>, now: Date): Authority {
  const certificate = value['.pem'] ?? ''
  const key = value['-key.pem']
  const parsed = parseCertificate(certificate)
  const hint = `every certificate it signed depends on it; to begin anew, move ${authorityPath(ca)}.pem and -key.pem out of the store`
  if (!parsed) throw new TsplayError(`the CA '${ca}' in the store is not a certificate`, { hint })
  if (!parsed.ca) throw new TsplayError(`the CA '${ca}' in the store is not a certificate of a CA`, { hint })
  if (new Date(parsed.validTo) <= now) throw new TsplayError(`the CA '${ca}' expired on ${parsed.validTo}`, { hint })
  if (key !== undefined && !keyFits(parsed, key))
    throw new TsplayError(`the key of the CA '${ca}' in the store is not its own`, { hint })
  return { certificate, key, parsed }
}

/** The key to sign with. @throws TsplayError where it is not in the store, or cannot be used. */
export function signingKey(ca: string, { key }: Authority): string {
  if (key === undefined) {
    throw new TsplayError(`the key of the CA '${ca}' is not in the store: nothing can be signed`, {
      hint: `put it at ${authorityPath(ca)}-key.pem`,
    })
  }
  if (createPrivateKey(key).asymmetricKeyType !== 'rsa')
    throw new TsplayError(`the key of the CA '${ca}' is not an RSA key`)
  return key
}
