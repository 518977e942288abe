import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { task } from '../../engine/task.ts'
import { type CaResult, ca } from '../../modules/ca.ts'
import { credentials } from '../../playbooks/credentials/host-credentials.ts'
import { kubeadm } from '../../playbooks/credentials/kubeadm.ts'
import { folderOf, type Here, here, memoryStore, type Ran } from '../support/run-here.ts'
import { clusters } from './documented-clusters.ts'

const lacks = spawnSync('openssl', ['version']).status === 0 ? '' : ' (skipped: there is no openssl on this machine)'

describe.skipIf(lacks)(`what kubeadm finds on a master of s4k, as files${lacks}`, () => {
  const host = 'k8s-master2'
  const store = memoryStore()
  let site: Here
  let dir: string
  let first: Ran
  let again: Ran
  let pin: string

  const openssl = (args: string[], input?: Uint8Array): Buffer => {
    const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: dir, input })
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}${stdout}`)
    return stdout
  }

  beforeAll(async () => {
    site = here()
    const tasks = (folder: string) => {
      dir = path.join(folder, 'pki')
      return [
        credentials(kubeadm({ certificatesDir: dir })(clusters.s4k, host)),
        task('pin', ca({ name: 'kubernetes', subject: { cn: 'kubernetes' } })).register((result: CaResult) => {
          pin = result.publicKeyPin
          return []
        }),
      ]
    }
    first = await site.run((context) => tasks(folderOf(context)), { store })
    again = await site.run((context) => tasks(folderOf(context)), { store })
  }, 120_000)
  afterAll(() => site?.remove())

  test('are all files that `kubeadm init` looks for, and a second run leaves them as they are', () => {
    expect(first.tasks.filter(({ status }) => status === 'failed')).toEqual([])
    expect(again.tasks.filter(({ changed }) => changed)).toEqual([])
    const pairs = (...names: string[]) => names.flatMap((name) => [`${name}.crt`, `${name}.key`])
    expect(readdirSync(dir).toSorted()).toEqual(
      [
        ...pairs('apiserver', 'apiserver-etcd-client', 'apiserver-kubelet-client', 'ca', 'front-proxy-ca'),
        ...pairs('front-proxy-client'),
        ...['etcd', 'sa.key', 'sa.pub'],
      ].toSorted(),
    )
    expect(readdirSync(path.join(dir, 'etcd')).toSorted()).toEqual(
      pairs('ca', 'healthcheck-client', 'peer', 'server').toSorted(),
    )
  })

  test('have keys that only root reads', () => {
    for (const file of [...readdirSync(dir), ...readdirSync(path.join(dir, 'etcd')).map((name) => `etcd/${name}`)])
      if (file !== 'etcd')
        expect(statSync(path.join(dir, file)).mode & 0o777, file).toBe(file.endsWith('.key') ? 0o600 : 0o644)
  })

  test.each([
    ['ca', 'apiserver', 'sslserver'],
    ['ca', 'apiserver-kubelet-client', 'sslclient'],
    ['etcd/ca', 'apiserver-etcd-client', 'sslclient'],
    ['etcd/ca', 'etcd/server', 'sslserver'],
    ['etcd/ca', 'etcd/peer', 'sslserver'],
    ['etcd/ca', 'etcd/peer', 'sslclient'],
    ['etcd/ca', 'etcd/healthcheck-client', 'sslclient'],
    ['front-proxy-ca', 'front-proxy-client', 'sslclient'],
  ])('openssl verifies by %s.crt that %s.crt is good for %s', (authority, file, purpose) => {
    const args = ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', `${authority}.crt`, `${file}.crt`]
    expect(openssl(args).toString()).toBe(`${file}.crt: OK\n`)
    const others = ['ca', 'etcd/ca', 'front-proxy-ca'].filter((name) => name !== authority)
    for (const other of others) expect(() => openssl(['verify', '-CAfile', `${other}.crt`, `${file}.crt`])).toThrow()
  })

  test('are good for every name that kubeadm asks an API server for', () => {
    for (const name of [host, 'k8s-vip', 'kubernetes', 'kubernetes.default.svc.cluster.local'])
      expect(openssl(['x509', '-noout', '-checkhost', name, '-in', 'apiserver.crt']).toString()).toContain('does match')
    for (const address of ['10.10.0.1', '192.168.208.190', '192.168.208.191', '192.168.208.200', '127.0.0.1'])
      expect(openssl(['x509', '-noout', '-checkip', address, '-in', 'apiserver.crt']).toString()).toContain(
        'does match',
      )
  })

  test('are trusted by the pin with which nodes join, as openssl computes it', () => {
    const spki = openssl(['pkey', '-pubin', '-outform', 'DER'], openssl(['x509', '-noout', '-pubkey', '-in', 'ca.crt']))
    expect(pin).toBe(`sha256:${createHash('sha256').update(spki).digest('hex')}`)
  })

  test('sign tokens of service accounts by a pair of their own (B24)', () => {
    const half = openssl(['pkey', '-in', 'sa.key', '-pubout']).toString()
    expect(openssl(['pkey', '-pubin', '-in', 'sa.pub']).toString()).toBe(half)
    expect(openssl(['pkey', '-in', 'ca.key', '-pubout']).toString()).not.toBe(half)
  })
})
