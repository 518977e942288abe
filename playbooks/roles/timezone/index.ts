// timezone: the zone of the host, and of the daemons that write it into logs and schedules.
import { handler, role, task } from 'tsplay'
import { command, timezone as setTimezone } from 'tsplay/modules'

// patterns, because one that matches no unit is no error: not every host has a cron or a syslog daemon
const restart = handler(
  'restart daemons that keep the time zone',
  command({ cmd: ['systemctl', 'try-restart', 'rsyslog*.service', 'cron*.service'] }),
)

/** The host's time zone. */
export const timezone = role<{ name: string }>({
  name: 'timezone',
  tasks: ({ name }) => [task('time zone', setTimezone({ name }), { notify: restart })],
})
