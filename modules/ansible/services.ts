// Ansible's modules for services: service and systemd, both systemd's units here.
import { TsplayError } from '../../engine/error.ts'
import { refusedParam, type Translation } from './translation.ts'
import { booleanOf } from './yes-no.ts'

const sysv = refusedParam('services are systemd units', 'leave it out')

export const services: readonly Translation[] = [
  {
    names: ['service', 'systemd', 'systemd_service', 'sysvinit'],
    module: 'systemd',
    renamed: { service: 'name', unit: 'name' },
    values: { state: { running: 'started' } },
    ignored: ['use', 'daemon_reexec', 'daemon-reexec', 'runlevel', 'runlevels'],
    refused: {
      sleep: sysv,
      pattern: sysv,
      arguments: sysv,
      args: sysv,
      force: refusedParam('links of units are not overwritten', "-m command -a 'systemctl enable --force NAME'"),
    },
    adapt(args) {
      if (args.scope === 'global')
        throw new TsplayError("systemd: 'scope': units are the host's or a user's", {
          hint: "-m command -a 'systemctl --global enable NAME'",
        })
      const { daemon_reload, 'daemon-reload': other, ...rest } = args
      const reload = daemon_reload ?? other
      const named = { ...rest, ...(reload !== undefined && { daemonReload: reload }) }
      if (args.name !== undefined) return { module: 'systemd', args: named }
      // all unit files are read again: there is no unit whose state would say whether that is needed
      if (booleanOf(reload) && Object.keys(rest).every((key) => key === 'scope'))
        return { module: 'command', args: { cmd: ['systemctl', `--${args.scope ?? 'system'}`, 'daemon-reload'] } }
      throw new TsplayError('systemd: which unit?', { hint: 'name=nginx' })
    },
  },
]
