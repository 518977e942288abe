// kubeCordon: whether a node of Kubernetes takes new pods.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { map, type Probe } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import {
  type KubectlParams,
  type KubeObject,
  kubectl,
  kubectlParams,
  objectNameParam,
  objectProbe,
  running,
  willChange,
} from './common/kubectl.ts'

/** Parameters of `kubeCordon`. */
export interface KubeCordonParams extends KubectlParams {
  /** Name of the node. */
  node: string
  /** `cordoned` (default): it takes no new pods; `uncordoned`: it does. */
  state?: 'cordoned' | 'uncordoned'
}

/** Whether it takes none. */
export interface KubeCordonState {
  readonly found: boolean
  readonly cordoned: boolean
}

/**
 * A node takes no new pods, or takes them again. Those that run on it stay: `kubeDrain` moves them.
 *
 * @example before work on a node
 * ```ts
 * task('no new pods', kubeCordon({ node: host.name, kubeconfig: '/etc/kubernetes/admin.conf' }))
 * ```
 *
 * @example after it
 * ```ts
 * task('back to work', kubeCordon({ node: host.name, state: 'uncordoned' }))
 * ```
 */
export const kubeCordon = defineModule<KubeCordonParams, KubeCordonState>({
  name: 'kubeCordon',
  params: z.strictObject({
    ...kubectlParams,
    node: objectNameParam,
    state: z.enum(['cordoned', 'uncordoned']).optional(),
  }) as z.ZodType<KubeCordonParams>,
  subject: ({ node }) => `node/${node}`,
  probe: (params) =>
    map(nodeProbe(params), (node) => ({ found: node !== null, cordoned: node?.spec?.unschedulable === true })),
  desired: ({ state }) => ({ found: true, cordoned: state !== 'uncordoned' }),
  apply: (params) =>
    running(params, sh`${kubectl(params)} ${params.state === 'uncordoned' ? 'uncordon' : 'cordon'} ${params.node}`),
  predict: (params) => [
    willChange(nodeProbe(params), (node) => ({
      ...node,
      spec: { ...node.spec, unschedulable: params.state !== 'uncordoned' },
    })),
  ],
})

const nodeProbe = (params: KubeCordonParams): Probe<KubeObject | null> =>
  objectProbe({ ...params, kind: 'node', name: params.node })
