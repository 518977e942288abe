// pingHost: whether other hosts answer this one's pings. Changes nothing.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { map, type Probe, script } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'

/** Parameters of `pingHost`. */
export interface PingHostParams {
  /** Addresses or names, as seen from the host. All are tried at the same time. */
  targets: readonly string[]
  /** Echo requests to each, one a second; one answer is enough. Default 1. */
  count?: number
  /** Seconds to wait for an answer. Default 5. */
  timeout?: number
  /** What to say when it fails, before which targets do not answer. Default: only those. */
  message?: string
}

/** Whether each target answers. */
export interface PingHostState {
  readonly answers: Readonly<Record<string, boolean>>
}

/** What `register` receives. */
export interface PingHostResult {
  /** The targets that answered when it was first looked. */
  readonly reachable: readonly string[]
}

/**
 * Pings other hosts from this one, and fails where one does not answer. Is never a change.
 *
 * @example every host reaches every other's overlay address
 * ```ts
 * task('overlay', pingHost({ targets: ['172.30.1.1', '172.30.2.1'] }), { retries: 5, delay: 3 })
 * ```
 * @example a virtual address that may move meanwhile
 * ```ts
 * task('the VIP answers', pingHost({ targets: ['10.0.0.100'], count: 4, timeout: 2, message: 'keepalived is not up' }))
 * ```
 */
export const pingHost = defineModule<PingHostParams, PingHostState, PingHostResult>({
  name: 'pingHost',
  waits: true,
  params: z.strictObject({
    targets: z
      .array(z.string().regex(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}$/, { error: 'a target is an address or a name' }))
      .min(1)
      .readonly(),
    count: z.int().min(1).max(1000).optional(),
    timeout: z.int().min(1).max(3600).optional(),
    message: z.string().optional(),
  }),
  subject: ({ targets }) => targets.join(', '),
  probe: look,
  desired: ({ targets }) => ({ answers: Object.fromEntries(targets.map((target) => [target, true])) }),
  apply: (params) => sh`${pings(params)}
_silent=
for _t in ${params.targets}; do _pinged "$_t" || _silent="$_silent\${_silent:+, }$_t"; done
[ -z "$_silent" ] || { printf '%s%s\n' ${params.message === undefined ? '' : `${params.message}: `} "no answer from $_silent" >&2; exit 1; }`,
  result: (_params, { answers }) => ({ reachable: Object.keys(answers).filter((target) => answers[target]) }),
  // no `touches`: whoever answers now has changed meanwhile, and more with it
})

function look(params: PingHostParams): Probe<PingHostState> {
  const { targets } = params
  return map(
    script(sh`${pings(params)}
for _t in ${targets}; do if _pinged "$_t"; then printf 1; else printf 0; fi; done`),
    ({ code, stdout }) => {
      if (code === 3)
        throw new TaskFailure('the host has no ping', 'install iputils-ping (Debian) or iputils (Red Hat, Alpine)')
      return { answers: Object.fromEntries(targets.map((target, index) => [target, stdout[index] === '1'])) }
    },
  )
}

/** Pings all targets at once; `_pinged` tells of each. 3 where there is no ping. */
const pings = ({
  targets,
  count = 1,
  timeout = 5,
}: PingHostParams): Script => sh`command -v ping >/dev/null 2>&1 || exit 3
_pids=
for _t in ${targets}; do
  case $_t in *:*) _six=-6 ;; *) _six= ;; esac
  ping $_six -q -c ${count} -W ${timeout} "$_t" </dev/null >/dev/null 2>&1 &
  _pids="$_pids $_t=$!"
done
_pinged() { for _p in $_pids; do if [ "\${_p%=*}" = "$1" ]; then wait "\${_p##*=}"; return; fi; done; }`
