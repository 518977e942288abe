// kubeconfig: one cluster, user and context in a kubeconfig file. Compared as YAML, other entries stay.
import { z } from 'zod'
import { type Content, contentOf, contentText } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { all, type FileAnswer, map } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import type { Text } from '../engine/secret.ts'
import { fileAttributeParams, modeParam } from './common/file-attributes.ts'
import {
  type FoundSources,
  hostPaths,
  hostSources,
  type KubeconfigSource,
  sourceField,
  sourceParam,
  storedSources,
  tokenOf,
  tokenParam,
} from './common/kubeconfig-sources.ts'
import { type KubeconfigEntry, secretsIn, setInKubeconfig } from './common/kubeconfig-text.ts'
import { filePathParam, nameParam } from './common/names.ts'
import {
  applyPlaced,
  desiredPlaced,
  type PlacedState,
  placedFile,
  predictPlaced,
  probePlaced,
} from './common/placed-files.ts'
import type { Writing } from './common/written-file.ts'

export type { KubeconfigSource }

/** Parameters of `kubeconfig`. */
export interface KubeconfigParams {
  /** Path of the file on the host. Its folder must be there. */
  dest: string
  /** What the cluster is called in the file. Default `kubernetes`. */
  cluster?: string
  /** URL of the API server: `https://lb.example:6443`. */
  server: string
  /** Certificate of the cluster's CA: a path on the host, or `{ store: 'kubernetes' }`, the CA that a `ca` task calls so. */
  ca: KubeconfigSource
  /** What the user is called in the file. */
  user: string
  /** The user's certificate: a path on the host, or `{ store: 'kubernetes/admin' }`, which a `cert` task made for that CA. Default: none, where a token is given. */
  clientCert?: KubeconfigSource
  /** Its key, likewise. Default for a certificate of the store: the key that belongs to it. */
  clientKey?: KubeconfigSource
  /** The user's token, or `{ store: 'bootstrap-token' }`, which a `randomSecret` task made, instead of a certificate. Default: none, where a certificate is given. */
  token?: Text | { readonly store: string }
  /** What the context is called in the file. Default `<user>@<cluster>`. */
  context?: string
  /** Namespace of the context. Default: none, which means `default`. */
  namespace?: string
  /** False: another context may be the current one. Default true: this one is. */
  current?: boolean
  /** False: certificates are named by their paths on the host. Default true: the file holds them. */
  embed?: boolean
  /** False: the file holds this entry only. Default true: other clusters, users and contexts in it stay. */
  merge?: boolean
  /** Mode of the file. Default `0600`. */
  mode?: string
  /** Owner of the file. Default: left as it is. */
  owner?: string
  /** Group of the file. Default: left as it is. */
  group?: string
}

/** The file, and the certificates and keys of the host that go into it. */
export interface KubeconfigState extends PlacedState {
  readonly sources: Readonly<Record<string, FileAnswer | null>>
}

interface Input extends FoundSources {
  readonly params: KubeconfigParams
  readonly token: string | undefined
}

const entryName = nameParam(/^[^\p{Cc}]+$/u, 'a name: it is empty or holds control characters')

/**
 * A kubeconfig has a cluster, a user and a context that binds them. Other entries stay; a file that says the same in
 * other words or another order is left as it is.
 *
 * @example for an administrator, of what the control side keeps
 * ```ts
 * task('admin', kubeconfig({
 *   dest: '/root/.kube/config',
 *   server: 'https://10.0.0.100:6443',
 *   ca: { store: 'kubernetes' },
 *   user: 'admin',
 *   clientCert: { store: 'kubernetes/admin' },
 * }))
 * ```
 *
 * @example a kubelet's bootstrap token, with the CA that is on the host
 * ```ts
 * task('bootstrap.kubeconfig', kubeconfig({
 *   dest: '/opt/kubernetes/cfg/bootstrap.kubeconfig',
 *   server: 'https://10.0.0.100:6443',
 *   ca: '/opt/kubernetes/ssl/ca.pem',
 *   user: 'kubelet-bootstrap',
 *   token: { store: 'bootstrap-token' },
 *   context: 'default',
 * }))
 * ```
 */
export const kubeconfig = defineModule<KubeconfigParams, KubeconfigState, object, Input>({
  name: 'kubeconfig',
  params: z
    .strictObject({
      dest: filePathParam,
      cluster: entryName.optional(),
      server: z.string().regex(/^https?:\/\/[^\s/]+$|^https?:\/\/[^\s/]+\/\S*$/, {
        error: "a server is a URL such as 'https://10.0.0.1:6443'",
      }),
      ca: sourceParam(/^[^/]+$/, "{ store: 'kubernetes' }"),
      user: entryName,
      clientCert: sourceParam(/^[^/]+\/[^/]+$/, "{ store: 'kubernetes/admin' }").optional(),
      clientKey: sourceParam(/^[^/]+\/[^/]+$/, "{ store: 'kubernetes/admin' }").optional(),
      token: tokenParam.optional(),
      context: entryName.optional(),
      namespace: nameParam(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a name of a namespace').optional(),
      current: z.boolean().optional(),
      embed: z.boolean().optional(),
      merge: z.boolean().optional(),
      mode: modeParam.optional(),
      owner: fileAttributeParams.owner,
      group: fileAttributeParams.group,
    })
    .refine(({ token, clientCert }) => (token === undefined) !== (clientCert === undefined), {
      path: ['token'],
      error: 'give either a token or clientCert',
    })
    .refine(({ clientCert, clientKey }) => clientKey === undefined || clientCert !== undefined, {
      path: ['clientKey'],
      error: 'a key needs its certificate: give clientCert',
    })
    .refine(({ clientCert, clientKey }) => typeof clientCert !== 'string' || clientKey !== undefined, {
      path: ['clientKey'],
      error: 'a certificate on the host needs the path of its key',
    })
    .refine(
      ({ embed, ca, clientCert, clientKey }) =>
        embed !== false || [ca, clientCert, clientKey].every((source) => typeof source !== 'object'),
      { path: ['embed'], error: 'what the store has is on no path of the host: leave embed out, or give paths' },
    ) as z.ZodType<KubeconfigParams>,
  subject: ({ dest }) => dest,
  async prepare(params, { store }) {
    const found = await storedSources(params, store)
    const token = await tokenOf(params, store)
    return { params, stored: found.stored, provisional: found.provisional || token.provisional, token: token.text }
  },
  probe: ({ params }) =>
    map(
      all({ placed: probePlaced([writing(params, unwritten)]), sources: all(hostSources(params)) }),
      ({ placed, sources: answers }) => ({ ...placed, sources: answers }),
    ),
  desired(input, actual) {
    const { params, provisional } = input
    const present = actual.files[params.dest]!.content
    const text = textFor(params, present, entryOf(input, actual))
    const content =
      text === undefined && present
        ? present
        : contentOf(text ?? '', { secret: true, secrets: secretsIn(text ?? ''), provisional })
    return desiredPlaced([writing(params, content)], actual)
  },
  apply: ({ params }, change) => applyPlaced([writing(params, wished(params, change.to))], change),
  touches: ({ params }) => [fileResource(params.dest), ...hostPaths(params).map(([, at]) => fileResource(at))],
  predict: ({ params }, change) => predictPlaced([writing(params, wished(params, change.to))], change),
})

/** Nothing has this content; that of the file is asked for, and kept secret. */
const unwritten = contentOf('a kubeconfig that is not known yet', { secret: true })

const writing = ({ dest, mode = '0600', owner, group }: KubeconfigParams, content: Content): Writing =>
  placedFile(dest, content, {
    mode,
    ...(owner !== undefined && { owner }),
    ...(group !== undefined && { group }),
  })

const wished = ({ dest }: KubeconfigParams, to: unknown): Content =>
  (to as PlacedState).files[dest]?.content ?? unwritten

function entryOf({ params, stored, token }: Input, { sources: host }: KubeconfigState): KubeconfigEntry {
  const { cluster = 'kubernetes', server, user, context = `${user}@${cluster}`, namespace, current = true } = params
  const field = (kind: 'ca' | 'clientCert' | 'clientKey', name: string) =>
    sourceField(kind, name, params, { stored, host })
  return {
    cluster: { name: cluster, value: { ...field('ca', 'certificate-authority'), server } },
    user: {
      name: user,
      value: {
        ...field('clientCert', 'client-certificate'),
        ...field('clientKey', 'client-key'),
        ...(token !== undefined && { token }),
      },
    },
    context: { name: context, namespace },
    current,
  }
}

/** The text that the file should have; undefined where it says the same. @throws TaskFailure where it is no kubeconfig. */
function textFor(
  { dest, merge = true }: KubeconfigParams,
  present: Content | null,
  entry: KubeconfigEntry,
): string | undefined {
  const hint = 'look at it; with merge: false it is replaced, and holds this entry only'
  const text = present ? contentText(present) : ''
  if (text === undefined && merge)
    throw new TaskFailure(`${dest} on the host is no kubeconfig: it is not a small text`, hint)
  try {
    return setInKubeconfig(text ?? '', entry, { merge })
  } catch (error) {
    throw new TaskFailure(`${dest} on the host is no kubeconfig: ${(error as Error).message.split('\n')[0]}`, hint)
  }
}
