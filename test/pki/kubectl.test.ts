// kubectl reads the kubeconfigs that are written, and is known to a server by what is in them.
import { mkdtempSync, rmSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Control } from '../../engine/module.ts'
import { secret } from '../../engine/secret.ts'
import { readCertificates } from '../../engine/x509/certificate.ts'
import type { KeySpec } from '../../engine/x509/key.ts'
import { ca } from '../../modules/ca.ts'
import { cert } from '../../modules/cert.ts'
import { type KubeconfigParams, kubeconfig } from '../../modules/kubeconfig.ts'
import { runLocally } from '../support/local-host.ts'
import { memoryStore } from '../support/run-here.ts'
import { endLater, needs } from '../x509/programs.ts'
import { kinds } from './parties.ts'

const { skip, note } = needs('kubectl')
const folder = mkdtempSync(path.join(tmpdir(), 'tsplay-kubectl-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const kubectl = (file: string, ...args: readonly string[]) =>
  // a home of its own: kubectl keeps what it has asked there
  endLater('kubectl', ['--kubeconfig', file, '--request-timeout=20s', ...args], {
    ...{ PATH: process.env.PATH, HOME: folder, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
  })

/** A cluster whose authorities and certificates have keys of one kind, and a server of it that tells who asks. */
async function cluster(key: KeySpec) {
  const control = { check: false, store: memoryStore() } as unknown as Control
  const common = { ca: 'kubernetes', key }
  await ca.module.prepare!({ name: 'kubernetes', subject: { cn: 'kubernetes' }, key }, control)
  await ca.module.prepare!({ name: 'other', subject: { cn: 'kubernetes' }, key }, control)
  await cert.module.prepare!(
    { ...common, name: 'apiserver', subject: { cn: 'kube-apiserver' }, hosts: ['127.0.0.1'] },
    control,
  )
  const admin = { name: 'admin', subject: { cn: 'admin', o: 'system:masters' }, usages: ['client' as const] }
  await cert.module.prepare!({ ...common, ...admin }, control)
  await cert.module.prepare!({ ...common, ...admin, ca: 'other' }, control)
  const read = async (name: string) => (await control.store.read(`pki/kubernetes/${name}`))!
  const [own, authority] = [await read('apiserver'), await read('ca')]
  const server = https.createServer(
    {
      ...{ cert: own['.pem']!, key: own['-key.pem']!, ca: authority['.pem']! },
      ...{ requestCert: true, rejectUnauthorized: false },
    },
    ({ socket, headers }, response) => {
      const { CN, O } = (socket as TLSSocket).getPeerCertificate().subject ?? {}
      const by = (socket as TLSSocket).authorized ? `${O}:${CN}` : (headers.authorization ?? 'nobody')
      response.end(`"${by}"\n`)
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { control, server, read, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe.skipIf(skip).each(kinds.filter(([name]) => ['RSA 2048', 'ECDSA 256', 'Ed25519'].includes(name)))(
  `kubectl, with keys of the kind %s${note}`,
  (name, key) => {
    let there: Awaited<ReturnType<typeof cluster>>
    beforeAll(async () => {
      there = await cluster(key)
    })
    afterAll(() => void there?.server.close())

    let files = 0
    async function written(more: Partial<KubeconfigParams>): Promise<string> {
      const dest = path.join(folder, `${name}-${files++}.kubeconfig`)
      const params = { dest, server: there.url, ca: { store: 'kubernetes' }, user: 'admin', ...more }
      const { output } = await runLocally(kubeconfig(params) as never, { control: there.control })
      expect(output).toMatchObject({ code: 0 })
      return dest
    }
    const byCertificate = () => written({ clientCert: { store: 'kubernetes/admin' } })

    it('reads certificates that are embedded, and names the context (M18)', async () => {
      const file = await byCertificate()
      const { stdout } = await kubectl(file, 'config', 'view', '--raw', '-o', 'json')
      const view = JSON.parse(stdout)
      const text = (base64: string): string => Buffer.from(base64, 'base64').toString()
      const admin = await there.read('admin')
      expect(view.clusters).toEqual([
        { name: 'kubernetes', cluster: { server: there.url, 'certificate-authority-data': expect.any(String) } },
      ])
      expect(text(view.clusters[0].cluster['certificate-authority-data'])).toBe((await there.read('ca'))['.pem'])
      const { 'client-certificate-data': certificate, 'client-key-data': privateKey, ...rest } = view.users[0].user
      expect([view.users.length, rest]).toEqual([1, {}])
      expect(readCertificates(text(certificate)).map(({ subject }) => subject)).toEqual(['O=system:masters, CN=admin'])
      expect(text(privateKey)).toBe(admin['-key.pem'])
      expect(view['current-context']).toBe('admin@kubernetes')
      expect((await kubectl(file, 'config', 'get-contexts', '-o', 'name')).stdout).toBe('admin@kubernetes\n')
      expect((await kubectl(file, 'config', 'get-contexts')).stdout).toMatch(
        /^\* +admin@kubernetes +kubernetes +admin *$/m,
      )
    })

    it('is known by its certificate, and knows the server (M18)', async () => {
      const { code, stdout, stderr } = await kubectl(await byCertificate(), 'get', '--raw', '/version')
      expect([code, stdout, stderr]).toEqual([0, '"system:masters:admin"\n', ''])
    })

    it('is known by its token', async () => {
      const file = await written({ user: 'kubelet-bootstrap', token: secret('0123456789abcdef'), context: 'default' })
      expect((await kubectl(file, 'config', 'view', '--raw', '-o', 'jsonpath={.users[0].user}')).stdout).toBe(
        '{"token":"0123456789abcdef"}',
      )
      expect(await kubectl(file, 'get', '--raw', '/version')).toMatchObject({
        code: 0,
        stdout: '"Bearer 0123456789abcdef"\n',
      })
    })

    it('does not believe a server of another authority, nor is it believed with a certificate of one (M18)', async () => {
      const stranger = await written({ ca: { store: 'other' }, clientCert: { store: 'other/admin' } })
      const { code, stderr } = await kubectl(stranger, 'get', '--raw', '/version')
      expect([code, stderr]).toEqual([1, expect.stringMatching(/x509: certificate signed by unknown authority/)])
      const liar = await written({ clientCert: { store: 'other/admin' } })
      expect((await kubectl(liar, 'get', '--raw', '/version')).stdout).toBe('"nobody"\n')
    })
  },
)
