// kubeWait: waits on the host until something in Kubernetes is as wished. Changes nothing.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { map, script } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import {
  type KubectlParams,
  kindParam,
  kubectl,
  kubectlParams,
  namespaceParam,
  objectNameParam,
  running,
} from './common/kubectl.ts'

/** Parameters of `kubeWait`. */
export interface KubeWaitParams extends KubectlParams {
  /** What to wait for: `nodes`, `pod`, `deployment`. Default: none, for `healthy`. */
  kind?: string
  /** One of them. Default: all of them that are there, and one at least. */
  name?: string
  /** Default: that of the context. */
  namespace?: string
  /** True: in all namespaces. Default false. */
  allNamespaces?: boolean
  /** Only those with these labels: `k8s-app=calico-node`. Default: all. */
  selector?: string
  /**
   * What is waited for: `condition=Ready`, `jsonpath={.status.phase}=Running` (kubectl 1.23), `delete`, `rollout` (a named
   * deployment, daemon set or stateful set has rolled out), or `healthy`: the API server says so of itself.
   */
  for: string
  /** Seconds after which it fails. Default 300. */
  timeout?: number
  /** Seconds between looks. Default 3. */
  interval?: number
}

/** Whether it is as wished. */
export interface KubeWaitState {
  readonly holds: boolean
}

/**
 * Waits until objects meet a condition, also where the server does not answer yet or has no such object. Is never a
 * change.
 *
 * @example all nodes are ready
 * ```ts
 * task('nodes are ready', kubeWait({ kind: 'nodes', for: 'condition=Ready', timeout: 600 }))
 * ```
 *
 * @example the API server answers, then the DNS server has rolled out
 * ```ts
 * task('API server', kubeWait({ for: 'healthy', kubeconfig: '/etc/kubernetes/admin.conf' })),
 * task('DNS', kubeWait({ kind: 'deployment', name: 'coredns', namespace: 'kube-system', for: 'rollout' })),
 * ```
 */
export const kubeWait = defineModule<KubeWaitParams, KubeWaitState>({
  name: 'kubeWait',
  waits: true,
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
      for: z.string().regex(/^(condition=[^\s\p{Cc}]+|jsonpath=\S[^\p{Cc}]*|delete|rollout|healthy)$/u, {
        error: "expected 'condition=…', 'jsonpath=…', 'delete', 'rollout' or 'healthy'",
      }),
      timeout: z.number().min(0).optional(),
      interval: z.number().min(0.1).optional(),
    })
    .refine(({ kind, for: wish }) => (kind === undefined) === (wish === 'healthy'), {
      path: ['kind'],
      error: "it is needed, but for 'healthy', which is about the server itself",
    })
    .refine(({ name, kind }) => name === undefined || kind !== undefined, {
      path: ['name'],
      error: 'a name needs its kind',
    })
    .refine(({ name, selector, allNamespaces }) => name === undefined || (selector ?? allNamespaces) === undefined, {
      path: ['name'],
      error: 'give either a name or what selects several',
    })
    .refine(({ name, for: wish }) => wish !== 'rollout' || name !== undefined, {
      path: ['name'],
      error: "'rollout' is of one object",
    }) as z.ZodType<KubeWaitParams>,
  subject: (params) => whatOf(params),
  // asked anew after every change: anything may make it so
  probe: (params) =>
    map(
      script(sh`${test(params)}
_holds >/dev/null 2>&1`),
      ({ code }) => ({ holds: code === 0 }),
    ),
  desired: () => ({ holds: true }),
  apply(params) {
    const { timeout = 300, interval = 3 } = params
    // the time since boot: the clock may be set while we wait
    return running(
      params,
      sh`_uptime() { read -r _u _rest < /proc/uptime; _u=\${_u%.*}; }
${test(params)}
_uptime; _end=$((_u + ${Math.ceil(timeout)}))
while :; do
  _said=$(_holds 2>&1) && exit 0
  _uptime
  if [ $_u -ge $_end ]; then break; fi
  sleep ${interval}
done
printf '%s: not %s after %s s: %s\n' ${whatOf(params)} ${params.for} ${timeout} "$_said" >&2
exit 1`,
    )
  },
  // no `touches`: whatever was waited for has changed meanwhile, and more with it
})

/** Defines `_holds`, one look: kubectl itself would wait, but neither for a server nor for an object that is not there yet. */
function test(params: KubeWaitParams): Script {
  const { kind = '', name, allNamespaces, selector, for: wish } = params
  const tool = kubectl(params)
  const which = [
    kind,
    ...(name === undefined ? [] : [name]),
    ...(allNamespaces ? ['--all-namespaces'] : []),
    ...(selector === undefined ? [] : [`--selector=${selector}`]),
  ]
  const define = (look: Script) => sh`_holds() { ${look}; } 3<&-`
  if (wish === 'healthy') return define(sh`[ "$(${tool} get --raw /healthz)" = ok ]`)
  if (wish === 'rollout')
    return define(
      sh`_r=$(${tool} rollout status ${which} --watch=false) && printf '%s\n' "$_r" && case $_r in *"successfully rolled out"* | *"roll out complete"* | *"rolling update complete"*) ;; *) return 1 ;; esac`,
    )
  if (wish === 'delete')
    return define(
      sh`_r=$(${tool} get ${which} --ignore-not-found --output=name) && printf '%s\n' "$_r" && [ -z "$_r" ]`,
    )
  const several = name === undefined && selector === undefined ? ['--all'] : []
  return define(sh`${tool} wait ${which} ${several} ${`--for=${wish}`} --timeout=0s`)
}

const whatOf = ({ kind, name, selector, for: wish }: KubeWaitParams): string =>
  wish === 'healthy' ? 'API server' : [kind, name, selector].filter(Boolean).join(' ')
