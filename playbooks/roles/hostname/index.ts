// hostname: the host bears its inventory name.
import { role, task } from 'tsplay'
import { hostname as setHostname } from 'tsplay/modules'

/** The host's name, now and after a reboot. */
export const hostname = role<{ name: string }>({
  name: 'hostname',
  tasks: ({ name }) => [task('name of the host', setHostname({ name }))],
})
