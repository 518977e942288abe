import type { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pem, pemBytes, rawItems } from '../../engine/x509/der.ts'
import { createKey, formatKey, type KeySpec, keyPem, spkiOf } from '../../engine/x509/key.ts'
import { createRequest, readRequest } from '../../engine/x509/request.ts'
import { end, needs, output } from './programs.ts'

const { skip, note } = needs('openssl')
const label = 'CERTIFICATE REQUEST'
const wanted = {
  subject: { cn: 'system:node:m1', o: 'system:nodes' },
  names: ['DNS:m1', 'IP:10.0.0.1'],
  usages: ['digital signature', 'server auth', 'client auth'],
}
const ed = (): Promise<ReturnType<typeof generateKeyPairSync>['privateKey']> => createKey({ algo: 'ed25519' }) as never

/** A request by openssl, with a key of its own. */
function byOpenssl(...more: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsplay-request-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'csr')
  output('openssl', [
    'req',
    '-new',
    '-nodes',
    '-keyout',
    path.join(folder, 'key'),
    '-out',
    file,
    '-subj',
    '/O=k8s/CN=a',
    ...more,
  ])
  return readFileSync(file, 'utf8')
}

describe('a request', () => {
  it.each<[string, KeySpec]>(
    [
      { algo: 'rsa', size: 2048 } as const,
      { algo: 'rsa', size: 3072 } as const,
      { algo: 'ecdsa', size: 256 } as const,
      { algo: 'ecdsa', size: 384 } as const,
      { algo: 'ecdsa', size: 521 } as const,
      { algo: 'ed25519' } as const,
    ].map((spec) => [formatKey(spec), spec]),
  )(`for a key of the kind %s is read back, and verified by openssl${note}`, async (_, spec) => {
    const key = await createKey(spec)
    const text = createRequest(wanted, key)
    const read = readRequest(text)
    expect(read).toMatchObject({ ...wanted, subjectText: 'O=system:nodes, CN=system:node:m1', key: spec })
    expect(spkiOf(read.publicKey).equals(spkiOf(key))).toBe(true)
    if (skip) return
    const { code, stdout, stderr } = end('openssl', ['req', '-verify', '-noout', '-text'], { input: text })
    expect([code, stdout + stderr]).toEqual([0, expect.stringMatching(/verify OK/i)])
    expect(stdout).toMatch(/DNS:m1, IP Address:10.0.0.1/)
  })

  it('that asks for nothing but a name has no extensions', async () => {
    const key = await ed()
    expect(readRequest(createRequest({ subject: { cn: 'x' }, names: [] }, key))).toMatchObject({
      names: [],
      usages: [],
    })
  })

  it.skipIf(skip)(`by openssl is read as it is${note}`, () => {
    const text = byOpenssl(
      '-newkey',
      'rsa:2048',
      '-addext',
      'subjectAltName=DNS:a,IP:::1',
      '-addext',
      'basicConstraints=CA:TRUE',
    )
    expect(readRequest(text)).toMatchObject({
      ...{ subject: { o: 'k8s', cn: 'a' }, names: ['DNS:a', 'IP:::1'], usages: [], authority: true },
      key: { algo: 'rsa', size: 2048 },
    })
    expect(readRequest(text.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST')).subjectText).toBe(
      'O=k8s, CN=a',
    )
  })

  it.skipIf(skip)(`with fields that have no word here is read, and its subject is told${note}`, () => {
    const read = readRequest(byOpenssl('-newkey', 'ed25519', '-subj', '/emailAddress=a@b.c/CN=a'))
    expect([read.subject, read.subjectText]).toEqual([undefined, 'emailAddress=a@b.c, CN=a'])
  })

  it.skipIf(skip).each([
    ['SHA-1', ['-newkey', 'rsa:2048', '-sha1']],
    ['MD5', ['-newkey', 'rsa:2048', '-md5']],
    ['PSS', ['-newkey', 'rsa:2048', '-sigopt', 'rsa_padding_mode:pss']],
  ])(`that is signed with %s is refused${note}`, (_, more) =>
    expect(() => readRequest(byOpenssl(...more))).toThrow(/an algorithm that is not accepted/),
  )

  it('asks for what was signed, whichever of its bytes was changed', async () => {
    const key = await ed()
    const text = createRequest(wanted, key)
    const bytes = pemBytes(label, text)!
    const signed = rawItems(bytes)[0]!
    const isSigned = (at: number): boolean => at >= bytes.indexOf(signed) && at < bytes.indexOf(signed) + signed.length
    const { publicKey: _, ...said } = readRequest(text)
    const read = (forged: Buffer): unknown => {
      try {
        const { publicKey, ...other } = readRequest(pem(label, forged))
        return spkiOf(publicKey).equals(spkiOf(key)) ? other : { key: 'another' }
      } catch (error) {
        return (error as Error).message
      }
    }
    for (let at = 0; at < bytes.length; at++) {
      const forged = Buffer.from(bytes)
      forged[at]! ^= 1
      // around what is signed, a type may be another: that changes nothing of what is asked for
      if (isSigned(at)) expect(read(forged), `byte ${at}`).toBeTypeOf('string')
      else expect([said, expect.any(String)], `byte ${at}`).toContainEqual(read(forged))
    }
    expect(read(bytes)).toEqual(said)
  })

  it('with the key of another in it is refused', async () => {
    const [mine, theirs] = [await ed(), await ed()]
    const bytes = pemBytes(label, createRequest(wanted, mine))!.toString('hex')
    const swapped = bytes.replace(spkiOf(mine).toString('hex'), spkiOf(theirs).toString('hex'))
    expect(swapped).not.toBe(bytes)
    expect(() => readRequest(pem(label, Buffer.from(swapped, 'hex')))).toThrow('its signature is not by its key')
  })

  it('is nothing that ends early, is empty, or is something else', async () => {
    const key = await ed()
    const text = createRequest(wanted, key)
    const bytes = pemBytes(label, text)!
    for (let length = 0; length < bytes.length; length++)
      expect(() => readRequest(pem(label, bytes.subarray(0, length)))).toThrow(Error)
    expect(() => readRequest('')).toThrow('it is no PEM of a certificate request')
    expect(() => readRequest(keyPem(key))).toThrow('it is no PEM of a certificate request')
    expect(() => readRequest(text.replaceAll(label, 'CERTIFICATE'))).toThrow('it is no PEM of a certificate request')
  })
})
