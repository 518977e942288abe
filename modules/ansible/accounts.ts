// Ansible's modules for accounts and what belongs to them: user, group, ssh keys, sudoers, crontabs, mounts, limits, databases.
import { type Args, fileParams, refusedParam, type Translation, type Wish } from './translation.ts'

const otherSystem = refusedParam('is for another operating system', 'leave it out')
const range = refusedParam('numbers are taken from the ranges of /etc/login.defs', 'uid=NUMBER or gid=NUMBER')

/** What is given by an argument goes before what is said here. */
const withDefaults =
  (module: string, defaults: (args: Args) => Args) =>
  (args: Args): Wish => ({
    module,
    args: { ...defaults(args), ...args },
  })

/** A text that holds commas is one text. */
const asOne = (key: unknown): Args => (typeof key === 'string' ? { key: [key] } : {})

export const accounts: readonly Translation[] = [
  {
    names: ['user'],
    module: 'user',
    renamed: { user: 'name' },
    refused: {
      seuser: refusedParam('SELinux users are not managed', "-m command -a 'semanage login …'"),
      uid_min: range,
      uid_max: range,
      password_expire_account_disable: refusedParam(
        'what happens after a password has expired is not managed',
        "-m command -a 'chage -I DAYS NAME'",
      ),
      ...Object.fromEntries(
        ['login_class', 'profile', 'authorization', 'role', 'hidden'].map((name) => [name, otherSystem]),
      ),
    },
    // Ansible sets a password that was changed since again, and its keys are RSA
    adapt: withDefaults('user', (args) => ({
      ...(has(args, 'password') && !has(args, 'update_password') && { updatePassword: 'always' }),
      ...(has(args, 'generate_ssh_key') && !has(args, 'ssh_key_type') && { sshKeyType: 'rsa' }),
    })),
  },
  { names: ['group'], module: 'group', refused: { gid_min: range, gid_max: range } },
  {
    names: ['authorized_key'],
    module: 'authorizedKey',
    renamed: { key_options: 'options' },
    refused: {
      validate_certs: refusedParam(
        'certificates are always checked',
        'src=FILE of the control side',
        'yes',
        'true',
        'True',
      ),
    },
    adapt: (args) => ({ module: 'authorizedKey', args: { ...args, ...asOne(args.key) } }),
  },
  {
    names: ['openssh_keypair'],
    module: 'opensshKeypair',
    ignored: ['unsafe_writes', 'backend'],
    values: { regenerate: { partial_idempotence: 'mismatched', full_idempotence: 'mismatched' } },
    refused: {
      ...fileParams.refused,
      private_key_format: refusedParam('keys are in the format of ssh-keygen', 'leave it out', 'auto', 'ssh'),
    },
    adapt(args) {
      const { regenerate, type = 'rsa', ...rest } = args
      const sized = type === 'rsa' && { size: 4096 }
      // a key that is there is never replaced, unless that is what is said
      const policy = regenerate === 'always' ? { force: 'yes' } : regenerate === undefined ? {} : { regenerate }
      return { module: 'opensshKeypair', args: { type, ...sized, ...policy, ...rest } }
    },
  },
  {
    names: ['known_hosts'],
    module: 'knownHosts',
    renamed: { host: 'name' },
    adapt: (args) => ({ module: 'knownHosts', args: { ...args, ...asOne(args.key) } }),
  },
  {
    names: ['sudoers'],
    module: 'sudoers',
    renamed: { validation: 'validate' },
    values: { validate: { detect: 'yes', required: 'yes', absent: 'no' } },
  },
  {
    names: ['cron'],
    module: 'cron',
    renamed: { value: 'job', dom: 'day', dow: 'weekday' },
    // jobs that Ansible has made are found again, and found by it
    adapt: withDefaults('cron', () => ({ marker: '#Ansible: {name}' })),
  },
  {
    names: ['mount'],
    module: 'mount',
    renamed: { name: 'path' },
    ignored: ['opts_no_log'],
  },
  {
    names: ['pam_limits'],
    module: 'pamLimits',
    renamed: { limit_type: 'type', limit_item: 'item' },
    adapt: withDefaults('pamLimits', () => ({ dest: '/etc/security/limits.conf' })),
  },
  { names: ['getent'], module: 'getent' },
]

/** Whether an argument is there, in either spelling. */
const has = (args: Args, name: string): boolean =>
  Object.keys(args).some((each) => each.toLowerCase().replaceAll('_', '') === name.replaceAll('_', ''))
