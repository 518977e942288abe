// kubeLabel: labels of one object in Kubernetes.
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

/** Parameters of `kubeLabel`. */
export interface KubeLabelParams extends KubectlParams, ObjectParams {
  /** Labels by name; null: it should have none of this name. Others stay. */
  labels: { readonly [name: string]: string | null }
}

/** Those of its labels that matter. */
export interface KubeLabelState {
  readonly found: boolean
  readonly labels: Readonly<Record<string, string | null>>
}

/**
 * An object has labels, or has them not. Other labels stay as they are.
 *
 * @example the role of a node, as `kubectl get nodes` shows it
 * ```ts
 * task('role', kubeLabel({ kind: 'node', name: host.name, labels: { 'node-role.kubernetes.io/master': '' } }))
 * ```
 *
 * @example a label that goes
 * ```ts
 * task('no old label', kubeLabel({ kind: 'deployment', name: 'web', namespace: 'apps', labels: { track: 'stable', canary: null } }))
 * ```
 */
export const kubeLabel = defineModule<KubeLabelParams, KubeLabelState>({
  name: 'kubeLabel',
  params: z.strictObject({
    ...kubectlParams,
    ...objectParams,
    labels: z
      .record(
        z.string().regex(/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/, {
          error: 'is not a name of a label',
        }),
        z
          .string()
          .regex(/^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/, {
            error: 'a value is at most 63 letters, digits, -, _ and ., with a letter or digit at either end',
          })
          .nullable(),
      )
      .refine((labels) => Object.keys(labels).length > 0, { error: 'there is no label' }),
  }) as z.ZodType<KubeLabelParams>,
  subject: ({ kind, name }) => `${kind}/${name}`,
  probe: (params) =>
    map(objectProbe(params), (object) => ({
      found: object !== null,
      labels: Object.fromEntries(
        Object.keys(params.labels).map((name) => [name, object?.metadata?.labels?.[name] ?? null]),
      ),
    })),
  desired: ({ labels }) => ({ found: true, labels }),
  apply: (params, { from }) => {
    const wishes = Object.entries(params.labels).filter(([name, value]) => value !== from.labels[name])
    const words = wishes.map(([name, value]) => (value === null ? `${name}-` : `${name}=${value}`))
    // where the object could not be looked at, there is nothing to change in it: kubectl says why
    if (words.length === 0) return running(params, sh`${kubectl(params)} get ${params.kind} ${params.name} > /dev/null`)
    return running(params, sh`${kubectl(params)} label ${params.kind} ${params.name} --overwrite ${words}`)
  },
  predict: (params) => [
    willChange(objectProbe(params), (object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        labels: Object.fromEntries(
          Object.entries({ ...object.metadata?.labels, ...params.labels }).filter(([, value]) => value !== null),
        ) as Record<string, string>,
      },
    })),
  ],
})
