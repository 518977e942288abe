// ca: a certificate authority, made once on the control side and kept, and its certificate on hosts.
import { z } from 'zod'
import { contentText } from '../engine/content.ts'
import { type Control, defineModule, TaskFailure } from '../engine/module.ts'
import { type Authority, defaultKey, keepAuthority, signingKey, trustBundle } from '../engine/pki/authority.ts'
import { earlyKey } from '../engine/pki/early-key.ts'
import { authorityPath, storeName } from '../engine/pki/paths.ts'
import { readCertificates } from '../engine/x509/certificate.ts'
import { durationParam, parseDuration } from '../engine/x509/duration.ts'
import { type KeySpec, keyParam, publicKeyPin } from '../engine/x509/key.ts'
import { type Subject, subjectParam } from '../engine/x509/subject.ts'
import type { Wish } from '../engine/x509/wish.ts'
import { certificateFiles, probeCertificateFiles } from './common/certificate-files.ts'
import { csrFileOf, nameOfCsr, placingParams, sourceFileParam } from './common/certificate-params.ts'
import { applyPlaced, desiredPlaced, type PlacedState, predictPlaced } from './common/placed-files.ts'
import { type Writing, writtenResources } from './common/written-file.ts'

/** Parameters of `ca`. */
export interface CaParams {
  /** What the store calls it, and `cert` with it. Default: the name of `csr` without `-csr.json`. */
  name?: string
  /** Who it is. A CA in the store with another subject is an error: it is never made anew unasked. Default: that of `csr`. */
  subject?: Subject
  /** A file of cfssl, `ca-csr.json`: subject, key, expiry (5 years where it says nothing) and path length. Default: none. */
  csr?: string
  /** The CA of the store that signs this one, an intermediate. Default: it signs itself. */
  issuer?: string
  /** How long a new CA is valid: `87600h`, `10y`. Default 100 years: it has to outlive every certificate that it signs. */
  expiry?: string
  /** How many CAs may stand between this one and a certificate. Default: any number. */
  pathLength?: number
  /** Kind of a new CA's key. Default `{ algo: 'rsa', size: 2048 }`. */
  key?: KeySpec
  /**
   * Path on the host of what must be trusted to trust it: its certificate, those of its issuers, and while it is being
   * replaced the one that comes or goes. Default: it stays in the store.
   */
  dest?: string
  /**
   * False: `dest` holds its own certificate alone, as who signs with its key wants it: kube-controller-manager refuses a
   * `--cluster-signing-cert-file` with several. Default true.
   */
  bundle?: boolean
  /** Path of its key on the host, for the few that sign there. Default: the key stays in the store. */
  keyDest?: string
  /** How its key is written on the host: `traditional` (PKCS#1, SEC 1; default) or `pkcs8`. */
  keyFormat?: 'traditional' | 'pkcs8'
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

/** What `register` receives of a CA. */
export interface CaResult extends CertificateResult {
  /** `sha256:…` of its public key, as `kubeadm join --discovery-token-ca-cert-hash` wants it. */
  readonly publicKeyPin: string
}

interface CaInput extends CaResult {
  readonly params: CaParams
  readonly authority: Authority
  /** Pins of the keys of all that is trusted: one whose issuer was replaced is signed anew, and still the same. */
  readonly trusted: readonly string[]
  readonly files: readonly Writing[]
}

/**
 * A certificate authority exists in the control side's store, and what trusts it on the host.
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
export const ca = defineModule<CaParams, PlacedState, CaResult, CaInput>({
  name: 'ca',
  params: z
    .strictObject({
      name: storeName.optional(),
      subject: subjectParam.optional(),
      csr: sourceFileParam.optional(),
      issuer: storeName.optional(),
      expiry: durationParam.optional(),
      pathLength: z.int().min(0).max(255).optional(),
      key: keyParam.optional(),
      bundle: z.boolean().optional(),
      ...placingParams,
      replace: z.boolean().optional(),
    })
    .refine(({ subject, csr }) => (subject === undefined) !== (csr === undefined), {
      path: ['subject'],
      error: 'give either a subject, or csr, a file of cfssl that holds one',
    })
    .refine(({ csr, expiry, pathLength, key }) => csr === undefined || (expiry ?? pathLength ?? key) === undefined, {
      path: ['csr'],
      error: 'expiry, pathLength and key are what the file says: leave them out',
    })
    .refine(
      ({ name, csr }) => name !== undefined || (csr !== undefined && storeName.safeParse(nameOfCsr(csr)).success),
      {
        path: ['name'],
        error: 'give its name in the store',
      },
    )
    .refine(({ name, issuer }) => issuer === undefined || issuer !== name, {
      path: ['issuer'],
      error: 'a CA that signs itself has no issuer: leave it out',
    }) as z.ZodType<CaParams>,
  subject: ({ name, csr, dest }) => dest ?? name ?? nameOfCsr(csr!),
  ahead: ({ name, csr, key = defaultKey }) =>
    earlyKey(authorityPath(name ?? nameOfCsr(csr!)), async (control) =>
      csr === undefined ? key : (await csrFileOf(control, csr)).key,
    ),
  async prepare(params, control, early) {
    const made = await early // before the value is this task's: whoever makes the key looks at it first
    const { name = nameOfCsr(params.csr!), issuer } = params
    const { store } = control
    const wish = await wishOf(params, control)
    const { authority, issued } = await keepAuthority(store, { name, wish, issuer, made }, new Date())
    const bundle = await trustBundle(store, authority)
    const files = certificateFiles(params, {
      pem: params.bundle === false ? authority.certificate.pem : bundle,
      key: params.keyDest === undefined ? undefined : signingKey(authority),
      provisional: store.isProvisional?.(authorityPath(name)) ?? false,
    })
    const { notAfter, fingerprint, publicKey } = authority.certificate
    return {
      params,
      authority,
      files,
      trusted: readCertificates(bundle).map((each) => publicKeyPin(each.publicKey)),
      issued,
      notAfter: notAfter.toISOString(),
      fingerprint,
      publicKeyPin: publicKeyPin(publicKey),
    }
  },
  probe: ({ files }) => probeCertificateFiles(files),
  desired({ params, authority, trusted, files }, actual) {
    const present = params.dest === undefined ? null : actual.files[params.dest]?.content
    const known = present ? certificatesIn(contentText(present) ?? '') : []
    // what one trusts already may be added to, or come to be without what has gone
    if (present && !params.replace && !known.some((each) => trusted.includes(publicKeyPin(each.publicKey)))) {
      const [found] = known
      throw new TaskFailure(
        `${params.dest} on the host is not the certificate of the CA '${authority.name}' in the store${found ? `, but '${found.subject}' of ${found.notBefore.toISOString()}` : ''}`,
        'whatever trusts it would be cut off: set replace: true to replace it all the same, or bring its CA into the store',
      )
    }
    return desiredPlaced(files, actual)
  },
  apply: ({ files }, change) => applyPlaced(files, change),
  result: ({ notAfter, issued, fingerprint, publicKeyPin }) => ({ notAfter, issued, fingerprint, publicKeyPin }),
  touches: ({ files }) => files.flatMap(writtenResources),
  predict: ({ files }, change) => predictPlaced(files, change),
})

function certificatesIn(text: string) {
  try {
    return readCertificates(text)
  } catch {
    return []
  }
}

/** What cfssl lets an authority do. */
const usages = ['cert sign', 'crl sign'] as const

async function wishOf(params: CaParams, control: Control): Promise<Wish> {
  const common = { usages, renewBefore: 0 }
  if (params.csr !== undefined) {
    const { subject, hosts, key, authority } = await csrFileOf(control, params.csr)
    return { ...common, subject, hosts, key, expiry: authority.expiry, authority }
  }
  const { subject, key, expiry = '100y', pathLength } = params
  return {
    ...common,
    subject: subject!,
    hosts: [],
    key,
    expiry: parseDuration(expiry)!,
    authority: pathLength === undefined ? {} : { pathLength },
  }
}
