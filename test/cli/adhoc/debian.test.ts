// What -m and -a ask for of Debian's packages, their sources, and what is fetched and built, in Ansible's words.
import { describe, expect, test } from 'vitest'
import { isSecret } from '../../../engine/secret.ts'
import { asked } from './asked.ts'

describe('Ansible’s words for packages, sources and working copies', () => {
  test.each<[module: string, args: string, ours: string, params: object]>([
    [
      'apt',
      'pkg=nginx,jq=1.6* state=installed update_cache=yes cache_valid_time=3600',
      'apt',
      { name: ['nginx', 'jq=1.6*'], state: 'present', updateCache: true, cacheValidTime: 3600 },
    ],
    [
      'apt',
      'name=nginx install_recommends=no allow_downgrades=yes allow_change_held_packages=yes only_upgrade=yes policy_rc_d=101 lock_timeout=5',
      'apt',
      {
        name: 'nginx',
        installRecommends: false,
        allowDowngrade: true,
        allowChangeHeld: true,
        onlyUpgrade: true,
        startServices: false,
        lockTimeout: 5,
      },
    ],
    [
      'apt',
      'upgrade=dist autoremove=yes purge=yes dpkg_options=force-confnew,force-confdef',
      'apt',
      { upgrade: 'full', autoremove: true, purge: true, dpkgOptions: ['force-confnew', 'force-confdef'] },
    ],
    [
      'apt',
      'upgrade=yes default_release=bookworm-backports force_apt_get=yes',
      'apt',
      { upgrade: 'safe', defaultRelease: 'bookworm-backports' },
    ],
    ['apt', 'upgrade=no update_cache=yes', 'apt', { updateCache: true }],
    ['apt', 'name=* state=latest', 'apt', { upgrade: 'safe' }],
    ['apt', 'deb=/tmp/x.deb', 'apt', { deb: '/tmp/x.deb' }],
    ['apt', 'name=nginx state=build-dep', 'apt', { name: 'nginx', state: 'build-dep' }],
    ['apt', 'autoclean=yes clean=no', 'apt', { autoclean: true, clean: false }],
    ['package', 'pkg=jq state=latest use=apt', 'package', { name: 'jq', state: 'latest' }],
    [
      'apt_repository',
      "repo='deb http://x.org/debian stable main' filename=x.list update_cache=no mode=0644",
      'aptRepository',
      { repo: 'deb http://x.org/debian stable main', name: 'x', updateCache: false },
    ],
    [
      'deb822_repository',
      'name=docker uris=https://x.org/debian suites=stable components=main,extra architectures=amd64 signed_by=https://x.org/key',
      'aptRepository',
      {
        updateCache: false,
        name: 'docker',
        uris: 'https://x.org/debian',
        suites: 'stable',
        components: ['main', 'extra'],
        architectures: 'amd64',
        key: 'https://x.org/key',
      },
    ],
    [
      'deb822_repository',
      'name=d uris=file:/srv suites=./ signed_by=/k.gpg enabled=no',
      'aptRepository',
      { updateCache: false, name: 'd', uris: 'file:/srv', suites: './', signedBy: '/k.gpg', enabled: false },
    ],
    [
      'apt_key',
      'url=https://x.org/key id=9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
      'aptKey',
      {
        name: '9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
        keyring: '/etc/apt/trusted.gpg.d/9DC858229FC7DD38854AE2D88D81803C0EBFCD88.gpg',
        key: 'https://x.org/key',
        fingerprint: '9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
      },
    ],
    [
      'apt_key',
      'url=https://x.org/key keyring=/etc/apt/keyrings/x.gpg',
      'aptKey',
      { name: 'x', keyring: '/etc/apt/keyrings/x.gpg', key: 'https://x.org/key' },
    ],
    [
      'apt_key',
      'keyring=/etc/apt/keyrings/x.gpg state=absent',
      'aptKey',
      { name: 'x', keyring: '/etc/apt/keyrings/x.gpg', state: 'absent' },
    ],
    ['dpkg_selections', 'name=nginx selection=hold', 'dpkgSelections', { name: 'nginx', selection: 'hold' }],
    [
      'debconf',
      'pkg=tzdata setting=tzdata/Areas vtype=select answer=Europe unseen=yes',
      'debconf',
      { name: 'tzdata', question: 'tzdata/Areas', type: 'select', value: 'Europe', unseen: true },
    ],
    [
      'git',
      'name=https://x.org/a.git dest=/srv/a version=HEAD accept_hostkey=yes depth=1 single_branch=yes key_file=/k',
      'git',
      {
        repo: 'https://x.org/a.git',
        dest: '/srv/a',
        acceptNewHostKey: true,
        depth: 1,
        singleBranch: true,
        keyFile: '/k',
      },
    ],
    [
      'make',
      'chdir=/srv targets=all,install jobs=4 make=gmake file=x.mk',
      'make',
      { chdir: '/srv', target: ['all', 'install'], jobs: 4, executable: 'gmake', file: 'x.mk' },
    ],
    [
      'pip',
      "name='flask>=2' virtualenv=/srv/v virtualenv_python=python3.11 virtualenv_site_packages=yes extra_args='--no-index --find-links \"/srv/a b\"' virtualenv_command=pyvenv",
      'pip',
      {
        name: 'flask>=2',
        virtualenv: '/srv/v',
        python: 'python3.11',
        systemSitePackages: true,
        extraArgs: ['--no-index', '--find-links', '/srv/a b'],
      },
    ],
    [
      'npm',
      'name=typescript version=5.4.5 global=yes ignore_scripts=yes production=no',
      'npm',
      { name: 'typescript', version: '5.4.5', global: true, ignoreScripts: true, production: false },
    ],
  ])('%s %s', (module, args, ours, params) => {
    expect(asked(module, args)).toEqual([ours, params])
  })

  test('a password is a secret from there on', () => {
    const [, params] = asked('debconf', 'name=a1 question=a/b vtype=password value=word') as [
      string,
      { value: unknown },
    ]
    expect(isSecret(params.value)).toBe(true)
  })

  test.each<[module: string, args: string, message: RegExp]>([
    ['apt', 'name=nginx force=yes', /apt: 'force': unsigned packages are not installed[\s\S]*allow_downgrade=yes/],
    ['apt', 'fail_on_autoremove=yes', /apt is not asked beforehand/],
    ['apt', 'lock_timeout=5', /what is to be done/],
    ['apt_repository', 'repo=ppa:me/x', /a ppa is known by Launchpad only/],
    ['apt_key', 'data=x', /which file is the key in/],
    ['apt_key', 'keyserver=keys.example.com id=8D81803C0EBFCD88', /key servers are not asked[\s\S]*url=…/],
    ['apt_key', 'file=/tmp/k id=8D81803C0EBFCD88', /read from the control side/],
    ['apt_key', 'url=https://x.org/k id=0EBFCD88', /'fingerprint': is a fingerprint of 40/],
    ['debconf', 'name=tzdata', /'question' is missing[\s\S]*debconf-show/],
    ['git', 'repo=https://x.org/a dest=/a ssh_opts=-v', /ssh has its own settings/],
    ['git', 'repo=https://x.org/a dest=/a verify_commit=yes', /signatures of commits are not looked at/],
    ['pip', 'name=a editable=yes', /no package with a version/],
    ['pip', 'name=a state=forcereinstall', /'state'/],
    ['npm', 'path=/a no_optional=yes', /optional packages are installed/],
  ])('%s %s is refused', (module, args, message) => {
    expect(asked(module, args)).toMatch(message)
  })
})
