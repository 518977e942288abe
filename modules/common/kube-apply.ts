// `kubectl apply` and `kubectl delete` of a manifest: how they are called, and what is waited for. Looks at no answer.
import { type Script, sh } from '../../engine/script.ts'
import { type KubectlParams, kubectl } from './kubectl.ts'
import type { Manifest } from './manifests.ts'

/** The parameters that say how. */
export interface ApplyParams extends KubectlParams {
  readonly path?: string
  readonly url?: string
  readonly namespace?: string
  readonly state?: 'present' | 'absent'
  readonly serverSide?: boolean
  readonly forceConflicts?: boolean
  readonly validate?: boolean
  readonly wait?: number
}

/** What is applied. */
export interface Applying {
  readonly params: ApplyParams
  /** undefined where the manifest is elsewhere. */
  readonly manifest: Manifest | undefined
}

/** kubectl and a manifest: from standard input where the control side has it. */
export interface Reading {
  /** Takes the manifest from the session's input. */
  readonly before: Script
  with(verb: Script): Script
}

export function reading({ params, manifest: known }: Applying): Reading {
  const tool = kubectl(params)
  if (known) {
    return {
      before: sh`_m=$(${known.content}) || exit 1`,
      with: (verb) => sh`printf '%s\n' "$_m" | ${tool} ${verb} --filename=-`,
    }
  }
  return { before: sh.empty, with: (verb) => sh`${tool} ${verb} ${`--filename=${params.path ?? params.url}`}` }
}

/** The verb with its options. */
export const applying = ({ serverSide, forceConflicts, validate }: ApplyParams): Script =>
  sh`apply ${[
    ...(serverSide ? ['--server-side'] : []),
    ...(forceConflicts ? ['--force-conflicts'] : []),
    ...(validate === false ? ['--validate=false'] : []),
  ]}`

/** Applies it, and waits for the objects of these names where that is wished. */
export function applied(input: Applying, names: readonly string[]): Script {
  const { params } = input
  const { before, with: read } = reading(input)
  const { wait = 0 } = params
  const waiting = wait > 0 ? names.flatMap((name) => readiness(params, name, wait)) : []
  return sh.join([before, sh.join([read(applying(params)), ...waiting], ' &&\n')])
}

/** Deletes what is in it. */
export function removed(input: Applying): Script {
  const { before, with: read } = reading(input)
  const { wait = 0 } = input.params
  const waiting = wait > 0 ? [`--timeout=${wait}s`, '--request-timeout=0'] : ['--wait=false']
  return sh.join([before, read(sh`delete --ignore-not-found ${waiting}`)])
}

/** What kubectl waits for, of the kinds that become ready. */
function readiness(params: ApplyParams, named: string, wait: number): Script[] {
  const [, kind = '', namespace, name = ''] = /^(\S+) (?:([^/]*)\/)?(.*)$/.exec(named) ?? []
  const tool = kubectl({ ...params, ...(namespace !== undefined && { namespace }) })
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
