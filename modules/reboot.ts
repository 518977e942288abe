// reboot: another boot of the host, waited for.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { all, map, type Probe, script, type UnitAnswer, unit } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { bootProbe } from './common/boot.ts'
import { unitParam } from './common/unit-param.ts'

/** Parameters of `reboot`. */
export interface RebootParams {
  /**
   * Only where something on the host asks for it: a package (Debian's `reboot-required`, `needs-restarting`), a default
   * kernel that does not run yet, or SELinux. Default false: in any case.
   */
  whenRequired?: boolean
  /** Seconds after which the host must be back. Default 600. */
  timeout?: number
  /** Seconds between the order and its being carried out. Default 0. */
  preDelay?: number
  /** Seconds before the first look whether the host is back. Default 0. */
  postDelay?: number
  /**
   * A command in the host's shell that must succeed before the host counts as back: `systemctl is-active kubelet`.
   * Default: none.
   */
  testCommand?: string
  /**
   * Units of systemd that must run before the host counts as back, as far as they did when it was rebooted: `etcd`,
   * `kubelet`. Others of them, and those that the host does not have, are not waited for. Default: none.
   */
  units?: string[]
  /** What logged-in users are told. Default `Rebooted by tsplay`. */
  message?: string
}

/** The boot the host is in. */
export interface RebootState {
  readonly bootId: string
  /** Why it is to be rebooted; null where it need not be. */
  readonly reason: string | null
  /** Those of `units` that run. */
  readonly running: readonly string[]
}

/** What `register` receives. */
export interface RebootResult {
  /** Whether the host has been rebooted. */
  readonly rebooted: boolean
  /** Seconds until it was back. */
  readonly elapsed?: number
}

/**
 * Reboots the host and goes on when it has come up again: in another boot, as its boot id tells, with `testCommand`
 * content, and with those of `units` running that ran before. Nothing but a failed task comes of a host that is not back in
 * time; it says which unit is missing.
 *
 * @example only where a new kernel or a package asks for it
 * ```ts
 * task('reboot', reboot({ whenRequired: true, timeout: 900 }))
 * ```
 * @example one host after the other, each serving again before the next
 * ```ts
 * task('reboot', reboot({ units: ['etcd', 'kubelet', 'docker'] }), { throttle: 1 })
 * ```
 */
export const reboot = defineModule<RebootParams, RebootState, RebootResult>({
  name: 'reboot',
  params: z.strictObject({
    whenRequired: z.boolean().optional(),
    timeout: z.number().positive().optional(),
    preDelay: z.number().min(0).optional(),
    postDelay: z.number().min(0).optional(),
    testCommand: z.string().min(1).optional(),
    units: z.array(unitParam).optional(),
    message: z
      .string()
      .regex(/^[^\r\n]+$/, { error: 'a message is one line' })
      .optional(),
  }),
  subject: () => 'boot',
  probe: ({ whenRequired, units = [] }) =>
    map(all({ boot: bootProbe(), units: unitsProbe(units) }), ({ boot: { bootId, reason }, units: asked }) => ({
      bootId,
      reason: whenRequired ? reason : (reason ?? 'the task asks for it'),
      // by their own names: two of those that were asked for may be one
      running: [...new Set(asked.filter(isRunning).map(({ id }) => id))],
    })),
  desired: () => ({ reason: null }),
  apply: ({ preDelay = 0, message = 'Rebooted by tsplay' }) => orderReboot(preDelay, message),
  away: ({ timeout = 600, preDelay = 0, postDelay = 0, testCommand }, { from }) => ({
    timeout,
    delay: preDelay + postDelay + orderTakes,
    back: isBack(from, testCommand),
  }),
  result: (_params, _actual, output) =>
    output === undefined ? { rebooted: false } : { rebooted: true, elapsed: Number(output.stdout) },
})

/** Seconds between the answer to the order and the reboot, so that the answer gets through. */
const orderTakes = 1

/** Orders the reboot apart from the connection, which the reboot takes away. */
const orderReboot = (delay: number, message: string): Script => sh`[ "$(id -u)" -eq 0 ] || {
  echo 'only root can reboot the host: set become on the task' >&2; exit 1; }
if command -v shutdown >/dev/null 2>&1; then set -- shutdown -r now ${message}
elif command -v reboot >/dev/null 2>&1; then set -- reboot
else echo 'the host has neither shutdown nor reboot' >&2; exit 1; fi
_apart=; ! command -v setsid >/dev/null 2>&1 || _apart=setsid
$_apart sh -c 'trap "" HUP; sleep "$1"; shift; exec "$@"' sh ${delay + orderTakes} "$@" </dev/null >/dev/null 2>&1 &`

/** What is still missing, or true. */
const isBack = ({ bootId, running }: RebootState, test: string | undefined): Probe<boolean | string> =>
  map(
    all({
      booted: script(sh`read -r _boot < /proc/sys/kernel/random/boot_id && [ "$_boot" != ${bootId} ] || exit 1
${test === undefined ? sh.empty : sh`sh -c ${test}`}`),
      units: unitsProbe(running),
    }),
    ({ booted, units }) => {
      if (booted.code !== 0) return false
      const missing = units.filter((each) => !isRunning(each))
      return missing.length === 0 || `what ran before does not run: ${missing.map(told).join(', ')}`
    },
  )

const unitsProbe = (names: readonly string[]): Probe<readonly UnitAnswer[]> => all(names.map((name) => unit(name)))

const isRunning = ({ active }: UnitAnswer): boolean => active === 'active' || active === 'reloading'

/** One that is not enabled was started by hand, and no boot brings it back. */
const told = ({ id, active, enabled }: UnitAnswer): string =>
  `${id} (${active}${active === 'inactive' && enabled === 'disabled' ? ', disabled' : ''})`
