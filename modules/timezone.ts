// timezone: the host's time zone, by the link that every program reads. The clock of the hardware is set only where it is to run by another.
import { z } from 'zod'
import { type Content, contentOf, contentText } from '../engine/content.ts'
import { type Change, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, link, map, stat } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { configFile, contentOfLines, linesOf, writeConfigFile } from './common/config-file.ts'
import { nameParam } from './common/names.ts'

/** Parameters of `timezone`. */
export interface TimezoneParams {
  /** A zone of the tz database, such as `Asia/Shanghai` or `UTC`. Its file must be on the host (package `tzdata`). */
  name: string
  /** What the hardware's clock runs by: `UTC`, or `local` time as some other systems on the same machine have it. Default: left as it is. */
  hwclock?: 'UTC' | 'local'
}

/** What says which zone it is. */
export interface TimezoneState {
  /** The zone that /etc/localtime links to; null where it is missing or something else than a link to a zone. */
  readonly localtime: string | null
  /** What /etc/timezone says, where the host has the file or is a Debian. */
  readonly timezone: string | null
  /** By /etc/adjtime, which may be missing. */
  readonly hwclock: 'UTC' | 'local'
}

const zones = '/usr/share/zoneinfo'
const localtime = '/etc/localtime'
const timezoneFile = '/etc/timezone'
const adjtimeFile = '/etc/adjtime'

type Found = TimezoneState & { zone: string | undefined; named: boolean; adjtime: Content | null }

/**
 * The host's time zone is `name`. Running daemons keep the zone they started with.
 *
 * @example and those that write logs learn of it
 * ```ts
 * task('time zone', timezone({ name: 'Asia/Shanghai' }), { notify: handler('rsyslog', systemd({ name: 'rsyslog', state: 'restarted', missingOk: true })) })
 * ```
 *
 * @example with a hardware clock that runs by UTC
 * ```ts
 * task('time zone', timezone({ name: 'Europe/Berlin', hwclock: 'UTC' }))
 * ```
 */
export const timezone = defineModule<TimezoneParams, Found>({
  name: 'timezone',
  params: z.strictObject({
    name: nameParam(
      /^[A-Za-z0-9][A-Za-z0-9_+-]*(\/[A-Za-z0-9][A-Za-z0-9_+-]*){0,2}$/,
      "a time zone such as 'Europe/Berlin'",
    ),
    hwclock: z.enum(['UTC', 'local']).optional(),
  }),
  subject: ({ name }) => name,
  probe: ({ name, hwclock }) =>
    map(
      all({
        adjtime: hwclock === undefined ? always(null) : configFile(adjtimeFile),
        target: link(localtime),
        content: configFile(timezoneFile),
        zone: stat(`${zones}/${name}`),
        debian: stat('/etc/debian_version'),
      }),
      ({ target, content, zone, debian, adjtime }) => ({
        adjtime,
        hwclock: linesOf(adjtime)[2]?.trim() === 'LOCAL' ? ('local' as const) : ('UTC' as const),
        localtime: /(?:^|\/)zoneinfo\/(?:posix\/)?(.+)$/.exec(target ?? '')?.[1] ?? null,
        timezone: (content && contentText(content)?.trim()) || null,
        zone: zone?.type,
        named: content !== null || debian !== null,
      }),
    ),
  desired({ name, hwclock }, { zone, named }) {
    if (zone !== 'file' && zone !== 'link') {
      throw new TaskFailure(
        `there is no time zone '${name}' on the host: ${zones}/${name} ${zone === undefined ? 'does not exist' : `is a ${zone}`}`,
        "install the package 'tzdata', or mend the name (see tzselect)",
      )
    }
    return { localtime: name, ...(named && { timezone: name }), ...(hwclock && { hwclock }) }
  },
  apply: ({ name }, change) =>
    sh.join([
      change.has('localtime') &&
        sh`_t=${`${localtime}.tsplay.`}$$; ln -s ${`${zones}/${name}`} "$_t" && mv -f "$_t" ${localtime} || { rm -f "$_t"; exit 1; }`,
      change.has('timezone') && writeConfigFile(timezoneFile, contentOf(`${name}\n`)),
      // the clock itself is set by what the system's says; a host without one (a container) has nothing to set
      change.has('hwclock') &&
        sh`${writeConfigFile(adjtimeFile, adjtimeOf(change))}
if [ -e /dev/rtc ] || [ -e /dev/rtc0 ]; then hwclock --systohc || exit 1; fi`,
    ]),
  touches: () => [localtime, timezoneFile, adjtimeFile].map(fileResource),
  predict: ({ name }, change) => [
    will.be(localtime, { type: 'link', target: `${zones}/${name}` }),
    ...(change.to?.timezone ? [will.be(timezoneFile, { type: 'file', content: contentOf(`${name}\n`) })] : []),
    ...(change.has('hwclock') ? [will.be(adjtimeFile, { type: 'file', content: adjtimeOf(change) })] : []),
  ],
})

/** Two lines of how the clock drifts, and one of what it runs by. */
const adjtimeOf = ({ from, to }: Change<Found>): Content => {
  const [drift = '0.0 0 0.0', calibrated = '0'] = linesOf(from.adjtime)
  return contentOfLines([drift, calibrated, to?.hwclock === 'local' ? 'LOCAL' : 'UTC'])
}
