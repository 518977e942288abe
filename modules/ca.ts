// ca: a certificate authority, made once on the control side and kept, and its certificate on hosts.
import { z } from 'zod'
import { contentOf, contentText } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { type Authority, authorityPath, signingKey, storeName, usableAuthority } from './common/authority.ts'
import { createAuthority } from './common/certificate.ts'
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
import { parseCertificate } from './common/renewal.ts'
import { formatSubject, type Subject, subjectOf, subjectParam } from './common/subject.ts'
import { type Writing, writtenResources } from './common/written-file.ts'

/** Parameters of `ca`. */
export interface CaParams {
  /** What the store calls it, and `cert` with it. */
  name: string
  /** Who it is. A CA in the store with another subject is an error: it is never made anew unasked. */
  subject: Subject
  /** Days that a new CA is valid for. Default 36500: it has to outlive every certificate that it signs. */
  days?: number
  /** Bits of a new CA's RSA key. Default 2048. */
  keySize?: number
  /** Path of its certificate on the host. */
  dest: string
  /** Path of its key on the host, for the few that sign there. Default: the key stays in the store. */
  keyDest?: string
  /** Owner of the files. Default: left as it is. */
  owner?: string
  /** Group of the files. Default: left as it is. */
  group?: string
  /** Mode of the certificate. Default `0644`. */
  mode?: string
  /** Mode of the key. Default `0600`. */
  keyMode?: string
  /** True: a certificate of another CA at `dest` gives way. Default false: that is a failure. */
  replace?: boolean
}

/** What `register` receives. */
export interface CertificateResult {
  /** End of its validity, ISO 8601. */
  readonly notAfter: string
  /** True where this task made it, in the store. */
  readonly issued: boolean
  /** SHA-256 of the certificate, `AB:CD:…`. */
  readonly fingerprint: string
}

interface CaInput extends CertificateResult {
  readonly params: CaParams
  readonly authority: Authority
  readonly files: readonly Writing[]
}

/**
 * A certificate authority exists in the control side's store, and its certificate on the host.
 *
 * @example the authority of a cluster
 * ```ts
 * task('the cluster’s CA', ca({ name: 'kubernetes', subject: { cn: 'kubernetes', o: 'k8s' }, dest: '/etc/kubernetes/pki/ca.pem' }))
 * ```
 * @example with its key, for the few hosts that sign
 * ```ts
 * task('the CA that controllers sign with', ca({
 *   name: 'kubernetes',
 *   subject: { cn: 'kubernetes', o: 'k8s' },
 *   dest: '/etc/kubernetes/pki/ca.pem',
 *   keyDest: '/etc/kubernetes/pki/ca-key.pem',
 * }))
 * ```
 */
export const ca = defineModule<CaParams, PlacedState, CertificateResult, CaInput>({
  name: 'ca',
  params: z.strictObject({
    name: storeName,
    subject: subjectParam,
    days: z.int().min(1).max(365_000).optional(),
    keySize: z.int().min(2048).max(8192).optional(),
    dest: filePathParam,
    keyDest: filePathParam.optional(),
    owner: fileAttributeParams.owner,
    group: fileAttributeParams.group,
    mode: modeParam.optional(),
    keyMode: modeParam.optional(),
    replace: z.boolean().optional(),
  }),
  subject: ({ dest }) => dest,
  async prepare(params, { store }) {
    const { name, subject, days = 36_500, keySize = 2048, owner, group, mode = '0644', keyMode = '0600' } = params
    const now = new Date()
    let issued = false
    const value = await store.update(authorityPath(name), async (present) => {
      issued = present?.['.pem'] === undefined
      if (present?.['.pem'] !== undefined) return present
      const made = await createAuthority({ subject, from: now, days, keySize })
      return { '.pem': made.certificate, '-key.pem': made.key }
    })
    const authority = usableAuthority(name, value, now)
    const [is, wanted] = [subjectOf(authority.parsed), formatSubject(subject)]
    if (is !== wanted) {
      throw new TsplayError(`the CA '${name}' in the store is '${is}', not '${wanted}'`, {
        hint: 'a CA is not made anew unasked: give the other one another name, or mend the subject',
      })
    }
    const attributes = { ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
    const provisional = store.isProvisional?.(authorityPath(name)) ?? false
    const certificate = contentOf(authority.certificate, { provisional })
    const files: Writing[] = [placedFile(params.dest, certificate, { mode, ...attributes })]
    if (params.keyDest !== undefined) {
      const key = contentOf(signingKey(name, authority), { secret: true })
      files.push(placedFile(params.keyDest, key, { mode: keyMode, ...attributes }))
    }
    return { params, authority, files, issued, ...describe(authority) }
  },
  probe: ({ files }) => probePlaced(files),
  desired({ params, authority, files }, actual) {
    const present = actual.files[params.dest]?.content
    const found = present && parseCertificate(contentText(present) ?? '')
    const same = found?.fingerprint256 === authority.parsed.fingerprint256
    if (present && !same && !params.replace) {
      throw new TaskFailure(
        `${params.dest} on the host is not the certificate of the CA '${params.name}' in the store${found ? `, but '${subjectOf(found)}' of ${found.validFrom}` : ''}`,
        'whatever trusts it would be cut off: set replace: true to replace it all the same, or bring its CA into the store',
      )
    }
    return desiredPlaced(files, actual)
  },
  apply: ({ files }, change) => applyPlaced(files, change),
  result: ({ notAfter, issued, fingerprint }) => ({ notAfter, issued, fingerprint }),
  touches: ({ files }) => files.flatMap(writtenResources),
  predict: ({ files }, change) => predictPlaced(files, change),
})

const describe = ({ parsed }: Authority) => ({
  notAfter: new Date(parsed.validTo).toISOString(),
  fingerprint: parsed.fingerprint256,
})
