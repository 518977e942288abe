// serviceFacts: the host's services, which of them run and which are started at boot. Changes nothing.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { map, type Probe, script } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'

/** Parameters of `serviceFacts`: none. */
export type ServiceFactsParams = Record<string, never>

/** A service. */
export interface ServiceFact {
  /** `nginx.service` where systemd says it, else `nginx`. */
  readonly name: string
  /** `exited`: it has done its work and counts as active. */
  readonly state: 'running' | 'exited' | 'starting' | 'stopping' | 'stopped' | 'failed'
  /** `enabled`, `disabled`, `static`, `masked`, `generated`, …; `not-found` for one that others only mention, `unknown` for one without a file. */
  readonly status: string
  readonly source: 'systemd' | 'openrc' | 'sysv'
}

/** What `register` receives. */
export interface ServiceFactsResult {
  /** By name. */
  readonly services: Readonly<Record<string, ServiceFact>>
}

/**
 * Reads all services of the host: systemd's units, OpenRC's services, or scripts in /etc/init.d.
 *
 * @example what only matters where a firewall runs
 * ```ts
 * task('services', serviceFacts({})).register(({ services }) => [
 *   services['firewalld.service']?.state === 'running' && task('open', firewalld({ port: '6443/tcp', state: 'enabled' })),
 * ])
 * ```
 *
 * @example nothing may have failed
 * ```ts
 * task('services', serviceFacts({})).register(({ services }) => [
 *   task('none failed', assert({ that: Object.values(services).every(({ state }) => state !== 'failed') })),
 * ])
 * ```
 */
export const serviceFacts = defineModule<ServiceFactsParams, ServiceFactsResult, ServiceFactsResult>({
  name: 'serviceFacts',
  params: z.strictObject({}) as z.ZodType<ServiceFactsParams>,
  probe: () => services,
  desired: () => ({}),
  apply: () => sh.empty,
  result: (_params, { services }) => ({ services }),
  touches: () => [],
  predict: () => [],
})

/** An init script is asked for its status only where nothing else manages services: each is a program to be run. */
const services: Probe<ServiceFactsResult> = map(
  script(
    sh`if [ -d /run/systemd/system ]; then
  echo systemd
  systemctl list-unit-files --type=service --no-legend --no-pager
  echo --
  systemctl list-units --all --type=service --plain --no-legend --no-pager
elif command -v rc-status >/dev/null 2>&1; then
  echo openrc
  for _l in /etc/runlevels/*/*; do [ ! -e "$_l" ] || printf '%s enabled\n' "\${_l##*/}"; done
  echo --
  rc-status --servicelist --nocolor 2>/dev/null
elif [ -d /etc/init.d ]; then
  echo sysv
  for _l in /etc/rc[2-5].d/S[0-9][0-9]* /etc/rc.d/rc[2-5].d/S[0-9][0-9]*; do [ ! -e "$_l" ] || { _l=\${_l##*/}; printf '%s enabled\n' "\${_l#S??}"; }; done
  echo --
  for _f in /etc/init.d/*; do
    [ -f "$_f" ] && [ -x "$_f" ] || continue
    case \${_f##*/} in functions|halt|killall|single|rc|rcS|rcK|*.dpkg-*|*.rpm*) continue ;; esac
    if "$_f" status >/dev/null 2>&1 </dev/null; then _s=running; else _s=stopped; fi
    printf '%s %s\n' "\${_f##*/}" "$_s"
  done
fi`,
  ),
  ({ stdout }) => servicesIn(stdout),
)

function servicesIn(stdout: string): ServiceFactsResult {
  const [source = '', ...lines] = stdout.split('\n')
  const end = lines.indexOf('--')
  const status = new Map(lines.slice(0, end).map((line) => line.trim().split(/\s+/, 2) as [string, string]))
  const states = new Map(lines.slice(end + 1).flatMap((line) => stateIn(source, line)))
  const names = [...new Set([...status.keys(), ...states.keys()])].filter(
    (name) => name !== '' && !/@(\.|$)/.test(name),
  )
  return {
    services: Object.fromEntries(
      names.sort().map((name) => [
        name,
        {
          name,
          state: states.get(name)?.state ?? 'stopped',
          status:
            status.get(name) ??
            states.get(name)?.status ??
            // an instance is as its template is
            status.get(name.replace(/@[^@]*(\.[a-z]+)$/, '@$1')) ??
            (source === 'systemd' ? 'unknown' : 'disabled'),
          source: source as ServiceFact['source'],
        },
      ]),
    ),
  }
}

type Line = [name: string, { state: ServiceFact['state']; status?: string }]

function stateIn(source: string, line: string): Line[] {
  if (source === 'openrc') {
    const [, name, state] = /^\s*(\S+)\s*\[\s*(\S+)\s*\]/.exec(line) ?? []
    return name === undefined ? [] : [[name, { state: openrcStates[state!] ?? 'stopped' }]]
  }
  const [name = '', ...words] = line.trim().split(/\s+/)
  if (name === '') return []
  if (source === 'sysv') return [[name, { state: words[0] === 'running' ? 'running' : 'stopped' }]]
  const [load = '', active = '', sub = ''] = words
  const state = active === 'active' && sub === 'exited' ? 'exited' : (systemdStates[active] ?? 'stopped')
  return [[name, { state, ...(load !== 'loaded' && { status: load }) }]]
}

const systemdStates: Readonly<Record<string, ServiceFact['state']>> = {
  active: 'running',
  reloading: 'running',
  refreshing: 'running',
  activating: 'starting',
  deactivating: 'stopping',
  failed: 'failed',
}

const openrcStates: Readonly<Record<string, ServiceFact['state']>> = {
  started: 'running',
  starting: 'starting',
  inactive: 'starting',
  stopping: 'stopping',
  crashed: 'failed',
}
