// Ansible's modules for names, languages and the kernel: hostname, timezone, locale_gen, sysctl, modprobe.
import { TsplayError } from '../../engine/error.ts'
import type { Args, Translation, Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

export const system: readonly Translation[] = [
  { names: ['hostname'], module: 'hostname', ignored: ['use'] },
  { names: ['timezone'], module: 'timezone', renamed: { rtc: 'hwclock' } },
  { names: ['locale_gen'], module: 'locale' },
  {
    names: ['sysctl'],
    module: 'sysctl',
    renamed: { key: 'name', val: 'value', ignoreerrors: 'ignoreMissing', sysctl_file: 'file' },
    adapt: sysctlOf,
  },
  {
    names: ['modprobe'],
    module: 'kernelModule',
    adapt: (args) => ({ module: 'kernelModule', args: modprobeOf(args) }),
  },
]

/** What Ansible calls reloading is setting the value live, as much as the other is. */
function sysctlOf(args: Args): Wish {
  const { reload, sysctl_set, ...rest } = args
  const quiet = booleanOf(reload) === false && booleanOf(sysctl_set) !== true
  return { module: 'sysctl', args: { ...rest, ...(quiet && { live: false }) } }
}

/** Ansible leaves the files that are read at boot alone unless told otherwise. */
function modprobeOf({ persistent = 'disabled', ...args }: Args): Args {
  const { state = 'present' } = args
  if ((persistent === 'present' || persistent === 'absent') && persistent !== state)
    throw new TsplayError(
      `modprobe: state=${String(state)} now and persistent=${persistent} after a boot are two wishes`,
      {
        hint: `persistent=${String(state)}, or persistent=disabled`,
      },
    )
  return { ...args, persistent: persistent === 'disabled' ? 'no' : persistent === state ? 'yes' : persistent }
}
