// timezone: the zone of the host, and of the daemons that write it into logs and schedules.
import { handler, role, task } from 'tsplay'
import { command, timezone as setTimezone } from 'tsplay/modules'

// patterns, because one that matches no unit is no error: not every host has a cron or a syslog daemon
const restart = handler(
  'restart daemons that keep the time zone',
  command({ cmd: ['systemctl', 'try-restart', 'rsyslog*.service', 'cron*.service'] }),
)

export interface TimezoneParams {
  /** A name of the tz database. */
  name: string
  /** What the clock of the board runs by. Default: left as it is. */
  hardwareClock?: 'UTC' | 'local'
}

/** The host's time zone. */
export const timezone = role<TimezoneParams>({
  name: 'timezone',
  tasks: ({ name, hardwareClock: hwclock }) => [
    task('time zone', setTimezone({ name, ...(hwclock && { hwclock }) }), { notify: restart }),
  ],
})
