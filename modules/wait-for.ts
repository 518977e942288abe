// waitFor: waits on the host until a port or a path is as wished. Changes nothing.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { always, map, type Probe, script } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { type ConnectionState, connectionStates, isAddress } from './common/connections.ts'
import { hostPattern } from './common/host-pattern.ts'
import { pathParam } from './common/params.ts'
import { type PatternParam, patternParam } from './common/patterns.ts'
import { grepOf, portDrained, portOpen, portSays } from './common/port-test.ts'

/** Parameters of `waitFor`: either a port or a path. */
export interface WaitForParams {
  /** TCP port, 1 to 65535. Default: none, it is a path that is waited for. */
  port?: number
  /**
   * Where the port is, as seen from the host: an address or a name. Default `127.0.0.1`; for a port `drained` all of the
   * host's own addresses.
   */
  host?: string
  /** Absolute path on the host. Default: none, it is a port that is waited for. */
  path?: string
  /**
   * For a port `started` (default: it takes connections), `stopped`, or `drained` (nobody is connected to it any more);
   * for a path `present` (default) or `absent`.
   */
  state?: 'started' | 'stopped' | 'drained' | 'present' | 'absent'
  /**
   * What a line of the file, or of what the port says on its own, must hold. JavaScript's syntax, as far as `grep -E` on
   * the host can follow. Default: not looked at.
   */
  searchRegex?: PatternParam
  /** With `drained`: addresses whose connections do not count. Default: none. */
  excludeHosts?: readonly string[]
  /** With `drained`: the states that count as connected. Default: all six from `ESTABLISHED` to `TIME_WAIT`. */
  activeConnectionStates?: readonly ConnectionState[]
  /** Seconds after which it fails. Default 300. */
  timeout?: number
  /** Seconds that one try to connect (and to listen for `searchRegex`) may take. Default 5. */
  connectTimeout?: number
  /** Seconds before the first look, for what is about to go away. Default 0: what holds already is not waited for. */
  delay?: number
  /** Seconds between looks. Default 1. */
  interval?: number
  /** What to say when it fails. Default: what was waited for, and how long. */
  message?: string
}

/** Whether it is as wished; null where that was not looked at. */
export interface WaitForState {
  readonly holds: boolean | null
}

/** What `register` receives. */
export interface WaitForResult {
  /** Seconds that it has waited. */
  readonly elapsed: number
}

/**
 * Waits until a port takes connections, takes none or has none left, or a path is there or gone. Is never a change.
 *
 * @example a port of the host itself
 * ```ts
 * task('the apiserver listens', waitFor({ port: 6443, timeout: 120 }))
 * ```
 * @example a line in a log
 * ```ts
 * task('joined', waitFor({ path: '/var/log/member.log', searchRegex: /state: (ready|synced)/i, interval: 2 }))
 * ```
 * @example out of service, but for the balancer's own looks
 * ```ts
 * task('drained', waitFor({ port: 80, state: 'drained', excludeHosts: ['10.0.0.2'], timeout: 60 }))
 * ```
 */
export const waitFor = defineModule<WaitForParams, WaitForState, WaitForResult>({
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
      state: z.enum(['started', 'stopped', 'drained', 'present', 'absent']).optional(),
      searchRegex: patternParam.optional(),
      excludeHosts: z
        .array(z.string().refine(isAddress, { error: 'connections are told by address: give one, and no name' }))
        .readonly()
        .optional(),
      activeConnectionStates: z
        .array(z.enum(Object.keys(connectionStates) as [ConnectionState]))
        .min(1)
        .readonly()
        .optional(),
      timeout: z.number().min(0).optional(),
      connectTimeout: z.number().min(0.1).optional(),
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
      ({ port, state }) => state === undefined || (state !== 'present' && state !== 'absent') === (port !== undefined),
      {
        path: ['state'],
        error: "a port is 'started', 'stopped' or 'drained', a path 'present' or 'absent'",
      },
    )
    .refine(({ searchRegex, state = 'present' }) => !searchRegex || state === 'present' || state === 'started', {
      path: ['searchRegex'],
      error: 'nothing can be read from what is to go away',
    })
    .refine(({ state, ...only }) => state === 'drained' || !(only.excludeHosts || only.activeConnectionStates), {
      path: ['state'],
      error: "excludeHosts and activeConnectionStates are for 'drained'",
    })
    .refine(({ state, host }) => state !== 'drained' || host === undefined || isAddress(host), {
      path: ['host'],
      error: "connections are told by address: with 'drained' give one, and no name",
    })
    .superRefine(({ searchRegex }, context) => {
      try {
        if (searchRegex !== undefined) hostPattern(searchRegex)
      } catch (error) {
        context.addIssue({ code: 'custom', path: ['searchRegex'], message: (error as Error).message })
      }
    }),
  subject: (params) => target(params),
  probe: (params) => (params.delay ? always({ holds: null }) : look(params)),
  desired: () => ({ holds: true }),
  apply: (params) => {
    const { timeout = 300, delay = 0, interval = 1, message } = params
    const failure = message ?? `${target(params)} ${missing(params)} after ${timeout} s`
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
  result: (_params, _actual, output) => ({ elapsed: Math.round((output?.durationMs ?? 0) / 100) / 10 }),
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
  const { port, host, path = '', connectTimeout, searchRegex } = params
  const wish = wishOf(params)
  const pattern = searchRegex === undefined ? undefined : hostPattern(searchRegex)
  if (port === undefined) {
    const there = pattern
      ? sh`[ -f ${path} ] && grep ${grepOf(pattern)} -- ${path} 2>/dev/null`
      : sh`[ -e ${path} ] || [ -L ${path} ]`
    return wish === 'present' ? sh`_holds() { ${there}; }` : sh`_holds() { ! { ${there}; }; }`
  }
  if (wish === 'drained') {
    const { excludeHosts = [], activeConnectionStates = Object.keys(connectionStates) as ConnectionState[] } = params
    return sh`${portDrained({ address: host, port, states: activeConnectionStates, excluded: excludeHosts })}
_holds() { _port_drained; }`
  }
  if (pattern)
    return sh`${portSays(host ?? loopback, port, pattern, connectTimeout)}
_holds() { _port_says; }`
  return sh`${portOpen(host ?? loopback, port, connectTimeout)}
_holds() { _port_open; ${wish === 'started' ? sh.empty : sh`case $? in 0) return 1 ;; 3) return 3 ;; *) return 0 ;; esac`}
}`
}

const loopback = '127.0.0.1'

const wishOf = ({ port, state }: WaitForParams) => state ?? (port === undefined ? 'present' : 'started')

const missing = ({ searchRegex, ...params }: WaitForParams): string =>
  searchRegex === undefined ? `is not ${wishOf(params)}` : `does not say ${String(searchRegex)}`

const target = ({ port, host = loopback, path = '' }: WaitForParams): string =>
  port === undefined ? path : `${host.includes(':') ? `[${host}]` : host}:${port}`
