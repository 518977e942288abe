// What -m and -a ask for of packages of the RHEL family, their repositories and keys, in Ansible's words.
import { describe, expect, test } from 'vitest'
import { isSecret, reveal } from '../../../engine/secret.ts'
import { asked } from './asked.ts'

describe('Ansible’s words for packages of the RHEL family', () => {
  test.each<[module: string, args: string, ours: string, params: object]>([
    ['yum', 'name=keepalived state=installed', 'package', { name: 'keepalived', state: 'present' }],
    ['dnf', 'name=nginx,docker-ce state=removed', 'package', { name: ['nginx', 'docker-ce'], state: 'absent' }],
    ['yum', 'name=kubelet-1.13.4-0,kubeadm-1.13.4-0', 'dnf', { name: ['kubelet-1.13.4-0', 'kubeadm-1.13.4-0'] }],
    ['ansible.builtin.dnf', 'name=nginx state=latest', 'dnf', { name: 'nginx', state: 'latest' }],
    ['dnf', "name='@Development tools'", 'dnf', { name: '@Development tools' }],
    [
      'yum',
      'name=https://h/x-1-1.noarch.rpm disable_gpg_check=yes',
      'dnf',
      { name: 'https://h/x-1-1.noarch.rpm', disableGpgCheck: true },
    ],
    [
      'yum',
      "name=kernel-ml enablerepo=elrepo-kernel,elrepo disablerepo='*' exclude=kernel-lt allow_downgrade=no lock_timeout=30 use_backend=auto",
      'dnf',
      {
        name: 'kernel-ml',
        enablerepo: ['elrepo-kernel', 'elrepo'],
        disablerepo: '*',
        exclude: 'kernel-lt',
        allowDowngrade: false,
        lockTimeout: 30,
      },
    ],
    [
      'dnf',
      'pkg=a state=latest security=yes bugfix=no update_cache=yes install_weak_deps=no installroot=/ validate_certs=yes autoremove=no',
      'dnf',
      { name: 'a', state: 'latest', security: true, bugfix: false, updateCache: true, installWeakDeps: false },
    ],
    ['dnf', 'name=a state=absent autoremove=yes', 'dnf', { name: 'a', state: 'absent', autoremove: true }],
    ['dnf', 'name=a state=absent autoremove=no', 'dnf', { name: 'a', state: 'absent', autoremove: false }],
    ['package', 'name=nginx use=dnf', 'package', { name: 'nginx' }],
    [
      'yum_repository',
      'name=epel description="EPEL - $basearch" baseurl=https://h/$releasever/ gpgcheck=yes repo_gpgcheck=no gpgkey=https://h/a,https://h/b enabled=no priority=5 exclude=a,b* module_hotfixes=yes sslverify=no metadata_expire=6h mode=0640',
      'yumRepository',
      {
        ...{
          name: 'epel',
          description: 'EPEL - $basearch',
          baseurl: 'https://h/$releasever/',
          gpgcheck: true,
          repoGpgcheck: false,
        },
        ...{
          gpgkey: ['https://h/a', 'https://h/b'],
          enabled: false,
          priority: 5,
          exclude: ['a', 'b*'],
          moduleHotfixes: true,
        },
        ...{ sslverify: false, metadataExpire: '6h', mode: '0640' },
      },
    ],
    [
      'yum_repository',
      'name=x mirrorlist=http://h/ file=y async=no retries=3 ca_cert=/etc/ca.pem keepcache=1 failovermethod=priority validate_certs=yes',
      'yumRepository',
      {
        ...{ name: 'x', mirrorlist: 'http://h/', file: 'y', sslverify: true },
        options: { async: false, retries: '3', sslcacert: '/etc/ca.pem', keepcache: true, failovermethod: 'priority' },
      },
    ],
    [
      'yum_repository',
      'name=x state=absent reposdir=/srv',
      'yumRepository',
      { name: 'x', state: 'absent', reposdir: '/srv' },
    ],
    [
      'rpm_key',
      'key=https://h/key fingerprint="96C0 104F 6315 4731 1E0B B1AE 309B C305 BAAD AE52" validate_certs=yes',
      'rpmKey',
      { key: 'https://h/key', fingerprint: '96C0 104F 6315 4731 1E0B B1AE 309B C305 BAAD AE52' },
    ],
    ['rpm_key', 'key=baadae52 state=absent', 'rpmKey', { key: 'baadae52', state: 'absent' }],
    [
      'community.general.yum_versionlock',
      'name=nginx,curl state=present',
      'packageLock',
      { name: ['nginx', 'curl'], state: 'present' },
    ],
  ])('%s %s', (module, args, ours, params) => expect(asked(module, args)).toEqual([ours, params]))

  test('a password is a secret', () => {
    const [, params] = asked('yum_repository', 'name=x baseurl=http://h/ username=me password=pass') as [
      string,
      { password: never },
    ]
    expect(isSecret(params.password) && reveal(params.password)).toBe('pass')
  })

  test.each<[module: string, args: string, ...says: string[]]>([
    ['yum', 'update_cache=yes', 'dnf: which package?', "'dnf -y makecache' refreshes the metadata"],
    ['dnf', 'name=* state=latest', '"*" means everything: a whole upgrade is never made in passing'],
    ['dnf', 'list=installed', "'list': nothing is listed", 'dnf list'],
    ['dnf', 'name=a installroot=/mnt', "'installroot': packages are the host’s"],
    ['dnf', 'name=a skip_broken=yes', "'skip_broken': what cannot be installed is a failure"],
    ['dnf', 'name=a sslverify=no', "'sslverify': whose certificate is checked", 'sslverify of yum_repository'],
    ['yum', 'name=a conf_file=/etc/x', "'conf_file'", 'dnf -c FILE'],
    ['dnf', 'name=a nobest=yes', "'nobest': the manager decides"],
    ['yum_repository', 'name=x', "'baseurl': is needed, or mirrorlist, or metalink"],
    [
      'yum_repository',
      'name=x baseurl=http://h/ proxy_password=p',
      "'proxy_password': only the password of the repository itself",
    ],
    ['yum_repository', 'name=x baseurl=http://h/ setype=y', "'setype': SELinux labels are not set"],
    ['rpm_key', 'key=https://h/ validate_certs=no', "'validate_certs': certificates are checked"],
    ['rpm_key', 'key=baadae52', 'an id tells nothing of the key'],
    ['yum_versionlock', 'name=a state=excluded', 'packages are kept at the version they have'],
  ])('%s %s is refused', (module, args, ...says) => {
    for (const text of says) expect(asked(module, args)).toContain(text)
  })
})
