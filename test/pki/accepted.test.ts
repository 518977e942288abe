// Certificates of every kind of key in the hands of openssl, Node's TLS and curl: good ones are accepted, others are not.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCertificates } from '../../engine/x509/certificate.ts'
import { end, endLater, needs } from '../x509/programs.ts'
import { type Files, kinds, makeParties, type Parties } from './parties.ts'

const openssl = needs('openssl')
const curl = needs('curl')

const read = ({ cert, key }: Files) => ({ cert: readFileSync(cert), key: readFileSync(key) })

describe.each(kinds)('certificates with keys of the kind %s', (_, key) => {
  let folder: string
  let all: Parties
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'tsplay-accepted-'))
    all = await makeParties(folder, key)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  describe.skipIf(openssl.skip)(`openssl verify, strictly${openssl.note}`, () => {
    const verify = (files: Files, ...more: readonly string[]) => {
      const trusted = ['-x509_strict', '-CAfile', all.ca, '-no-CApath', '-no-CAstore']
      const { code, stdout, stderr } = end('openssl', [
        'verify',
        ...trusted,
        ...more,
        '-untrusted',
        files.cert,
        files.cert,
      ])
      return code === 0 ? 'OK' : /error \d+ at \d depth lookup: (.*)/.exec(stdout + stderr)?.[1]
    }

    it('accepts each for what it is for, also behind an intermediate (M18)', () => {
      for (const files of [all.server, all.peer, all.behind]) {
        expect(verify(files, '-purpose', 'sslserver', '-verify_ip', '127.0.0.1', '-verify_depth', '1')).toBe('OK')
        expect(verify(files, '-purpose', 'sslserver', '-verify_hostname', 'localhost')).toBe('OK')
      }
      for (const files of [all.client, all.peer, all.clientBehind])
        expect(verify(files, '-purpose', 'sslclient')).toBe('OK')
    })

    it('refuses what is for something else, of somebody else, out of date or of another name (M18)', () => {
      expect(verify(all.server, '-purpose', 'sslclient')).toMatch(
        /unsuitable certificate purpose|unsupported certificate purpose/,
      )
      expect(verify(all.client, '-purpose', 'sslserver')).toMatch(
        /unsuitable certificate purpose|unsupported certificate purpose/,
      )
      expect(verify(all.expired.server)).toBe('certificate has expired')
      expect(verify(all.foreign.client)).toMatch(/unable to get local issuer certificate|certificate signature failure/)
      expect(verify(all.server, '-verify_ip', '127.0.0.2')).toBe('IP address mismatch')
      expect(verify(all.server, '-verify_hostname', 'elsewhere.example')).toBe('hostname mismatch')
    })

    it('needs the intermediate, which may have no other behind it', () => {
      const [leaf, between] = readCertificates(readFileSync(all.behind.cert, 'utf8'))
      expect(between!.pathLength).toBe(0)
      const { code } = end('openssl', ['verify', '-CAfile', all.ca, '-no-CApath', '-no-CAstore'], { input: leaf!.pem })
      expect(code).not.toBe(0)
    })
  })

  /** What comes of a client of Node’s and a server of Node’s, both with certificates: whom the server greets, or who refuses, and why. */
  async function handshake(server: Files, client: Files | undefined, strict = false): Promise<string> {
    const listening = tls.createServer(
      { ...read(server), ca: readFileSync(all.ca), requestCert: true, rejectUnauthorized: strict },
      (socket) => {
        // a strict server of Node's hangs up without a reason, so another one is asked for it
        const { CN } = socket.getPeerCertificate().subject ?? {}
        socket.on('error', () => undefined)
        socket.end(socket.authorized ? `hello ${CN}` : `server: ${socket.authorizationError}`)
      },
    )
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    const { port } = listening.address() as AddressInfo
    const said = await new Promise<string>((resolve) => {
      const socket = tls.connect({ port, host: '127.0.0.1', ca: readFileSync(all.ca), ...(client && read(client)) })
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('error', (error) => resolve(`client: ${codeOf(error)}`))
      socket.on('close', () => resolve(text))
    })
    await new Promise((resolve) => listening.close(resolve))
    return said
  }
  const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message

  it('serve and greet each other by Node’s TLS, and nobody else (M18)', async () => {
    expect(await handshake(all.server, all.client)).toBe('hello client')
    expect(await handshake(all.peer, all.peer)).toBe('hello server')
    expect(await handshake(all.behind, all.clientBehind)).toBe('hello client')
    expect(await handshake(all.elsewhere, all.client)).toBe('client: ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await handshake(all.expired.server, all.client)).toBe('client: CERT_HAS_EXPIRED')
    expect(await handshake(all.foreign.server, all.client)).toMatch(/^client: (UNABLE_TO|CERT_SIGNATURE)/)
    expect(await handshake(all.client, all.client)).toBe('client: INVALID_PURPOSE')
    for (const [client, reason] of [
      [all.expired.client, 'CERT_HAS_EXPIRED'],
      [all.foreign.client, /^server: (UNABLE_TO|CERT_SIGNATURE)/],
      [all.server, 'INVALID_PURPOSE'],
      [undefined, 'server: UNABLE_TO_GET_ISSUER_CERT'],
    ] as const) {
      expect(await handshake(all.server, client)).toMatch(reason)
      expect(await handshake(all.server, client, true)).not.toContain('hello')
    }
    expect(await handshake(all.server, all.client, true)).toBe('hello client')
  })

  describe.skipIf(curl.skip)(`curl${curl.note}`, () => {
    /** How curl ends when it asks a server for a page: its exit code, and what it was given. */
    async function get(server: Files, client: Files | undefined, name = 'localhost'): Promise<[number | null, string]> {
      const listening = https.createServer(
        { ...read(server), ca: readFileSync(all.ca), requestCert: true, rejectUnauthorized: true },
        (_request, response) => response.end('ok'),
      )
      await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
      const { port } = listening.address() as AddressInfo
      const own = client ? ['--cert', client.cert, '--key', client.key] : []
      const { code, stdout } = await endLater('curl', [
        ...['-sS', '--noproxy', '*', '--max-time', '20', '--cacert', all.ca, ...own],
        ...['--resolve', `${name}:${port}:127.0.0.1`, `https://${name}:${port}/`],
      ])
      await new Promise((resolve) => listening.close(resolve))
      return [code, stdout]
    }
    const ok = [0, 'ok']
    const badServer = [60, '']
    /** By an alert while it shakes hands or when it reads, or by a connection that ends without an answer. */
    const refusedByServer = [expect.toSatisfy((code: number) => [35, 52, 55, 56].includes(code)), '']

    it('gets an answer with --cacert, --cert and --key, and none with others (M18)', async () => {
      expect(await get(all.server, all.client)).toEqual(ok)
      expect(await get(all.server, all.client, '127.0.0.1')).toEqual(ok)
      expect(await get(all.behind, all.clientBehind)).toEqual(ok)
      for (const server of [all.elsewhere, all.expired.server, all.foreign.server, all.client])
        expect(await get(server, all.client)).toEqual(badServer)
      for (const client of [all.expired.client, all.foreign.client, all.server, undefined])
        expect(await get(all.server, client)).toEqual(refusedByServer)
    })
  })
})
