// Ansible's modules for services: systemd, and service and sysvinit, which are one here.
import { TsplayError } from '../../engine/error.ts'
import { type Args, refusedParam, type Translation } from './translation.ts'
import { booleanOf } from './yes-no.ts'

const state = { running: 'started' }

export const services: readonly Translation[] = [
  {
    names: ['systemd', 'systemd_service'],
    module: 'systemd',
    renamed: { service: 'name', unit: 'name', 'daemon-reload': 'daemonReload', 'daemon-reexec': 'daemonReexec' },
    values: { state },
    adapt(args) {
      if (args.name !== undefined) return { module: 'systemd', args }
      // all unit files are read again: there is no unit whose state would say whether that is needed
      const {
        scope = 'system',
        daemonReload,
        daemon_reload = daemonReload,
        daemonReexec,
        daemon_reexec = daemonReexec,
        ...rest
      } = args
      const verb = booleanOf(daemon_reload) ? 'daemon-reload' : booleanOf(daemon_reexec) ? 'daemon-reexec' : undefined
      if (verb && Object.keys(rest).length === 0 && scope !== 'global')
        return { module: 'command', args: { cmd: ['systemctl', `--${String(scope)}`, verb] } }
      throw new TsplayError('systemd: which unit?', { hint: 'name=nginx' })
    },
  },
  {
    names: ['service', 'sysvinit'],
    module: 'service',
    renamed: { service: 'name', args: 'arguments' },
    values: { state },
    ignored: ['use', 'daemonize'],
    refused: { runlevels: refusedParam('a script says itself in which runlevels it is to be', 'leave it out') },
    adapt: (args) => ({ module: 'service', args: withWords(args) }),
  },
  { names: ['service_facts'], module: 'serviceFacts' },
]

/** Words that Ansible has as one text. */
const withWords = ({ arguments: words, ...rest }: Args): Args =>
  typeof words === 'string'
    ? { ...rest, arguments: words.split(/\s+/).filter((word) => word !== '') }
    : { ...rest, ...(words !== undefined && { arguments: words }) }
