// sysctl: kernel parameters, live and in a file that is read at boot.
import { z } from 'zod'
import type { Content } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, map, sysctlValue, target } from '../engine/probe.ts'
import { normaliseSysctl, sysctlName, sysctlPath } from '../engine/question/sysctl.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { configFile, contentOfLines, linesOf, writeConfigFile } from './common/config-file.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `sysctl`: either `values`, for a file of their own, or `name` and `value`, for one line of any file; the others are left out then. */
export interface SysctlParams {
  /** Values by key, in the order in which the file lists them. White space in a value counts as one blank. */
  values?: Record<string, string | number>
  /** One key. Other lines of the file stay; a line that says the same in other white space does, too. */
  name?: string
  /** Its value. Needed unless absent. */
  value?: string | number
  /** Whether the file names the key `name`. What is set live stays until the next boot. Default `present`. */
  state?: 'present' | 'absent'
  /**
   * The file. With `values` it is this task's alone: whatever else it holds is replaced; default
   * `/etc/sysctl.d/99-tsplay.conf`. With `name` the default is a file of the key's own, `/etc/sysctl.d/99-NAME.conf`.
   */
  file?: string
  /** Keys that the running kernel does not have stand in the file and are not set live, instead of failing. Default false. */
  ignoreMissing?: boolean
  /** Set the values now, too. False: the file alone, for the next boot. Default true. */
  live?: boolean
}

/** The parameters on the host. */
export interface SysctlState {
  readonly file: Content | null
  /** By key; null where the kernel has no such key. */
  readonly live: Readonly<Record<string, string | null>>
  /** The file's. Never wished for. */
  readonly mode?: string
}

const defaultFile = '/etc/sysctl.d/99-tsplay.conf'

const valueParam = z.union([z.string(), z.number()], { error: 'a value is a text or a number' })

/**
 * Kernel parameters have these values, now and after a reboot. Only those that differ are set.
 *
 * @example what Kubernetes needs, in one file
 * ```ts
 * task('sysctl', sysctl({
 *   values: { 'net.bridge.bridge-nf-call-iptables': 1, 'net.ipv4.ip_forward': 1, 'vm.swappiness': 0 },
 *   file: '/etc/sysctl.d/k8s.conf',
 * }))
 * ```
 *
 * @example one key, in a file that others write as well
 * ```ts
 * task('bind to the VIP', sysctl({ name: 'net.ipv4.ip_nonlocal_bind', value: 1, file: '/etc/sysctl.conf' }))
 * ```
 */
export const sysctl = defineModule<SysctlParams, SysctlState>({
  name: 'sysctl',
  params: z
    .strictObject({
      values: z.record(z.string(), valueParam).superRefine(checkValues).optional(),
      name: z
        .string()
        .refine((key) => keyProblem(key) === undefined, { error: (issue) => keyProblem(String(issue.input)) ?? '' })
        .optional(),
      value: valueParam
        .refine((value) => valueProblem(String(value)) === undefined, { error: 'a value is one line of text' })
        .optional(),
      state: z.enum(['present', 'absent']).optional(),
      file: pathParam.optional(),
      ignoreMissing: z.boolean().optional(),
      live: z.boolean().optional(),
    })
    .refine(({ values, name }) => (values === undefined) !== (name === undefined), {
      error: 'give either values, or name and value',
    })
    .refine(({ name, value, state }) => name === undefined || state === 'absent' || value !== undefined, {
      error: 'is needed',
      path: ['value'],
    })
    .refine(({ values, value, state }) => values === undefined || (value === undefined && state !== 'absent'), {
      error: 'value and state belong to name',
    }),
  subject: (params) => params.name ?? fileOf(params),
  probe: (params) =>
    map(
      all({
        file: configFile(fileOf(params), params.values ? { unless: wholeFile(params.values) } : {}),
        stat: params.values ? always(null) : target(fileOf(params)),
        live: all(Object.fromEntries(keysOf(params).map((key) => [key, sysctlValue(key)]))),
      }),
      ({ file, stat, live }) => ({ file, live, ...(stat && { mode: stat.mode }) }),
    ),
  desired(params, actual) {
    const wanted = wantedValues(params)
    const missing = keysOf(params).filter((key) => actual.live[key] === null)
    if (missing.length > 0 && !params.ignoreMissing) {
      throw new TaskFailure(
        `the kernel has no parameter ${missing.join(', ')}`,
        'load the kernel module it comes with first (br_netfilter for net.bridge), or set ignoreMissing: true',
      )
    }
    return {
      file: params.values ? wholeFile(params.values) : withLine(actual.file, params),
      live: Object.fromEntries(
        keysOf(params).map((key) => [key, missing.includes(key) ? undefined : wanted[key]]),
      ) as Record<string, string>,
    }
  },
  apply(params, change) {
    const live = change.to?.live ?? {}
    const differing = Object.entries(live).filter(([key, value]) => value != null && value !== change.from.live[key])
    return sh.join([
      change.to?.file &&
        change.has('file') &&
        writeConfigFile(fileOf(params), change.to.file, modeOf(params, change.from)),
      ...differing.map(
        ([key, value]) =>
          sh`{ printf '%s\n' ${value ?? ''} > ${sysctlPath(key)}; } || { printf '%s\n' ${`${key} could not be set to '${value}'`} >&2; exit 1; }`,
      ),
    ])
  },
  touches: (params) => [fileResource(fileOf(params)), ...keysOf(params).map((key) => `sysctl:${key}`)],
  predict: (params, { from, to }) => [
    ...(to?.file
      ? [will.be(fileOf(params), { type: 'file', content: to.file, follows: true, ...modeOf(params, from) })]
      : []),
    ...Object.entries(to?.live ?? {}).flatMap(([key, value]) => (value == null ? [] : [will.haveSysctl(key, value)])),
  ],
})

const fileOf = ({ file, name }: SysctlParams): string =>
  file ?? (name === undefined ? defaultFile : `/etc/sysctl.d/99-${name.replace(/[^A-Za-z0-9._-]+/g, '-')}.conf`)

/** A file that others write as well keeps its mode. */
const modeOf = ({ name }: SysctlParams, { mode = '0644' }: SysctlState): { mode?: string } =>
  name === undefined ? {} : { mode }

const wantedValues = ({ values, name = '', value, state }: SysctlParams): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values ?? (state === 'absent' ? {} : { [name]: value! })).map(([key, value]) => [
      sysctlName(key),
      normaliseSysctl(String(value)),
    ]),
  )

/** The keys that are compared live. */
const keysOf = (params: SysctlParams): string[] => (params.live === false ? [] : Object.keys(wantedValues(params)))

const wholeFile = (values: Record<string, string | number>): Content =>
  contentOfLines([
    '# Managed by tsplay: changes made here are lost.',
    ...Object.entries(wantedValues({ values })).map(([key, value]) => `${key} = ${value}`),
  ])

/** The file with the key's line, or without; undefined where it is right as it is. The last of several lines is the one that counts, and stays. */
function withLine(file: Content | null, params: SysctlParams): Content | undefined {
  const key = sysctlName(params.name!)
  const before = linesOf(file)
  const own = before.flatMap((line, index) => (keyOfLine(line) === key ? [index] : []))
  const last = own.at(-1)
  if (params.state === 'absent')
    return own.length === 0 ? undefined : contentOfLines(before.filter((_, index) => !own.includes(index)))
  const value = wantedValues(params)[key]!
  if (last === undefined) return contentOfLines([...before, `${key} = ${value}`])
  const present = normaliseSysctl(before[last]!.slice(before[last]!.indexOf('=') + 1))
  if (present === value && own.length === 1) return undefined
  const line = present === value ? before[last]! : `${key} = ${value}`
  return contentOfLines(before.flatMap((each, index) => (index === last ? [line] : own.includes(index) ? [] : [each])))
}

/** The key that a line sets; a dash before it says that a failure does not matter. */
function keyOfLine(line: string): string | undefined {
  const [, key] = /^\s*-?\s*([^\s#;=][^=]*?)\s*=/.exec(line) ?? []
  return key === undefined ? undefined : sysctlName(key)
}

function checkValues(values: Record<string, string | number>, ctx: z.RefinementCtx): void {
  const seen = new Map<string, string>()
  for (const [key, value] of Object.entries(values)) {
    const problem = keyProblem(key) ?? valueProblem(String(value))
    if (problem) ctx.addIssue({ code: 'custom', path: [key], message: problem })
    else if (seen.has(sysctlName(key)))
      ctx.addIssue({
        code: 'custom',
        path: [key],
        message: `'${key}' and '${seen.get(sysctlName(key))}' are the same key`,
      })
    else seen.set(sysctlName(key), key)
  }
}

function keyProblem(key: string): string | undefined {
  const separator = /[./]/.exec(key)?.[0] ?? '.'
  const parts = key.split(separator)
  if (parts.length > 1 && parts.every((part) => /^[A-Za-z0-9_@][A-Za-z0-9_@./:-]*$/.test(part) && !part.includes('..')))
    return undefined
  return `${JSON.stringify(key)} is not a sysctl key such as 'net.ipv4.ip_forward' or 'net/ipv4/conf/eth0.100/forwarding'`
}

const valueProblem = (value: string): string | undefined =>
  /[\n\r\0]/.test(value) || value.trim() === '' ? 'a value is one line of text' : undefined
