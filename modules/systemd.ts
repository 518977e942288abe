// systemd: units of systemd, running or not, at boot or not. Knows nothing of other service managers.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { map, type UnitAnswer, unit } from '../engine/probe.ts'
import { unitName, unitResources, userBus } from '../engine/question/unit.ts'
import { type Script, sh } from '../engine/script.ts'
import { nameParam } from './common/names.ts'

/** Parameters of `systemd`. */
export interface SystemdParams {
  /** The unit; `nginx` means `nginx.service`. An alias stands for the unit it names. */
  name: string
  /**
   * `started` and `stopped` act where the unit is not so already. `restarted` and `reloaded` always act and always
   * change; to reload a stopped unit starts it. Default: left as it is.
   */
  state?: 'started' | 'stopped' | 'restarted' | 'reloaded'
  /** Started at boot. A unit that cannot be (static, generated, …) is left alone. Default: left as it is. */
  enabled?: boolean
  /** Masked units cannot be started by anything. Default: left as it is. */
  masked?: boolean
  /**
   * True: systemd reads its unit files again where this unit's are newer than what it has loaded. False: never. Default:
   * where they are newer and the task changes something.
   */
  daemonReload?: boolean
  /** Do not wait until the unit has started or stopped. Default false. */
  noBlock?: boolean
  /** Whose systemd: the host's (default), or that of the user who runs the task. */
  scope?: 'system' | 'user'
}

/** A unit. */
export interface SystemdState {
  readonly state: 'started' | 'stopped' | 'starting' | 'stopping' | 'restarted' | 'reloaded'
  /** null where the unit can neither be enabled nor disabled. */
  readonly enabled: boolean | null
  readonly masked: boolean
  /** What systemd has loaded is what the files say. */
  readonly fresh: boolean
}

/** A unit is started, stopped, enabled, disabled or masked. That an unknown one is to be stopped or disabled is no failure. */
export const systemd = defineModule<SystemdParams, SystemdState & { readonly answer: UnitAnswer }>({
  name: 'systemd',
  params: z.strictObject({
    name: nameParam(
      /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,254}$/,
      "the name of a unit, such as 'nginx' or 'fstrim.timer'",
    ),
    state: z.enum(['started', 'stopped', 'restarted', 'reloaded']).optional(),
    enabled: z.boolean().optional(),
    masked: z.boolean().optional(),
    daemonReload: z.boolean().optional(),
    noBlock: z.boolean().optional(),
    scope: z.enum(['system', 'user']).optional(),
  }),
  subject: ({ name }) => unitName(name),
  probe: ({ name, scope }) => map(unit(name, scope), stateOf),
  desired(params, actual) {
    const { answer } = actual
    if (!answer.systemd)
      throw new TaskFailure(`the host does not run systemd: unit ${unitName(params.name)} cannot be managed`)
    if (answer.load === 'not-found' && params.daemonReload !== true) {
      requireAbsenceFits(params)
      return { ...(actual.state !== 'stopped' && { state: params.state }), ...(params.masked && { masked: true }) }
    }
    if (actual.masked && params.masked !== false && (startsUnit(params) || params.enabled)) {
      throw new TaskFailure(`unit ${answer.id} is masked`, 'set masked: false to unmask it')
    }
    return {
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
    const reload = params.daemonReload !== false && (!from.fresh || from.answer.load === 'not-found')
    return sh.join([
      change.has('masked') && to?.masked === false && sh`${systemctl} unmask ${name} || exit 1`,
      reload && sh`${systemctl} daemon-reload || exit 1`,
      to?.enabled != null &&
        change.has('enabled') &&
        sh`${systemctl} ${to.enabled ? 'enable' : 'disable'} ${name} || exit 1`,
      change.has('state') && changeState(params, name, from.state),
      change.has('masked') && to?.masked === true && sh`${systemctl} mask ${name} || exit 1`,
    ])
  },
  // what a unit does when it starts or stops is anyone's guess
  touches: ({ name, state }) => (state === undefined ? unitResources(name) : undefined),
  predict({ name, state, masked }, { from, to }) {
    const { id } = from.answer
    const next = {
      ...(state !== undefined && { active: state === 'stopped' ? 'inactive' : 'active' }),
      ...(to?.enabled != null && { enabled: to.enabled ? 'enabled' : 'disabled' }),
      ...(masked === true && { load: 'masked', enabled: 'masked' }),
      ...(masked === false && from.masked && { load: 'loaded', enabled: to?.enabled ? 'enabled' : 'disabled' }),
      needsReload: false,
    }
    return [...new Set([unitName(name), id])].map((each) => will.beUnit(each, next))
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

const startsUnit = ({ state }: SystemdParams): boolean => state !== undefined && state !== 'stopped'

function requireAbsenceFits(params: SystemdParams): void {
  if (!startsUnit(params) && params.enabled !== true) return
  throw new TaskFailure(
    `unit ${unitName(params.name)} does not exist on the host`,
    'is the package or the unit file that brings it missing, or the name another on this distribution? (systemctl list-unit-files)',
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
