// service: a service by whatever starts services on the host: systemd, OpenRC, or a script in /etc/init.d.
import { z } from 'zod'
import { type Change, type Desired, defineModule, TaskFailure } from '../engine/module.ts'
import { all, map, type UnitAnswer } from '../engine/probe.ts'
import { unitResources } from '../engine/question/unit.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import {
  changeService,
  enableService,
  type InitScript,
  type InitService,
  initService,
  initServiceLine,
  initServiceText,
  rcFolders,
} from './common/init-scripts.ts'
import { unitParam } from './common/unit-param.ts'
import { willAnswer } from './common/will-answer.ts'
import { type SystemdParams, type SystemdState, systemd } from './systemd.ts'

/** Parameters of `service`. */
export interface ServiceParams {
  /** Its name, as the host's own commands take it. */
  name: string
  /** As for `systemd`: `started` and `stopped` act where it is not so already, `restarted` and `reloaded` always. Default: left as it is. */
  state?: 'started' | 'stopped' | 'restarted' | 'reloaded'
  /** Started at boot. Default: left as it is. */
  enabled?: boolean
  /** Seconds between stop and start when it is restarted; systemd takes care of that by itself. Default: one `restart`. */
  sleep?: number
  /** Part of a command line by which it is known that it runs, for a script that does not know `status`. Not for systemd. Default: the script is asked. */
  pattern?: string
  /** Words behind the verb, for scripts that take some. Not for systemd. Default: none. */
  arguments?: string[]
  /** OpenRC's runlevel to be enabled in. Default `default`. */
  runlevel?: string
}

/** A service. */
export interface ServiceState {
  readonly state: SystemdState['state']
  readonly enabled: boolean | null
}

type Found = ServiceState & {
  /** As systemd's module has it; null where the host runs something else. */
  readonly unit: (SystemdState & { readonly answer: UnitAnswer }) | null
  readonly init: InitService
}

/**
 * A service is started, stopped, enabled or disabled, whatever the host has for that. What only systemd has (masks, scopes)
 * is a task of `systemd`.
 *
 * @example on any distribution
 * ```ts
 * task('cron runs', service({ name: facts.os.family === 'RedHat' ? 'crond' : 'cron', state: 'started', enabled: true }))
 * ```
 *
 * @example a script that does not know its status
 * ```ts
 * task('old daemon', service({ name: 'oldd', state: 'started', pattern: '/opt/old/bin/oldd', sleep: 3 }))
 * ```
 */
export const service = defineModule<ServiceParams, Found>({
  name: 'service',
  params: z.strictObject({
    name: unitParam,
    state: z.enum(['started', 'stopped', 'restarted', 'reloaded']).optional(),
    enabled: z.boolean().optional(),
    sleep: z.number().min(0).max(600).optional(),
    pattern: z
      .string()
      .regex(/^[^\r\n\0]+$/, { error: 'is a part of a command line' })
      .optional(),
    arguments: z.array(z.string().regex(/^[^\0]*$/, { error: 'cannot hold a NUL character' })).optional(),
    runlevel: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/, { error: 'is the name of a runlevel' })
      .optional(),
  }),
  subject: ({ name }) => name,
  probe: (params) =>
    map(all({ unit: systemd.module.probe(asUnit(params)), init: initService(asScript(params)) }), ({ unit, init }) =>
      unit.answer.systemd
        ? { state: unit.state, enabled: isGenerated(unit, init) ? init.enabled : unit.enabled, unit, init }
        : { state: init.running ? 'started' : 'stopped', enabled: init.enabled, unit: null, init },
    ),
  desired(params, { unit, init }) {
    if (unit)
      return {
        ...partOf(systemd.module.desired(asUnit(params), unit)),
        ...(isGenerated(unit, init) && params.enabled !== undefined && { enabled: params.enabled }),
      }
    if (init.manager === 'none')
      throw new TaskFailure('the host has no manager of services that is known: systemd, OpenRC, /etc/init.d')
    if (!init.exists) {
      const absent = (params.state ?? 'stopped') === 'stopped' && params.enabled !== true
      if (absent) return params.enabled === undefined ? {} : { enabled: false }
      throw new TaskFailure(
        `there is no service ${params.name} on the host: /etc/init.d/${params.name} cannot be run`,
        'install the package that brings it, or mend the name',
      )
    }
    return {
      ...(params.state !== undefined && { state: params.state }),
      ...(params.enabled !== undefined && { enabled: params.enabled }),
    }
  },
  apply(params, change) {
    const { unit, init } = change.from
    const script = asScript(params)
    const enabling =
      change.has('enabled') && change.to?.enabled != null && enableService(script, init.manager, change.to.enabled)
    if (unit)
      return sh.join([
        isGenerated(unit, init) && enabling,
        systemd.module.apply(asUnit(params), unitChange(unit, params)),
      ])
    const running = change.from.state === 'started'
    const verb = {
      started: 'start',
      stopped: 'stop',
      restarted: running ? 'restart' : 'start',
      reloaded: running ? 'reload' : 'start',
    }
    return sh.join([
      enabling,
      change.has('state') && params.state && changeService(script, init.manager, verb[params.state]),
    ])
  },
  // what it does when it starts or stops is anyone's guess
  touches: ({ name, state }) =>
    state === undefined ? [...unitResources(name), ...rcFolders.map(fileResource)] : undefined,
  predict(params, { from, to }) {
    const unit = from.unit ? (systemd.module.predict?.(asUnit(params), unitChange(from.unit, params)) ?? []) : []
    const running = from.unit ? false : to?.state === undefined ? from.init.running : to.state !== 'stopped'
    const next = { ...from.init, running, enabled: to?.enabled ?? from.init.enabled }
    const answer = { code: 0, stdout: `${initServiceText(next)}\n` }
    return from.unit && !from.init.exists ? unit : [...unit, willAnswer(initServiceLine(asScript(params)), answer)]
  },
})

/** systemd has made the unit of a script in /etc/init.d: it starts it, and what is started at boot is told by links. */
const isGenerated = ({ answer }: NonNullable<Found['unit']>, init: InitService): boolean =>
  answer.enabled === 'generated' && init.exists

const asUnit = ({ name, state, enabled }: ServiceParams): SystemdParams => ({
  name,
  ...(state !== undefined && { state }),
  ...(enabled !== undefined && { enabled }),
})

const asScript = ({ name, pattern, arguments: words, sleep, runlevel = 'default' }: ServiceParams): InitScript => ({
  name,
  runlevel,
  ...(pattern !== undefined && { pattern }),
  ...(words !== undefined && { arguments: words }),
  ...(sleep !== undefined && { sleep }),
})

const partOf = (desired: Desired<SystemdState>): Desired<ServiceState> => ({
  ...(desired?.state !== undefined && { state: desired.state }),
  ...(desired?.enabled !== undefined && { enabled: desired.enabled }),
})

/** The change as systemd's module is given it. */
function unitChange(from: NonNullable<Found['unit']>, params: ServiceParams): Change<NonNullable<Found['unit']>> {
  const to = systemd.module.desired(asUnit(params), from)
  return { from, to, has: (key) => to?.[key] !== undefined && to[key] !== from[key] }
}
