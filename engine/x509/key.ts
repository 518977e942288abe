// Keys: how they are made, written and told apart. node:crypto makes them, in a thread of its own.
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { bitsOf, items, parseDer } from './der.ts'

/** A kind of key. */
export type KeySpec =
  | { readonly algo: 'rsa'; readonly size: number }
  | { readonly algo: 'ecdsa'; readonly size: 256 | 384 | 521 }
  | { readonly algo: 'ed25519' }

/** As cfssl's JSON has it: `{ algo: 'rsa', size: 2048 }`. RSA has 2048 to 8192 bits, ECDSA 256, 384 or 521. */
export const keyParam: z.ZodType<KeySpec> = z.discriminatedUnion(
  'algo',
  [
    z.strictObject({ algo: z.literal('rsa'), size: z.int().min(2048).max(8192) }),
    z.strictObject({ algo: z.literal('ecdsa'), size: z.literal([256, 384, 521]) }),
    z.strictObject({ algo: z.literal('ed25519') }),
  ],
  { error: "a key is { algo: 'rsa', size: 2048 }, { algo: 'ecdsa', size: 256 } or { algo: 'ed25519' }" },
)

const newPair = promisify(generateKeyPair) as unknown as (
  type: string,
  options: object,
) => Promise<{ privateKey: KeyObject; publicKey: KeyObject }>

const curves = { 256: 'P-256', 384: 'P-384', 521: 'P-521' } as const

/** A new private key; several at once are made on several cores. */
export async function createKey(spec: KeySpec): Promise<KeyObject> {
  const { privateKey } =
    spec.algo === 'rsa'
      ? await newPair('rsa', { modulusLength: spec.size, publicExponent: 65537 })
      : spec.algo === 'ecdsa'
        ? await newPair('ec', { namedCurve: curves[spec.size] })
        : await newPair('ed25519', {})
  return privateKey
}

/** What kind of key it is; undefined for one of no kind that is made here. */
export function keySpecOf(key: KeyObject): KeySpec | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa') return { algo: 'rsa', size: modulusLength ?? 0 }
  if (key.asymmetricKeyType === 'ed25519') return { algo: 'ed25519' }
  const size = ({ prime256v1: 256, secp384r1: 384, secp521r1: 521 } as const)[namedCurve as 'prime256v1']
  return key.asymmetricKeyType === 'ec' && size !== undefined ? { algo: 'ecdsa', size } : undefined
}

export const formatKey = (spec: KeySpec | undefined): string =>
  spec === undefined ? 'unknown' : spec.algo === 'ed25519' ? 'Ed25519' : `${spec.algo.toUpperCase()} ${spec.size}`

export const sameSpec = (a: KeySpec | undefined, b: KeySpec | undefined): boolean => formatKey(a) === formatKey(b)

/** `traditional`: PKCS#1 or SEC 1, as cfssl writes them (`BEGIN RSA PRIVATE KEY`); Ed25519 has PKCS#8 only. */
export type KeyFormat = 'traditional' | 'pkcs8'

export function keyPem(key: KeyObject, format: KeyFormat = 'traditional'): string {
  const type = { rsa: 'pkcs1', ec: 'sec1' } as const
  const traditional = type[key.asymmetricKeyType as 'rsa']
  return key.export({ type: format === 'pkcs8' ? 'pkcs8' : (traditional ?? 'pkcs8'), format: 'pem' }) as string
}

/** The private key in a PEM text; undefined where there is none. */
export function parseKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text)
  } catch {
    return undefined
  }
}

/** `SubjectPublicKeyInfo`, as certificates hold it. */
export const spkiOf = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' })

/** SHA-1 of the public key's bits: the identifier that RFC 5280 proposes first, and cfssl gives. */
export const keyIdentifier = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(bitsOf(items(parseDer(spkiOf(key)))[1]))
    .digest()

/** `sha256:…` of the public key, as kubeadm wants it for `--discovery-token-ca-cert-hash`. */
export const publicKeyPin = (key: KeyObject): string =>
  `sha256:${createHash('sha256').update(spkiOf(key)).digest('hex')}`
