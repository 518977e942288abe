// Requests for certificates (PKCS#10): how one is made, and what somebody else's asks for.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { bitsOf, der, encodeDer, isTagged, items, oidOf, parseDer, pem, pemBytes, rawItems } from './der.ts'
import { decodeExtensions, encodeExtensions } from './extension.ts'
import { type KeySpec, keySpecOf, spkiOf } from './key.ts'
import { algorithmIdentifier, signature, signatureHolds } from './signature.ts'
import { encodeSubject, formatName, type Subject, subjectOf } from './subject.ts'

/** What a request asks for. */
export interface CertificateRequest {
  /** Undefined where it holds fields that are not known here. */
  readonly subject: Subject | undefined
  /** `C=CN, O=k8s, CN=kubernetes`. */
  readonly subjectText: string
  readonly names: readonly string[]
  readonly usages: readonly string[]
  /** Whether it asks for an authority's certificate. */
  readonly authority?: boolean
  readonly key: KeySpec | undefined
  readonly publicKey: KeyObject
}

const extensionRequest = '1.2.840.113549.1.9.14'

/** A request for a certificate of this key, as PEM. */
export function createRequest(
  { subject, names, usages = [] }: { subject: Subject; names: readonly string[]; usages?: readonly string[] },
  key: KeyObject,
): string {
  const asked = names.length > 0 || usages.length > 0
  const attribute = der.sequence(der.oid(extensionRequest), der.set(encodeExtensions({ names, usages })))
  const body = encodeDer(
    der.sequence(
      der.small(0),
      der.encoded(encodeSubject(subject)),
      der.encoded(spkiOf(key)),
      der.explicit(0, ...(asked ? [attribute] : [])),
    ),
  )
  const whole = der.sequence(der.encoded(body), algorithmIdentifier(key), der.bits(signature(body, key)))
  return pem('CERTIFICATE REQUEST', encodeDer(whole))
}

/**
 * Reads a request in PEM. @throws Error where it is none, or its signature does not show that who asks has the key
 */
export function readRequest(text: string): CertificateRequest {
  const bytes = pemBytes('(?:NEW )?CERTIFICATE REQUEST', text)
  if (!bytes) throw new Error('it is no PEM of a certificate request')
  const [body, identifier, signed] = rawItems(bytes)
  const [, subject, spki, attributes] = rawItems(body!)
  const publicKey = createPublicKey({ key: spki!, format: 'der', type: 'spki' })
  if (!signatureHolds(parseDer(identifier!), body!, publicKey, bitsOf(parseDer(signed!))))
    throw new Error('its signature is not by its key, or by an algorithm that is not accepted (SHA-1, MD5, PSS)')
  const list = attributes && parseDer(attributes)
  const asked =
    list && isTagged(list, 0) ? items(list).find((each) => oidOf(items(each)[0]) === extensionRequest) : undefined
  const { names, usages, authority } = decodeExtensions(asked && items(items(asked)[1])[0])
  return {
    subject: subjectOf(subject!),
    subjectText: formatName(subject!),
    names,
    usages,
    ...(authority !== undefined && { authority }),
    key: keySpecOf(publicKey),
    publicKey,
  }
}
