// A whole cluster's keys and certificates: by a run of ca and cert tasks, and by openssl, which makes as many and as long ones.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import pLimit from 'p-limit'
import { fileStore } from '../../engine/secrets/store.ts'
import { task } from '../../engine/task.ts'
import { ca } from '../../modules/ca.ts'
import { cert } from '../../modules/cert.ts'
import { here } from '../support/run-here.ts'
import type { Row } from './inventories.ts'
import { median } from './measure.ts'

const authorities = ['kubernetes', 'etcd', 'front-proxy'] as const

/** What three masters and three workers need: 24 certificates. */
const leaves: readonly {
  readonly name: string
  readonly ca: (typeof authorities)[number]
  readonly hosts: readonly string[]
}[] = [1, 2, 3].flatMap((number) => {
  const hosts = [`m${number}`, `10.0.0.${number}`, '127.0.0.1']
  return [
    { name: `apiserver-${number}`, ca: 'kubernetes', hosts: ['kubernetes.default.svc', '10.96.0.1', ...hosts] },
    { name: `apiserver-etcd-client-${number}`, ca: 'etcd', hosts: [] },
    { name: `etcd-${number}`, ca: 'etcd', hosts },
    { name: `etcd-peer-${number}`, ca: 'etcd', hosts },
    { name: `front-proxy-client-${number}`, ca: 'front-proxy', hosts: [] },
    { name: `kubelet-m${number}`, ca: 'kubernetes', hosts },
    { name: `kubelet-w${number}`, ca: 'kubernetes', hosts: [`w${number}`, `10.0.0.${number + 10}`] },
    { name: ['admin', 'controller-manager', 'scheduler'][number - 1]!, ca: 'kubernetes', hosts: [] },
  ] as const
})

/**
 * Three authorities and 24 certificates with RSA keys of 2048 bits, in an empty store on a disk. A run prepares its tasks
 * one after the other; their keys are begun for all hosts of the play at once, as many as there are cores. openssl makes a
 * key and its certificate with one process each, as many at once as there are cores, and for nothing but these. How long a
 * key takes is chance, so the ratio is that of all rounds together.
 */
export async function clusterPki(scratch: string, row: Row, rounds = 9): Promise<void> {
  const ours: number[] = []
  const theirs: number[] = []
  const timed = async (times: number[], work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(path.join(scratch, 'pki-'))
    const started = performance.now()
    await work(folder)
    times.push((performance.now() - started) / 1000)
    rmSync(folder, { recursive: true })
  }
  for (let round = 0; round < rounds; round++) {
    await timed(ours, byRun)
    await timed(theirs, byOpenssl)
  }
  const sum = (times: readonly number[]): number => times.reduce((total, each) => total + each, 0)
  const ratio = sum(ours) / sum(theirs)
  row(
    'PKI: 3 CAs, 24 certificates',
    `${median(ours).toFixed(2)} s (openssl: ${median(theirs).toFixed(2)} s), ratio ${ratio.toFixed(2)}`,
    'at most 1.30 of openssl',
    ratio <= 1.3,
  )
}

/** Six hosts: each has what is its own. */
async function byRun(folder: string): Promise<void> {
  const hosts = here(['m1', 'm2', 'm3', 'w1', 'w2', 'w3'])
  try {
    const { outcome } = await hosts.run(
      ({ host }) => [
        ...authorities.map((name) => task(name, ca({ name, subject: { cn: name, o: 'k8s' } }))),
        ...leaves
          .filter((_, index) => `${['m', 'w'][index % 2]}${(Math.floor(index / 2) % 3) + 1}` === host.name)
          .map((leaf) =>
            task(leaf.name, cert({ ...leaf, hosts: [...leaf.hosts], subject: { cn: leaf.name, o: 'k8s' } })),
          ),
      ],
      { store: fileStore(path.join(folder, 'store'), { check: false }) },
    )
    if (Object.values(outcome.hosts).some(({ failed }) => failed > 0)) throw new Error('the run has failed')
  } finally {
    await hosts.remove()
  }
}

async function byOpenssl(folder: string): Promise<void> {
  const limit = pLimit(availableParallelism())
  const file = (name: string): string => path.join(folder, name)
  const make = (name: string, more: readonly string[]) =>
    limit(() =>
      promisify(execFile)('openssl', [
        ...[
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '3650',
          '-subj',
          `/O=k8s/CN=${path.basename(name)}`,
        ],
        ...['-keyout', `${file(name)}-key.pem`, '-out', `${file(name)}.pem`, ...more],
      ]),
    )
  for (const each of authorities) mkdirSync(file(each))
  await Promise.all(authorities.map((each) => make(each, ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'])))
  await Promise.all(
    leaves.map(({ name, ca: issuer, hosts }) => {
      const names = hosts.map((host) => `${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}`)
      return make(`${issuer}/${name}`, [
        ...['-CA', `${file(issuer)}.pem`, '-CAkey', `${file(issuer)}-key.pem`],
        ...[
          '-addext',
          'extendedKeyUsage=serverAuth,clientAuth',
          '-addext',
          'keyUsage=critical,digitalSignature,keyEncipherment',
        ],
        ...(names.length > 0 ? ['-addext', `subjectAltName=${names.join()}`] : []),
      ])
    }),
  )
}
