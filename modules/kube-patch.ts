// kubePatch: some fields of one object in Kubernetes.
import { z } from 'zod'
import { type Content, contentText } from '../engine/content.ts'
import { defineModule } from '../engine/module.ts'
import { all, map, type Probe } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { asked } from './common/asked.ts'
import { objectContent } from './common/kube-object.ts'
import {
  type KubectlParams,
  type KubeObject,
  kubectl,
  kubectlParams,
  type ObjectParams,
  objectParams,
  objectProbe,
  objectsIn,
  running,
  willChange,
} from './common/kubectl.ts'
import { readManifest } from './common/manifests.ts'

/** Parameters of `kubePatch`. */
export interface KubePatchParams extends KubectlParams, ObjectParams {
  /** The patch as data: fields that are merged, or with `type: 'json'` a list of operations. Not for secrets. */
  patch: { readonly [field: string]: unknown } | readonly { readonly [field: string]: unknown }[]
  /**
   * How it is merged: `strategic` (default; lists by their keys, for kinds of Kubernetes itself), `merge` (lists are
   * replaced; for all kinds), or `json` (operations of RFC 6902, of which `add` to a list adds each time).
   */
  type?: 'strategic' | 'merge' | 'json'
}

/** The object as it is, and as the patch would make it. */
export interface KubePatchState {
  readonly found: boolean
  readonly object: Content | null
  readonly patched: Content | null
}

/**
 * Fields of an object are as a patch says; the rest of it stays. The server is asked what the patch would change
 * (`--dry-run=server`, kubectl 1.18), and it is sent only where that is something.
 *
 * @example a service that listens on each node
 * ```ts
 * task('dashboard', kubePatch({
 *   kind: 'service',
 *   name: 'kubernetes-dashboard',
 *   namespace: 'kubernetes-dashboard',
 *   patch: { spec: { type: 'NodePort' } },
 * }))
 * ```
 *
 * @example one field by its place
 * ```ts
 * task('image', kubePatch({
 *   kind: 'deployment',
 *   name: 'web',
 *   type: 'json',
 *   patch: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'nginx:1.27' }],
 * }))
 * ```
 */
export const kubePatch = defineModule<KubePatchParams, KubePatchState>({
  name: 'kubePatch',
  params: z
    .strictObject({
      ...kubectlParams,
      ...objectParams,
      patch: z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))]),
      type: z.enum(['strategic', 'merge', 'json']).optional(),
    })
    .refine(({ patch, type }) => Array.isArray(patch) === (type === 'json'), {
      path: ['patch'],
      error: "a list of operations is for type 'json', fields are for the others",
    }) as z.ZodType<KubePatchParams>,
  subject: ({ kind, name }) => `${kind}/${name}`,
  probe: (params) =>
    map(all({ live: objectProbe(params), patched: dryRun(params) }), ({ live, patched }) => ({
      found: live !== null && patched !== null,
      object: live && objectContent(live),
      patched: patched && objectContent(patched),
    })),
  desired: (_params, { patched }) => ({ found: true, ...(patched && { object: patched }) }),
  apply: (params) => running(params, patching(params, [])),
  predict(params, { to }) {
    const after = to?.object ? readManifest(contentText(to.object) ?? '')[0] : undefined
    if (!after) return []
    return [objectProbe(params), dryRun(params)].map((probe) => willChange(probe, () => after))
  },
})

const dryRun = (params: KubePatchParams): Probe<KubeObject | null> =>
  map(asked(patching(params, ['--dry-run=server', '--output=json'])), (answer) => objectsIn(answer)[0] ?? null)

const patching = (params: KubePatchParams, options: readonly string[]): Script =>
  sh`${kubectl(params)} patch ${params.kind} ${params.name} ${`--type=${params.type ?? 'strategic'}`} ${`--patch=${JSON.stringify(params.patch)}`} ${options}`
