// Ansible's modules for packages of the RHEL family, their repositories and keys, and for what keeps packages at their version.
import { TsplayError } from '../../engine/error.ts'
import { secret } from '../../engine/secret.ts'
import { type Args, fileParams, refusedParam, type Translation } from './translation.ts'
import { booleanOf } from './yes-no.ts'

const yes = ['yes', 'true', 'True', 'on', '1']

const certificates = refusedParam(
  'whose certificate is checked is the repository’s to say',
  'sslverify of yum_repository',
  ...yes,
)

export const rpm: readonly Translation[] = [
  {
    names: ['dnf', 'dnf5', 'yum'],
    module: 'dnf',
    renamed: { pkg: 'name', 'expire-cache': 'updateCache' },
    values: { state: { installed: 'present', removed: 'absent' } },
    ignored: ['use', 'use_backend', 'install_repoquery', 'auto_install_module_deps'],
    refused: {
      list: refusedParam('nothing is listed', "-m shell -a 'dnf list …'"),
      conf_file: refusedParam('the host’s own configuration is used', "-m command -a 'dnf -c FILE install -y NAME'"),
      installroot: refusedParam('packages are the host’s', "-m command -a 'dnf --installroot=DIR …'", '', '/'),
      releasever: refusedParam('the host’s own release is used', "-m command -a 'dnf --releasever=…'"),
      download_only: refusedParam('a package is installed or not', "-m shell -a 'dnf download NAME'"),
      download_dir: refusedParam('a package is installed or not', "-m shell -a 'dnf download NAME'"),
      skip_broken: refusedParam('what cannot be installed is a failure', 'leave it out of name'),
      update_only: refusedParam(
        'a package is present or the latest',
        "state=latest, or -m command -a 'dnf -y upgrade NAME'",
      ),
      allowerasing: refusedParam('no other package is removed in passing', 'name the others with state=absent first'),
      nobest: refusedParam('the manager decides', 'best=False in /etc/dnf/dnf.conf'),
      best: refusedParam('the manager decides', 'best=True in /etc/dnf/dnf.conf'),
      cacheonly: refusedParam('what is installed is fetched', "-m command -a 'dnf -C install -y NAME'"),
      enable_plugin: refusedParam('plugins are as the host has them', 'enabled=1 in /etc/dnf/plugins/NAME.conf'),
      disable_plugin: refusedParam('plugins are as the host has them', 'enabled=0 in /etc/dnf/plugins/NAME.conf'),
      disable_excludes: refusedParam('what the host excludes stays so', "-m command -a 'dnf --disableexcludes=all …'"),
      validate_certs: certificates,
      sslverify: certificates,
    },
    adapt(args) {
      const { autoremove, ...rest } = args
      if (args.name === undefined)
        throw new TsplayError('dnf: which package?', {
          hint: "name=keepalived ; -m command -a 'dnf -y autoremove' removes what nobody needs, 'dnf -y makecache' refreshes the metadata",
        })
      const { state } = args
      // a plain name is the same for every manager, so that this works on hosts of other families as well
      if (
        Object.keys(args).every((key) => key === 'name' || key === 'state') &&
        state !== 'latest' &&
        isPlain(args.name)
      )
        return { module: 'package', args }
      // without absent, no autoremove asks for nothing
      return { module: 'dnf', args: booleanOf(autoremove) === false && state !== 'absent' ? rest : args }
    },
  },
  {
    names: ['yum_repository'],
    module: 'yumRepository',
    renamed: { validate_certs: 'sslverify' },
    ...fileParams,
    refused: {
      ...fileParams.refused,
      include: refusedParam('a file of options belongs to the host', 'include=… in /etc/yum.conf'),
      proxy_password: refusedParam(
        'only the password of the repository itself is kept out of sight',
        "-m copy -a 'src=x.repo dest=/etc/yum.repos.d/ mode=0600'",
      ),
    },
    adapt: (args) => ({ module: 'yumRepository', args: withOptions(args) }),
  },
  {
    names: ['rpm_key'],
    module: 'rpmKey',
    refused: {
      validate_certs: refusedParam('certificates are checked', 'give the fingerprint, or the key itself', ...yes),
    },
  },
  {
    names: ['yum_versionlock'],
    module: 'packageLock',
    adapt(args) {
      if (args.state === 'excluded')
        throw new TsplayError("yum_versionlock: 'state': packages are kept at the version they have", {
          hint: 'exclude of yum_repository keeps packages away',
        })
      return { module: 'packageLock', args }
    },
  },
]

/** No version, pattern, group or file. */
const isPlain = (name: unknown): boolean =>
  [name]
    .flat()
    .join(',')
    .split(',')
    .every((each) => /^[A-Za-z][A-Za-z0-9_+]*(-[A-Za-z_][A-Za-z0-9_+]*)*$/.test(each.trim()))

/** Options that we have no parameter for, by Ansible's name, which is dnf's; true: yes or no. */
const others: Readonly<Record<string, boolean>> = {
  ...{
    async: true,
    enablegroups: true,
    keepcache: true,
    protect: true,
    ssl_check_cert_permissions: true,
    s3_enabled: true,
  },
  ...{ bandwidth: false, deltarpm_metadata_percentage: false, deltarpm_percentage: false, failovermethod: false },
  ...{ gpgcakey: false, http_caching: false, ip_resolve: false, keepalive: true, metadata_expire_filter: false },
  ...{ mirrorlist_expire: false, proxy_username: false, retries: false, sslcacert: false, sslclientcert: false },
  ...{ sslclientkey: false, throttle: false, timeout: false, ui_repoid_vars: false },
}

const spelled: Readonly<Record<string, string>> = {
  ...{ ca_cert: 'sslcacert', client_cert: 'sslclientcert', client_key: 'sslclientkey' },
}

function withOptions(args: Args): Args {
  const options: Record<string, unknown> = {}
  const rest: Record<string, unknown> = {}
  for (const [given, value] of Object.entries(args)) {
    const name = Object.hasOwn(spelled, given) ? spelled[given]! : given
    if (Object.hasOwn(others, name)) options[name] = others[name] ? (booleanOf(value) ?? value) : value
    else rest[given] = name === 'password' && typeof value === 'string' ? secret(value, 'password') : value
  }
  return Object.keys(options).length === 0 ? rest : { ...rest, options }
}
