// kubectl: objects in Kubernetes, applied as `kubectl apply` does. The server itself says what would change.
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { type Content, contentOf, contentText } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import { type Change, defineModule } from '../engine/module.ts'
import type { Prediction } from '../engine/prediction.ts'
import { all, always, map, type Probe } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { isSecret, reveal } from '../engine/secret.ts'
import { type Asked, asked } from './common/asked.ts'
import { lastApplied, objectContent, objectName, sameObject } from './common/kube-object.ts'
import {
  type KubectlParams,
  type KubeObject,
  kubectl as kubectlOf,
  kubectlParams,
  namespaceParam,
  objectsIn,
  running,
} from './common/kubectl.ts'
import { manifestOf, objectsOf, readManifest } from './common/manifests.ts'
import { filePathParam } from './common/names.ts'
import { willAnswer } from './common/will-answer.ts'

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

/** What the cluster has, and what it would have. */
export interface KubectlState {
  /** False where it could not be asked: then all is applied, and a failure is that of applying. */
  readonly asked: boolean
  /** The objects as the cluster has them, by kind and name; null where it has none. */
  readonly objects: Readonly<Record<string, Content | null>>
  /** What they would become, as the server itself says. */
  readonly merged: Readonly<Record<string, Content>>
}

/** What `register` receives. */
export interface KubectlResult {
  /** The objects by kind and name: `Deployment kube-system/coredns`. */
  readonly objects: readonly string[]
}

interface Input {
  readonly params: KubectlApplyParams
  /** undefined where the manifest is elsewhere. */
  readonly manifest: Manifest | undefined
}

interface Manifest {
  readonly objects: readonly KubeObject[]
  readonly content: Content
  /** Whether secrets have gone into it: then no object of it is shown. */
  readonly hidden: boolean
}

interface Looked {
  readonly live: Asked
  readonly merged: Asked
  /** What a manifest that is elsewhere defines. */
  readonly defined: Asked | undefined
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
export const kubectl = defineModule<KubectlApplyParams, KubectlState, KubectlResult, Input>({
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
      return { params, manifest: manifest(path, false, () => readManifest(text)) }
    }
    if (template !== undefined) {
      const { path, text, secret } = await control.render(template, vars)
      return { params, manifest: manifest(path, secret, () => readManifest(text)) }
    }
    if (definition !== undefined) {
      const { data, hidden } = opened(definition)
      return { params, manifest: manifest('definition', hidden, () => objectsOf(data)) }
    }
    return { params, manifest: undefined }
  },
  probe: (input) => map(look(input), (looked) => stateOf(input, looked)),
  desired({ params }, { objects, merged }) {
    const wish = Object.keys(objects).map((name) => [name, params.state === 'absent' ? null : merged[name]] as const)
    return { asked: true, objects: Object.fromEntries(wish) as KubectlState['objects'] }
  },
  apply: (input, change) => running(input.params, input.params.state === 'absent' ? remove(input) : put(input, change)),
  result: (_input, { objects }) => ({ objects: Object.keys(objects) }),
  // no `touches`: what is applied may bring kinds, nodes and pods that other tasks look at
  predict: (input, change) => predicted(input, change),
})

function manifest(from: string, hidden: boolean, read: () => readonly KubeObject[]): Manifest {
  try {
    const objects = read()
    if (objects.length === 0) throw new Error('there is nothing in it')
    return { objects, content: contentOf(manifestOf(objects), { secret: true }), hidden }
  } catch (error) {
    throw new TsplayError(`'${from}' is no manifest: ${(error as Error).message.split('\n')[0]}`)
  }
}

/** kubectl and a manifest: from standard input where the control side has it. */
interface Reading {
  /** Takes the manifest from the session's input. */
  readonly before: Script
  with(verb: Script): Script
}

function reading({ params, manifest: known }: Input): Reading {
  const tool = kubectlOf(params)
  if (known) {
    return {
      before: sh`_m=$(${known.content}) || exit 1`,
      with: (verb) => sh`printf '%s\n' "$_m" | ${tool} ${verb} --filename=-`,
    }
  }
  return { before: sh.empty, with: (verb) => sh`${tool} ${verb} ${`--filename=${params.path ?? params.url}`}` }
}

const applying = ({ serverSide, forceConflicts, validate }: KubectlApplyParams): Script =>
  sh`apply ${[
    ...(serverSide ? ['--server-side'] : []),
    ...(forceConflicts ? ['--force-conflicts'] : []),
    ...(validate === false ? ['--validate=false'] : []),
  ]}`

function look(input: Input): Probe<Looked> {
  const { params, manifest: known } = input
  const { before, with: read } = reading(input)
  const nothing = always<Asked | undefined>(undefined)
  return all({
    live: asked(read(sh`get --ignore-not-found --output=json`), { before }),
    merged:
      params.state === 'absent'
        ? always<Asked>({ code: 0, stdout: '', error: '' })
        : asked(read(sh`${applying(params)} --dry-run=server --output=json`), { before }),
    defined: known ? nothing : asked(read(sh`create --dry-run=client --validate=false --output=json`)),
  })
}

function stateOf({ params, manifest: known }: Input, { live, merged, defined }: Looked): KubectlState {
  const { namespace } = params
  const contentFor = (object: KubeObject) => objectContent(object, { hidden: known?.hidden ?? false })
  const wishes = known?.objects ?? (defined ? objectsIn(defined) : [])
  const [lives, merges] = [objectsIn(live), objectsIn(merged)]
  // `--dry-run=server` is not known before 1.18
  const old = /invalid argument "server"/.test(merged.error)
  const state = { objects: {} as Record<string, Content | null>, merged: {} as Record<string, Content> }
  let complete = live.code === 0 && (defined?.code ?? 0) === 0
  for (const wish of wishes) {
    const name = objectName(wish, namespace)
    const found = lives.find((each) => sameObject(wish, each, namespace))
    const would = merges.find((each) => sameObject(wish, each, namespace))
    state.objects[name] = found ? contentFor(found) : null
    if (old && found && wasApplied(found, wish)) state.merged[name] = contentFor(found)
    else state.merged[name] = contentFor(would ?? wish)
    // what is not there yet may need what comes with it (its namespace), and cannot be tried before
    if (params.state !== 'absent' && found && !would && !old) complete = false
  }
  return { asked: complete, ...state }
}

/** Whether the object was last applied from this very definition. */
function wasApplied({ metadata }: KubeObject, wish: KubeObject): boolean {
  try {
    const { metadata: was, ...rest } = JSON.parse(metadata?.annotations?.[lastApplied] ?? '') as KubeObject
    const { metadata: is, ...wished } = wish
    const plain = ({ namespace: _namespace, annotations = {}, ...others }: NonNullable<KubeObject['metadata']>) => ({
      ...others,
      annotations,
    })
    return isDeepStrictEqual([rest, plain(was ?? {})], [wished, plain(is ?? {})])
  } catch {
    return false
  }
}

function put(input: Input, { from }: Change<KubectlState>): Script {
  const { params } = input
  const { before, with: read } = reading(input)
  const { wait = 0 } = params
  const waiting = wait > 0 ? Object.keys(from.objects).flatMap((name) => readiness(params, name, wait)) : []
  return sh.join([before, sh.join([read(applying(params)), ...waiting], ' &&\n')])
}

function remove(input: Input): Script {
  const { before, with: read } = reading(input)
  const { wait = 0 } = input.params
  const waiting = wait > 0 ? [`--timeout=${wait}s`, '--request-timeout=0'] : ['--wait=false']
  return sh.join([before, read(sh`delete --ignore-not-found ${waiting}`)])
}

/** What kubectl waits for, of the kinds that become ready. */
function readiness(params: KubectlApplyParams, named: string, wait: number): Script[] {
  const [, kind = '', namespace, name = ''] = /^(\S+) (?:([^/]*)\/)?(.*)$/.exec(named) ?? []
  const tool = kubectlOf({ ...params, ...(namespace !== undefined && { namespace }) })
  const limits = [`--timeout=${wait}s`, '--request-timeout=0']
  if (/^(Deployment|DaemonSet|StatefulSet)$/.test(kind)) return [sh`${tool} rollout status ${kind} ${name} ${limits}`]
  const condition = new Map([
    ['Pod', 'Ready'],
    ['Job', 'Complete'],
    ['CustomResourceDefinition', 'Established'],
    ['APIService', 'Available'],
  ]).get(kind)
  return condition === undefined ? [] : [sh`${tool} wait ${kind} ${name} --for=${`condition=${condition}`} ${limits}`]
}

/** The cluster will say the same of what is and of what would be. */
function predicted(input: Input, { to }: Change<KubectlState>): Prediction[] {
  const { before, with: read } = reading(input)
  const items = Object.values(to?.objects ?? {}).flatMap((content) =>
    content ? readManifest(contentText(content) ?? '') : [],
  )
  const answer = { code: 0, stdout: JSON.stringify({ kind: 'List', items }) }
  return [sh`get --ignore-not-found --output=json`, sh`${applying(input.params)} --dry-run=server --output=json`].map(
    (verb) => willAnswer(asked(read(verb), { before }), answer),
  )
}

/** Data with its secrets opened, and whether there were any. Only `prepare` calls this. */
function opened(data: unknown): { data: unknown; hidden: boolean } {
  let hidden = false
  const open = (value: unknown): unknown => {
    if (isSecret(value)) {
      hidden = true
      return reveal(value)
    }
    if (Array.isArray(value)) return value.map(open)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, open(each)]))
  }
  return { data: open(data), hidden }
}
