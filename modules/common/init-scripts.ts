// Services of hosts without systemd: OpenRC's, and scripts in /etc/init.d with links in rcN.d. What they are, and how they are changed.
import { map, type Probe, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'

/** How a service of such a host is asked about and started. */
export interface InitScript {
  readonly name: string
  /** Found in the list of processes, it tells that the service runs: for scripts that do not know `status`. */
  readonly pattern?: string
  /** Words behind the verb. */
  readonly arguments?: readonly string[]
  /** Seconds between stop and start. */
  readonly sleep?: number
  /** OpenRC's. */
  readonly runlevel: string
}

/** A service of a host without systemd. */
export interface InitService {
  /** `systemd`: whether it runs is not asked, and whether it is enabled only where there is a script. `none`: nothing that is known here manages services. */
  readonly manager: 'systemd' | 'openrc' | 'sysv' | 'none'
  readonly exists: boolean
  readonly running: boolean
  readonly enabled: boolean
}

/** Asks for it. */
export const initService = (service: InitScript): Probe<InitService> =>
  map(initServiceLine(service), ({ stdout }) => {
    const [manager = 'none', exists, running, enabled] = stdout.trim().split(' ')
    return {
      manager: manager as InitService['manager'],
      exists: exists === 'yes',
      running: running === 'yes',
      enabled: enabled === 'yes',
    }
  })

/** What the question prints. */
export const initServiceText = ({ manager, exists, running, enabled }: InitService): string =>
  [manager, ...[exists, running, enabled].map((each) => (each ? 'yes' : 'no'))].join(' ')

/** The question itself, for predictions. A status script may be any program, and says by its exit code alone what it found. */
export const initServiceLine = ({ name, pattern, runlevel }: InitScript) =>
  script(
    sh`_file=${`/etc/init.d/${name}`} _exists=no _running=no _enabled=no _kind=none
if [ -d /run/systemd/system ]; then
  _kind=systemd
  if [ ! -x "$_file" ]; then echo systemd; exit; fi
fi
if [ "$_kind" = none ] && command -v rc-service >/dev/null 2>&1; then
  _kind=openrc
  if [ -e ${`/etc/runlevels/${runlevel}/${name}`} ]; then _enabled=yes; fi
elif [ -d /etc/init.d ]; then
  if [ "$_kind" = none ]; then _kind=sysv; fi
  for _link in ${sh.join(
    runlevels.map(
      (level) => sh`/etc/rc${sh.raw(level)}.d/S[0-9][0-9]${name} /etc/rc.d/rc${sh.raw(level)}.d/S[0-9][0-9]${name}`,
    ),
    ' ',
  )}; do
    if [ -e "$_link" ]; then _enabled=yes; fi
  done
fi
if [ -x "$_file" ]; then
  _exists=yes
  if [ "$_kind" != systemd ]; then ${isRunning(pattern)}; fi
fi
echo "$_kind $_exists $_running $_enabled"`,
    { reads: [`unit:${name}.service`, fileResource(`/etc/init.d/${name}`), ...rcFolders.map(fileResource)] },
  )

/** Where being enabled is written down. */
export const rcFolders = ['/etc/runlevels', '/etc/rc.d', ...[0, 1, 2, 3, 4, 5, 6].map((level) => `/etc/rc${level}.d`)]

const runlevels = ['2', '3', '4', '5']

/** The shell's own words are left out of the list: this very script has the pattern in it. */
const isRunning = (pattern: string | undefined): Script =>
  pattern === undefined
    ? sh`if "$_file" status >/dev/null 2>&1 </dev/null; then _running=yes; fi`
    : sh`for _p in /proc/[0-9]*; do
    if [ "\${_p#/proc/}" = "$$" ]; then continue; fi
    { _c=$(tr '\0' ' ' < "$_p/cmdline"); } 2>/dev/null || continue
    case $_c in *_exists=no*) ;; *${pattern}*) _running=yes; break ;; esac
  done`

/** Starts, stops, restarts or reloads it. */
export function changeService(service: InitScript, manager: InitService['manager'], verb: string): Script {
  const { name, sleep } = service
  const call = (each: string): Script =>
    manager === 'openrc'
      ? sh`rc-service ${name} ${each} ${service.arguments ?? []} >&2 </dev/null`
      : sh`${`/etc/init.d/${name}`} ${each} ${service.arguments ?? []} >&2 </dev/null`
  if (verb === 'restart' && sleep !== undefined) return sh`${call('stop')}; sleep ${sleep}; ${call('start')} || exit 1`
  return sh`${call(verb)} || exit 1`
}

/** Whether it is started at boot. */
export function enableService(
  { name, runlevel }: InitScript,
  manager: InitService['manager'],
  enable: boolean,
): Script {
  if (manager === 'openrc') return sh`rc-update ${enable ? 'add' : 'del'} ${name} ${runlevel} >&2 || exit 1`
  return sh`if command -v update-rc.d >/dev/null 2>&1; then
  ${enable ? sh`update-rc.d ${name} defaults >&2 && update-rc.d ${name} enable >&2` : sh`update-rc.d ${name} disable >&2`} || exit 1
elif command -v chkconfig >/dev/null 2>&1; then
  ${enable ? sh`chkconfig --add ${name} && chkconfig ${name} on` : sh`chkconfig ${name} off`} || exit 1
else
  echo 'the host has neither update-rc.d nor chkconfig: what is started at boot cannot be changed' >&2; exit 1
fi`
}
