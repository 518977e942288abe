// kubectl: objects in Kubernetes, applied as `kubectl apply` does. The server itself says what would change.
import { z } from 'zod'
import { contentText } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import { defineModule } from '../engine/module.ts'
import { type Applying, applied, removed } from './common/kube-apply.ts'
import { type MergeState, mergeProbe, predictMerged } from './common/kube-merge.ts'
import { objectName } from './common/kube-object.ts'
import { type KubectlParams, type KubeObject, kubectlParams, namespaceParam, running } from './common/kubectl.ts'
import { manifestFrom, objectsOf, readManifest } from './common/manifests.ts'
import { filePathParam } from './common/names.ts'
import { opened } from './common/opened.ts'

/** Parameters of `kubectl`: exactly one of `src`, `template`, `definition`, `path` and `url` says which objects; the others are left out. */
export interface KubectlApplyParams extends KubectlParams {
  /** A manifest of the control side, looked up in the role's files/, the role, then beside the playbook. */
  src?: string
  /** The same, rendered by EJS with `vars`. */
  template?: string
  /** Variables of `template`. Default: none. */
  vars?: { readonly [name: string]: unknown }
  /** The objects as data: one, or a list. Texts in it may be secrets; none of it is shown then. */
  definition?: object | readonly object[]
  /** A manifest that is on the host. */
  path?: string
  /** URL of a manifest, which kubectl on the host fetches. */
  url?: string
  /** Namespace of the objects that name none. Default: that of the context. */
  namespace?: string
  /** Default `present`. */
  state?: 'present' | 'absent'
  /** True: the server merges (`--server-side`); fields of other owners are an error unless `forceConflicts`. Default false. */
  serverSide?: boolean
  /** With `serverSide`: fields that others own are taken over. Default false. */
  forceConflicts?: boolean
  /** False: unknown fields are let through. Default true: kubectl refuses them. */
  validate?: boolean
  /** Seconds to wait, behind a change, until what was applied is ready, or what was deleted is gone. Default 0: it does not wait. */
  wait?: number
}

/** What `register` receives. */
export interface KubectlResult {
  /** The objects by kind and name: `Deployment kube-system/coredns`. */
  readonly objects: readonly string[]
}

interface Input extends Applying {
  readonly params: KubectlApplyParams
}

const sources = ['src', 'template', 'definition', 'path', 'url'] as const

/**
 * Objects are in Kubernetes as a manifest says, or are not. What would change is asked of the server (`--dry-run=server`,
 * kubectl 1.18), so defaults and other owners' fields are no difference; an older kubectl goes by what was applied last.
 *
 * @example an add-on, rendered from a template
 * ```ts
 * task('coredns', kubectl({ template: 'coredns.yaml.ejs', vars: { clusterIp: '10.96.0.10' }, kubeconfig: '/root/.kube/config', wait: 120 }))
 * ```
 *
 * @example an object as data
 * ```ts
 * task('who may approve', kubectl({
 *   definition: {
 *     apiVersion: 'rbac.authorization.k8s.io/v1',
 *     kind: 'ClusterRoleBinding',
 *     metadata: { name: 'kubelet-bootstrap' },
 *     roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-bootstrapper' },
 *     subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'kubelet-bootstrap' }],
 *   },
 * }))
 * ```
 */
export const kubectl = defineModule<KubectlApplyParams, MergeState, KubectlResult, Input>({
  name: 'kubectl',
  params: z
    .strictObject({
      ...kubectlParams,
      src: z.string().min(1).optional(),
      template: z.string().min(1).optional(),
      vars: z.record(z.string(), z.unknown()).optional(),
      definition: z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))]).optional(),
      path: filePathParam.optional(),
      url: z
        .string()
        .regex(/^https?:\/\/[^\s\p{Cc}]+$/u, { error: 'a URL begins with http:// or https://' })
        .optional(),
      namespace: namespaceParam.optional(),
      state: z.enum(['present', 'absent']).optional(),
      serverSide: z.boolean().optional(),
      forceConflicts: z.boolean().optional(),
      validate: z.boolean().optional(),
      wait: z.int().min(0).optional(),
    })
    .refine((params) => sources.filter((source) => params[source] !== undefined).length === 1, {
      error: `give one of ${sources.join(', ')}`,
    })
    .refine(({ template, vars }) => vars === undefined || template !== undefined, {
      path: ['vars'],
      error: 'variables are those of a template',
    })
    .refine(({ serverSide, forceConflicts }) => !forceConflicts || serverSide === true, {
      path: ['forceConflicts'],
      error: 'only with serverSide are there owners of fields',
    }) as z.ZodType<KubectlApplyParams>,
  subject: ({ src, template, path, url, definition }) =>
    src ??
    template ??
    path ??
    url ??
    [definition]
      .flat()
      .map((each) => objectName(each as KubeObject))
      .join(', '),
  async prepare(params, control) {
    const { src, template, vars = {}, definition } = params
    if (src !== undefined) {
      const { path, content } = await control.file(src)
      const text = contentText(content)
      if (text === undefined) throw new TsplayError(`'${path}' is no manifest: it is binary or very large`)
      return { params, manifest: manifestFrom(path, false, () => readManifest(text)) }
    }
    if (template !== undefined) {
      const { path, text, secret } = await control.render(template, vars)
      return { params, manifest: manifestFrom(path, secret, () => readManifest(text)) }
    }
    if (definition !== undefined) {
      const { data, hidden } = opened(definition)
      return { params, manifest: manifestFrom('definition', hidden, () => objectsOf(data)) }
    }
    return { params, manifest: undefined }
  },
  probe: mergeProbe,
  desired({ params }, { objects, merged }) {
    const wish = Object.keys(objects).map((name) => [name, params.state === 'absent' ? null : merged[name]] as const)
    return { asked: true, objects: Object.fromEntries(wish) as MergeState['objects'] }
  },
  apply: (input, { from }) =>
    running(input.params, input.params.state === 'absent' ? removed(input) : applied(input, Object.keys(from.objects))),
  result: (_input, { objects }) => ({ objects: Object.keys(objects) }),
  // no `touches`: what is applied may bring kinds, nodes and pods that other tasks look at
  predict: (input, { to }) => predictMerged(input, to?.objects ?? {}),
})
