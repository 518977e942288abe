// timezone: the host's time zone, by the link that every program reads. Touches no clock.
import { z } from 'zod'
import { contentOf, contentText } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, link, map, stat } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { configFile, writeConfigFile } from './common/config-file.ts'
import { nameParam } from './common/names.ts'

/** Parameters of `timezone`. */
export interface TimezoneParams {
  /** A zone of the tz database, such as `Asia/Shanghai` or `UTC`. Its file must be on the host (package `tzdata`). */
  name: string
}

/** What says which zone it is. */
export interface TimezoneState {
  /** The zone that /etc/localtime links to; null where it is missing or something else than a link to a zone. */
  readonly localtime: string | null
  /** What /etc/timezone says, where the host has the file or is a Debian. */
  readonly timezone: string | null
}

const zones = '/usr/share/zoneinfo'
const localtime = '/etc/localtime'
const timezoneFile = '/etc/timezone'

/** The host's time zone is `name`. Running daemons keep the zone they started with. */
export const timezone = defineModule<TimezoneParams, TimezoneState & { zone: string | undefined; named: boolean }>({
  name: 'timezone',
  params: z.strictObject({
    name: nameParam(
      /^[A-Za-z0-9][A-Za-z0-9_+-]*(\/[A-Za-z0-9][A-Za-z0-9_+-]*){0,2}$/,
      "a time zone such as 'Europe/Berlin'",
    ),
  }),
  subject: ({ name }) => name,
  probe: ({ name }) =>
    map(
      all({
        target: link(localtime),
        content: configFile(timezoneFile),
        zone: stat(`${zones}/${name}`),
        debian: stat('/etc/debian_version'),
      }),
      ({ target, content, zone, debian }) => ({
        localtime: /(?:^|\/)zoneinfo\/(?:posix\/)?(.+)$/.exec(target ?? '')?.[1] ?? null,
        timezone: (content && contentText(content)?.trim()) || null,
        zone: zone?.type,
        named: content !== null || debian !== null,
      }),
    ),
  desired({ name }, { zone, named }) {
    if (zone !== 'file' && zone !== 'link') {
      throw new TaskFailure(
        `there is no time zone '${name}' on the host: ${zones}/${name} ${zone === undefined ? 'does not exist' : `is a ${zone}`}`,
        "install the package 'tzdata', or mend the name (see tzselect)",
      )
    }
    return { localtime: name, ...(named && { timezone: name }) }
  },
  apply: ({ name }, change) =>
    sh.join([
      change.has('localtime') &&
        sh`_t=${`${localtime}.tsplay.`}$$; ln -s ${`${zones}/${name}`} "$_t" && mv -f "$_t" ${localtime} || { rm -f "$_t"; exit 1; }`,
      change.has('timezone') && writeConfigFile(timezoneFile, contentOf(`${name}\n`)),
    ]),
  touches: () => [fileResource(localtime), fileResource(timezoneFile)],
  predict: ({ name }, change) => [
    will.be(localtime, { type: 'link', target: `${zones}/${name}` }),
    ...(change.to?.timezone ? [will.be(timezoneFile, { type: 'file', content: contentOf(`${name}\n`) })] : []),
  ],
})
