// certRequest: a host's own key and a request for its certificate. The key is made on the host and never leaves it.
import path from 'node:path'
import { z } from 'zod'
import { contentOnHost, contentText } from '../engine/content.ts'
import { type Desired, defineModule } from '../engine/module.ts'
import { defaultKey } from '../engine/pki/authority.ts'
import { all, file, map, type Probe, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { alternativeNames, hostParam } from '../engine/x509/alternative-name.ts'
import { formatKey, type KeySpec, keyParam } from '../engine/x509/key.ts'
import { readRequest } from '../engine/x509/request.ts'
import { formatSubject, type Subject, subjectParam } from '../engine/x509/subject.ts'
import { type Asked, asked } from './common/asked.ts'
import { csrFileOf, sourceFileParam } from './common/certificate-params.ts'
import { desiredAttributes, fileAttributeParams, modeParam } from './common/file-attributes.ts'
import { filePathParam } from './common/names.ts'
import { printPublicKey } from './common/openssl-request.ts'
import { makesRequest, type RequestWish, requestPredictions, requestScript } from './common/request-change.ts'
import { checkRequestFiles } from './common/request-checks.ts'
import { type RequestState, requestStateOf } from './common/request-state.ts'

/** Parameters of `certRequest`. Those of `cert` that say the same are called the same. */
export interface CertRequestParams {
  /** Path of the request on the host, PEM. Its folder must exist. */
  dest: string
  /** Path of the private key on the host, PEM. One that is there is used, and never replaced. Its folder must exist. */
  keyDest: string
  /** Who the certificate is for: `cn`, and `o`, `ou`, `c`, `st`, `l` where they are wanted. Default: who `csr` says. */
  subject?: Subject
  /** DNS names, IP and e-mail addresses and URIs it is to be good for, in any order. Default: those of `csr`, or none. */
  hosts?: string[]
  /** A file of cfssl, `server-csr.json`: subject, hosts and key. Default: none. */
  csr?: string
  /**
   * Kind of a new key: `{ algo: 'rsa', size: 2048 }` by default. Where it is given, a key of another kind on the host is
   * a failure. Not with `csr`.
   */
  key?: KeySpec
  /** Owner of both files. Default: left as it is. */
  owner?: string
  /** Group of both files. Default: left as it is. */
  group?: string
  /** Mode of the request. Default `0644`. */
  mode?: string
  /** Mode of the key. Default `0600`. */
  keyMode?: string
}

/** What `register` receives; in a check only where nothing has to be made. */
export interface CertRequestResult {
  /** The request, PEM: `cert` signs it. */
  readonly request: string
  /** The public half of the key, PEM. */
  readonly publicKey: string
  /** True where this task made the key. */
  readonly keyMade: boolean
}

interface Input {
  readonly params: CertRequestParams
  readonly wish: RequestWish
  /** Undefined: whatever is there is good. */
  readonly key: KeySpec | undefined
}

/**
 * A private key is on the host, made there where there is none, and a request (PKCS#10) that asks for its certificate.
 * The key is never replaced, and never read by the control side. The host needs openssl.
 *
 * @example the key of a kubelet never leaves its host
 * ```ts
 * task('ask', certRequest({
 *   keyDest: '/var/lib/kubelet/pki/kubelet-key.pem',
 *   dest: '/var/lib/kubelet/pki/kubelet.csr',
 *   subject: { cn: `system:node:${host.name}`, o: 'system:nodes' },
 *   hosts: [host.name, host.address],
 * })).register(({ request }) => [
 *   task('sign', cert({ name: `kubelet-${host.name}`, ca: 'kubernetes', request, dest: '/var/lib/kubelet/pki/kubelet.pem' })),
 * ])
 * ```
 * @example with an elliptic key, for an authority elsewhere
 * ```ts
 * task('ask', certRequest({
 *   keyDest: '/etc/nginx/tls/site.key',
 *   dest: '/etc/nginx/tls/site.csr',
 *   subject: { cn: 'www.example.com', o: 'Example' },
 *   hosts: ['www.example.com', 'example.com'],
 *   key: { algo: 'ecdsa', size: 256 },
 *   group: 'www-data',
 *   keyMode: '0640',
 * }))
 * ```
 */
export const certRequest = defineModule<CertRequestParams, RequestState, CertRequestResult, Input>({
  name: 'certRequest',
  params: z
    .strictObject({
      dest: filePathParam,
      keyDest: filePathParam,
      subject: subjectParam.optional(),
      hosts: z.array(hostParam).optional(),
      csr: sourceFileParam.optional(),
      key: keyParam.optional(),
      owner: fileAttributeParams.owner,
      group: fileAttributeParams.group,
      mode: modeParam.optional(),
      keyMode: modeParam.optional(),
    })
    .refine(({ subject, csr }) => (subject === undefined) !== (csr === undefined), {
      path: ['subject'],
      error: 'give either a subject, or csr, a file of cfssl that holds one',
    })
    .refine(({ key, csr }) => key === undefined || csr === undefined, {
      path: ['key'],
      error: 'csr says what its key is: leave key out',
    })
    .refine(({ dest, keyDest }) => dest !== keyDest, {
      path: ['keyDest'],
      error: 'request and key need a file each',
    }) as z.ZodType<CertRequestParams>,
  subject: ({ dest }) => dest,
  async prepare(params, control) {
    const read = params.csr === undefined ? undefined : await csrFileOf(control, params.csr)
    const key = read?.key ?? params.key
    const wish = {
      dest: params.dest,
      keyDest: params.keyDest,
      subject: read?.subject ?? params.subject!,
      hosts: params.hosts ?? read?.hosts ?? [],
      newKey: key ?? defaultKey,
    }
    return { params, wish, key }
  },
  probe: ({ wish: { dest, keyDest } }) =>
    map(
      all({
        keyStat: target(keyDest),
        asked: publicKeyOf(keyDest),
        requestStat: target(dest),
        request: file(dest),
        folders: all(Object.fromEntries([keyDest, dest].map((each) => [folderOf(each), target(folderOf(each))]))),
      }),
      ({ request, ...answers }) =>
        requestStateOf({ ...answers, text: (request && contentText(contentOnHost(request))) ?? '' }),
    ),
  desired({ params, wish, key }, actual): Desired<RequestState> {
    checkRequestFiles(wish, key, actual)
    const { keyStat, requestStat } = actual.found
    const { owner, group, mode = '0644', keyMode = '0600' } = params
    const whose = { ...(owner !== undefined && { owner }), ...(group !== undefined && { group }) }
    const ofKey = desiredAttributes({ mode: keyMode, ...whose }, keyStat, 'file')
    return {
      ...(actual.key === null && { key: formatKey(wish.newKey) }),
      keyMode: ofKey.mode,
      keyOwner: ofKey.owner,
      keyGroup: ofKey.group,
      subject: formatSubject(wish.subject),
      hosts: alternativeNames(wish.hosts).sort(),
      signed: true,
      ...desiredAttributes({ mode, ...whose }, requestStat, 'file'),
    }
  },
  apply: ({ wish }, change) => requestScript(wish, change),
  result(_input, actual, output) {
    const request = output?.stdout || actual.found.text
    return { request, publicKey: publicKeyIn(request), keyMade: actual.key === null }
  },
  unforeseen: (_input, change) => makesRequest(change),
  touches: ({ wish }) => [wish.keyDest, wish.dest].map(fileResource),
  predict: ({ wish }, change) => requestPredictions(wish, publicKeyOf(wish.keyDest), change),
})

const publicKeyOf = (keyDest: string): Probe<Asked> =>
  asked(printPublicKey(keyDest), { reads: ['command:openssl', fileResource(keyDest)] })

const folderOf = (file: string): string => path.posix.dirname(file)

function publicKeyIn(request: string): string {
  try {
    return readRequest(request).publicKey.export({ type: 'spki', format: 'pem' }) as string
  } catch {
    return '' // a check has made it up
  }
}
