// seboolean: a switch of SELinux's policy, now and after each boot. Knows nothing of whether SELinux enforces.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { map, script } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { nameParam } from './common/names.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `seboolean`. */
export interface SebooleanParams {
  /** Its name, such as `httpd_can_network_connect`. */
  name: string
  /** On or off. */
  state: boolean
  /** Also after a reboot. Default true. */
  persistent?: boolean
}

/** The switch on the host. */
export interface SebooleanState {
  readonly live: boolean
  /** What has been set for good; null where nobody has, so that the policy decides. */
  readonly persistent: boolean | null
}

type Found = SebooleanState & { readonly problem: 'no SELinux' | 'no such switch' | null }

/**
 * A switch of SELinux's policy is on or off. On a host without SELinux that is a failure: ask `facts.selinux` first.
 *
 * @example a proxy may open connections
 * ```ts
 * task('haproxy may connect', seboolean({ name: 'haproxy_connect_any', state: true }))
 * ```
 *
 * @example until the next boot only
 * ```ts
 * task('for a trial', seboolean({ name: 'httpd_can_network_connect', state: true, persistent: false }))
 * ```
 */
export const seboolean = defineModule<SebooleanParams, Found>({
  name: 'seboolean',
  params: z.strictObject({
    name: nameParam(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/, "the name of a switch, such as 'httpd_can_network_connect'"),
    state: z.boolean(),
    persistent: z.boolean().optional(),
  }),
  subject: ({ name }) => name,
  probe: ({ name }) =>
    map(question(name), ({ stdout }) => {
      const [live, persistent] = stdout.trim().split(' ')
      return {
        live: live === '1',
        persistent: persistent === '1' ? true : persistent === '0' ? false : null,
        problem: live === 'off' ? 'no SELinux' : live === 'unknown' ? 'no such switch' : null,
      }
    }),
  desired({ name, state, persistent = true }, { problem }) {
    if (problem === 'no SELinux')
      throw new TaskFailure(
        'SELinux is disabled on the host, and has no switches',
        'leave the task out: when host.facts.selinux',
      )
    if (problem) throw new TaskFailure(`SELinux's policy on the host has no switch '${name}'`, 'see getsebool -a')
    return { live: state, ...(persistent && { persistent: state }) }
  },
  apply: ({ name, state }, change) =>
    change.has('persistent')
      ? sh`setsebool -P ${name} ${state ? '1' : '0'}`
      : sh`setsebool ${name} ${state ? '1' : '0'}`,
  touches: ({ name }) => [`seboolean:${name}`],
  predict: ({ name }, { from, to }) => {
    const digit = (value: boolean | null) => (value === null ? '-' : value ? '1' : '0')
    const stdout = `${digit(to?.live ?? from.live)} ${digit(to?.persistent ?? from.persistent)}\n`
    return [willAnswer(question(name), { code: 0, stdout })]
  },
})

/** The kernel tells the live value and the pending one; what was set for good stands in a file of the policy's store. */
const question = (name: string) =>
  script(
    sh`[ -d /sys/fs/selinux/booleans ] || { echo off; exit; }
[ -e /sys/fs/selinux/booleans/${name} ] || { echo unknown; exit; }
read -r _live _pending < /sys/fs/selinux/booleans/${name} || [ -n "$_live" ]
_type=$(sed -n 's/^SELINUXTYPE=//p' /etc/selinux/config 2>/dev/null | tail -n 1)
_kept=-
for _file in "/var/lib/selinux/$_type/active/booleans.local" "/etc/selinux/$_type/active/booleans.local" "/etc/selinux/$_type/modules/active/booleans.local"; do
  [ -r "$_file" ] || continue
  while IFS='=' read -r _key _value; do if [ "$_key" = ${name} ]; then _kept=$_value; fi; done < "$_file"
  break
done
case $_kept in true|on) _kept=1 ;; false|off) _kept=0 ;; esac
printf '%s %s\n' "$_live" "$_kept"`,
    { reads: [`seboolean:${name}`] },
  )
