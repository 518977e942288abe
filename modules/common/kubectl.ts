// How kubectl is called, and what it says of objects. Knows nothing of what a module wants of them.
import { z } from 'zod'
import type { Prediction } from '../../engine/prediction.ts'
import { map, type Probe } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import { type Asked, asked, needs } from './asked.ts'
import { nameParam } from './names.ts'
import { pathParam } from './params.ts'

/** Parameters of whatever talks to Kubernetes. */
export interface KubectlParams {
  /** Path of the kubeconfig on the host. Default: that of kubectl, `$KUBECONFIG` or `~/.kube/config`. */
  kubeconfig?: string
  /** The context in it. Default: the current one. */
  context?: string
  /** The program, by name or path. Default `kubectl`. */
  kubectl?: string
}

/** The schema's share. */
export const kubectlParams = {
  kubeconfig: pathParam.optional(),
  context: nameParam(/^[^\p{Cc}]+$/u, 'a name of a context').optional(),
  kubectl: z
    .string()
    .regex(/^(\/|(?!-)[^/\s]+$)/, { error: 'is a name or an absolute path' })
    .optional(),
}

/** Which object. */
export interface ObjectParams {
  /** What it is: `node`, `deployment`, `crd`, `ingress.networking.k8s.io`. */
  kind: string
  /** What it is called. */
  name: string
  /** Default: that of the context; for what is in no namespace it means nothing. */
  namespace?: string
}

export const kindParam = nameParam(/^[A-Za-z][A-Za-z0-9.-]*$/, "a kind such as 'node' or 'deployment'")
export const objectNameParam = nameParam(/^[A-Za-z0-9][A-Za-z0-9_.:@-]*$/, 'a name of an object')
export const namespaceParam = nameParam(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a name of a namespace')

/** The schema's share. */
export const objectParams = {
  kind: kindParam,
  name: objectNameParam,
  namespace: namespaceParam.optional(),
}

/**
 * kubectl with its options, to be followed by what it shall do. It keeps no cache of what the server offers: that would
 * be a file on the host, and old where a task has just brought new kinds.
 */
export function kubectl(params: KubectlParams & { readonly namespace?: string }): Script {
  const { kubeconfig, context, namespace, kubectl: program = 'kubectl' } = params
  return sh`${program} ${[
    '--cache-dir=/dev/null',
    '--request-timeout=30s',
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
  ]}`
}

/** The same where it changes something: fails in words where there is none. */
export const running = (params: KubectlParams, script: Script): Script => sh`${needs(
  params.kubectl ?? 'kubectl',
  "install it, or give its path with 'kubectl'",
)}
${script}`

/** What Kubernetes keeps, as far as modules look at it. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly [key: string]: unknown
  }
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
  readonly [key: string]: unknown
}

/**
 * The object; null where there is none, or the server could not be asked. A module then goes on as if there were one:
 * it may come with what the run does before, and otherwise kubectl says itself why it cannot be changed.
 */
export const objectProbe = (params: KubectlParams & ObjectParams): Probe<KubeObject | null> =>
  map(
    asked(sh`${kubectl(params)} get ${params.kind} ${params.name} --ignore-not-found --output=json`),
    (answer) => objectsIn(answer)[0] ?? null,
  )

/** The objects that kubectl has printed as JSON. */
export function objectsIn({ code, stdout }: Pick<Asked, 'code' | 'stdout'>): readonly KubeObject[] {
  if (code !== 0 && stdout.trim() === '') return []
  try {
    const found = JSON.parse(stdout) as KubeObject | null
    if (found === null || typeof found !== 'object') return []
    return found.kind === 'List' || Array.isArray(found.items) ? (found.items as KubeObject[]) : [found]
  } catch {
    return []
  }
}

/** Every question of `probe` will be answered with its object changed; other modules may look at the same one. */
export function willChange(probe: Probe<unknown>, change: (object: KubeObject) => KubeObject): Prediction {
  const ids = new Set(probe.questions.map((question) => question.id))
  return {
    answer: (question, before) =>
      ids.has(question.id) ? { code: 0, stdout: JSON.stringify(change(objectsIn(before as Asked)[0] ?? {})) } : before,
  }
}
