// kubeScale: how many replicas something in Kubernetes has.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { map } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import {
  type KubectlParams,
  kubectl,
  kubectlParams,
  type ObjectParams,
  objectParams,
  objectProbe,
  running,
  willChange,
} from './common/kubectl.ts'

/** Parameters of `kubeScale`. */
export interface KubeScaleParams extends KubectlParams, ObjectParams {
  /** How many it should have. */
  replicas: number
  /** Seconds to wait, behind a change, until all of them are there. Default 0: it does not wait. */
  wait?: number
}

/** What it asks its controller for. */
export interface KubeScaleState {
  readonly found: boolean
  readonly replicas: number | null
}

/**
 * A deployment, replica set or stateful set has this many replicas.
 *
 * @example two of the DNS server
 * ```ts
 * task('coredns', kubeScale({ kind: 'deployment', name: 'coredns', namespace: 'kube-system', replicas: 2 }))
 * ```
 *
 * @example none, and wait until they are gone
 * ```ts
 * task('stop', kubeScale({ kind: 'statefulset', name: 'db', namespace: 'apps', replicas: 0, wait: 120 }))
 * ```
 */
export const kubeScale = defineModule<KubeScaleParams, KubeScaleState>({
  name: 'kubeScale',
  params: z.strictObject({
    ...kubectlParams,
    ...objectParams,
    replicas: z.int().min(0),
    wait: z.int().min(0).optional(),
  }) as z.ZodType<KubeScaleParams>,
  subject: ({ kind, name }) => `${kind}/${name}`,
  probe: (params) =>
    map(objectProbe(params), (object) => ({
      found: object !== null,
      replicas: (object?.spec?.replicas as number | undefined) ?? null,
    })),
  desired: ({ replicas }) => ({ found: true, replicas }),
  apply: (params) => {
    const { kind, name, replicas, wait = 0 } = params
    const tool = kubectl(params)
    return running(
      params,
      sh.join(
        [
          sh`${tool} scale ${kind} ${name} --replicas=${replicas}`,
          wait > 0 && sh`${tool} rollout status ${kind} ${name} --timeout=${`${wait}s`} --request-timeout=0`,
        ],
        ' &&\n',
      ),
    )
  },
  predict: (params) => [
    willChange(objectProbe(params), (object) => ({ ...object, spec: { ...object.spec, replicas: params.replicas } })),
  ],
})
