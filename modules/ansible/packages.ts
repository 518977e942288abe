// Ansible's modules for packages: apt, and package, which goes to whichever manager the host has.
import { TsplayError } from '../../engine/error.ts'
import { refusedParam, type Translation } from './translation.ts'

const state = { installed: 'present', removed: 'absent' }

export const packages: readonly Translation[] = [
  {
    names: ['apt'],
    module: 'apt',
    renamed: {
      pkg: 'name',
      package: 'name',
      allow_downgrades: 'allowDowngrade',
      'allow-downgrades': 'allowDowngrade',
    },
    values: { state },
    ignored: ['force_apt_get', 'update_cache_retries', 'update_cache_retry_max_delay', 'dpkg_options'],
    refused: {
      deb: refusedParam(
        'packages come from the repositories that the host knows',
        "-m command -a 'apt-get install -y /tmp/x.deb'",
      ),
      default_release: refusedParam('apt decides by its preferences', '-m copy a file to /etc/apt/preferences.d/'),
      upgrade: refusedParam('a whole upgrade has no state to compare', "-m command -a 'apt-get -y upgrade'"),
      only_upgrade: refusedParam('a package is present or the latest', 'state=latest'),
      force: refusedParam(
        'unsigned packages are not installed',
        'allow_downgrade=yes, where an older version is wanted',
      ),
      allow_unauthenticated: refusedParam(
        'unsigned packages are not installed',
        "put the repository's key into /etc/apt/keyrings",
      ),
      allow_change_held_packages: refusedParam(
        'a package on hold is left alone',
        "-m command -a 'apt-mark unhold NAME' first",
      ),
      autoclean: refusedParam('nothing is cleaned up', "-m command -a 'apt-get autoclean'"),
      clean: refusedParam('nothing is cleaned up', "-m command -a 'apt-get clean'"),
      fail_on_autoremove: refusedParam('apt is not asked beforehand', '--check shows what would change'),
    },
    adapt({ policy_rc_d, ...args }) {
      if (args.name === undefined)
        throw new TsplayError('apt: which package?', {
          hint: "name=… ; the lists alone are refreshed by -m command -a 'apt-get update'",
        })
      return { module: 'apt', args: { ...args, ...(String(policy_rc_d) === '101' && { startServices: false }) } }
    },
  },
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
