import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createKey,
  formatKey,
  type KeySpec,
  keyIdentifier,
  keyParam,
  keyPem,
  keySpecOf,
  parseKey,
  sameSpec,
  spkiOf,
} from '../../engine/x509/key.ts'
import { end, needs } from './programs.ts'

const { skip, note } = needs('openssl')
const specs: readonly KeySpec[] = [
  { algo: 'rsa', size: 2048 },
  { algo: 'ecdsa', size: 256 },
  { algo: 'ecdsa', size: 384 },
  { algo: 'ecdsa', size: 521 },
  { algo: 'ed25519' },
]

describe('keys', () => {
  it.each(specs.map((spec) => [formatKey(spec), spec] as const))(
    'of the kind %s are what they are said to be',
    async (_, spec) => {
      const key = await createKey(spec)
      expect(keySpecOf(key)).toEqual(spec)
      expect(keySpecOf(createPublicKey(key))).toEqual(spec)
      expect(sameSpec(keySpecOf(key), spec)).toBe(true)
      for (const format of ['traditional', 'pkcs8'] as const) {
        const again = parseKey(keyPem(key, format))!
        expect(spkiOf(again).equals(spkiOf(key))).toBe(true)
      }
    },
  )

  it('are written as cfssl writes them, or as PKCS#8', async () => {
    const label = (pem: string) => /BEGIN ([A-Z ]+)-/.exec(pem)![1]
    const [rsa, ec, , , ed] = await Promise.all(specs.map(createKey))
    expect([rsa, ec, ed].map((key) => label(keyPem(key!)))).toEqual([
      'RSA PRIVATE KEY',
      'EC PRIVATE KEY',
      'PRIVATE KEY',
    ])
    for (const key of [rsa, ec, ed]) expect(label(keyPem(key!, 'pkcs8'))).toBe('PRIVATE KEY')
  })

  it.skipIf(skip).each(specs.map((spec) => [formatKey(spec), spec] as const))(
    `of the kind %s are good for OpenSSL in either form${note}`,
    async (_, spec) => {
      const key = await createKey(spec)
      for (const format of ['traditional', 'pkcs8'] as const) {
        const { code, stdout } = end('openssl', ['pkey', '-noout', '-check'], { input: keyPem(key, format) })
        expect([code, stdout]).toEqual([0, expect.stringContaining('valid')])
      }
    },
  )

  it('that are no keys are undefined', () => {
    for (const text of ['', 'nonsense', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])
      expect(parseKey(text)).toBeUndefined()
    const { publicKey } = generateKeyPairSync('ed25519')
    expect(parseKey(publicKey.export({ type: 'spki', format: 'pem' }) as string)).toBeUndefined()
  })

  it('that are encrypted are not read, rather than asked for at a terminal', () => {
    const { privateKey } = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
    })
    expect(parseKey(privateKey)).toBeUndefined()
  })

  it('of other kinds are unknown, and like no kind that is made here', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    expect(keySpecOf(privateKey)).toBeUndefined()
    expect(formatKey(undefined)).toBe('unknown')
    expect(keySpecOf(generateKeyPairSync('ed448').privateKey)).toBeUndefined()
    expect(sameSpec(undefined, { algo: 'ed25519' })).toBe(false)
    expect(sameSpec({ algo: 'rsa', size: 2048 }, { algo: 'rsa', size: 3072 })).toBe(false)
  })

  it('are identified by the digest of their bits, without what kind they are', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const raw = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x!, 'base64url')
    expect(keyIdentifier(privateKey)).toEqual(createHash('sha1').update(raw).digest())
    expect(keyIdentifier(createPrivateKey(keyPem(privateKey)))).toEqual(keyIdentifier(createPublicKey(privateKey)))
  })

  it.each([
    { algo: 'rsa', size: 1024 },
    { algo: 'rsa', size: 16_384 },
    { algo: 'rsa', size: 2048.5 },
    { algo: 'rsa' },
    { algo: 'ecdsa', size: 224 },
    { algo: 'ed25519', size: 256 },
    { algo: 'dsa', size: 2048 },
    'rsa',
  ])('cannot be %j', (spec) => expect(keyParam.safeParse(spec).success).toBe(false))
})
