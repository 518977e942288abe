// loginPath: whether a shell that somebody logs in with finds folders of programs. Changes nothing.
import { defineModule, probe, sh, z } from 'tsplay'

export interface LoginPathParams {
  /** Folders that are to be in its PATH. */
  dirs: string[]
}

/**
 * The folders are in the PATH of a login shell of the account that tasks run as. A shell is opened to see that, as at every login;
 * a check opens none, since what its profile does is not known.
 */
export const loginPath = defineModule<
  LoginPathParams,
  { readonly missing: readonly string[] },
  object,
  LoginPathParams & { readonly check: boolean }
>({
  name: 'loginPath',
  params: z.strictObject({ dirs: z.array(z.string()) }),
  // there is nothing to be done about it here but to say so
  waits: true,
  subject: ({ dirs }) => dirs.join(', '),
  prepare: async (params, { check }) => ({ ...params, check }),
  probe: ({ dirs, check }) =>
    check
      ? probe.always({ missing: [] })
      : probe.map(probe.script(path, { reads: sources }), ({ stdout }) => {
          const found = new Set(stdout.trim().split(':'))
          return { missing: dirs.filter((dir) => !found.has(dir)) }
        }),
  desired: () => ({ missing: [] }),
  apply: (
    _input,
    { from: { missing } },
  ) => sh`printf '%s\n' ${`a login shell does not find ${missing.join(', ')}: /etc/profile does not read /etc/profile.d, or what it reads sets PATH anew`} >&2
if [ -e /usr/share/base-files/profile ]; then
printf '%s\n' 'bring back the one of the distribution: cp /usr/share/base-files/profile /etc/profile' >&2
else
printf '%s\n' "bring back the one of the distribution: rm /etc/profile && yum -y reinstall setup" >&2
fi
exit 1`,
  touches: () => [],
  predict: () => [],
})

/** What such shells read before anybody can type. */
const sources = ['/etc/profile', '/etc/profile.d', '/etc/bashrc', '/etc/bash.bashrc', '/root'].map(
  (each) => `file:${each}`,
)

/** Whatever a profile prints besides, the last line of these is the shell's own. */
const path = sh`_s=$(command -v bash) || _s=/bin/sh
env -i HOME="\${HOME:-/root}" USER=root LOGNAME=root TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin timeout 20 "$_s" -lc 'printf "\npath=%s\n" "$PATH"' 2> /dev/null < /dev/null | sed -n 's/^path=//p' | tail -n 1
:`
