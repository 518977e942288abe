// A real etcd that asks its clients for certificates (B33): one member on loopback, its data in a folder that goes.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { end, needs } from '../x509/programs.ts'
import { type Files, kinds, makeParties, type Parties } from './parties.ts'

const { skip, note } = needs('etcd', 'etcdctl')
/** Go's TLS, unlike OpenSSL's: the kinds that differ in how they sign. */
const tried = kinds.filter(([name]) => ['RSA 2048', 'ECDSA 384', 'Ed25519'].includes(name))

/** A port that nobody has just now. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

describe.skipIf(skip).each(tried)(
  `etcd with client-cert-auth and certificates with keys of the kind %s${note}`,
  (_, key) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tsplay-etcd-'))
    let all: Parties
    let etcd: ChildProcess
    let log = ''
    let port: number

    /** `patience` in seconds: who is refused hears of it only by waiting in vain. */
    const ctl = (client: Files | undefined, args: readonly string[], { ca = all.ca, patience = 10 } = {}) =>
      end('etcdctl', [
        ...[`--endpoints=https://127.0.0.1:${port}`, `--cacert=${ca}`, `--command-timeout=${patience}s`],
        ...(client ? [`--cert=${client.cert}`, `--key=${client.key}`] : []),
        ...args,
      ])

    /** What etcd has said since, once it says why: that comes behind what the client hears. */
    async function told(before: number, reason: RegExp): Promise<string> {
      for (let tries = 0; tries < 30 && !reason.test(log.slice(before)); tries++) await sleep(100)
      return log.slice(before)
    }

    beforeAll(async () => {
      all = await makeParties(path.join(folder, 'pki'), key)
      const peerPort = await freePort()
      port = await freePort()
      const [url, peerUrl] = [`https://127.0.0.1:${port}`, `https://127.0.0.1:${peerPort}`]
      // a member's own gateway is a client of it, so its certificate has to be good for both
      const files = ['cert-file', all.peer.cert, 'key-file', all.peer.key, 'trusted-ca-file', all.ca]
      const flags = (before: string) => files.map((each, index) => (index % 2 === 0 ? `--${before}${each}` : each))
      etcd = spawn(
        'etcd',
        [
          ...['--name', 'one', '--data-dir', path.join(folder, 'data'), '--initial-cluster', `one=${peerUrl}`],
          ...['--listen-client-urls', url, '--advertise-client-urls', url],
          ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
          ...['--client-cert-auth', ...flags(''), '--peer-client-cert-auth', ...flags('peer-')],
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      )
      etcd.stderr!.on('data', (chunk) => {
        log += chunk
      })
      while (ctl(all.client, ['endpoint', 'health'], { patience: 1 }).code !== 0) {
        if (etcd.exitCode !== null || etcd.signalCode !== null) throw new Error(`etcd has ended: ${log.slice(-2000)}`)
        await sleep(200)
      }
    }, 60_000)

    afterAll(async () => {
      const ended = new Promise((resolve) => etcd?.once('exit', resolve))
      if (etcd?.kill()) await ended
      rmSync(folder, { recursive: true, force: true })
    })

    it('serves who has one for clients, also behind an intermediate (M18)', () => {
      expect(ctl(all.client, ['put', 'a', '1'])).toMatchObject({ code: 0, stdout: 'OK\n' })
      expect(ctl(all.peer, ['get', 'a'])).toMatchObject({ code: 0, stdout: 'a\n1\n' })
      expect(ctl(all.clientBehind, ['get', 'a'])).toMatchObject({ code: 0, stdout: 'a\n1\n' })
    })

    it.each<[string, (parties: Parties) => Files | undefined, RegExp]>([
      ['has none', () => undefined, /didn't provide a certificate/],
      [
        'has one of another authority with the same name (M18)',
        ({ foreign }) => foreign.client,
        /unknown authority|verification error/,
      ],
      ['has one that has expired (M18)', ({ expired }) => expired.client, /certificate has expired/],
      ['has one to serve only (M18)', ({ server }) => server, /incompatible key usage/],
    ])('refuses who %s', async (_, client, reason) => {
      const before = log.length
      const { code, stdout } = ctl(client(all), ['get', 'a'], { patience: 1 })
      expect(code).not.toBe(0)
      expect(stdout).toBe('')
      expect(await told(before, reason)).toMatch(reason)
    })

    it('is not believed by who trusts another authority', async () => {
      const before = log.length
      const { code, stdout } = ctl(all.client, ['get', 'a'], { ca: all.foreign.server.cert, patience: 1 })
      expect(code).not.toBe(0)
      expect(stdout).toBe('')
      const reason = /remote error: tls: (bad certificate|unknown certificate authority)/
      expect(await told(before, reason)).toMatch(reason)
    })
  },
)
