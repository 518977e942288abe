// Replacing an authority as real programs see it: etcd (Go) as the server, curl (OpenSSL) and etcdctl (Go) as clients.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { rotate } from '../../engine/pki/rotation.ts'
import { rotatingHosts } from '../support/rotating-hosts.ts'
import type { TlsSide } from '../support/tls-handshake.ts'
import { end, needs } from '../x509/programs.ts'

const { skip, note } = needs('etcd', 'etcdctl', 'curl')

/** The files of one side, in a folder. */
interface Files {
  readonly folder: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

describe.skipIf(skip)(`etcd with client-cert-auth and its clients accept each other (B33)${note}`, () => {
  it.each([
    ['a CA that signs itself', 'root', 'root'],
    ['the root of an intermediate', 'sub', 'sub'],
    ['the root of an intermediate, where hosts trust the root only', 'sub', 'root'],
  ])(
    'while a new one takes the place of %s, and no longer where a run between was left out',
    async (_what, by, trust) => {
      const { dir, store, run, side } = rotatingHosts()
      const states: Files[] = []
      const keep = async () => {
        await run('a')
        states.push(filesOf(join(dir, `state-${states.length}`), side('a', by, trust)))
      }
      await keep()
      for (const _step of ['introduce', 'switch', 'retire']) {
        await rotate(store, 'root', { now: new Date() })
        await keep()
      }
      for (const [server, files] of states.entries())
        await withEtcd(files, (url) => {
          for (const [client, own] of states.entries()) {
            const where = `client after step ${client}, server after step ${server}`
            if (Math.abs(client - server) <= 1)
              expect({ curl: byCurl(url, own), etcdctl: byEtcdctl(url, own) }, where).toEqual({ curl: 0, etcdctl: 0 })
            // the intermediate itself is trusted and keeps its key, so there a host may lag behind
            else if (trust === 'root') expect(notRefused, where).not.toContain(byCurl(url, own))
          }
        })
    },
    120_000,
  )
})

function filesOf(folder: string, { ca, cert, key }: TlsSide): Files {
  mkdirSync(folder)
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  return { folder, ca: write('ca.pem', ca), cert: write('cert.pem', cert), key: write('key.pem', key) }
}

/** 0 where it gets an answer with these files. */
const byCurl = (url: string, { ca, cert, key }: Files): number | null =>
  end('curl', ['-sS', '--max-time', '10', '--cacert', ca, '--cert', cert, '--key', key, `${url}/health`]).code

/** How curl ends with an answer, without a connection, and without an answer in time; a handshake fails in many ways. */
const notRefused = [0, 7, 28]

const byEtcdctl = (url: string, { ca, cert, key }: Files): number | null =>
  end('etcdctl', ['--endpoints', url, '--cacert', ca, '--cert', cert, '--key', key, 'endpoint', 'health']).code

/** Does `work` while an etcd with these files listens. */
async function withEtcd(files: Files, work: (url: string) => void): Promise<void> {
  const { folder, ca, cert, key } = files
  const [client, peer] = await freePorts()
  const url = `https://127.0.0.1:${client}`
  const child = spawn(
    'etcd',
    [
      ...['--data-dir', join(folder, 'data'), '--name', 'a', '--logger', 'zap'],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...[
        '--listen-peer-urls',
        `http://127.0.0.1:${peer}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peer}`,
      ],
      ...['--initial-cluster', `a=http://127.0.0.1:${peer}`],
      ...['--client-cert-auth', '--trusted-ca-file', ca, '--cert-file', cert, '--key-file', key],
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  try {
    for (let tries = 0; byCurl(url, files) !== 0; tries++) {
      if (tries > 40 || child.exitCode !== null) throw new Error('etcd does not answer')
      await sleep(250)
    }
    work(url)
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

/** Two that nobody listens on just now. */
async function freePorts(): Promise<number[]> {
  const servers = [createServer(), createServer()]
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
        ),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
