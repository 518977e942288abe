// Certificates: how they are made and what one says. Knows nothing of where they are kept.
import { type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { der, encodeDer, isTagged, items, parseDer, pem, rawItems } from './der.ts'
import { decodeExtensions, type Extensions, encodeExtensions } from './extension.ts'
import { type KeySpec, keyIdentifier, keySpecOf, spkiOf } from './key.ts'
import { algorithmIdentifier, signature } from './signature.ts'
import { encodeSubject, formatName, type Subject } from './subject.ts'

/** What a certificate says. */
export interface Certificate extends Extensions {
  readonly pem: string
  /** `C=CN, O=k8s, CN=kubernetes`. */
  readonly subject: string
  readonly issuer: string
  /** Hex digits. */
  readonly serial: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly key: KeySpec | undefined
  readonly publicKey: KeyObject
  /** SHA-256 of the whole, `AB:CD:…`. */
  readonly fingerprint: string
  /** The subject's bytes, as issuers are named by them. */
  readonly subjectBytes: Buffer
  readonly x509: X509Certificate
}

/** What to certify. */
export interface Wanted {
  readonly subject: Subject
  /** `DNS:…`, `IP:…`, …; none for most authorities and clients. */
  readonly names: readonly string[]
  /** In cfssl's words. */
  readonly usages: readonly string[]
  /** An authority, and how many more may follow it. Default: a leaf. */
  readonly authority?: { readonly pathLength?: number | undefined }
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: KeyObject
}

/** Makes a certificate, as PEM. Without `issuer` it is signed by its own key. */
export function issue(wanted: Wanted, key: KeyObject, issuer?: Certificate): string {
  const subject = encodeSubject(wanted.subject)
  const body = encodeDer(
    der.sequence(
      der.explicit(0, der.small(2)),
      der.integer(serialNumber()),
      algorithmIdentifier(key),
      // byte for byte as the issuer's certificate spells it, whoever encoded that
      der.encoded(issuer?.subjectBytes ?? subject),
      der.sequence(der.time(wanted.notBefore), der.time(wanted.notAfter)),
      der.encoded(subject),
      der.encoded(spkiOf(wanted.publicKey)),
      der.explicit(
        3,
        encodeExtensions({
          names: wanted.names,
          usages: wanted.usages,
          authority: wanted.authority !== undefined,
          ...(wanted.authority?.pathLength !== undefined && { pathLength: wanted.authority.pathLength }),
          keyId: keyIdentifier(wanted.publicKey),
          ...(issuer && { authorityKeyId: issuer.keyId ?? keyIdentifier(issuer.publicKey) }),
        }),
      ),
    ),
  )
  const whole = der.sequence(der.encoded(body), algorithmIdentifier(key), der.bits(signature(body, key)))
  return pem('CERTIFICATE', encodeDer(whole))
}

/** 159 bits, all but the first of them random: positive, always as long, and never two alike. */
function serialNumber(): Buffer {
  const bytes = randomBytes(20)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes
}

/** The first certificate of a PEM text; undefined where there is none that can be read. */
export function readCertificate(text: string): Certificate | undefined {
  try {
    const x509 = new X509Certificate(text)
    const body = rawItems(rawItems(x509.raw)[0]!)
    // a version stands before all else in every certificate with extensions
    const [, , , issuer, , subject] = body.length > 6 ? body : [undefined, ...body]
    const extensions = items(parseDer(rawItems(x509.raw)[0]!)).find((each) => isTagged(each, 3))
    return {
      ...decodeExtensions(extensions && items(extensions)[0]),
      pem: x509.toString(),
      subject: formatName(subject!),
      issuer: formatName(issuer!),
      serial: x509.serialNumber.toLowerCase(),
      notBefore: new Date(x509.validFrom),
      notAfter: new Date(x509.validTo),
      key: keySpecOf(x509.publicKey),
      publicKey: x509.publicKey,
      fingerprint: x509.fingerprint256,
      subjectBytes: subject!,
      x509,
    }
  } catch {
    return undefined
  }
}

/** Every certificate of a PEM text, in order. @throws Error where one cannot be read */
export const readCertificates = (text: string): Certificate[] =>
  (text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map((block, index) => {
    const found = readCertificate(block)
    if (!found) throw new Error(`certificate ${index + 1} cannot be read`)
    return found
  })

/** Whether it was signed by this authority. Says nothing of dates. */
export const isIssuedBy = ({ x509 }: Certificate, authority: Certificate): boolean =>
  authority.authority === true && x509.checkIssued(authority.x509) && x509.verify(authority.publicKey)

/** Whether the key is the certificate's. */
export const keyFits = ({ x509 }: Certificate, key: KeyObject): boolean => {
  try {
    return x509.checkPrivateKey(key)
  } catch {
    return false // of another type
  }
}
