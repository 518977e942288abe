// Ansible's package, which goes to whichever manager the host has.
import { TsplayError } from '../../engine/error.ts'
import type { Translation } from './translation.ts'

const state = { installed: 'present', removed: 'absent' }

export const packages: readonly Translation[] = [
  {
    names: ['package'],
    module: 'package',
    renamed: { pkg: 'name' },
    values: { state },
    ignored: ['use'],
    adapt(args) {
      if (args.name === undefined) throw new TsplayError('package: which package?', { hint: 'name=keepalived' })
      if (args.state === 'latest')
        throw new TsplayError("package: 'state': the latest version is not known for every manager", {
          hint: "-m apt and -m dnf know it; name='NAME=VERSION' asks for one; -m command -a 'dnf -y upgrade NAME' takes what there is",
        })
      return { module: 'package', args }
    },
  },
]
