// How certificates and requests are signed and verified: node:crypto does both. Knows nothing of what is signed.
import { type KeyObject, sign, verify } from 'node:crypto'
import { type Der, der, items, oidOf } from './der.ts'
import { keySpecOf } from './key.ts'

interface Algorithm {
  readonly oid: string
  /** null: the key's own (Ed25519). */
  readonly digest: 'sha256' | 'sha384' | 'sha512' | null
  readonly key: 'rsa' | 'ec' | 'ed25519'
}

const algorithms: readonly Algorithm[] = [
  { oid: '1.2.840.113549.1.1.11', digest: 'sha256', key: 'rsa' },
  { oid: '1.2.840.113549.1.1.12', digest: 'sha384', key: 'rsa' },
  { oid: '1.2.840.113549.1.1.13', digest: 'sha512', key: 'rsa' },
  { oid: '1.2.840.10045.4.3.2', digest: 'sha256', key: 'ec' },
  { oid: '1.2.840.10045.4.3.3', digest: 'sha384', key: 'ec' },
  { oid: '1.2.840.10045.4.3.4', digest: 'sha512', key: 'ec' },
  { oid: '1.3.101.112', digest: null, key: 'ed25519' },
]

/** The one for a key, chosen by its strength as cfssl does. */
function algorithmFor(key: KeyObject): Algorithm {
  const spec = keySpecOf(key)
  const size = spec && 'size' in spec ? spec.size : 0
  const digest =
    key.asymmetricKeyType === 'ed25519'
      ? null
      : size >= 4096 || size === 521
        ? 'sha512'
        : size >= 3072 || size === 384
          ? 'sha384'
          : 'sha256'
  const found = algorithms.find((each) => each.key === key.asymmetricKeyType && each.digest === digest)
  if (!found) throw new Error(`keys of type ${key.asymmetricKeyType} cannot sign certificates here`)
  return found
}

/** The identifier of the algorithm that {@link signature} uses with the key. */
export function algorithmIdentifier(key: KeyObject): Der {
  const { oid, key: type } = algorithmFor(key)
  return der.sequence(der.oid(oid), ...(type === 'rsa' ? [der.null()] : []))
}

export const signature = (bytes: Uint8Array, key: KeyObject): Buffer => sign(algorithmFor(key).digest, bytes, key)

/** Whether a signature by the algorithm of this identifier holds. One that is broken or unknown (SHA-1, PSS) never does. */
export function signatureHolds(identifier: Der, bytes: Uint8Array, key: KeyObject, signed: Uint8Array): boolean {
  const found = algorithms.find(({ oid }) => oid === oidOf(items(identifier)[0]))
  return found !== undefined && found.key === key.asymmetricKeyType && verify(found.digest, bytes, key, signed)
}
