// cert: a certificate signed by a CA of the store, made once on the control side and kept, and its files on hosts.
import { defineModule } from '../engine/module.ts'
import { defaultKey, findAuthority, intermediates, pemOf } from '../engine/pki/authority.ts'
import { earlyKey } from '../engine/pki/early-key.ts'
import { keepLeaf } from '../engine/pki/leaf.ts'
import { certificatePath } from '../engine/pki/paths.ts'
import type { KeySpec } from '../engine/x509/key.ts'
import type { Subject } from '../engine/x509/subject.ts'
import type { CertificateResult } from './ca.ts'
import { certParams } from './common/cert-params.ts'
import { certificateWish, requestOf } from './common/cert-wish.ts'
import { certificateFiles, probeCertificateFiles } from './common/certificate-files.ts'
import { type CertificateUsage, csrFileOf, nameOfCsr } from './common/certificate-params.ts'
import { applyPlaced, desiredPlaced, type PlacedState, predictPlaced } from './common/placed-files.ts'
import { type Writing, writtenResources } from './common/written-file.ts'

/** Parameters of `cert`. */
export interface CertParams {
  /** What the store calls it. Hosts that name the same one share certificate and key. Default: the name of `csr` without `-csr.json`. */
  name?: string
  /** The CA that signs it, by its name in the store; a `ca` task makes it. Default `ca`, as cfssl's files call it. */
  ca?: string
  /** Who it is for: `cn`, and `o`, `ou`, `c`, `st`, `l` where they are wanted. Default with `request`: who that says. Not with `csr`. */
  subject?: Subject
  /**
   * DNS names, IP and e-mail addresses and URIs it is good for, in any order. Default: those of `csr` or `request`, or none.
   * Given besides them, they hold instead, as with cfssl's `-hostname`.
   */
  hosts?: string[]
  /** A file of cfssl, `server-csr.json`: subject, hosts and key. Default: none. */
  csr?: string
  /** A request that a host has made for a key of its own (PEM): it is signed, and the key never leaves the host. Default: none. */
  request?: string
  /** A file of cfssl, `ca-config.json`, that says what its certificates are for and how long they are valid. Default: none. */
  config?: string
  /** Profile of `config`. Default: its default one. */
  profile?: string
  /** What it is for: `server`, `client`, or cfssl's words (`key encipherment`, …). Default: server and client. Not with `config`. */
  usages?: CertificateUsage[]
  /** How long a new one is valid, at most as long as its CA: `87600h`, `365d`, `10y`. Default `10y`. Not with `config`. */
  expiry?: string
  /** Kind of its key; another one makes it anew. Default `{ algo: 'rsa', size: 2048 }`. Not with `csr` and `request`. */
  key?: KeySpec
  /** How long before its end it is made anew; less than `expiry`. Default `30d`, or a third of `expiry` where that is less. */
  renewBefore?: string
  /** False: the file holds the certificate alone. Default true: where an intermediate CA signed it, that one's follows it. */
  bundle?: boolean
  /** Path of the certificate on the host. Default: it stays in the store. */
  dest?: string
  /** Path of its key on the host. Default: it stays in the store. */
  keyDest?: string
  /** How its key is written on the host: `traditional` (PKCS#1, SEC 1; default) or `pkcs8`. */
  keyFormat?: 'traditional' | 'pkcs8'
  /** Owner of both files. Default: left as it is. */
  owner?: string
  /** Group of both files. Default: left as it is. */
  group?: string
  /** Mode of the certificate. Default `0644`. */
  mode?: string
  /** Mode of the key. Default `0600`. */
  keyMode?: string
}

/** What `register` receives. */
export interface CertResult extends CertificateResult {
  /** Why it was made just now, `its hosts are others: +IP:10.0.0.4`; undefined where it was there. */
  readonly issuedBecause: string | undefined
}

interface CertInput extends CertResult {
  readonly files: readonly Writing[]
}

/**
 * A certificate and its key are in the store, and on the host where paths are given. They are made anew only where there
 * is none, it expires within `renewBefore`, its subject, hosts, usages or kind of key are others, or its CA is another.
 * The one that was there is kept aside.
 *
 * @example a server that others verify
 * ```ts
 * task('etcd’s certificate', cert({
 *   name: `etcd-${host.name}`,
 *   ca: 'kubernetes',
 *   subject: { cn: 'etcd', o: 'k8s' },
 *   hosts: ['127.0.0.1', host.address, host.name],
 *   dest: '/etc/etcd/server.pem',
 *   keyDest: '/etc/etcd/server-key.pem',
 * }))
 * ```
 * @example by cfssl’s own files, as `cfssl gencert -config ca-config.json -profile kubernetes server-csr.json` does it
 * ```ts
 * task('server', cert({
 *   ca: 'kubernetes',
 *   csr: 'server-csr.json',
 *   config: 'ca-config.json',
 *   profile: 'kubernetes',
 *   dest: '/opt/kubernetes/ssl/server.pem',
 *   keyDest: '/opt/kubernetes/ssl/server-key.pem',
 * }))
 * ```
 */
export const cert = defineModule<CertParams, PlacedState, CertResult, CertInput>({
  name: 'cert',
  params: certParams,
  subject: ({ dest, name, csr }) => dest ?? name ?? nameOfCsr(csr!),
  ahead: ({ ca = 'ca', name, csr, request, key }) =>
    request === undefined
      ? earlyKey(certificatePath(ca, name ?? nameOfCsr(csr!)), async (control) =>
          csr === undefined ? (key ?? defaultKey) : (await csrFileOf(control, csr)).key,
        )
      : undefined,
  async prepare(params, control, early) {
    const made = await early // before the value is this task's: whoever makes the key looks at it first
    const { ca = 'ca', name = nameOfCsr(params.csr!), bundle = true } = params
    const { store } = control
    const now = new Date()
    const request = params.request === undefined ? undefined : requestOf(params.request)
    const wish = await certificateWish(params, request, control)
    const authority = await findAuthority(store, ca, now)
    const leaf = await keepLeaf(store, authority, name, wish, now, { publicKey: request?.publicKey, made })
    const { certificate, key, issuedBecause } = leaf
    return {
      files: certificateFiles(params, {
        pem: certificate.pem + (bundle ? pemOf(intermediates(authority)) : ''),
        key,
        provisional: store.isProvisional?.(certificatePath(ca, name)) ?? false,
      }),
      issued: issuedBecause !== undefined,
      issuedBecause,
      notAfter: certificate.notAfter.toISOString(),
      fingerprint: certificate.fingerprint,
    }
  },
  probe: ({ files }) => probeCertificateFiles(files),
  desired: ({ files }, actual) => desiredPlaced(files, actual),
  apply: ({ files }, change) => applyPlaced(files, change),
  result: ({ notAfter, issued, issuedBecause, fingerprint }) => ({ notAfter, issued, issuedBecause, fingerprint }),
  touches: ({ files }) => files.flatMap(writtenResources),
  predict: ({ files }, change) => predictPlaced(files, change),
})
