// etcdHealth: waits on the host until enough members of an etcd are healthy. Changes nothing.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { map, type Probe, script } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { type EtcdParams, etcdctl, etcdParams, needsEtcdctl, pairedKey, unpairedKey } from './common/etcdctl.ts'
import { namesOf } from './common/names.ts'

/** Parameters of `etcdHealth`. */
export interface EtcdHealthParams extends EtcdParams {
  /** How many endpoints must be healthy. Default: all of them. */
  minHealthy?: number
  /** Seconds after which it fails. Default 60. */
  timeout?: number
  /** Seconds between looks. Default 2. */
  interval?: number
}

/** How many are healthy, and which. */
export interface EtcdHealthState {
  /** Whether they are enough. */
  readonly enough: boolean
  /** In the order of `endpoints`. */
  readonly healthy: readonly string[]
}

/** What `register` receives. */
export interface EtcdHealthResult {
  /** The endpoints that are healthy. */
  readonly healthy: readonly string[]
}

/**
 * Waits until the members of an etcd answer and can commit. Is never a change.
 *
 * @example all members, before the API servers are started
 * ```ts
 * task('etcd is healthy', etcdHealth({
 *   endpoints: ['https://10.0.0.1:2379', 'https://10.0.0.2:2379', 'https://10.0.0.3:2379'],
 *   ca: '/opt/etcd/ssl/ca.pem',
 *   cert: '/opt/etcd/ssl/server.pem',
 *   key: '/opt/etcd/ssl/server-key.pem',
 * }))
 * ```
 *
 * @example a majority, while one member is being restarted
 * ```ts
 * task('quorum', etcdHealth({ endpoints: ['http://10.0.0.1:2379', 'http://10.0.0.2:2379', 'http://10.0.0.3:2379'], minHealthy: 2, timeout: 120 }))
 * ```
 */
export const etcdHealth = defineModule<EtcdHealthParams, EtcdHealthState, EtcdHealthResult>({
  name: 'etcdHealth',
  waits: true,
  params: z
    .strictObject({
      ...etcdParams,
      minHealthy: z.int().min(1).optional(),
      timeout: z.number().min(0).optional(),
      interval: z.number().min(0.1).optional(),
    })
    .refine(pairedKey, unpairedKey)
    .refine(({ endpoints, minHealthy = 1 }) => minHealthy <= namesOf(endpoints as string | string[]).length, {
      path: ['minHealthy'],
      error: 'there are not as many endpoints',
    }) as z.ZodType<EtcdHealthParams>,
  subject: ({ endpoints }) => namesOf(endpoints).join(', '),
  probe: (params) => look(params),
  desired: () => ({ enough: true }),
  apply(params) {
    const { timeout = 60, interval = 2 } = params
    const all = namesOf(params.endpoints)
    const names = sh.join(
      all.map((each, index) => sh`case $_is in *" ${index} "*) ;; *) printf ' %s' ${each} >&2 ;; esac`),
    )
    // the time since boot: the clock may be set while we wait
    return sh`${needsEtcdctl(params)}
_uptime() { read -r _u _rest < /proc/uptime; _u=\${_u%.*}; }
${test(params)}
_uptime; _end=$((_u + ${Math.ceil(timeout)}))
while :; do
  _is=" $(_healthy | tr '\n' ' ')"
  set -- $_is
  if [ $# -ge ${wanted(params)} ]; then printf '%s\n' "$@"; exit 0; fi
  _uptime
  if [ $_u -ge $_end ]; then break; fi
  sleep ${interval}
done
printf '%s of %s endpoints are healthy after %s s, not:' $# ${all.length} ${timeout} >&2
${names}
printf '\n' >&2
exit 1`
  },
  result: ({ endpoints }, { healthy }, output) => ({
    healthy: output ? listed(endpoints, output.stdout) : healthy,
  }),
  // no `touches`: whatever was waited for has changed meanwhile, and more with it
})

/** Asked anew after every change: anything may start or stop a member. */
const look = (params: EtcdHealthParams): Probe<EtcdHealthState> =>
  map(
    script(sh`${test(params)}
_healthy`),
    ({ stdout }) => {
      const healthy = listed(params.endpoints, stdout)
      return { enough: healthy.length >= wanted(params), healthy }
    },
  )

const wanted = ({ endpoints, minHealthy = namesOf(endpoints).length }: EtcdHealthParams): number => minHealthy

/** Defines `_healthy`, which prints the number of each healthy endpoint. All are asked at once: one that is down takes its time. */
function test(params: EtcdHealthParams): Script {
  const each = namesOf(params.endpoints).map(
    (endpoint, index) =>
      sh`{ if ${etcdctl({ ...params, endpoints: endpoint }, 3)} endpoint health </dev/null >/dev/null 2>&1 3<&-; then printf '%s\n' ${index}; fi; } &`,
  )
  return sh`_healthy() {
${sh.join(each)}
wait
}`
}

const listed = (endpoints: string | string[], numbers: string): string[] => {
  const found = new Set(numbers.split(/\s+/).filter(Boolean).map(Number))
  return namesOf(endpoints).filter((_endpoint, index) => found.has(index))
}
