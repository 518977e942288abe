// Examples of the modules for users, keys, what users may do, jobs and mounts.
import type { Action } from '../../../engine/module.ts'
import { secret } from '../../../engine/secret.ts'
import {
  authorizedKey,
  cron,
  getent,
  group,
  knownHosts,
  mount,
  opensshKeypair,
  pamLimits,
  sudoers,
  user,
} from '../../../modules/index.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILhQkVxbTcQdDoGSdMnHFrmfvHCMA+QpFlQHMT2uPyEq'

export default [
  user({
    ...{ name: 'guest', uid: 4711, nonUnique: true, group: 'adm', groups: ['sudo', 'users'], append: true },
    ...{ comment: 'A guest', home: '/home/guest', createHome: true, skeleton: '/etc/skel', umask: '0077' },
    ...{ shell: '/bin/sh', system: true, password: secret('$6$salt$hash.of/something'), updatePassword: 'always' },
    ...{
      passwordLock: false,
      passwordExpireMax: 90,
      passwordExpireMin: 1,
      passwordExpireWarn: 7,
      expires: '2031-01-31',
    },
  }),
  user({
    ...{
      name: 'daemon',
      home: '/srv/daemon',
      moveHome: true,
      generateSshKey: true,
      sshKeyType: 'ecdsa',
      sshKeyBits: 256,
    },
    ...{ sshKeyComment: 'a key', sshKeyFile: 'keys/id', sshKeyPassphrase: secret('a phrase'), passwordLock: true },
  }),
  user({ name: 'games', state: 'absent', remove: true, force: true, local: true }),
  group({ name: 'guests', gid: 4711, nonUnique: true, system: true, local: true }),
  group({ name: 'games', state: 'absent', force: true }),
  authorizedKey({
    ...{ user: 'root', key, path: '/tmp/keys/authorized_keys', options: 'no-pty', comment: 'admin' },
    ...{ exclusive: true, manageDir: true, follow: true },
  }),
  authorizedKey({ user: 'root', key: [`${key} me`], state: 'absent' }),
  // refused, as it holds no key
  authorizedKey({ user: 'daemon', src: 'source.txt' }),
  opensshKeypair({
    ...{ path: '/tmp/id', type: 'ed25519', size: 256, comment: 'a key', passphrase: secret('a phrase') },
    ...{ regenerate: 'mismatched', force: true, mode: '0600', owner: 'root', group: 'root' },
  }),
  opensshKeypair({ path: '/etc/ssh/ssh_host_rsa_key', state: 'absent' }),
  knownHosts({
    name: '[git.example.com]:2222',
    key: `[git.example.com]:2222 ${key}`,
    path: '/tmp/known_hosts',
    hashHost: true,
  }),
  knownHosts({ name: 'git.example.com', key, user: 'root' }),
  knownHosts({ name: 'git.example.com', user: 'root', state: 'absent' }),
  sudoers({
    ...{
      name: '90-k8s',
      user: 'k8s',
      commands: ['/usr/bin/true a', '/usr/bin/false'],
      noPassword: true,
      runas: 'root:adm',
    },
    ...{ host: 'ALL', setenv: true, noexec: true, sudoersPath: '/tmp', validate: false },
  }),
  sudoers({ name: 'web', group: 'web', commands: 'ALL' }),
  sudoers({ name: 'README', state: 'absent' }),
  cron({
    ...{ name: 'nightly', job: 'true a b', minute: '*/5', hour: '3', day: '1-5', month: 'jan', weekday: 'sun' },
    ...{ user: 'root', cronFile: '/tmp/crontab', marker: '# job {name}', disabled: true, backup: true },
  }),
  cron({ name: 'at boot', specialTime: 'reboot', job: 'true a', state: 'present' }),
  cron({ name: 'PATH', env: true, job: '/bin', insertAfter: 'SHELL', cronFile: '/etc/crontab-of-mine' }),
  cron({ name: 'PATH', env: true, job: '/bin', insertBefore: 'SHELL', user: 'root' }),
  mount({
    ...{ path: '/tmp/mnt', src: 'tmpfs', fstype: 'tmpfs', opts: ['size=1m', 'noexec'], state: 'mounted' },
    ...{ dump: 0, passno: 2, boot: false, fstab: '/tmp/fstab', backup: true },
  }),
  mount({ path: '/tmp/bound', src: '/srv', opts: 'bind,ro', state: 'ephemeral' }),
  mount({ path: '/proc', state: 'remounted' }),
  mount({ path: 'none', src: '/swapfile', fstype: 'swap', state: 'present' }),
  pamLimits({
    ...{ domain: '@build', type: 'soft', item: 'nofile', value: '65536', useMax: true, dest: '/tmp/limits.conf' },
    ...{ comment: 'many files', backup: true, state: 'present' },
  }),
  pamLimits({ domain: '*', type: '-', item: 'core', value: 0, useMin: true }),
  getent({ database: 'passwd', key: 'root', service: 'files', split: ':', failKey: false }),
  getent({ database: 'group' }),
] satisfies readonly Action[]
