// Ansible's modules for names and the kernel: hostname, timezone, sysctl, modprobe.
import { TsplayError } from '../../engine/error.ts'
import { type Args, refusedParam, type Translation, type Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

export const system: readonly Translation[] = [
  { names: ['hostname'], module: 'hostname', ignored: ['use'] },
  {
    names: ['timezone'],
    module: 'timezone',
    refused: {
      hwclock: refusedParam('clocks are left alone', "-m command -a 'timedatectl set-local-rtc 0'"),
      rtc: refusedParam('clocks are left alone', "-m command -a 'timedatectl set-local-rtc 0'"),
    },
  },
  {
    names: ['sysctl'],
    module: 'sysctl',
    renamed: { key: 'name', val: 'value', ignoreerrors: 'ignoreMissing' },
    refused: {
      sysctl_file: refusedParam(
        "tsplay's sysctl owns the whole file, so several keys in one would remove each other",
        `-a '{"values": {"KEY": "VALUE", …}, "file": "/etc/sysctl.d/k8s.conf"}'`,
      ),
    },
    adapt: sysctlOf,
  },
  {
    names: ['modprobe'],
    module: 'kernelModule',
    values: { persistent: { present: 'yes', disabled: 'no' } },
    refused: {
      params: refusedParam(
        'parameters are not set',
        '-m copy -a \'content="options NAME …" dest=/etc/modprobe.d/NAME.conf\'',
      ),
    },
    // Ansible leaves the files that are read at boot alone unless told otherwise
    adapt: (args) => ({ module: 'kernelModule', args: { persistent: 'no', ...args } }),
  },
]

/** One key, in a file of its own: ours has many keys in one file, and replaces what else is in it. */
function sysctlOf(args: Args): Wish {
  const { name, value, state, reload, sysctl_set, ...rest } = args
  if (name === undefined && value === undefined) return { module: 'sysctl', args }
  const file = `/etc/sysctl.d/99-${String(name).replace(/[^A-Za-z0-9._-]+/g, '-')}.conf`
  if (state !== undefined && state !== 'present')
    throw new TsplayError("sysctl: 'state': a key that is not set has no value to go back to", {
      hint: `-m file -a 'path=${file} state=absent', and the value it should have`,
    })
  if (name === undefined || value === undefined)
    throw new TsplayError('sysctl: name and value belong together', { hint: "-a 'name=vm.swappiness value=0'" })
  const quiet = booleanOf(reload) === false && booleanOf(sysctl_set) !== true
  return {
    module: 'sysctl',
    args: { file, ...rest, values: { [String(name)]: String(value) }, ...(quiet && { live: false }) },
  }
}
