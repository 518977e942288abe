// Whether a certificate in the store is still what is wished for. The time is given, so that it can be tried out.
import { X509Certificate } from 'node:crypto'
import { alternativeNames, alternativeNamesOf } from './alternative-names.ts'
import { type Identity, keyFits, type Usage } from './certificate.ts'
import { formatSubject, type Subject, subjectOf } from './subject.ts'

/** What a certificate should be. */
export interface Wish {
  readonly subject: Subject
  readonly hosts: readonly string[]
  readonly usages: readonly Usage[]
  /** Days before its end from which on it is made anew. */
  readonly renewBefore: number
}

/** Why a new certificate is needed; undefined: it is not. The order of names does not matter. */
export function renewalReason(
  present: Identity | undefined,
  wish: Wish,
  authority: X509Certificate,
  now: Date,
): string | undefined {
  if (!present) return 'there is none'
  const certificate = parseCertificate(present.certificate)
  if (!certificate) return 'it cannot be read'
  if (!keyFits(certificate, present.key)) return 'its key is another'
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey))
    return 'it was signed by another CA'
  const end = new Date(certificate.validTo)
  if (end <= now) return 'it has expired'
  if (end.getTime() - now.getTime() < wish.renewBefore * day && end < new Date(authority.validTo))
    return 'it expires soon'
  if (subjectOf(certificate) !== formatSubject(wish.subject)) return 'its subject is another'
  if (!sameSet(alternativeNamesOf(certificate), alternativeNames(wish.hosts))) return 'its hosts are others'
  if (!sameSet(usagesOf(certificate), wish.usages)) return 'its usages are others'
  return undefined
}

/** The certificate; undefined where the text is none. */
export function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

const day = 86_400_000

const extendedUsages: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'server',
  '1.3.6.1.5.5.7.3.2': 'client',
}

// Node calls the extended key usage `keyUsage`
const usagesOf = (certificate: X509Certificate): string[] =>
  ((certificate.keyUsage as string[] | undefined) ?? []).map((oid) => extendedUsages[oid] ?? oid)

const sameSet = (a: readonly string[], b: readonly string[]): boolean => {
  const [left, right] = [new Set(a), new Set(b)]
  return left.size === right.size && [...left].every((item) => right.has(item))
}
