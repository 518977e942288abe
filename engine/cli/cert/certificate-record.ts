// A certificate of the store as machines read it: one flat object. Never holds a key.
import { issuerIn, type StoredCertificate } from '../../pki/contents.ts'
import { formatKey, publicKeyPin } from '../../x509/key.ts'

const day = 86_400_000

/** What `-o ndjson` prints of it. */
export interface CertificateRecord {
  readonly type: 'certificate'
  /** `kubernetes/etcd-m1`. */
  readonly name: string
  readonly authority: boolean
  /** Whether its key is in the store, and is its own; `unknown` where that takes a passphrase which nobody gave. */
  readonly key: StoredCertificate['key']
  /** All that follows is missing where it cannot be read. */
  readonly readable: boolean
  readonly subject?: string
  readonly issuer?: string
  /** The certificate of the store that signed it; null: none of them. */
  readonly issuerName?: string | null
  readonly names?: readonly string[]
  readonly usages?: readonly string[]
  readonly keyKind?: string
  /** ISO 8601. */
  readonly notBefore?: string
  readonly notAfter?: string
  /** Whole days, rounded down; below zero where it has expired. */
  readonly daysLeft?: number
  readonly expired?: boolean
  /** Within `--warn`; false where it has expired already. */
  readonly expiring?: boolean
  readonly serial?: string
  readonly fingerprint?: string
  /** Of authorities, for `kubeadm join --discovery-token-ca-cert-hash`. */
  readonly publicKeyPin?: string
}

/** `all`: where its issuer is looked for. `warn`: milliseconds before its end from which on it is expiring. */
export function certificateRecord(
  { name, role, certificate, key }: StoredCertificate,
  all: readonly StoredCertificate[],
  { now, warn }: { readonly now: Date; readonly warn: number },
): CertificateRecord {
  const authority = certificate?.authority ?? role !== 'leaf'
  const known = { type: 'certificate', name, authority, key } as const
  if (!certificate) return { ...known, readable: false }
  const left = certificate.notAfter.getTime() - now.getTime()
  return {
    ...known,
    readable: true,
    subject: certificate.subject,
    issuer: certificate.issuer,
    issuerName: issuerIn(all, certificate)?.name ?? null,
    names: certificate.names,
    usages: certificate.usages,
    keyKind: formatKey(certificate.key),
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    daysLeft: Math.floor(left / day),
    expired: left <= 0,
    expiring: left > 0 && left < warn,
    serial: certificate.serial,
    fingerprint: certificate.fingerprint,
    ...(authority && { publicKeyPin: publicKeyPin(certificate.publicKey) }),
  }
}
