// Ansible's modules for Debian's packages and where they come from.
import path from 'node:path'
import { TsplayError } from '../../engine/error.ts'
import { secret } from '../../engine/secret.ts'
import { nameFromUri } from '../common/apt-sources.ts'
import { isUrl } from '../common/host-download.ts'
import { type Args, refusedParam, type Translation } from './translation.ts'

const unsigned = 'unsigned packages are not installed'
const withKey = "put the repository's key into /etc/apt/keyrings"
const oneKind = 'goes with an own file only'

export const debian: readonly Translation[] = [
  {
    names: ['apt'],
    module: 'apt',
    renamed: {
      pkg: 'name',
      package: 'name',
      'update-cache': 'updateCache',
      'default-release': 'defaultRelease',
      'install-recommends': 'installRecommends',
      allow_downgrades: 'allowDowngrade',
      'allow-downgrade': 'allowDowngrade',
      'allow-downgrades': 'allowDowngrade',
      allow_change_held_packages: 'allowChangeHeld',
    },
    values: {
      state: { installed: 'present', removed: 'absent', build_dep: 'build-dep' },
      upgrade: { yes: 'safe', true: 'safe', dist: 'full' },
    },
    ignored: ['force_apt_get', 'update_cache_retries', 'update_cache_retry_max_delay', 'auto_install_module_deps'],
    refused: {
      force: refusedParam(unsigned, 'allow_downgrade=yes, where an older version is wanted'),
      allow_unauthenticated: refusedParam(unsigned, withKey),
      'allow-unauthenticated': refusedParam(unsigned, withKey),
      fail_on_autoremove: refusedParam('apt is not asked beforehand', '--check shows what would change'),
    },
    adapt: aptWish,
  },
  {
    names: ['apt_repository'],
    module: 'aptRepository',
    renamed: { filename: 'name', 'update-cache': 'updateCache' },
    ignored: ['install_python_apt', 'update_cache_retries', 'update_cache_retry_max_delay', 'validate_certs'],
    refused: {
      codename: refusedParam(
        'a ppa is known by Launchpad only',
        'the line that it stands for, with its key by apt_key',
      ),
      mode: refusedParam('everyone may read where packages come from', '-m file afterwards', '0644', '644'),
    },
    adapt: ({ name, ...args }) => ({
      module: 'aptRepository',
      args: { ...args, ...(name !== undefined && { name: String(name).replace(/\.list$/, '') }) },
    }),
  },
  {
    names: ['deb822_repository'],
    module: 'aptRepository',
    ignored: ['install_python_debian'],
    refused: {
      ...Object.fromEntries(
        ['allow_downgrade_to_insecure', 'allow_insecure', 'allow_weak'].map((name) => [
          name,
          refusedParam('a signature that cannot be trusted is as good as none', 'trusted=yes says so'),
        ]),
      ),
      ...Object.fromEntries(
        ['by_hash', 'check_date', 'check_valid_until', 'pdiffs'].map((name) => [
          name,
          refusedParam(
            'apt decides it for all sources',
            '-m copy a file to /etc/apt/apt.conf.d/',
            'yes',
            'true',
            'True',
          ),
        ]),
      ),
      ...Object.fromEntries(
        ['date_max_future', 'inrelease_path', 'languages', 'targets'].map((name) => [
          name,
          refusedParam(oneKind, '-m copy the .sources file'),
        ]),
      ),
      mode: refusedParam('everyone may read where packages come from', '-m file afterwards', '0644', '644'),
    },
    adapt({ signed_by: signedBy, ...args }) {
      const own = typeof signedBy === 'string' && (isUrl(signedBy) || signedBy.includes('BEGIN PGP'))
      const given = signedBy === undefined ? {} : own ? { key: signedBy } : { signedBy }
      // Ansible's leaves the lists alone
      return { module: 'aptRepository', args: { updateCache: false, ...args, ...given } }
    },
  },
  {
    names: ['apt_key'],
    module: 'aptKey',
    ignored: ['validate_certs'],
    refused: {
      file: refusedParam(
        'the key is read from the control side',
        'key=FILE of the control side, or data=TEXT, or url=…',
      ),
      keyserver: refusedParam('key servers are not asked', 'url=… of the project, with id=FINGERPRINT'),
    },
    adapt: keyWish,
  },
  { names: ['dpkg_selections'], module: 'dpkgSelections' },
  {
    names: ['debconf'],
    module: 'debconf',
    renamed: { pkg: 'name', selection: 'question', setting: 'question', vtype: 'type', answer: 'value' },
    values: { type: { error: 'note', seen: 'boolean' } },
    adapt(args) {
      const missing = ['question', 'type', 'value'].find((each) => args[each] === undefined)
      if (missing !== undefined)
        throw new TsplayError(`debconf: '${missing}' is missing: nothing is only listed`, {
          hint: "-m command -a 'debconf-show NAME' lists what is answered",
        })
      const value = args.type === 'password' ? secret(String(args.value), 'answer') : args.value
      return { module: 'debconf', args: { ...args, value } }
    },
  },
]

function aptWish({ policy_rc_d, upgrade, name, ...args }: Args) {
  const isAll = name === '*' && args.state === 'latest'
  const wished = isAll ? 'safe' : ['no', 'false', 'False', '', false].includes(upgrade as string) ? undefined : upgrade
  const { state, ...others } = args
  return {
    module: 'apt',
    args: {
      ...others,
      ...(state !== undefined && !isAll && { state }),
      ...(name !== undefined && !isAll && { name }),
      ...(wished !== undefined && { upgrade: wished === true ? 'safe' : wished }),
      ...(String(policy_rc_d) === '101' && { startServices: false }),
    },
  }
}

/** Ansible's keys are trusted for all repositories, and so are these, each in a file of its own. */
function keyWish({ data, url, key, id, keyring, name, ...args }: Args) {
  const given = key ?? data ?? url
  const called =
    name ??
    (keyring ? path.basename(String(keyring)).replace(/\.(gpg|asc)$/, '') : (id ?? (url && nameFromUri(String(url)))))
  if (called === undefined)
    throw new TsplayError('apt_key: which file is the key in?', {
      hint: 'keyring=/etc/apt/keyrings/NAME.gpg, or id=FINGERPRINT',
    })
  return {
    module: 'aptKey',
    args: {
      ...args,
      name: String(called).replace(/\s|^0x/g, ''),
      keyring: keyring ?? `/etc/apt/trusted.gpg.d/${String(called).replace(/\s|^0x/g, '')}.gpg`,
      ...(given !== undefined && { key: given }),
      ...(id !== undefined && { fingerprint: id }),
    },
  }
}
