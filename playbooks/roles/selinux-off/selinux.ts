// selinux: what SELinux does now and after the next boot. Relabels nothing.
import { defineModule, probe, sh, z } from 'tsplay'

/** Parameters of `selinux`. */
export interface SelinuxParams {
  /** `permissive` stops enforcement now. What is disabled stays so: only a boot can change that. */
  live: 'permissive'
  /** What /etc/selinux/config says for the next boot. */
  atBoot: 'disabled' | 'permissive'
}

/** SELinux on the host. */
export interface SelinuxState {
  readonly live: 'enforcing' | 'permissive' | 'disabled'
  /** null where the host has no such file: it has no SELinux. */
  readonly atBoot: string | null
}

const config = '/etc/selinux/config'
// the file itself: /etc/sysconfig/selinux is a link to it, which an edit in place would replace by a file
const look = sh`if [ -r /sys/fs/selinux/enforce ]; then read -r live < /sys/fs/selinux/enforce || :; fi
printf 'live=%s\n' "$live"
if [ -f ${config} ]; then sed -n 's/^SELINUX=[[:blank:]]*\([a-z]*\).*/atBoot=\1/p' ${config} | tail -n 1; echo file=yes; fi`

/** SELinux is permissive or disabled. `rebootRequired` tells that only a boot will bring what the file says. */
export const selinux = defineModule<SelinuxParams, SelinuxState, { rebootRequired: boolean }>({
  name: 'selinux',
  params: z.strictObject({ live: z.literal('permissive'), atBoot: z.enum(['disabled', 'permissive']) }),
  subject: () => config,
  probe: () =>
    probe.map(probe.script(look, { reads: [`file:${config}`, 'file:/sys/fs/selinux'] }), ({ stdout }) =>
      readState(stdout),
    ),
  desired: (params, { live, atBoot }) => ({
    live: live === 'disabled' ? 'disabled' : params.live,
    ...(atBoot !== null && { atBoot: params.atBoot }),
  }),
  apply: (params, change) =>
    sh.join([
      change.has('live') && sh`setenforce 0 || exit 1`,
      change.has('atBoot') &&
        sh`if grep -q '^SELINUX=' ${config}; then sed -i ${`s/^SELINUX=.*/SELINUX=${params.atBoot}/`} ${config}; else printf '%s\n' ${`SELINUX=${params.atBoot}`} >> ${config}; fi || exit 1`,
    ]),
  result: ({ atBoot }, before) => ({ rebootRequired: atBoot === 'disabled' && before.live !== 'disabled' }),
  touches: () => [`file:${config}`, 'file:/sys/fs/selinux'],
})

function readState(stdout: string): SelinuxState {
  const value = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(stdout)?.[1]
  const live = value('live')
  return {
    live: live === '1' ? 'enforcing' : live === '0' ? 'permissive' : 'disabled',
    atBoot: value('file') === undefined ? null : (value('atBoot') ?? ''),
  }
}
