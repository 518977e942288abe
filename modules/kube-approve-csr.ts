// kubeApproveCsr: requests for certificates that wait in Kubernetes, and may be granted.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { map, type Probe } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { asked } from './common/asked.ts'
import { type KubectlParams, type KubeObject, kubectl, kubectlParams, objectsIn, running } from './common/kubectl.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `kubeApproveCsr`: whose requests. One of `users`, `groups` and `names` is needed, and all that are given must hold. */
export interface KubeApproveCsrParams extends KubectlParams {
  /** Who asks: `kubelet-bootstrap`, `system:node:worker1`; a `*` at the end stands for any. Default: anybody. */
  users?: string[]
  /** A group of who asks: `system:bootstrappers`; one of several is enough. Default: any. */
  groups?: string[]
  /** Names of requests. Default: any. */
  names?: string[]
  /** For what kind of certificate: `kubernetes.io/kubelet-serving`. Default: any. */
  signer?: string
}

/** Requests that may be granted and wait. */
export interface KubeApproveCsrState {
  readonly asked: boolean
  readonly pending: readonly string[]
}

/** What `register` and `until` receive. */
export interface KubeApproveCsrResult {
  /** Requests that were granted by this task. */
  readonly approved: readonly string[]
}

/**
 * No request for a certificate of these users or groups is left waiting: each is approved. What was denied stays so.
 *
 * @example the first certificates of kubelets
 * ```ts
 * task('approve kubelets', kubeApproveCsr({ users: ['kubelet-bootstrap', 'system:bootstrap:*'], kubeconfig: '/root/.kube/config' }))
 * ```
 *
 * @example what nodes serve with, asked for again until each node has asked
 * ```ts
 * task('approve serving', kubeApproveCsr({ users: ['system:node:*'], groups: ['system:nodes'], signer: 'kubernetes.io/kubelet-serving' }), {
 *   until: ({ approved }) => approved.length === 0,
 *   retries: 10,
 *   delay: 5,
 * })
 * ```
 */
export const kubeApproveCsr = defineModule<KubeApproveCsrParams, KubeApproveCsrState, KubeApproveCsrResult>({
  name: 'kubeApproveCsr',
  params: z
    .strictObject({
      ...kubectlParams,
      users: z.array(z.string().min(1)).min(1).optional(),
      groups: z.array(z.string().min(1)).min(1).optional(),
      names: z.array(z.string().min(1)).min(1).optional(),
      signer: z.string().min(1).optional(),
    })
    .refine(({ users, groups, names }) => (users ?? groups ?? names) !== undefined, {
      path: ['users'],
      error: 'say whose requests may be granted: users, groups or names',
    }) as z.ZodType<KubeApproveCsrParams>,
  subject: ({ users, groups, names }) => [users, groups, names].flatMap((each) => each ?? []).join(', '),
  probe: (params) =>
    map(look(params), ({ code, objects }) => ({
      asked: code === 0,
      pending: objects
        .filter((request) => waits(request) && fits(request, params))
        .map(({ metadata }) => metadata?.name ?? '')
        .sort(),
    })),
  desired: () => ({ asked: true, pending: [] }),
  apply: (params, { from: { pending } }) => {
    const tool = kubectl(params)
    // where it could not be asked what waits, kubectl says why
    if (pending.length === 0) return running(params, sh`${tool} get certificatesigningrequests > /dev/null`)
    return running(params, sh`${tool} certificate approve ${pending}`)
  },
  result: (_params, { pending }, output) => ({ approved: output?.code === 0 ? pending : [] }),
  predict: (params) => [willAnswer(look(params), { code: 0, stdout: '{"kind":"List","items":[]}' })],
})

const look = (params: KubeApproveCsrParams): Probe<{ code: number; objects: readonly KubeObject[] }> =>
  map(asked(sh`${kubectl(params)} get certificatesigningrequests --output=json`), (answer) => ({
    code: answer.code,
    objects: objectsIn(answer),
  }))

/** Neither granted nor denied, nor has it failed. */
const waits = ({ status }: KubeObject): boolean => ((status?.conditions ?? []) as readonly unknown[]).length === 0

function fits({ metadata, spec }: KubeObject, { users, groups, names, signer }: KubeApproveCsrParams): boolean {
  const user = String(spec?.username ?? '')
  const member = (spec?.groups ?? []) as readonly string[]
  const isUser = (pattern: string) => (pattern.endsWith('*') ? user.startsWith(pattern.slice(0, -1)) : user === pattern)
  return (
    (users === undefined || users.some(isUser)) &&
    (groups === undefined || groups.some((group) => member.includes(group))) &&
    (names === undefined || names.includes(metadata?.name ?? '')) &&
    (signer === undefined || spec?.signerName === signer)
  )
}
