// kubeGet: objects of Kubernetes, or what its API says, as data. Changes nothing.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { map } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { asked } from './common/asked.ts'
import {
  type KubectlParams,
  type KubeObject,
  kindParam,
  kubectl,
  kubectlParams,
  namespaceParam,
  objectNameParam,
  objectsIn,
} from './common/kubectl.ts'

/** Parameters of `kubeGet`: either a kind of objects, or a path of the API. */
export interface KubeGetParams extends KubectlParams {
  /** What to get: `nodes`, `pod`, `csr`. Default: none, where a path is given. */
  kind?: string
  /** One of them. Default: all. */
  name?: string
  /** Default: that of the context; for what is in no namespace it means nothing. */
  namespace?: string
  /** True: of all namespaces. Default false. */
  allNamespaces?: boolean
  /** Only those with these labels: `k8s-app=kube-dns,tier!=web`. Default: all. */
  selector?: string
  /** What of them `text` should hold: `{.items[*].metadata.name}`. Default: nothing. */
  jsonpath?: string
  /** A path of the API, whose answer is `text`: `/healthz`, `/version`. Default: none, where a kind is given. */
  path?: string
}

/** What `register` and `until` receive. */
export interface KubeGetResult {
  /** The objects; none where there is no such, nor with `jsonpath` and `path`. */
  readonly objects: readonly KubeObject[]
  /** What `jsonpath` or `path` gave, without white space at its end. */
  readonly text: string
}

/**
 * Looks at objects in Kubernetes; changes nothing. That there is none is no failure.
 *
 * @example wait until all nodes are ready
 * ```ts
 * task('nodes', kubeGet({ kind: 'nodes', jsonpath: '{.items[*].status.conditions[?(@.type=="Ready")].status}' }), {
 *   until: ({ text }) => text !== '' && !text.includes('False'),
 *   retries: 60,
 *   delay: 5,
 * })
 * ```
 *
 * @example what the API server says of itself
 * ```ts
 * task('health', kubeGet({ path: '/healthz', kubeconfig: '/root/.kube/config' }), { until: ({ text }) => text === 'ok', retries: 30, delay: 2 })
 * ```
 */
export const kubeGet = defineModule<KubeGetParams, KubeGetResult, KubeGetResult>({
  name: 'kubeGet',
  params: z
    .strictObject({
      ...kubectlParams,
      kind: kindParam.optional(),
      name: objectNameParam.optional(),
      namespace: namespaceParam.optional(),
      allNamespaces: z.boolean().optional(),
      selector: z
        .string()
        .regex(/^[^\p{Cc}]+$/u)
        .optional(),
      jsonpath: z.string().min(1).optional(),
      path: z
        .string()
        .regex(/^\/[^\s\p{Cc}]*$/u, { error: "a path of the API begins with '/'" })
        .optional(),
    })
    .refine(({ kind, path }) => (kind === undefined) !== (path === undefined), {
      error: 'give either a kind or a path of the API',
    })
    .refine(
      ({ path, name, selector, jsonpath, allNamespaces }) =>
        path === undefined || [name, selector, jsonpath, allNamespaces].every((other) => other === undefined),
      { path: ['path'], error: 'a path of the API says all: leave the others out' },
    )
    .refine(({ name, selector, allNamespaces }) => name === undefined || (selector ?? allNamespaces) === undefined, {
      path: ['name'],
      error: 'give either a name or what selects several',
    }) as z.ZodType<KubeGetParams>,
  subject: ({ kind, name, path }) => path ?? [kind, name].filter(Boolean).join('/'),
  probe: (params) =>
    map(asked(ask(params)), ({ code, stdout, error }) => {
      if (code === 127) {
        throw new TaskFailure(
          `there is no ${params.kubectl ?? 'kubectl'} on the host`,
          "install it, or give its path with 'kubectl'",
        )
      }
      if (code !== 0) throw new TaskFailure(error || `kubectl ended with ${code}`)
      const text = stdout.trimEnd()
      if (params.jsonpath !== undefined || params.path !== undefined) return { objects: [], text }
      return { objects: objectsIn({ code, stdout }), text: '' }
    }),
  desired: () => ({}),
  apply: () => sh.empty,
  result: (_params, { objects, text }) => ({ objects, text }),
  touches: () => [],
})

function ask(params: KubeGetParams) {
  const { kind = '', name, allNamespaces, selector, jsonpath, path } = params
  const tool = kubectl(params)
  if (path !== undefined) return sh`${tool} get --raw ${path}`
  return sh`${tool} get ${[
    kind,
    ...(name === undefined ? [] : [name]),
    ...(allNamespaces ? ['--all-namespaces'] : []),
    ...(selector === undefined ? [] : [`--selector=${selector}`]),
    '--ignore-not-found',
    `--output=${jsonpath === undefined ? 'json' : `jsonpath=${jsonpath}`}`,
  ]}`
}
