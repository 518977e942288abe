// systemd: units of systemd, running or not, at boot or not. Knows nothing of other service managers.
import { z } from 'zod'
import { type Desired, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { map, type UnitAnswer, unit } from '../engine/probe.ts'
import { isTemplate, unitName, unitResources, userBus } from '../engine/question/unit.ts'
import { type Script, sh } from '../engine/script.ts'
import { unitParam } from './common/unit-param.ts'

/** Parameters of `systemd`. */
export interface SystemdParams {
  /**
   * The unit; `nginx` means `nginx.service`. An alias (`chronyd`) stands for the unit it names (`chrony.service`). A
   * template (`getty@.service`) can be enabled and masked, an instance of it (`getty@tty2`) started as well.
   */
  name: string
  /**
   * `started` and `stopped` act where the unit is not so already. `restarted` and `reloaded` always act and always
   * change; to reload a stopped unit starts it. Default: left as it is.
   */
  state?: 'started' | 'stopped' | 'restarted' | 'reloaded'
  /** Started at boot. A unit that cannot be (static, generated, …) is left alone; `service` can do that for an init script. Default: left as it is. */
  enabled?: boolean
  /** Masked units cannot be started by anything. Default: left as it is. */
  masked?: boolean
  /**
   * True: systemd reads its unit files again where this unit's are newer than what it has loaded. False: never. Default:
   * where they are newer and the task changes something.
   */
  daemonReload?: boolean
  /** systemd is run anew, keeping all units as they are; needed after an upgrade of systemd only. Always changes. Default false. */
  daemonReexec?: boolean
  /** Do not wait until the unit has started or stopped. Default false. */
  noBlock?: boolean
  /** Links of other units that stand in the way of enabling or masking this one are replaced. Default false: that is a failure. */
  force?: boolean
  /**
   * What becomes of a unit that does not exist. True: nothing, whatever is wished for. False: a failure. Default: a
   * failure where it is to be started or enabled; that it is stopped, disabled or unmasked is so already.
   */
  missingOk?: boolean
  /**
   * Whose systemd: the host's (`system`, the default), that of the user who runs the task (`user`), or what is enabled and
   * masked for all users alike (`global`), of which nothing runs.
   */
  scope?: 'system' | 'user' | 'global'
}

/** A unit. */
export interface SystemdState {
  readonly state: 'started' | 'stopped' | 'starting' | 'stopping' | 'restarted' | 'reloaded'
  /** null where the unit can neither be enabled nor disabled. */
  readonly enabled: boolean | null
  readonly masked: boolean
  /** What systemd has loaded is what the files say. */
  readonly fresh: boolean
  /** Never so before: it is done each time it is asked for. */
  readonly reexecuted: boolean
}

/**
 * A unit is started, stopped, enabled, disabled or masked. That an unknown one is to be stopped or disabled is no failure.
 *
 * @example runs, now and after each boot
 * ```ts
 * task('etcd runs', systemd({ name: 'etcd', state: 'started', enabled: true }))
 * ```
 *
 * @example read anew by its own means, in a handler
 * ```ts
 * task('nginx reads its configuration', systemd({ name: 'nginx', state: 'reloaded' }))
 * ```
 *
 * @example the first members of a cluster wait for each other, so nobody waits for them
 * ```ts
 * task('etcd starts', systemd({ name: 'etcd', state: 'started', enabled: true, noBlock: true }))
 * ```
 */
export const systemd = defineModule<SystemdParams, SystemdState & { readonly answer: UnitAnswer }>({
  name: 'systemd',
  params: z
    .strictObject({
      name: unitParam,
      state: z.enum(['started', 'stopped', 'restarted', 'reloaded']).optional(),
      enabled: z.boolean().optional(),
      masked: z.boolean().optional(),
      daemonReload: z.boolean().optional(),
      daemonReexec: z.boolean().optional(),
      noBlock: z.boolean().optional(),
      force: z.boolean().optional(),
      missingOk: z.boolean().optional(),
      scope: z.enum(['system', 'user', 'global']).optional(),
    })
    .refine(
      ({ scope, state, daemonReload, daemonReexec }) => scope !== 'global' || !(state || daemonReload || daemonReexec),
      {
        error: 'nothing runs in the scope global: it can only enable, disable and mask',
        path: ['scope'],
      },
    )
    .refine(({ name, state }) => !isTemplate(name) || state === undefined, {
      error: (issue) =>
        `${(issue.input as SystemdParams).name} is a template: name an instance, such as 'name@instance'`,
      path: ['state'],
    })
    .refine(({ masked, enabled }) => !(masked && enabled), {
      error: 'a masked unit cannot be enabled',
      path: ['masked'],
    }),
  subject: ({ name }) => unitName(name),
  probe: ({ name, scope }) => map(unit(name, scope), stateOf),
  desired(params, actual) {
    const { answer } = actual
    if (!answer.systemd)
      throw new TaskFailure(`the host does not run systemd: unit ${unitName(params.name)} cannot be managed`)
    const reexecuted = params.daemonReexec === true ? { reexecuted: true } : {}
    if (answer.load === 'not-found' && params.daemonReload !== true) {
      requireAbsenceFits(params)
      if (params.missingOk) return reexecuted
      return {
        ...reexecuted,
        ...(actual.state !== 'stopped' && { state: params.state }),
        ...(params.masked && { masked: true }),
      }
    }
    if (actual.masked && params.masked !== false && (startsUnit(params) || params.enabled)) {
      throw new TaskFailure(`unit ${answer.id} is masked`, 'set masked: false to unmask it')
    }
    return {
      ...reexecuted,
      ...(params.state !== undefined && { state: params.state }),
      ...(params.enabled !== undefined && canBeEnabled(answer, params) && { enabled: params.enabled }),
      ...(params.masked !== undefined && { masked: params.masked }),
      ...(params.daemonReload === true && { fresh: true }),
    }
  },
  apply(params, change) {
    const { from, to } = change
    const name = from.answer.id
    const systemctl = command(params)
    const force = params.force ? ['--force'] : []
    // what holds for all users is files alone: there is no manager to read them
    const reload =
      params.scope !== 'global' &&
      params.daemonReload !== false &&
      (!from.fresh || (from.answer.load === 'not-found' && to !== null && changesUnit(to)))
    return sh.join([
      change.has('reexecuted') && sh`${systemctl} daemon-reexec || exit 1`,
      change.has('masked') && to?.masked === false && sh`${systemctl} unmask ${name} || exit 1`,
      reload && sh`${systemctl} daemon-reload || exit 1`,
      to?.enabled != null &&
        change.has('enabled') &&
        sh`${systemctl} ${to.enabled ? ['enable', ...force] : 'disable'} ${name} || exit 1`,
      change.has('state') && changeState(params, name, from.state),
      change.has('masked') && to?.masked === true && sh`${systemctl} mask ${force} ${name} || exit 1`,
    ])
  },
  // what a unit does when it starts or stops is anyone's guess
  touches: ({ name, state, daemonReexec }) => (state === undefined && !daemonReexec ? unitResources(name) : undefined),
  predict({ name, state, masked, scope }, { from, to }) {
    const { id } = from.answer
    const next = {
      ...(to?.state !== undefined && { active: state === 'stopped' ? 'inactive' : 'active' }),
      ...(to?.enabled != null && { enabled: to.enabled ? 'enabled' : 'disabled' }),
      ...(masked === true && { load: 'masked', enabled: 'masked' }),
      ...(masked === false && from.masked && { load: 'loaded', enabled: to?.enabled ? 'enabled' : 'disabled' }),
      needsReload: false,
    }
    return [...new Set([unitName(name), id])].map((each) => will.beUnit(each, next, scope))
  },
})

function stateOf(answer: UnitAnswer): SystemdState & { answer: UnitAnswer } {
  const masked = answer.load === 'masked' || answer.enabled.startsWith('masked')
  return {
    answer,
    state: activities[answer.active] ?? 'stopped',
    enabled: fixed.has(answer.enabled) ? null : ['enabled', 'alias'].includes(answer.enabled),
    masked,
    fresh: !answer.needsReload,
    reexecuted: false,
  }
}

const activities: Readonly<Record<string, SystemdState['state']>> = {
  active: 'started',
  reloading: 'started',
  refreshing: 'started',
  activating: 'starting',
  deactivating: 'stopping',
}

/** States of a unit file that neither enable nor disable changes. */
const fixed = new Set(['static', 'indirect', 'generated', 'transient'])

const canBeEnabled = ({ enabled }: UnitAnswer, { masked }: SystemdParams): boolean =>
  !fixed.has(enabled) && !(enabled.startsWith('masked') && masked !== false)

const changesUnit = ({ state, enabled, masked, fresh }: Desired<SystemdState> & object): boolean =>
  [state, enabled, masked, fresh].some((property) => property !== undefined)

const startsUnit = ({ state }: SystemdParams): boolean => state !== undefined && state !== 'stopped'

function requireAbsenceFits(params: SystemdParams): void {
  if (params.missingOk || (params.missingOk === undefined && !startsUnit(params) && params.enabled !== true)) return
  throw new TaskFailure(
    `unit ${unitName(params.name)} does not exist on the host`,
    'is the package or the unit file that brings it missing, or the name another on this distribution? (systemctl list-unit-files); missingOk: true goes on without it',
  )
}

const command = ({ scope = 'system' }: SystemdParams): Script =>
  sh`${scope === 'user' ? userBus : sh.empty}systemctl ${`--${scope}`}`

/** Starts, stops, restarts or reloads. What the unit said is the message when it fails. */
function changeState(params: SystemdParams, name: string, from: SystemdState['state']): Script {
  const running = from === 'started'
  const verb = { started: 'start', stopped: 'stop', restarted: 'restart', reloaded: running ? 'reload' : 'start' }[
    params.state!
  ]
  const scope = params.scope === 'user' ? '--user' : '--system'
  return sh`${command(params)} ${params.noBlock ? ['--no-block'] : []} ${verb} ${name} || {
  _c=$?
  ${params.scope === 'user' ? userBus : sh.empty}journalctl ${scope} -u ${name} -n 20 --no-pager -o cat >&2 2>/dev/null
  exit $_c
}`
}
