import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { keyFits, readCertificate, readCertificates } from '../../engine/x509/certificate.ts'
import { pem, pemBytes } from '../../engine/x509/der.ts'
import { createKey, parseKey } from '../../engine/x509/key.ts'
import { madeAuthority, madeLeaf } from '../support/made-certificates.ts'
import { needs, output } from './programs.ts'

const { skip, note } = needs('openssl')
const key = { algo: 'ecdsa', size: 256 } as const
const authority = () => madeAuthority({ subject: { cn: 'root' }, key })

/** A certificate by openssl that signs itself. */
function byOpenssl(...more: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsplay-certificate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'crt')
  output('openssl', [
    'req',
    '-x509',
    '-nodes',
    '-newkey',
    'rsa:2048',
    '-keyout',
    path.join(folder, 'key'),
    '-out',
    file,
    ...more,
  ])
  return readFileSync(file, 'utf8')
}

describe('reading a certificate', () => {
  it('finds each of several, in order, with anything between them', async () => {
    const root = await authority()
    const leaf = await madeLeaf(root, { subject: { cn: 'leaf' }, key })
    const text = `Bag Attributes\n${leaf['.pem']}${leaf['-key.pem']}subject=root\r\n${root['.pem'].replaceAll('\n', '\r\n')}`
    expect(readCertificates(text).map(({ subject }) => subject)).toEqual(['CN=leaf', 'CN=root'])
    expect(readCertificates('')).toEqual([])
    const broken = root['.pem'].replace(/\n.{9}/, '\nAAAAAAAAA')
    expect(() => readCertificates(leaf['.pem'] + broken)).toThrow('certificate 2 cannot be read')
  })

  it('is undefined for what is none', async () => {
    const { '.pem': text, '-key.pem': privateKey } = await authority()
    for (const other of [
      '',
      'x',
      privateKey,
      text.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'),
      text.slice(0, 200),
    ])
      expect(readCertificate(other)).toBeUndefined()
  })

  it('never ends in anything but a certificate or nothing, whatever bytes are changed', async () => {
    const { '.pem': text } = await authority()
    const bytes = pemBytes('CERTIFICATE', text)!
    const edit = fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }))
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        const forged = Buffer.from(bytes)
        for (const [at, part] of edits) forged.set(part.subarray(0, bytes.length - at), at)
        const found = readCertificate(pem('CERTIFICATE', forged))
        if (found && !forged.equals(bytes)) expect(found.fingerprint).not.toBe(readCertificate(text)!.fingerprint)
      }),
      { numRuns: 500 },
    )
  })

  it.skipIf(skip)(`tells what openssl has made: fields, names, usages and constraints${note}`, () => {
    const text = byOpenssl(
      ...['-subj', '/emailAddress=a@b.c/O=Grün, AG/CN=x', '-utf8', '-days', '3', '-set_serial', '0x0102'],
      ...[
        '-addext',
        'subjectAltName=DNS:A.example,IP:1.2.3.4,IP:2001:db8::1,email:a@b.c,URI:https://a/,RID:1.2.3,dirName:dn',
      ],
      ...[
        '-addext',
        'keyUsage=critical,digitalSignature,keyCertSign',
        '-addext',
        'extendedKeyUsage=serverAuth,1.2.3.4',
      ],
      ...['-addext', 'basicConstraints=critical,CA:TRUE,pathlen:300', '-config', names],
    )
    expect(readCertificate(text)).toMatchObject({
      subject: 'emailAddress=a@b.c, O=Grün\\, AG, CN=x',
      serial: '0102',
      names: [
        'DNS:a.example',
        'IP:1.2.3.4',
        'IP:2001:db8::1',
        'email:a@b.c',
        'URI:https://a/',
        'other:[8]',
        'other:[4]',
      ],
      usages: ['digital signature', 'cert sign', 'server auth', '1.2.3.4'],
      ...{ authority: true, pathLength: 300, key: { algo: 'rsa', size: 2048 } },
    })
  })

  it.skipIf(skip)(`takes one without extensions, of the first version of all${note}`, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tsplay-certificate-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = (name: string): string => path.join(folder, name)
    output('openssl', [
      'req',
      '-new',
      '-nodes',
      '-newkey',
      'rsa:2048',
      '-keyout',
      file('key'),
      '-out',
      file('csr'),
      '-subj',
      '/O=o/CN=old',
    ])
    const text = output('openssl', ['x509', '-req', '-in', file('csr'), '-signkey', file('key')])
    const read = readCertificate(text)!
    expect(read).toMatchObject({ subject: 'O=o, CN=old', issuer: 'O=o, CN=old', names: [], usages: [] })
    expect(read.authority).toBeUndefined()
    expect(output('openssl', ['x509', '-noout', '-text'], { input: text })).toContain('Version: 1')
  })

  it('tells whether a key is its own, whatever kind that is', async () => {
    const made = await authority()
    const read = readCertificate(made['.pem'])!
    expect(keyFits(read, parseKey(made['-key.pem'])!)).toBe(true)
    for (const spec of [key, { algo: 'ed25519' }, { algo: 'rsa', size: 2048 }] as const)
      expect(keyFits(read, await createKey(spec))).toBe(false)
  })
})

/** openssl reads what a directory name holds from a configuration only. */
const names = path.join(import.meta.dirname, 'openssl-names.cnf')
