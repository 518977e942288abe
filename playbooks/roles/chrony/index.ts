// chrony: the daemon that keeps a host's clock, its configuration and its sources. Knows not who serves whom.
import { flushHandlers, handler, role, task } from 'tsplay'
import { apt, command, copy, directory, lineInFile, package as packages, systemd, template } from 'tsplay/modules'
import { type ChronyFamily, chronyFiles } from './files.ts'

/** Where the time comes from. */
export interface TimeSource {
  /** Name or address. */
  address: string
  /** The name stands for many servers, of which a few are used. Default false. */
  pool?: boolean
}

export interface ChronyParams {
  /** Family of the host's distribution. */
  family: ChronyFamily
  /** All sources there are; those that the package brought are gone. */
  sources: readonly TimeSource[]
  /** Networks whose hosts may ask for the time, such as `10.0.0.0/24`. Default: nobody. */
  allow?: readonly string[]
  /** Go on serving the own clock at this stratum (1 to 15) while no source answers. Default: do not. */
  localStratum?: number
  /** Seconds to wait until a source is chosen, then fail; 0: do not wait. Default 60. */
  waitForSync?: number
  /** False in containers, whose clock is the machine's: chronyd measures and serves without setting it. Default true. */
  setsClock?: boolean
}

/** One daemon keeps the clock, with these sources and no others, and uses one of them. */
export const chrony = role<ChronyParams>({
  name: 'chrony',
  dir: import.meta.dirname,
  tasks({ family, sources, allow = [], localStratum, waitForSync = 60, setsClock = true }) {
    const files = chronyFiles[family]
    const restart = handler('restart chrony', systemd({ name: files.unit, state: 'restarted', daemonReload: true }), {
      throttle: 1,
    })
    const vars = { files, sources, allow, localStratum: localStratum ?? 0 }
    return [
      // two daemons would pull the clock to and fro; the package removes those that it knows of
      ['systemd-timesyncd', 'ntp', 'ntpd'].map((name) =>
        task(`no ${name}`, systemd({ name, state: 'stopped', enabled: false })),
      ),
      family === 'debian'
        ? task('chrony', apt({ name: 'chrony', startServices: false }))
        : task('chrony', packages({ name: 'chrony' })),
      task('configuration', template({ src: 'chrony.conf.ejs', dest: files.config, vars, mode: '0644' }), {
        notify: restart,
      }),
      !setsClock && [
        task(
          'options of a container',
          lineInFile({
            path: files.options,
            regexp: `^${files.variable}=`,
            line: `${files.variable}="-x"`,
            create: true,
            mode: '0644',
          }),
          { notify: restart },
        ),
        task('folder of the drop-in', directory({ path: dropIn(files.unit), mode: '0755' })),
        task(
          'unit of a container',
          copy({
            dest: `${dropIn(files.unit)}/10-tsplay.conf`,
            content: '# Managed by tsplay: changes made here are lost.\n[Unit]\nConditionCapability=\n',
            mode: '0644',
          }),
          { notify: restart },
        ),
      ],
      task('chrony runs', systemd({ name: files.unit, enabled: true, state: 'started' }), { absorbs: restart }),
      // a daemon that ran before still has its old sources, and serves whom it served then
      flushHandlers(),
      waitForSync > 0 &&
        task('a source is used', command({ cmd: ['chronyc', '-n', 'sources'] }), {
          changedWhen: false,
          until: ({ stdout }) => /^\^\*/m.test(stdout),
          retries: Math.ceil(waitForSync / 2),
          delay: 2,
        }),
    ]
  },
})

const dropIn = (unit: string): string => `/etc/systemd/system/${unit}.service.d`
