// Makes keys and certificates: node-forge builds the ASN.1, the keys and signatures are node:crypto's. Knows nothing of files.
import { createPrivateKey, generateKeyPair, randomBytes, sign, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'
import { alternativeNames } from './alternative-names.ts'
import { type Subject, subjectOrder } from './subject.ts'

/** A certificate and its key, both as PEM. The key is PKCS#1 (`BEGIN RSA PRIVATE KEY`), as cfssl writes it. */
export interface Identity {
  readonly certificate: string
  readonly key: string
}

export type Usage = 'server' | 'client'

/** What to certify. */
export interface Request {
  readonly subject: Subject
  /** From when on, usually now; minus five minutes, as clocks differ. */
  readonly from: Date
  readonly days: number
  /** Bits of the RSA key. */
  readonly keySize: number
}

/** A certificate authority: a key and a certificate that it signs itself. */
export async function createAuthority(request: Request): Promise<Identity> {
  const { key, publicKey } = await createKey(request.keySize)
  const certificate = draft(request, publicKey)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ])
  return { certificate: signed(certificate, key), key }
}

/** A certificate signed by `authority`, with a key of its own. It never outlives its authority. */
export async function createLeaf(
  request: Request & { readonly hosts: readonly string[]; readonly usages: readonly Usage[] },
  authority: Identity,
): Promise<Identity> {
  const { key, publicKey } = await createKey(request.keySize)
  const issuer = new X509Certificate(authority.certificate)
  const certificate = draft(request, publicKey, new Date(issuer.validTo))
  const names = alternativeNames(request.hosts)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    {
      name: 'extKeyUsage',
      serverAuth: request.usages.includes('server'),
      clientAuth: request.usages.includes('client'),
    },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: keyIdentifier(issuer) },
    ...(names.length > 0 ? [{ name: 'subjectAltName', altNames: names.map(altName) }] : []),
  ])
  return { certificate: signed(certificate, authority.key, issuer), key }
}

const newKeyPair = promisify(generateKeyPair)

async function createKey(keySize: number): Promise<{ key: string; publicKey: forge.pki.rsa.PublicKey }> {
  // in a thread of its own: a synchronous one would hold up every host
  const { privateKey, publicKey } = await newKeyPair('rsa', { modulusLength: keySize, publicExponent: 65537 })
  return {
    key: privateKey.export({ type: 'pkcs1', format: 'pem' }) as string,
    publicKey: forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }) as string),
  }
}

function draft(
  { subject, from, days }: Request,
  publicKey: forge.pki.rsa.PublicKey,
  limit?: Date,
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = publicKey
  certificate.serialNumber = serialNumber()
  certificate.validity.notBefore = new Date(from.getTime() - 5 * 60_000)
  const end = new Date(from.getTime() + days * 86_400_000)
  certificate.validity.notAfter = limit && limit < end ? limit : end
  const attributes = subjectOrder
    .filter((key) => subject[key] !== undefined)
    .map((key) => attribute(key, subject[key]!))
  certificate.setSubject(attributes)
  certificate.setIssuer(attributes)
  return certificate
}

/** 159 random bits: positive, and never two alike. */
function serialNumber(): string {
  const bytes = randomBytes(20)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes.toString('hex')
}

const printable = /^[A-Za-z0-9 '()+,./:=?-]*$/

const attribute = (key: keyof Subject, value: string): forge.pki.CertificateField => ({
  shortName: key.toUpperCase(),
  value,
  valueTagClass: (printable.test(value)
    ? forge.asn1.Type.PRINTABLESTRING
    : forge.asn1.Type.UTF8) as unknown as forge.asn1.Class,
})

const altName = (name: string) =>
  name.startsWith('IP:') ? { type: 7, ip: name.slice(3) } : { type: 2, value: name.slice(4) }

/** Signs natively and gives back PEM. Without `issuer`, the certificate is its own. */
function signed(certificate: forge.pki.Certificate, key: string, issuer?: X509Certificate): string {
  const { asn1, pki } = forge
  certificate.md = forge.md.sha256.create()
  certificate.signatureOid = certificate.siginfo.algorithmOid = pki.oids.sha256WithRSAEncryption!
  const body = (pki as unknown as { getTBSCertificate(of: forge.pki.Certificate): forge.asn1.Asn1 }).getTBSCertificate(
    certificate,
  )
  // the issuer byte for byte as the authority's certificate spells it, whoever encoded that
  if (issuer) (body.value as forge.asn1.Asn1[])[3] = subjectBytes(issuer)
  const signature = sign('sha256', Buffer.from(asn1.toDer(body).getBytes(), 'binary'), key)
  const whole = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
    body,
    (body.value as forge.asn1.Asn1[])[2]!,
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BITSTRING, false, `\0${signature.toString('binary')}`),
  ])
  const der = Buffer.from(asn1.toDer(whole).getBytes(), 'binary')
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** The fields of a certificate's signed part. */
function partsOf(certificate: X509Certificate): forge.asn1.Asn1[] {
  const whole = forge.asn1.fromDer(certificate.raw.toString('binary'))
  return (whole.value[0] as forge.asn1.Asn1).value as forge.asn1.Asn1[]
}

const subjectBytes = (certificate: X509Certificate): forge.asn1.Asn1 => partsOf(certificate)[5]!

/** The authority's own identifier where it has one, else the digest that it would have. */
function keyIdentifier(certificate: X509Certificate): string {
  const extensions = partsOf(certificate).find(
    (part) => part.tagClass === forge.asn1.Class.CONTEXT_SPECIFIC && part.type === 3,
  )
  for (const extension of ((extensions?.value[0] as forge.asn1.Asn1 | undefined)?.value ?? []) as forge.asn1.Asn1[]) {
    const [id, ...rest] = extension.value as forge.asn1.Asn1[]
    if (forge.asn1.derToOid(id!.value as string) !== forge.pki.oids.subjectKeyIdentifier) continue
    return forge.asn1.fromDer(rest.at(-1)!.value as string).value as string
  }
  const spki = certificate.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const key = forge.pki.publicKeyFromPem(spki)
  return forge.pki.getPublicKeyFingerprint(key, { type: 'RSAPublicKey' }).getBytes()
}

/** Whether a key belongs to a certificate. */
export function keyFits(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key))
  } catch {
    return false // not a key at all
  }
}
