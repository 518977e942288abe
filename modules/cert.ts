// cert: a certificate signed by a CA of the store, made once on the control side and kept, and its files on hosts.
import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { contentOf } from '../engine/content.ts'
import { defineModule } from '../engine/module.ts'
import type { CertificateResult } from './ca.ts'
import { hostParam } from './common/alternative-names.ts'
import { findAuthority, signingKey, storeName } from './common/authority.ts'
import { createLeaf, type Identity } from './common/certificate.ts'
import { fileAttributeParams, modeParam } from './common/file-attributes.ts'
import { filePathParam } from './common/names.ts'
import {
  applyPlaced,
  desiredPlaced,
  type PlacedState,
  placedFile,
  predictPlaced,
  probePlaced,
} from './common/placed-files.ts'
import { renewalReason } from './common/renewal.ts'
import { type Subject, subjectParam } from './common/subject.ts'
import { type Writing, writtenResources } from './common/written-file.ts'

/** Parameters of `cert`. */
export interface CertParams {
  /** What the store calls it. Hosts that name the same one share certificate and key. */
  name: string
  /** The CA that signs it, by its name in the store; a `ca` task makes it. */
  ca: string
  /** Who it is for: `cn`, and `o`, `ou`, `c`, `st`, `l` where they are wanted. */
  subject: Subject
  /** DNS names and addresses it is good for, in any order. Default: none. */
  hosts?: string[]
  /** What it is for. Default: both. */
  usages?: ('server' | 'client')[]
  /** Days that a new one is valid for, at most as long as its CA. Default 3650. */
  days?: number
  /** Bits of a new RSA key. Default 2048. */
  keySize?: number
  /** Days before its end from which on it is made anew; less than `days`. Default 30. */
  renewBefore?: number
  /** Path of the certificate on the host. */
  dest: string
  /** Path of its key on the host, PKCS#1 PEM. */
  keyDest: string
  /** Owner of both files. Default: left as it is. */
  owner?: string
  /** Group of both files. Default: left as it is. */
  group?: string
  /** Mode of the certificate. Default `0644`. */
  mode?: string
  /** Mode of the key. Default `0600`. */
  keyMode?: string
}

interface CertInput extends CertificateResult {
  readonly files: readonly Writing[]
}

/**
 * A certificate and its key are on the host. They are made anew only where there is none, it expires within `renewBefore`
 * days, its subject, hosts or usages are others, its CA is another, or the key is not its own.
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
 * @example a client, the same on all hosts
 * ```ts
 * task('admin', cert({
 *   name: 'admin',
 *   ca: 'kubernetes',
 *   subject: { cn: 'admin', o: 'system:masters' },
 *   usages: ['client'],
 *   days: 365,
 *   dest: '/root/admin.pem',
 *   keyDest: '/root/admin-key.pem',
 * }))
 * ```
 */
export const cert = defineModule<CertParams, PlacedState, CertificateResult, CertInput>({
  name: 'cert',
  params: z
    .strictObject({
      name: storeName.refine((name) => name !== 'ca', { error: "'ca' is what the store calls the CA itself" }),
      ca: storeName,
      subject: subjectParam,
      hosts: z.array(hostParam).optional(),
      usages: z
        .array(z.enum(['server', 'client']))
        .min(1)
        .optional(),
      days: z.int().min(1).max(365_000).optional(),
      keySize: z.int().min(2048).max(8192).optional(),
      renewBefore: z.int().min(0).optional(),
      dest: filePathParam,
      keyDest: filePathParam,
      owner: fileAttributeParams.owner,
      group: fileAttributeParams.group,
      mode: modeParam.optional(),
      keyMode: modeParam.optional(),
    })
    .refine(({ days = 3650, renewBefore = 30 }) => renewBefore < days, {
      path: ['renewBefore'],
      error: 'it must be less than days, or the certificate would be made anew each time',
    })
    .refine(({ dest, keyDest }) => dest !== keyDest, {
      path: ['keyDest'],
      error: 'certificate and key need a file each',
    }),
  subject: ({ dest }) => dest,
  async prepare(params, { store }) {
    const { owner, group, mode = '0644', keyMode = '0600' } = params
    const now = new Date()
    const authority = await findAuthority(store, params.ca, now)
    let issued = false
    const stored = `pki/${params.ca}/${params.name}`
    const value = await store.update(stored, async (present) => {
      issued = false // asked again where another run was quicker
      const wish = wishOf(params)
      if (present && renewalReason(identityOf(present), wish, authority.parsed, now) === undefined) return present
      const key = signingKey(params.ca, authority)
      const made = await createLeaf({ ...wish, from: now }, { certificate: authority.certificate, key })
      issued = true
      return { '.pem': made.certificate, '-key.pem': made.key }
    })
    const { certificate, key } = identityOf(value)
    const parsed = new X509Certificate(certificate)
    const attributes = { ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
    return {
      files: [
        placedFile(params.dest, contentOf(certificate, { provisional: store.isProvisional?.(stored) ?? false }), {
          mode,
          ...attributes,
        }),
        placedFile(params.keyDest, contentOf(key, { secret: true }), { mode: keyMode, ...attributes }),
      ],
      issued,
      notAfter: new Date(parsed.validTo).toISOString(),
      fingerprint: parsed.fingerprint256,
    }
  },
  probe: ({ files }) => probePlaced(files),
  desired: ({ files }, actual) => desiredPlaced(files, actual),
  apply: ({ files }, change) => applyPlaced(files, change),
  result: ({ notAfter, issued, fingerprint }) => ({ notAfter, issued, fingerprint }),
  touches: ({ files }) => files.flatMap(writtenResources),
  predict: ({ files }, change) => predictPlaced(files, change),
})

const wishOf = ({
  subject,
  hosts = [],
  usages = ['server', 'client'],
  days = 3650,
  keySize = 2048,
  renewBefore = 30,
}: CertParams) => ({ subject, hosts, usages, days, keySize, renewBefore })

const identityOf = (value: Readonly<Record<string, string>>): Identity => ({
  certificate: value['.pem'] ?? '',
  key: value['-key.pem'] ?? '',
})
