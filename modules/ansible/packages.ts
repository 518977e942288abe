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
      return { module: 'package', args }
    },
  },
]
