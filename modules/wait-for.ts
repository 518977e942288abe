// waitFor: waits on the host until a port or a path is as wished. Changes nothing.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { always, map, type Probe, script } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { pathParam } from './common/params.ts'
import { portOpen } from './common/port-test.ts'

/** Parameters of `waitFor`: either a port or a path. */
export interface WaitForParams {
  /** TCP port. */
  port?: number
  /** Where the port is, as seen from the host: an address or a name. Default `127.0.0.1`. */
  host?: string
  /** Absolute path on the host. */
  path?: string
  /** For a port `started` (default: it takes connections) or `stopped`; for a path `present` (default) or `absent`. */
  state?: 'started' | 'stopped' | 'present' | 'absent'
  /** Seconds after which it fails. Default 300. */
  timeout?: number
  /** Seconds before the first look, for what is about to go away. Default 0: what holds already is not waited for. */
  delay?: number
  /** Seconds between looks. Default 1. */
  interval?: number
  /** What to say when it fails. */
  message?: string
}

/** Whether it is as wished; null where that was not looked at. */
export interface WaitForState {
  readonly holds: boolean | null
}

/** Waits until a port takes connections or takes none, or a path is there or gone. Is never a change. */
export const waitFor = defineModule<WaitForParams, WaitForState>({
  name: 'waitFor',
  waits: true,
  params: z
    .strictObject({
      port: z.int().min(1).max(65_535).optional(),
      host: z
        .string()
        .regex(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}$/, { error: 'a host is an address or a name' })
        .optional(),
      path: pathParam.optional(),
      state: z.enum(['started', 'stopped', 'present', 'absent']).optional(),
      timeout: z.number().min(0).optional(),
      delay: z.number().min(0).optional(),
      interval: z.number().min(0.1).optional(),
      message: z.string().optional(),
    })
    .refine(({ port, path }) => (port === undefined) !== (path === undefined), {
      error: 'give either a port or a path',
    })
    .refine(({ path, host }) => path === undefined || host === undefined, {
      path: ['host'],
      error: 'a path is on the host itself',
    })
    .refine(
      ({ port, state }) => state === undefined || (state === 'started' || state === 'stopped') === (port !== undefined),
      {
        path: ['state'],
        error: "a port is 'started' or 'stopped', a path 'present' or 'absent'",
      },
    ),
  subject: (params) => target(params),
  probe: (params) => (params.delay ? always({ holds: null }) : look(params)),
  desired: () => ({ holds: true }),
  apply: (params) => {
    const { timeout = 300, delay = 0, interval = 1, message } = params
    const failure = message ?? `${target(params)} is not ${wishOf(params)} after ${timeout} s`
    // the time since boot: the clock may be set while we wait
    return sh`${test(params)}
_uptime() { read -r _u _rest < /proc/uptime; _u=\${_u%.*}; }
${delay > 0 ? sh`sleep ${delay}` : sh.empty}
_uptime; _end=$((_u + ${Math.ceil(timeout)}))
while :; do
  _holds; _c=$?
  [ $_c -ne 0 ] || exit 0
  [ $_c -ne 3 ] || exit 1
  _uptime
  if [ $_u -ge $_end ]; then printf '%s\n' ${failure} >&2; exit 1; fi
  sleep ${interval}
done`
  },
  // no `touches`: whatever was waited for has changed meanwhile, and more with it
})

/** Asked anew after every change: anything may start or stop a port. */
const look = (params: WaitForParams): Probe<WaitForState> =>
  map(
    script(sh`${test(params)}
_holds 2>&1`),
    ({ code, stdout }) => {
      if (code === 3) throw new TaskFailure(stdout.trim())
      return { holds: code === 0 }
    },
  )

/** Defines `_holds`: 0 where it is as wished, 3 where the host cannot tell. */
function test(params: WaitForParams): Script {
  const { port, host = '127.0.0.1', path = '' } = params
  const wish = wishOf(params)
  if (port === undefined) {
    const there = sh`[ -e ${path} ] || [ -L ${path} ]`
    return wish === 'present' ? sh`_holds() { ${there}; }` : sh`_holds() { ! { ${there}; }; }`
  }
  return sh`${portOpen(host, port)}
_holds() { _port_open; ${wish === 'started' ? sh.empty : sh`case $? in 0) return 1 ;; 3) return 3 ;; *) return 0 ;; esac`}
}`
}

const wishOf = ({ port, state }: WaitForParams) => state ?? (port === undefined ? 'present' : 'started')

const target = ({ port, host = '127.0.0.1', path = '' }: WaitForParams): string =>
  port === undefined ? path : `${host.includes(':') ? `[${host}]` : host}:${port}`
