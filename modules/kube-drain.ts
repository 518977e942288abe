// kubeDrain: a node of Kubernetes takes no new pods, and those that ran on it run elsewhere.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { all, map, type Probe } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { asked } from './common/asked.ts'
import {
  type KubectlParams,
  type KubeObject,
  kubectl,
  kubectlParams,
  objectNameParam,
  objectProbe,
  objectsIn,
  running,
  willChange,
} from './common/kubectl.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `kubeDrain`. */
export interface KubeDrainParams extends KubectlParams {
  /** Name of the node. */
  node: string
  /** False: pods of daemon sets, which come back at once, are an error. Default true: they stay. */
  ignoreDaemonsets?: boolean
  /** True: pods with data in an emptyDir go, too, and that data is lost. Default false: they are an error. */
  deleteEmptydirData?: boolean
  /** True: pods that no controller will start elsewhere go, too. Default false: they are an error. */
  force?: boolean
  /** Seconds that a pod has to end. Default: what each pod says. */
  gracePeriod?: number
  /** Seconds after which it fails. Default 300. */
  timeout?: number
}

/** Whether it takes new pods, and which would have to go. */
export interface KubeDrainState {
  readonly found: boolean
  readonly cordoned: boolean
  /** `namespace/name`, sorted. */
  readonly pods: readonly string[]
}

/**
 * A node takes no new pods, and all that can run elsewhere have left it; disruption budgets are kept. `kubeCordon` with
 * `state: 'uncordoned'` takes it back into use.
 *
 * @example before an upgrade of the node
 * ```ts
 * task('drain', kubeDrain({ node: host.name, deleteEmptydirData: true, kubeconfig: '/root/.kube/config' }), { delegateTo: 'master1' })
 * ```
 *
 * @example with pods that nothing brings back, in ten minutes
 * ```ts
 * task('drain', kubeDrain({ node: 'worker3', force: true, gracePeriod: 30, timeout: 600 }))
 * ```
 */
export const kubeDrain = defineModule<KubeDrainParams, KubeDrainState>({
  name: 'kubeDrain',
  params: z.strictObject({
    ...kubectlParams,
    node: objectNameParam,
    ignoreDaemonsets: z.boolean().optional(),
    deleteEmptydirData: z.boolean().optional(),
    force: z.boolean().optional(),
    gracePeriod: z.int().min(0).optional(),
    timeout: z.int().min(1).optional(),
  }) as z.ZodType<KubeDrainParams>,
  subject: ({ node }) => `node/${node}`,
  probe: (params) =>
    map(all({ node: nodeProbe(params), pods: podsProbe(params) }), ({ node, pods }) => ({
      found: node !== null,
      cordoned: node?.spec?.unschedulable === true,
      pods: pods
        .filter((pod) => leaves(pod, params))
        .map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`)
        .sort(),
    })),
  desired: () => ({ found: true, cordoned: true, pods: [] }),
  apply(params) {
    const { node, ignoreDaemonsets = true, deleteEmptydirData, force, gracePeriod, timeout = 300 } = params
    const tool = kubectl(params)
    const options = [
      ...(ignoreDaemonsets ? ['--ignore-daemonsets'] : []),
      ...(force ? ['--force'] : []),
      ...(gracePeriod === undefined ? [] : [`--grace-period=${gracePeriod}`]),
      `--timeout=${timeout}s`,
      '--request-timeout=0',
    ]
    if (!deleteEmptydirData) return running(params, sh`${tool} drain ${node} ${options}`)
    // called otherwise before 1.20
    return running(
      params,
      sh`if ${tool} drain --help 2>/dev/null | grep -q -e --delete-emptydir-data; then set -- --delete-emptydir-data; else set -- --delete-local-data; fi
${tool} drain ${node} "$@" ${options}`,
    )
  },
  predict: (params) => [
    willChange(nodeProbe(params), (node) => ({ ...node, spec: { ...node.spec, unschedulable: true } })),
    willAnswer(podsProbe(params), { code: 0, stdout: '{"kind":"List","items":[]}' }),
  ],
})

const nodeProbe = (params: KubeDrainParams): Probe<KubeObject | null> =>
  objectProbe({ ...params, kind: 'node', name: params.node })

const podsProbe = (params: KubeDrainParams): Probe<readonly KubeObject[]> =>
  map(
    asked(
      sh`${kubectl(params)} get pods --all-namespaces ${`--field-selector=spec.nodeName=${params.node}`} --output=json`,
    ),
    objectsIn,
  )

/** As kubectl has it: what the kubelet itself runs stays, what a daemon set runs does where that is wished. */
function leaves({ metadata, status }: KubeObject, { ignoreDaemonsets = true }: KubeDrainParams): boolean {
  if (metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return false
  const owners = (metadata?.ownerReferences ?? []) as readonly { kind?: string; controller?: boolean }[]
  const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  return finished || !ignoreDaemonsets || !owners.some(({ kind, controller }) => kind === 'DaemonSet' && controller)
}
