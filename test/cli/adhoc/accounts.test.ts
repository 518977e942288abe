// What -m and -a ask for of accounts, keys, jobs, mounts and limits, in Ansible's words.
import { describe, expect, test } from 'vitest'
import { isSecret, reveal } from '../../../engine/secret.ts'
import { asked } from './asked.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILhQkVxbTcQdDoGSdMnHFrmfvHCMA+QpFlQHMT2uPyEq'

describe('Ansible’s words for accounts and what belongs to them', () => {
  test.each<[module: string, args: string, ours: string, params: object]>([
    [
      'user',
      'user=ops uid=1001 non_unique=yes groups=adm,sudo append=yes createhome=no move_home=no local=true',
      'user',
      {
        name: 'ops',
        uid: 1001,
        nonUnique: true,
        groups: ['adm', 'sudo'],
        append: true,
        createHome: false,
        moveHome: false,
        local: true,
      },
    ],
    [
      'user',
      'name=ops expires=-1 password_lock=yes password_expire_max=90 umask=077 skeleton=/srv/skel',
      'user',
      { name: 'ops', expires: -1, passwordLock: true, passwordExpireMax: 90, umask: '077', skeleton: '/srv/skel' },
    ],
    [
      'user',
      'name=ops generate_ssh_key=yes ssh_key_bits=4096 ssh_key_comment="a b" ssh_key_file=.ssh/id',
      'user',
      {
        name: 'ops',
        generateSshKey: true,
        sshKeyType: 'rsa',
        sshKeyBits: 4096,
        sshKeyComment: 'a b',
        sshKeyFile: '.ssh/id',
      },
    ],
    [
      'user',
      'name=ops generate_ssh_key=yes ssh_key_type=ed25519',
      'user',
      { name: 'ops', generateSshKey: true, sshKeyType: 'ed25519' },
    ],
    [
      'user',
      'name=ops state=absent remove=yes force=yes',
      'user',
      { name: 'ops', state: 'absent', remove: true, force: true },
    ],
    [
      'ansible.builtin.group',
      'name=k8s gid=950 system=yes non_unique=yes local=no',
      'group',
      { name: 'k8s', gid: 950, system: true, nonUnique: true, local: false },
    ],
    [
      'authorized_key',
      `user=root key="from=\\"a,b\\" ${key}" exclusive=yes manage_dir=no path=/etc/keys`,
      'authorizedKey',
      { user: 'root', key: [`from="a,b" ${key}`], exclusive: true, manageDir: false, path: '/etc/keys' },
    ],
    [
      'ansible.posix.authorized_key',
      `user=root key='${key}' key_options=no-pty,restrict comment=me follow=yes validate_certs=yes state=present`,
      'authorizedKey',
      { user: 'root', key: [key], options: 'no-pty,restrict', comment: 'me', follow: true, state: 'present' },
    ],
    ['openssh_keypair', 'path=/root/.ssh/id', 'opensshKeypair', { path: '/root/.ssh/id', type: 'rsa', size: 4096 }],
    [
      'openssh_keypair',
      'path=/id type=ed25519 regenerate=full_idempotence mode=0600 backend=opensshbin private_key_format=auto',
      'opensshKeypair',
      { path: '/id', type: 'ed25519', regenerate: 'mismatched', mode: '0600' },
    ],
    [
      'openssh_keypair',
      'path=/id type=ecdsa size=521 regenerate=always',
      'opensshKeypair',
      { path: '/id', type: 'ecdsa', size: 521, force: true },
    ],
    [
      'known_hosts',
      `host=a.example key='a.example,10.0.0.1 ${key}' path=/etc/ssh/ssh_known_hosts hash_host=yes`,
      'knownHosts',
      { name: 'a.example', key: [`a.example,10.0.0.1 ${key}`], path: '/etc/ssh/ssh_known_hosts', hashHost: true },
    ],
    [
      'community.general.sudoers',
      'name=k8s user=k8s commands=ALL nopassword=no runas=ALL sudoers_path=/etc/sudoers.d validation=required',
      'sudoers',
      {
        name: 'k8s',
        user: 'k8s',
        commands: 'ALL',
        noPassword: false,
        runas: 'ALL',
        sudoersPath: '/etc/sudoers.d',
        validate: true,
      },
    ],
    [
      'cron',
      "name='a job' minute=0 hour=5,2 dom=1 dow=mon user=ops job='ls -l > /dev/null'",
      'cron',
      {
        name: 'a job',
        minute: '0',
        hour: '5,2',
        day: '1',
        weekday: 'mon',
        user: 'ops',
        job: 'ls -l > /dev/null',
        marker: '#Ansible: {name}',
      },
    ],
    [
      'cron',
      'name=PATH env=yes value=/opt/bin insertafter=MAILTO cron_file=x backup=yes',
      'cron',
      {
        name: 'PATH',
        env: true,
        job: '/opt/bin',
        insertAfter: 'MAILTO',
        cronFile: 'x',
        backup: true,
        marker: '#Ansible: {name}',
      },
    ],
    [
      'mount',
      'name=/data src=UUID=1 fstype=xfs opts=ro,noatime state=mounted passno=2 boot=no',
      'mount',
      {
        path: '/data',
        src: 'UUID=1',
        fstype: 'xfs',
        opts: ['ro', 'noatime'],
        state: 'mounted',
        passno: 2,
        boot: false,
      },
    ],
    [
      'pam_limits',
      'domain=* limit_type=soft limit_item=nofile value=65536 use_max=yes',
      'pamLimits',
      { domain: '*', type: 'soft', item: 'nofile', value: '65536', useMax: true, dest: '/etc/security/limits.conf' },
    ],
    [
      'getent',
      'database=passwd key=root fail_key=no split=:',
      'getent',
      { database: 'passwd', key: 'root', failKey: false, split: ':' },
    ],
  ])('%s %s', (module, args, ours, params) => {
    expect(asked(module, args)).toEqual([ours, params])
  })

  test('a password is a secret, and set again where it differs, unless something else is said', () => {
    const [, params] = asked('user', "name=ops password='$6$x$y'") as [
      string,
      { password: string; updatePassword: string },
    ]
    expect(isSecret(params.password) && reveal(params.password)).toBe('$6$x$y')
    expect(params.updatePassword).toBe('always')
    expect(asked('user', "name=ops password='$6$x$y' update_password=on_create")).toMatchObject([
      'user',
      { updatePassword: 'on_create' },
    ])
    const [, pair] = asked('openssh_keypair', 'path=/id passphrase="a b"') as [string, { passphrase: string }]
    expect(isSecret(pair.passphrase) && reveal(pair.passphrase)).toBe('a b')
  })

  test.each([
    ['user', 'name=ops seuser=x', /'seuser': SELinux users are not managed/],
    ['user', 'name=ops login_class=x', /for another operating system/],
    ['user', 'name=ops uid_min=5', /'uid_min'/],
    ['group', 'name=ops gid_max=5', /login\.defs/],
    ['authorized_key', `user=root key='${key}' validate_certs=no`, /certificates are always checked/],
    ['openssh_keypair', 'path=/id private_key_format=pkcs8', /format of ssh-keygen/],
    ['openssh_keypair', 'path=/id attributes=+i', /chattr/],
    ['cron', 'name=x job=y cron_file=x.conf user=root', /cron reads no file/],
    ['mount', 'path=/x state=mounted', /'src': is needed/],
  ])('%s %s is refused', (module, args, message) => {
    expect(asked(module, args)).toMatch(message)
  })
})
