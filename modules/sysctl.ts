// sysctl: kernel parameters, live and in a file that is read at boot.
import { z } from 'zod'
import type { Content } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, sysctlValue } from '../engine/probe.ts'
import { normaliseSysctl, sysctlName, sysctlPath } from '../engine/question/sysctl.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { configFile, contentOfLines, writeConfigFile } from './common/config-file.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `sysctl`. */
export interface SysctlParams {
  /** Values by key, in the order in which the file lists them. White space in a value counts as one blank. */
  values: Record<string, string | number>
  /** The file. It is this task's alone: whatever else it holds is replaced. Default `/etc/sysctl.d/99-tsplay.conf`. */
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
}

const defaultFile = '/etc/sysctl.d/99-tsplay.conf'

/** Kernel parameters have these values, now and after a reboot. Only those that differ are set. */
export const sysctl = defineModule<SysctlParams, SysctlState>({
  name: 'sysctl',
  params: z.strictObject({
    values: z
      .record(z.string(), z.union([z.string(), z.number()], { error: 'a value is a text or a number' }))
      .superRefine(checkValues),
    file: pathParam.optional(),
    ignoreMissing: z.boolean().optional(),
    live: z.boolean().optional(),
  }),
  subject: ({ file = defaultFile }) => file,
  probe: (params) =>
    all({
      file: configFile(params.file ?? defaultFile, { unless: fileContent(params) }),
      live: all(Object.fromEntries(keysOf(params).map((key) => [key, sysctlValue(key)]))),
    }),
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
      file: fileContent(params),
      live: Object.fromEntries(
        keysOf(params).map((key) => [key, missing.includes(key) ? undefined : wanted[key]]),
      ) as Record<string, string>,
    }
  },
  apply(params, change) {
    const live = change.to?.live ?? {}
    const differing = Object.entries(live).filter(([key, value]) => value != null && value !== change.from.live[key])
    return sh.join([
      change.has('file') && writeConfigFile(params.file ?? defaultFile, fileContent(params)),
      ...differing.map(
        ([key, value]) =>
          sh`{ printf '%s\n' ${value ?? ''} > ${sysctlPath(key)}; } || { printf '%s\n' ${`${key} could not be set to '${value}'`} >&2; exit 1; }`,
      ),
    ])
  },
  touches: (params) => [fileResource(params.file ?? defaultFile), ...keysOf(params).map((key) => `sysctl:${key}`)],
  predict: (params, { to }) => [
    will.be(params.file ?? defaultFile, { type: 'file', content: fileContent(params) }),
    ...Object.entries(to?.live ?? {}).flatMap(([key, value]) => (value == null ? [] : [will.haveSysctl(key, value)])),
  ],
})

const wantedValues = ({ values }: SysctlParams): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [sysctlName(key), normaliseSysctl(String(value))]))

/** The keys that are compared live. */
const keysOf = (params: SysctlParams): string[] => (params.live === false ? [] : Object.keys(wantedValues(params)))

const fileContent = (params: SysctlParams): Content =>
  contentOfLines([
    '# Managed by tsplay: changes made here are lost.',
    ...Object.entries(wantedValues(params)).map(([key, value]) => `${key} = ${value}`),
  ])

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
