// Hosts for tests of replacing authorities: folders of this machine that the modules put certificates into, from one store.
import type { KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import { type FileStore, fileStore } from '../../engine/secrets/store.ts'
import { createKey, keyPem, parseKey } from '../../engine/x509/key.ts'
import { createRequest } from '../../engine/x509/request.ts'
import { ca } from '../../modules/ca.ts'
import { cert } from '../../modules/cert.ts'
import { kubeconfig } from '../../modules/kubeconfig.ts'
import { runLocally } from './local-host.ts'
import type { TlsSide } from './tls-handshake.ts'

/** The quickest to make. */
export const key = { algo: 'ecdsa', size: 256 } as const

export interface RotatingHosts {
  /** Gone when the test has ended. */
  readonly dir: string
  readonly store: FileStore
  /** What the playbook does on one host. */
  run(host: string): Promise<void>
  /** What a host's server and clients show (`by`: the authority, or `own`), and which authority they trust, as its files are now. */
  side(host: string, by: string, trust: string): TlsSide
  /** What the host's kubeconfig holds. */
  kubectl(host: string): TlsSide
}

/** The store has a root, an intermediate that it signed, and for each host a certificate of either, and one (`own`) of its own key. */
export function rotatingHosts(): RotatingHosts {
  const dir = mkdtempSync(join(tmpdir(), 'tsplay-rotation-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const openStore = () => fileStore(join(dir, 'store'), { check: false })
  const text = (host: string, name: string) => readFileSync(join(dir, host, name), 'utf8')
  return {
    dir,
    store: openStore(),
    async run(host) {
      mkdirSync(join(dir, host), { recursive: true })
      const control = createControl({
        check: false,
        host: { name: host, address: '127.0.0.1' },
        store: openStore(),
        facts: { get: () => undefined, set: () => undefined },
        dirs: [dir],
        cache: createControlCache(),
      })
      const own = await ownKey(join(dir, host, 'own-key.pem'))
      for (const action of actions(host, join(dir, host), own)) {
        const { output } = await runLocally(action as never, { control })
        expect(output?.stderr ?? '').toBe('')
      }
    },
    side: (host, by, trust) => ({
      ca: text(host, `${trust}-ca.pem`),
      cert: text(host, `${by}.pem`),
      key: text(host, `${by}-key.pem`),
    }),
    kubectl(host) {
      const { clusters, users } = parse(text(host, 'admin.kubeconfig'))
      const data = (base64: string) => Buffer.from(base64, 'base64').toString()
      return {
        ca: data(clusters[0].cluster['certificate-authority-data']),
        cert: data(users[0].user['client-certificate-data']),
        key: data(users[0].user['client-key-data']),
      }
    },
  }
}

/** A key that is made on the host and stays there. */
async function ownKey(file: string): Promise<KeyObject> {
  if (!existsSync(file)) writeFileSync(file, keyPem(await createKey(key)), { mode: 0o600 })
  return parseKey(readFileSync(file, 'utf8'))!
}

function actions(host: string, folder: string, own: KeyObject) {
  const at = (name: string) => join(folder, name)
  const leaf = (name: string, ca: string, by: string) =>
    cert({
      name,
      ca,
      key,
      subject: { cn: name },
      hosts: ['127.0.0.1'],
      dest: at(`${by}.pem`),
      keyDest: at(`${by}-key.pem`),
    })
  return [
    ca({ name: 'root', subject: { cn: 'root' }, key, dest: at('root-ca.pem') }),
    ca({ name: 'sub', subject: { cn: 'sub' }, issuer: 'root', pathLength: 0, key, dest: at('sub-ca.pem') }),
    leaf(host, 'root', 'root'),
    leaf(host, 'sub', 'sub'),
    leaf('admin', 'root', 'admin'),
    cert({
      name: `${host}-own`,
      ca: 'root',
      request: createRequest({ subject: { cn: host }, names: ['IP:127.0.0.1'] }, own),
      dest: at('own.pem'),
    }),
    kubeconfig({
      dest: at('admin.kubeconfig'),
      server: 'https://127.0.0.1:6443',
      ca: { store: 'root' },
      user: 'admin',
      clientCert: { store: 'root/admin' },
    }),
  ]
}
