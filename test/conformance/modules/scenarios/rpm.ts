// dnf, yum, package, yum_repository and rpm_key on a host with the real dnf; each scenario has packages of its own (`case-a` …).
import { task } from '../../../../engine/index.ts'
import { dnf, package as pkg, rpmKey, yum, yumRepository } from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

export const image = 'dnf'

const key = '/srv/rpm/RPM-GPG-KEY-lab'
const unasked = 'a check does not ask the repositories what they have'
const installed = (...names: string[]) => [`rpm -q ${names.join(' ')}`]
const behindPackages = 'a file may be another once the packages of the scenarios before are installed'
/** A repository's file is the scenario's own. */
const repoFile = (name: string) => `/etc/yum.repos.d/${name}.repo`
/** A key that no other scenario knows. */
const newKey = (name: string) =>
  `export GNUPGHOME=$(mktemp -d); gpg -q --batch --passphrase '' --quick-generate-key ${name} ed25519 sign never 2>/dev/null; gpg --armor --export > /var/tmp/${name}.asc; gpgconf --kill all`

export const scenarios: readonly ModuleScenario[] = [
  {
    name: 'packages are installed once, by one task or several (M09)',
    ansible: `
      - name: both
        dnf: { name: [case-a, case-b], state: present }
      - name: one again
        dnf: { name: case-a, state: installed }
    `,
    tsplay: () => [task('both', dnf({ name: ['case-a', 'case-b'] })), task('one again', dnf({ name: 'case-a' }))],
    shows: installed('case-a', 'case-b'),
  },
  {
    name: 'a version is asked for in the name, and latest goes on from there (M09)',
    given: 'dnf -q -y install case-c-1.0 case-d-1.0',
    ansible: `
      - name: this version is there
        dnf: { name: case-c-1.0, state: present }
      - name: newer
        dnf: { name: case-d-1.1, state: present }
      - name: newest already
        dnf: { name: case-d, state: latest }
    `,
    tsplay: () => [
      task('this version is there', dnf({ name: 'case-c-1.0' })),
      task('newer', dnf({ name: 'case-d-1.1' })),
      task('newest already', dnf({ name: 'case-d', state: 'latest' })),
    ],
    shows: installed('case-c', 'case-d'),
  },
  {
    name: 'latest upgrades what was named, and present does not (M09)',
    given: 'dnf -q -y install case-e-1.0 case-f-1.0',
    ansible: `
      - name: there
        dnf: { name: [case-e, case-f], state: present }
      - name: latest
        dnf: { name: case-e, state: latest }
    `,
    tsplay: () => [
      task('there', dnf({ name: ['case-e', 'case-f'] })),
      task('latest', dnf({ name: 'case-e', state: 'latest' })),
    ],
    shows: installed('case-e', 'case-f'),
  },
  {
    name: 'an older version is installed where that is allowed (M09)',
    given: 'dnf -q -y install case-g-1.1',
    ansible: `
      - name: back
        dnf: { name: case-g-1.0, state: present, allow_downgrade: true }
    `,
    tsplay: () => [task('back', dnf({ name: 'case-g-1.0', allowDowngrade: true }))],
    shows: installed('case-g'),
  },
  {
    name: 'an older version that is not allowed (M09)',
    given: 'dnf -q -y install demo',
    ansible: `
      - name: older
        dnf: { name: demo-1.0, state: present }
    `,
    tsplay: () => [task('older', dnf({ name: 'demo-1.0' }))],
    shows: installed('demo'),
    differs: {
      why: 'going back is not done without being asked (allowDowngrade): a newer version may have written what an older one cannot read',
      theirs: ['older: changed'],
      ours: ['older: failed'],
    },
    unforeseen: 'a task that cannot be done may be made possible by the packages of the scenarios before',
  },
  {
    name: 'packages are removed, also by a pattern, and what is not there need not be (M09)',
    given: 'dnf -q -y install case-h kernel-lt-4.19',
    ansible: `
      - name: gone
        dnf: { name: [case-h, no-such-package], state: absent }
      - name: gone by pattern
        dnf: { name: "kernel-l*", state: absent }
      - name: gone already
        dnf: { name: "kernel-l*", state: removed }
    `,
    tsplay: () => [
      task('gone', dnf({ name: ['case-h', 'no-such-package'], state: 'absent' })),
      task('gone by pattern', dnf({ name: 'kernel-l*', state: 'absent' })),
      task('gone already', dnf({ name: 'kernel-l*', state: 'absent' })),
    ],
    shows: installed('case-h', 'kernel-lt'),
  },
  {
    name: 'what a package only recommends is left out where asked (M09)',
    ansible: `
      - name: without
        dnf: { name: case-i, install_weak_deps: false }
    `,
    tsplay: () => [task('without', dnf({ name: 'case-i', installWeakDeps: false }))],
    shows: installed('case-i', 'case-j'),
  },
  {
    name: 'what only a removed package needed goes with it as the host has it, and with autoremove (M09)',
    given: 'dnf -q -y install case-k case-m',
    ansible: `
      - name: as the host has it
        dnf: { name: case-k, state: absent }
      - name: autoremove
        dnf: { name: case-m, state: absent, autoremove: true }
    `,
    tsplay: () => [
      task('as the host has it', dnf({ name: 'case-k', state: 'absent' })),
      task('autoremove', dnf({ name: 'case-m', state: 'absent', autoremove: true })),
    ],
    shows: installed('case-k', 'case-l', 'case-m', 'case-n'),
  },
  {
    name: 'repositories are chosen for one task (M09)',
    ansible: `
      - name: from all others
        dnf: { name: case-z, enablerepo: next, disablerepo: "*" }
      - name: from none
        dnf: { name: case-y, enablerepo: next, disablerepo: "*" }
    `,
    tsplay: () => [
      task('from all others', dnf({ name: 'case-z', enablerepo: 'next', disablerepo: '*' })),
      task('from none', dnf({ name: 'case-y', enablerepo: 'next', disablerepo: '*' })),
    ],
    shows: installed('case-z', 'case-y'),
    unforeseen: unasked,
  },
  {
    name: 'a package that is excluded is not installed (M09)',
    ansible: `
      - name: not installed
        dnf: { name: case-x, exclude: case-x }
    `,
    tsplay: () => [task('not installed', dnf({ name: 'case-x', exclude: 'case-x' }))],
    shows: installed('case-x'),
    unforeseen: unasked,
  },
  {
    name: 'a package that is excluded is not upgraded (M09)',
    given: 'dnf -q -y install case-o-1.0',
    ansible: `
      - name: not upgraded
        dnf: { name: case-o, state: latest, exclude: "case-o*" }
    `,
    tsplay: () => [task('not upgraded', dnf({ name: 'case-o', state: 'latest', exclude: 'case-o*' }))],
    shows: installed('case-o'),
    differs: {
      why: 'a package that is there, and of which nothing newer may be taken, is at its latest: Ansible fails as if it had to be installed',
      theirs: ['not upgraded: failed'],
      ours: ['not upgraded: ok'],
      sameTree: true,
    },
  },
  {
    name: 'security takes what an advisory calls so, bugfix the other kind (M09)',
    given: 'dnf -q -y install case-p-1.0 case-q-1.0',
    ansible: `
      - name: security
        dnf: { name: [case-p, case-q], state: latest, security: true }
      - name: bugfix
        dnf: { name: case-q, state: latest, bugfix: true }
    `,
    tsplay: () => [
      task('security', dnf({ name: ['case-p', 'case-q'], state: 'latest', security: true })),
      task('bugfix', dnf({ name: 'case-q', state: 'latest', bugfix: true })),
    ],
    shows: installed('case-p', 'case-q'),
  },
  {
    name: 'a package that no repository has (M09)',
    ansible: `
      - name: unknown
        dnf: { name: [case-w, no-such-package] }
    `,
    tsplay: () => [task('unknown', dnf({ name: ['case-w', 'no-such-package'] }))],
    shows: installed('case-w'),
    unforeseen: unasked,
  },
  {
    name: 'packages that are in conflict with each other (M09)',
    ansible: `
      - name: both
        dnf: { name: [fox, hen] }
    `,
    tsplay: () => [task('both', dnf({ name: ['fox', 'hen'] }))],
    shows: installed('fox', 'hen'),
    unforeseen: unasked,
  },
  {
    name: 'what another package provides is there by that name, too (M09)',
    ansible: `
      - name: provided
        dnf: { name: editor-of-choice }
      - name: by its file
        dnf: { name: /usr/share/demo-editor/1.0 }
    `,
    tsplay: () => [
      task('provided', dnf({ name: 'editor-of-choice' })),
      task('by its file', dnf({ name: '/usr/share/demo-editor/1.0' })),
    ],
    shows: installed('demo-editor'),
    unforeseen: 'what a package provides is known once it is there',
  },
  {
    name: 'a package is not removed by what it provides (M09)',
    given: 'dnf -q -y install demo-daemon',
    ansible: `
      - name: by its file
        dnf: { name: /usr/lib/systemd/system/demo-daemon.service, state: absent }
    `,
    tsplay: () => [task('by its file', dnf({ name: '/usr/lib/systemd/system/demo-daemon.service', state: 'absent' }))],
    shows: installed('demo-daemon'),
    differs: {
      why: 'only what is called so is removed: docker-ce says that it provides docker, and must outlive the task that removes the old one',
      theirs: ['by its file: changed'],
      ours: ['by its file: ok'],
    },
  },
  {
    name: 'an unsigned package is refused (M09)',
    ansible: `
      - name: unsigned
        dnf: { name: demo-unsigned }
    `,
    tsplay: () => [task('unsigned', dnf({ name: 'demo-unsigned' }))],
    shows: installed('demo-unsigned'),
    unforeseen: 'whether a package is signed shows when it has been fetched',
  },
  {
    name: 'an unsigned file is installed where nobody checks (M09)',
    given: `cp /srv/rpm/lab/demo-native-1.0-1.*.rpm native.rpm; rpm --delsign native.rpm`,
    ansible: `
      - name: unsigned
        dnf: { name: "{{ dir }}/native.rpm", disable_gpg_check: true }
      - name: there already
        dnf: { name: "{{ dir }}/native.rpm", disable_gpg_check: true }
    `,
    tsplay: (dir) => [
      task('unsigned', dnf({ name: `${dir}/native.rpm`, disableGpgCheck: true })),
      task('there already', dnf({ name: `${dir}/native.rpm`, disableGpgCheck: true })),
    ],
    shows: installed('demo-native'),
  },
  {
    name: 'a file with an older version than the installed one changes nothing (M09)',
    given: `rpm --import ${key}; dnf -q -y install /srv/rpm/files/demo-local-1.1-1.noarch.rpm`,
    ansible: `
      - name: older file
        dnf: { name: /srv/rpm/files/demo-local-1.0-1.noarch.rpm }
    `,
    tsplay: () => [task('older file', dnf({ name: '/srv/rpm/files/demo-local-1.0-1.noarch.rpm' }))],
    shows: installed('demo-local'),
  },
  {
    name: 'a group is installed by its id, and known by its name (M09)',
    ansible: `
      - name: group
        dnf: { name: "@demo-tools" }
      - name: there already
        dnf: { name: "@Tools of the lab" }
    `,
    tsplay: () => [
      task('group', dnf({ name: '@demo-tools' })),
      task('there already', dnf({ name: '@Tools of the lab' })),
    ],
    shows: installed('demo-tool', 'demo-gadget'),
  },
  {
    name: 'metadata that are fresh are no change, and fetching them again is one (M09)',
    given: 'dnf -q -y install case-r',
    ansible: `
      - name: cache
        dnf: { name: case-r, update_cache: true }
    `,
    tsplay: () => [task('cache', dnf({ name: 'case-r', updateCache: true }))],
    differs: {
      why: 'whether metadata are fetched is told like any other change, and only happens where they are older than cacheValidTime',
      theirs: ['cache: ok'],
      ours: ['cache: changed'],
      sameTree: true,
    },
  },
  {
    name: 'yum goes to dnf on a host that has dnf (M09)',
    given: 'dnf -q -y install case-t',
    ansible: `
      - name: yum installs
        yum: { name: case-s-1.0, state: installed, use_backend: dnf }
      - name: yum removes
        yum: { name: case-t, state: absent, use_backend: dnf }
    `,
    tsplay: () => [
      task('yum installs', yum({ name: 'case-s-1.0' })),
      task('yum removes', yum({ name: 'case-t', state: 'absent' })),
    ],
    shows: installed('case-s', 'case-t'),
  },
  {
    name: 'package takes the manager of the host (M10)',
    given: 'dnf -q -y install case-v',
    ansible: `
      - name: present
        package: { name: case-u, use: dnf }
      - name: absent
        package: { name: case-v, state: absent, use: dnf }
    `,
    tsplay: () => [task('present', pkg({ name: 'case-u' })), task('absent', pkg({ name: 'case-v', state: 'absent' }))],
    shows: installed('case-u', 'case-v'),
  },
  {
    name: 'a repository is written once, with what dnf fills in as it stands (M09)',
    ansible: `
      - name: repository
        yum_repository:
          name: kubernetes
          description: Kubernetes
          baseurl: https://mirrors.example.org/el$releasever-$basearch/
          gpgcheck: true
          repo_gpgcheck: false
          gpgkey: [https://example.org/yum-key.gpg, https://example.org/rpm-package-key.gpg]
          enabled: false
      - name: again
        yum_repository:
          name: kubernetes
          description: Kubernetes
          baseurl: https://mirrors.example.org/el$releasever-$basearch/
          gpgcheck: true
          repo_gpgcheck: false
          gpgkey: [https://example.org/yum-key.gpg, https://example.org/rpm-package-key.gpg]
          enabled: false
    `,
    tsplay: () =>
      ['repository', 'again'].map((name) =>
        task(
          name,
          yumRepository({
            name: 'kubernetes',
            description: 'Kubernetes',
            baseurl: 'https://mirrors.example.org/el$releasever-$basearch/',
            gpgcheck: true,
            repoGpgcheck: false,
            gpgkey: ['https://example.org/yum-key.gpg', 'https://example.org/rpm-package-key.gpg'],
            enabled: false,
          }),
        ),
      ),
    also: [repoFile('kubernetes')],
  },
  {
    name: 'two repositories share a file, and one of them goes (M09)',
    ansible: `
      - name: one
        yum_repository: { name: one, description: One, file: shared, baseurl: "file:///one", enabled: false }
      - name: two
        yum_repository: { name: two, description: Two, file: shared, mirrorlist: "file:///two", enabled: false, priority: 5, exclude: [a, b*] }
      - name: not one
        yum_repository: { name: one, file: shared, state: absent }
    `,
    tsplay: () => [
      task(
        'one',
        yumRepository({ name: 'one', description: 'One', file: 'shared', baseurl: 'file:///one', enabled: false }),
      ),
      task(
        'two',
        yumRepository({
          name: 'two',
          description: 'Two',
          file: 'shared',
          mirrorlist: 'file:///two',
          enabled: false,
          priority: 5,
          exclude: ['a', 'b*'],
        }),
      ),
      task('not one', yumRepository({ name: 'one', file: 'shared', state: 'absent' })),
    ],
    also: [repoFile('shared')],
  },
  {
    name: 'a file goes with its last repository (M09)',
    given: `printf '[last]\\nname = Last\\nbaseurl = file:///last\\nenabled = 0\\n\\n' > ${repoFile('last')}`,
    ansible: `
      - name: not there
        yum_repository: { name: other, file: last, state: absent }
      - name: gone
        yum_repository: { name: last, state: absent }
      - name: gone already
        yum_repository: { name: last, state: absent }
    `,
    tsplay: () => [
      task('not there', yumRepository({ name: 'other', file: 'last', state: 'absent' })),
      task('gone', yumRepository({ name: 'last', state: 'absent' })),
      task('gone already', yumRepository({ name: 'last', state: 'absent' })),
    ],
    shows: [`ls ${repoFile('last')}`],
  },
  {
    name: 'what is not asked for any more goes from a repository, and its mode is set (M09)',
    given: `printf '[mine]\\nbaseurl = file:///mine\\nenabled = 0\\nname = Mine\\npriority = 9\\n\\n' > ${repoFile('mine')}`,
    ansible: `
      - name: less
        yum_repository: { name: mine, description: Mine, baseurl: "file:///mine", enabled: false, mode: "0600" }
    `,
    tsplay: () => [
      task(
        'less',
        yumRepository({ name: 'mine', description: 'Mine', baseurl: 'file:///mine', enabled: false, mode: '0600' }),
      ),
    ],
    also: [repoFile('mine')],
  },
  {
    name: 'a repository that says the same in other words (M09)',
    given: `printf '[words]\\nname=Words\\nbaseurl=file:///words\\nenabled=0\\n' > ${repoFile('words')}`,
    ansible: `
      - name: words
        yum_repository: { name: words, description: Words, baseurl: "file:///words", enabled: false }
    `,
    tsplay: () => [
      task('words', yumRepository({ name: 'words', description: 'Words', baseurl: 'file:///words', enabled: false })),
    ],
    shows: [`tr -d ' ' < ${repoFile('words')} | sort | grep .`],
  },
  {
    name: 'a key is imported once (M09)',
    given: newKey('once'),
    ansible: `
      - name: key
        rpm_key: { key: /var/tmp/once.asc, state: present }
      - name: again
        rpm_key: { key: /var/tmp/once.asc }
    `,
    tsplay: () => [
      task('key', rpmKey({ key: '/var/tmp/once.asc' })),
      task('again', rpmKey({ key: '/var/tmp/once.asc' })),
    ],
    shows: ["rpm -q gpg-pubkey --qf '%{SUMMARY}\\n' | grep -c once"],
  },
  {
    name: 'a key is removed by its file (M09)',
    given: `${newKey('gone')}; rpm --import /var/tmp/gone.asc`,
    ansible: `
      - name: gone
        rpm_key: { key: /var/tmp/gone.asc, state: absent }
      - name: gone already
        rpm_key: { key: /var/tmp/gone.asc, state: absent }
    `,
    tsplay: () => [
      task('gone', rpmKey({ key: '/var/tmp/gone.asc', state: 'absent' })),
      task('gone already', rpmKey({ key: '/var/tmp/gone.asc', state: 'absent' })),
    ],
    shows: ["rpm -q gpg-pubkey --qf '%{SUMMARY}\\n' | grep -c gone"],
  },
  {
    name: 'another key than the one that was asked for is refused (M09)',
    given: newKey('other'),
    ansible: `
      - name: other
        rpm_key: { key: /var/tmp/other.asc, fingerprint: 96C0104F631547311E0BB1AE309BC305BAADAE52 }
    `,
    tsplay: () => [
      task('other', rpmKey({ key: '/var/tmp/other.asc', fingerprint: '96C0104F631547311E0BB1AE309BC305BAADAE52' })),
    ],
    shows: ["rpm -q gpg-pubkey --qf '%{SUMMARY}\\n' | grep -c other"],
    unforeseen: behindPackages,
  },
  {
    name: 'a file that is no key is refused (M09)',
    given: 'echo nothing > key.asc',
    ansible: `
      - name: no key
        rpm_key: { key: "{{ dir }}/key.asc" }
    `,
    tsplay: (dir) => [task('no key', rpmKey({ key: `${dir}/key.asc` }))],
    unforeseen: behindPackages,
  },
]
