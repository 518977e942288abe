// Examples of the modules for packages of the RHEL family.
import type { Action } from '../../../engine/module.ts'
import { secret } from '../../../engine/secret.ts'
import { dnf, packageLock, rpmKey, yum, yumRepository } from '../../../modules/index.ts'

const key = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZZ8AABYJKwYBBAHaRw8BAQdA6mOM1XkKrNx8sT0N5Cw6HcGwHcJ8pO2z7kQq
=abcd
-----END PGP PUBLIC KEY BLOCK-----
`

export default [
  dnf({
    name: [
      'demo-1.0',
      'demo-libs=1.0-1',
      'editor',
      'kernel-lt*',
      '@tools',
      '/tmp/x.rpm',
      'https://127.0.0.1/a-1-1.rpm',
    ],
    allowChangeLocked: true,
  }),
  dnf({
    name: ['demo', 'demo-libs'],
    state: 'latest',
    enablerepo: ['next', 'lab*'],
    disablerepo: '*',
    exclude: ['kernel*', 'docker'],
    updateCache: true,
    cacheValidTime: 60,
    security: true,
    bugfix: false,
    disableGpgCheck: true,
    allowDowngrade: true,
    installWeakDeps: false,
    lockTimeout: 1,
  }),
  dnf({ name: ['docker', 'docker-*'], state: 'absent', autoremove: true }),
  dnf({ src: 'package.rpm', disableGpgCheck: true }),
  yum({ name: 'kubelet-1.13.4-0', allowChangeLocked: true }),
  yum({
    name: ['docker-ce', 'docker-ce-cli'],
    state: 'latest',
    enablerepo: 'docker-ce-test',
    disablerepo: ['base', 'extras'],
    exclude: 'containerd*',
    updateCache: true,
    cacheValidTime: 0,
    security: false,
    bugfix: true,
    disableGpgCheck: false,
    allowDowngrade: false,
    installWeakDeps: true,
    lockTimeout: 5,
  }),
  yum({ name: '*docker*', state: 'absent', autoremove: true }),
  yum({ src: 'package.rpm' }),
  yumRepository({
    name: 'docker-ce-stable',
    state: 'present',
    description: 'Docker CE Stable - $basearch',
    baseurl: ['https://download.docker.com/linux/centos/$releasever/$basearch/stable', 'https://other.example/docker'],
    mirrorlist: 'https://mirrors.example/list?arch=$basearch',
    metalink: 'https://mirrors.example/metalink',
    gpgcheck: true,
    repoGpgcheck: false,
    updateCache: true,
    gpgkey: ['https://download.docker.com/linux/centos/gpg', 'file:///etc/pki/rpm-gpg/key'],
    enabled: true,
    exclude: ['docker-ce-rootless*', 'x'],
    includepkgs: 'docker*',
    priority: 10,
    cost: 500,
    sslverify: true,
    moduleHotfixes: true,
    skipIfUnavailable: false,
    metadataExpire: '6h',
    proxy: 'http://proxy.example:3128',
    username: 'me',
    password: secret('a b'),
    options: { retries: 3, ip_resolve: '4', fastestmirror: true },
    file: 'docker',
    reposdir: '/tmp',
    mode: '0640',
    owner: 'root',
    group: 'root',
  }),
  yumRepository({ name: 'old', reposdir: '/tmp', state: 'absent' }),
  rpmKey({ key, fingerprint: ['6859 9D6D 7B86 645D 0C21 BB9C 67E0 DCEF 2817 71C6'] }),
  rpmKey({ src: 'source.txt', state: 'present' }),
  rpmKey({
    key: 'https://127.0.0.1:1/key.asc',
    fingerprint: '68599D6D7B86645D0C21BB9C67E0DCEF281771C6',
    state: 'absent',
  }),
  rpmKey({ key: '/tmp/key.asc' }),
  rpmKey({ key: 'https://127.0.0.1:1/key.asc' }),
  packageLock({ name: ['kubelet', 'kubeadm'] }),
  packageLock({ name: 'bash', state: 'absent' }),
] satisfies readonly Action[]
