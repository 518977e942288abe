// kubeTaint: taints of a node in Kubernetes.
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

/** Parameters of `kubeTaint`. */
export interface KubeTaintParams extends KubectlParams {
  /** Name of the node. */
  node: string
  /**
   * Taints as kubectl writes them: `key=value:NoSchedule`, `key:NoExecute`. Those that should be absent may leave out the
   * effect, too: `key`.
   */
  taints: string[]
  /** Default `present`. Other taints stay either way. */
  state?: 'present' | 'absent'
}

/** The taints that matter, by key and effect: their value, null where there is none. */
export interface KubeTaintState {
  readonly found: boolean
  readonly taints: Readonly<Record<string, string | null>>
}

interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect?: string
}

/**
 * A node has taints, or has them not. Other taints stay as they are.
 *
 * @example masters that take no workload
 * ```ts
 * task('masters take no pods', kubeTaint({ node: host.name, taints: ['node-role.kubernetes.io/master:NoSchedule'] }))
 * ```
 *
 * @example a single machine, whose master has to take it
 * ```ts
 * task('the master takes pods', kubeTaint({ node: 'master1', taints: ['node-role.kubernetes.io/master'], state: 'absent' }))
 * ```
 */
export const kubeTaint = defineModule<KubeTaintParams, KubeTaintState>({
  name: 'kubeTaint',
  params: z
    .strictObject({
      ...kubectlParams,
      node: objectNameParam,
      taints: z
        .array(
          z
            .string()
            .regex(
              /^([a-z0-9][a-z0-9.-]*\/)?[A-Za-z0-9][A-Za-z0-9_.-]*(=[A-Za-z0-9_.-]*)?(:(NoSchedule|PreferNoSchedule|NoExecute))?$/,
              { error: "a taint is written 'key=value:NoSchedule', with NoSchedule, PreferNoSchedule or NoExecute" },
            ),
        )
        .min(1),
      state: z.enum(['present', 'absent']).optional(),
    })
    .refine(({ taints, state }) => state === 'absent' || taints.every((taint) => taint.includes(':')), {
      path: ['taints'],
      error: "a taint needs its effect: 'key=value:NoSchedule'",
    }) as z.ZodType<KubeTaintParams>,
  subject: ({ node }) => `node/${node}`,
  probe: (params) =>
    map(nodeProbe(params), (node) => ({
      found: node !== null,
      taints: Object.fromEntries(wishes(params).map((taint) => [nameOf(taint), valueIn(taintsOf(node), taint)])),
    })),
  desired: (params) => ({
    found: true,
    taints: Object.fromEntries(
      wishes(params).map((taint) => [nameOf(taint), params.state === 'absent' ? null : (taint.value ?? '')]),
    ),
  }),
  apply(params, { from }) {
    const tool = kubectl(params)
    const words = wishes(params)
      .filter((taint) =>
        params.state === 'absent'
          ? from.taints[nameOf(taint)] !== null
          : from.taints[nameOf(taint)] !== (taint.value ?? ''),
      )
      .map((taint) =>
        params.state === 'absent' ? `${nameOf(taint)}-` : `${taint.key}=${taint.value ?? ''}:${taint.effect}`,
      )
    // where the node could not be looked at, there is nothing to change in it: kubectl says why
    if (words.length === 0) return running(params, sh`${tool} get node ${params.node} > /dev/null`)
    return running(params, sh`${tool} taint node ${params.node} --overwrite ${words}`)
  },
  predict: (params) => [
    willChange(nodeProbe(params), (node) => ({
      ...node,
      spec: {
        ...node.spec,
        taints: [
          ...taintsOf(node).filter((taint) => !wishes(params).some((wish) => covers(wish, taint))),
          ...(params.state === 'absent' ? [] : wishes(params)),
        ],
      },
    })),
  ],
})

const nodeProbe = (params: KubeTaintParams): Probe<KubeObject | null> =>
  objectProbe({ ...params, kind: 'node', name: params.node })

const wishes = ({ taints }: KubeTaintParams): Taint[] =>
  taints.map((text) => {
    const [, key = '', value, effect] = /^([^=:]+)(?:=([^:]*))?(?::(.*))?$/.exec(text) ?? []
    return { key, ...(value !== undefined && { value }), ...(effect !== undefined && { effect }) }
  })

const taintsOf = (node: KubeObject | null): readonly Taint[] => (node?.spec?.taints as Taint[] | undefined) ?? []

const nameOf = ({ key, effect }: Taint): string => (effect === undefined ? key : `${key}:${effect}`)

const covers = (wish: Taint, taint: Taint): boolean =>
  wish.key === taint.key && (wish.effect === undefined || wish.effect === taint.effect)

function valueIn(taints: readonly Taint[], wish: Taint): string | null {
  const found = taints.find((taint) => covers(wish, taint))
  return found ? (found.value ?? '') : null
}
