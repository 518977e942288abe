// Packages of Debian, where they come from, and working copies: what decides whether something is changed.
import { task } from '../../../../engine/index.ts'
import {
  type AptParams,
  apt,
  aptRepository,
  debconf,
  dpkgSelections,
  git,
  package as pkg,
  shell,
} from '../../../../modules/index.ts'
import { type TinyPackage, tinyRepository, useRepository } from '../../../support/debian-packages.ts'
import type { ModuleScenario } from '../scenario.ts'

/** Packages `<slug>-<name>` in a repository of the scenario's own. */
const packaged = (
  slug: string,
  packages: readonly TinyPackage[],
  more = '',
): Pick<ModuleScenario, 'given' | 'shows' | 'undo'> => ({
  given: `
(${tinyRepository(
    `/srv/tiny/${slug}`,
    packages.map((each) => ({
      ...each,
      name: `${slug}-${each.name}`,
      fields: each.fields?.map((field) => field.replaceAll('@', slug)) ?? [],
    })),
  )}
${useRepository(`/srv/tiny/${slug}`, slug)}
) >/dev/null 2>&1
${more}`,
  shows: [`dpkg-query -W -f '\${Package} \${Version} \${db:Status-Abbrev}\\n' '${slug}-*'`],
  undo: `apt-mark unhold '${slug}-*'; apt-get -y purge '${slug}-*'; rm -f /etc/apt/sources.list.d/${slug}.list`,
})

const versions = (...all: string[]): TinyPackage[] => all.map((version) => ({ name: 'a', version }))

/** All scenarios are one list, and in a check whatever is missing may come with the packages of those before. */
const afterPackages = 'a failure behind packages that are only planned may be mended by what they bring'

/** As Ansible does: lists are left as they are. */
const plain = (params: AptParams) => apt({ updateCache: false, ...params })

const packages: readonly ModuleScenario[] = [
  {
    name: 'a package is installed once and removed once (M08)',
    ...packaged('ta', versions('1.0')),
    ansible: `
      - name: installed
        apt: { name: ta-a }
      - name: again
        apt: { name: ta-a }
      - name: removed
        apt: { name: ta-a, state: absent }
      - name: removed again
        apt: { name: ta-a, state: absent }
    `,
    tsplay: () => [
      task('installed', plain({ name: 'ta-a' })),
      task('again', plain({ name: 'ta-a' })),
      task('removed', plain({ name: 'ta-a', state: 'absent' })),
      task('removed again', plain({ name: 'ta-a', state: 'absent' })),
    ],
  },
  {
    name: 'several packages are installed where one of them is missing (M08)',
    ...packaged(
      'tb',
      [
        { name: 'a', version: '1.0' },
        { name: 'b', version: '1.0' },
        { name: 'c', version: '1.0' },
      ],
      'apt-get -y -qq install tb-a',
    ),
    ansible: `
      - name: one is there
        apt: { name: [tb-a, tb-b] }
      - name: both are there
        apt: { name: [tb-b, tb-a] }
      - name: by the other module
        package: { name: [tb-a, tb-c] }
      - name: all
        package: { name: [tb-a, tb-b, tb-c] }
    `,
    tsplay: () => [
      task('one is there', plain({ name: ['tb-a', 'tb-b'] })),
      task('both are there', plain({ name: ['tb-b', 'tb-a'] })),
      task('by the other module', pkg({ name: ['tb-a', 'tb-c'] })),
      task('all', pkg({ name: ['tb-a', 'tb-b', 'tb-c'] })),
    ],
  },
  {
    name: 'a version is installed, kept where none is asked for, and left for a newer one (M08)',
    ...packaged('tc', versions('1.0', '1.5', '2.0')),
    ansible: `
      - name: an old one
        apt: { name: tc-a=1.0 }
      - name: any will do
        apt: { name: tc-a }
      - name: a newer one
        apt: { name: tc-a=1.5 }
      - name: a wildcard that fits
        apt: { name: "tc-a=1.*" }
      - name: a wildcard that does not
        apt: { name: "tc-a=2*" }
    `,
    tsplay: () => [
      task('an old one', plain({ name: 'tc-a=1.0' })),
      task('any will do', plain({ name: 'tc-a' })),
      task('a newer one', plain({ name: 'tc-a=1.5' })),
      task('a wildcard that fits', plain({ name: 'tc-a=1.*' })),
      task('a wildcard that does not', plain({ name: 'tc-a=2*' })),
    ],
  },
  {
    name: 'an older version is a failure (M08)',
    ...packaged('td', versions('1.0', '2.0'), 'apt-get -y -qq install td-a'),
    unforeseen: 'that apt will refuse to go back is known when it does',
    ansible: `
      - name: older
        apt: { name: td-a=1.0 }
    `,
    tsplay: () => [task('older', plain({ name: 'td-a=1.0' }))],
  },
  {
    name: 'an older version is installed where that is allowed (M08)',
    ...packaged('te', versions('1.0', '2.0'), 'apt-get -y -qq install te-a'),
    ansible: `
      - name: older
        apt: { name: te-a=1.0, allow_downgrade: true }
      - name: again
        apt: { name: te-a=1.0, allow_downgrade: true }
    `,
    tsplay: () => [
      task('older', plain({ name: 'te-a=1.0', allowDowngrade: true })),
      task('again', plain({ name: 'te-a=1.0', allowDowngrade: true })),
    ],
  },
  {
    name: 'the latest version is the newest that the lists know (M08)',
    ...packaged('tf', versions('1.0', '2.0'), 'apt-get -y -qq install tf-a=1.0'),
    ansible: `
      - name: present is enough
        apt: { name: tf-a, state: present }
      - name: latest
        apt: { name: tf-a, state: latest }
      - name: latest again
        apt: { name: tf-a, state: latest }
      - name: by the other module
        package: { name: tf-a, state: latest }
    `,
    tsplay: () => [
      task('present is enough', plain({ name: 'tf-a', state: 'present' })),
      task('latest', plain({ name: 'tf-a', state: 'latest' })),
      task('latest again', plain({ name: 'tf-a', state: 'latest' })),
      task('by the other module', pkg({ name: 'tf-a', state: 'latest' })),
    ],
  },
  {
    name: 'names with wildcards mean all that the lists know (M08)',
    ...packaged('tg', [
      { name: 'aa', version: '1.0' },
      { name: 'ab', version: '1.0' },
      { name: 'b', version: '1.0' },
    ]),
    ansible: `
      - name: two of three
        apt: { name: "tg-a*" }
      - name: again
        apt: { name: "tg-a?" }
      - name: all are removed
        apt: { name: "tg-*", state: absent }
    `,
    tsplay: () => [
      task('two of three', plain({ name: 'tg-a*' })),
      task('again', plain({ name: 'tg-a?' })),
      task('all are removed', plain({ name: 'tg-*', state: 'absent' })),
    ],
  },
  {
    name: 'a package that nobody has is a failure (M08)',
    unforeseen: 'which packages the sources have is known when one is asked for',
    ansible: `
      - name: unknown
        apt: { name: no-such-package-here }
    `,
    tsplay: () => [task('unknown', plain({ name: 'no-such-package-here' }))],
  },
  {
    name: 'a wildcard that means nothing is a failure (M08)',
    unforeseen: afterPackages,
    ansible: `
      - name: unknown
        apt: { name: "no-such-package-*" }
    `,
    tsplay: () => [task('unknown', plain({ name: 'no-such-package-*' }))],
  },
  {
    name: 'configuration files stay behind, until they are purged (M08)',
    ...packaged('ti', [{ name: 'a', version: '1.0', conf: true }], 'apt-get -y -qq install ti-a'),
    also: ['/etc/ti-a.conf'],
    ansible: `
      - name: removed
        apt: { name: ti-a, state: absent }
      - name: purged
        apt: { name: ti-a, state: absent, purge: true }
      - name: purged again
        apt: { name: ti-a, state: absent, purge: true }
    `,
    tsplay: () => [
      task('removed', plain({ name: 'ti-a', state: 'absent' })),
      task('purged', plain({ name: 'ti-a', state: 'absent', purge: true })),
      task('purged again', plain({ name: 'ti-a', state: 'absent', purge: true })),
    ],
    unforeseen: 'whether a package leaves configuration files behind is known when it is gone',
  },
  {
    name: 'only what is installed is upgraded, where that is asked for (M08)',
    ...packaged('tj', [...versions('1.0', '2.0'), { name: 'b', version: '1.0' }], 'apt-get -y -qq install tj-a=1.0'),
    ansible: `
      - name: one of two
        apt: { name: [tj-a, tj-b], state: latest, only_upgrade: true }
      - name: again
        apt: { name: tj-b, only_upgrade: true }
    `,
    tsplay: () => [
      task('one of two', plain({ name: ['tj-a', 'tj-b'], state: 'latest', onlyUpgrade: true })),
      task('again', plain({ name: 'tj-b', onlyUpgrade: true })),
    ],
  },
  {
    name: 'recommended packages come along, or do not (M08)',
    ...packaged('tk', [
      { name: 'a', version: '1.0', fields: ['Recommends: @-ra'] },
      { name: 'ra', version: '1.0' },
      { name: 'b', version: '1.0', fields: ['Recommends: @-rb'] },
      { name: 'rb', version: '1.0' },
    ]),
    ansible: `
      - name: without
        apt: { name: tk-a, install_recommends: false }
      - name: with
        apt: { name: tk-b, install_recommends: true }
    `,
    tsplay: () => [
      task('without', plain({ name: 'tk-a', installRecommends: false })),
      task('with', plain({ name: 'tk-b', installRecommends: true })),
    ],
  },
  {
    name: 'what was only installed for others goes with them (M08)',
    ...packaged(
      'tl',
      [
        { name: 'a', version: '1.0', fields: ['Depends: @-needed'] },
        { name: 'needed', version: '1.0' },
      ],
      'apt-get -y -qq install tl-a',
    ),
    ansible: `
      - name: both
        apt: { name: tl-a, state: absent, autoremove: true }
      - name: again
        apt: { name: tl-a, state: absent, autoremove: true }
    `,
    tsplay: () => [
      task('both', plain({ name: 'tl-a', state: 'absent', autoremove: true })),
      task('again', plain({ name: 'tl-a', state: 'absent', autoremove: true })),
    ],
  },
  {
    name: 'a .deb on the host is installed with what it needs, once (M08)',
    ...packaged('tm', [
      { name: 'a', version: '1.0', fields: ['Depends: @-needed'] },
      { name: 'needed', version: '1.0' },
    ]),
    ansible: `
      - name: installed
        apt: { deb: /srv/tiny/tm/tm-a_1.0_all.deb }
      - name: again
        apt: { deb: /srv/tiny/tm/tm-a_1.0_all.deb }
    `,
    tsplay: () => [
      task('installed', plain({ deb: '/srv/tiny/tm/tm-a_1.0_all.deb' })),
      task('again', plain({ deb: '/srv/tiny/tm/tm-a_1.0_all.deb' })),
    ],
  },
  {
    name: 'a .deb that is older than what is installed is a failure (M08)',
    unforeseen: afterPackages,
    ...packaged('tn', versions('1.0', '2.0'), 'apt-get -y -qq install tn-a'),
    ansible: `
      - name: older
        apt: { deb: /srv/tiny/tn/tn-a_1.0_all.deb }
    `,
    tsplay: () => [task('older', plain({ deb: '/srv/tiny/tn/tn-a_1.0_all.deb' }))],
  },
  {
    name: 'configuration that was changed on the host is kept at an upgrade (M08)',
    ...packaged(
      'to',
      [
        { name: 'a', version: '1.0', conf: true },
        { name: 'a', version: '2.0', conf: true },
      ],
      'apt-get -y -qq install to-a=1.0; echo mine > /etc/to-a.conf',
    ),
    also: ['/etc/to-a.conf'],
    ansible: `
      - name: upgraded
        apt: { name: to-a, state: latest }
    `,
    tsplay: () => [task('upgraded', plain({ name: 'to-a', state: 'latest' }))],
  },
  {
    name: 'lists that are young enough are left alone (M08)',
    unforeseen: 'what a command does to the sources of other scenarios is known when it is run',
    ansible: `
      - name: sources are older
        shell: touch -d "1 hour ago" /etc/apt/sources.list.d /etc/apt/sources.list.d/* && touch /var/lib/apt/lists
      - name: young
        apt: { name: dash, update_cache: true, cache_valid_time: 999999 }
    `,
    tsplay: () => [
      task(
        'sources are older',
        shell({
          cmd: 'touch -d "1 hour ago" /etc/apt/sources.list.d /etc/apt/sources.list.d/* && touch /var/lib/apt/lists',
        }),
      ),
      task('young', apt({ name: 'dash', updateCache: true, cacheValidTime: 999999 })),
    ],
  },
  {
    name: 'a package on hold is not brought to the latest version (M08)',
    ...packaged('tq', versions('1.0', '2.0'), 'apt-get -y -qq install tq-a=1.0; apt-mark -q hold tq-a'),
    ansible: `
      - name: latest
        apt: { name: tq-a, state: latest }
    `,
    tsplay: () => [task('latest', plain({ name: 'tq-a', state: 'latest' }))],
    differs: {
      why: 'what is held is meant to stay: there is nothing to do, where Ansible lets apt fail',
      theirs: ['latest: failed'],
      ours: ['latest: ok'],
      sameTree: true,
    },
  },
]

const selections: readonly ModuleScenario[] = [
  {
    name: 'packages are held and set free, each once (M08)',
    ...packaged('tr', versions('1.0'), 'apt-get -y -qq install tr-a'),
    shows: ['apt-mark showhold tr-a', 'dpkg --get-selections tr-a'],
    ansible: `
      - name: held
        dpkg_selections: { name: tr-a, selection: hold }
      - name: again
        dpkg_selections: { name: tr-a, selection: hold }
      - name: free
        dpkg_selections: { name: tr-a, selection: install }
      - name: held in the end
        dpkg_selections: { name: tr-a, selection: hold }
    `,
    tsplay: () => [
      task('held', dpkgSelections({ name: 'tr-a', selection: 'hold' })),
      task('again', dpkgSelections({ name: 'tr-a', selection: 'hold' })),
      task('free', dpkgSelections({ name: 'tr-a', selection: 'install' })),
      task('held in the end', dpkgSelections({ name: 'tr-a', selection: 'hold' })),
    ],
  },
  {
    name: 'a question of debconf is answered, then answered otherwise',
    shows: ['debconf-show tzdata | grep Areas'],
    ansible: `
      - name: answered
        debconf: { name: tzdata, question: tzdata/Areas, vtype: select, value: Europe }
      - name: again
        debconf: { name: tzdata, question: tzdata/Areas, vtype: select, value: Europe }
      - name: otherwise
        debconf: { name: tzdata, question: tzdata/Areas, vtype: select, value: Asia }
    `,
    tsplay: () => [
      task('answered', debconf({ name: 'tzdata', question: 'tzdata/Areas', type: 'select', value: 'Europe' })),
      task('again', debconf({ name: 'tzdata', question: 'tzdata/Areas', type: 'select', value: 'Europe' })),
      task('otherwise', debconf({ name: 'tzdata', question: 'tzdata/Areas', type: 'select', value: 'Asia' })),
    ],
  },
]

const list = '/etc/apt/sources.list.d'

const repositories: readonly ModuleScenario[] = [
  {
    name: 'a line of sources is added to the file that is named, once (M08)',
    also: [`${list}/cr1.list`],
    undo: `rm ${list}/cr1.list`,
    ansible: `
      - name: added
        apt_repository: { repo: "deb [trusted=yes] file:/srv/cr1 ./", filename: cr1, update_cache: false }
      - name: again
        apt_repository: { repo: "deb  [trusted=yes]  file:/srv/cr1  ./", filename: cr1, update_cache: false }
      - name: another
        apt_repository: { repo: "deb [trusted=yes] file:/srv/cr1b ./", filename: cr1, update_cache: false }
    `,
    tsplay: () => [
      task('added', aptRepository({ repo: 'deb [trusted=yes] file:/srv/cr1 ./', name: 'cr1', updateCache: false })),
      task('again', aptRepository({ repo: 'deb  [trusted=yes]  file:/srv/cr1  ./', name: 'cr1', updateCache: false })),
      task('another', aptRepository({ repo: 'deb [trusted=yes] file:/srv/cr1b ./', name: 'cr1', updateCache: false })),
    ],
  },
  {
    name: 'a line of sources without a file goes to one that is called after its address (M08)',
    shows: [`grep -l cr2 ${list}/*`],
    undo: `rm ${list}/*cr2*`,
    ansible: `
      - name: added
        apt_repository: { repo: "deb http://cr2.example.com/debian/x stable main", update_cache: false }
    `,
    tsplay: () => [
      task('added', aptRepository({ repo: 'deb http://cr2.example.com/debian/x stable main', updateCache: false })),
    ],
  },
  {
    name: 'a line of sources is removed from every file, and empty ones go (M08)',
    given: `echo 'deb http://cr3.example.com/debian stable main' | tee ${list}/cr3a.list > ${list}/cr3b.list; echo 'deb http://cr3.example.com/debian stable contrib' >> ${list}/cr3b.list`,
    shows: [`cat ${list}/cr3*`, `ls ${list} | grep cr3`],
    undo: `rm ${list}/cr3*`,
    ansible: `
      - name: removed
        apt_repository: { repo: "deb http://cr3.example.com/debian stable main", state: absent, update_cache: false }
      - name: again
        apt_repository: { repo: "deb http://cr3.example.com/debian stable main", state: absent, update_cache: false }
    `,
    tsplay: () => {
      const repo = 'deb http://cr3.example.com/debian stable main'
      return [
        task('removed', aptRepository({ repo, state: 'absent', updateCache: false })),
        task('again', aptRepository({ repo, state: 'absent', updateCache: false })),
      ]
    },
  },
  {
    name: 'a line of sources that is commented out is enabled where it stands (M08)',
    given: `printf '# mine\\n# deb http://cr4.example.com/debian stable main\\n' > ${list}/cr4.list`,
    also: [`${list}/cr4.list`],
    undo: `rm ${list}/cr4.list`,
    ansible: `
      - name: enabled
        apt_repository: { repo: "deb http://cr4.example.com/debian stable main", update_cache: false }
    `,
    tsplay: () => [
      task('enabled', aptRepository({ repo: 'deb http://cr4.example.com/debian stable main', updateCache: false })),
    ],
  },
  {
    name: 'sources whose lists cannot be fetched are taken back (M08)',
    shows: [`ls ${list} | grep cr5`],
    undo: `rm ${list}/cr5.list`,
    unforeseen: 'that there is no such repository is known when it is asked',
    ansible: `
      - name: not there
        apt_repository: { repo: "deb [trusted=yes] file:/srv/cr5 ./", filename: cr5, update_cache_retries: 1 }
    `,
    tsplay: () => [task('not there', aptRepository({ repo: 'deb [trusted=yes] file:/srv/cr5 ./', name: 'cr5' }))],
  },
]

/** A repository with a branch, tags of both kinds and three commits; a second one that goes on with a fourth. */
const remote = (slug: string) => `
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com
export GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'
mkdir -p /srv/tiny-git/${slug} && cd /srv/tiny-git/${slug} && git init -q -b main remote && cd remote
say() { echo "$1" > file; git add file; git commit -q -m "$1"; }
say one; git tag light; git tag -a -m x v1; say two; git branch dev; say three
`

const copyOf = (slug: string) => `/srv/tiny-git/${slug}/copy`
const shown = (slug: string) => [
  `cat ${copyOf(slug)}/file`,
  `git -C ${copyOf(slug)} log -1 --format=%H:%s`,
  `git -C ${copyOf(slug)} status --porcelain`,
]
const cloned = (slug: string, more = ''): Pick<ModuleScenario, 'given' | 'shows'> => ({
  given: `${remote(slug)}${more}`,
  shows: shown(slug),
})
const from = (slug: string) => ({ repo: `/srv/tiny-git/${slug}/remote`, dest: copyOf(slug) })
const theirs = (slug: string, more = '') => `git: { repo: /srv/tiny-git/${slug}/remote, dest: ${copyOf(slug)}${more} }`

const copies: readonly ModuleScenario[] = [
  {
    name: 'a repository is cloned once, with its main branch (M15)',
    ...cloned('ga'),
    ansible: `
      - name: cloned
        ${theirs('ga')}
      - name: again
        ${theirs('ga')}
      - name: its name
        ${theirs('ga', ', version: main')}
    `,
    tsplay: () => [
      task('cloned', git(from('ga'))),
      task('again', git(from('ga'))),
      task('its name', git({ ...from('ga'), version: 'main' })),
    ],
  },
  {
    name: 'a working copy moves between branches, tags and commits (M15)',
    ...cloned('gb'),
    ansible: `
      - name: a tag
        ${theirs('gb', ', version: v1')}
      - name: the same commit by another tag
        ${theirs('gb', ', version: light')}
      - name: a branch
        ${theirs('gb', ', version: dev')}
      - name: the main branch
        ${theirs('gb', ', version: main')}
    `,
    tsplay: () => [
      task('a tag', git({ ...from('gb'), version: 'v1' })),
      task('the same commit by another tag', git({ ...from('gb'), version: 'light' })),
      task('a branch', git({ ...from('gb'), version: 'dev' })),
      task('the main branch', git({ ...from('gb'), version: 'main' })),
    ],
  },
  {
    name: 'new commits of the remote are fetched (M15)',
    ...cloned('gc', 'git clone -q /srv/tiny-git/gc/remote /srv/tiny-git/gc/copy; say four'),
    ansible: `
      - name: fetched
        ${theirs('gc')}
      - name: again
        ${theirs('gc')}
    `,
    tsplay: () => [task('fetched', git(from('gc'))), task('again', git(from('gc')))],
  },
  {
    name: 'a working copy is left as it is without update (M15)',
    ...cloned('gd', 'git clone -q /srv/tiny-git/gd/remote /srv/tiny-git/gd/copy; say four'),
    ansible: `
      - name: left
        ${theirs('gd', ', update: false')}
    `,
    tsplay: () => [task('left', git({ ...from('gd'), update: false }))],
  },
  {
    name: 'files that were changed are a failure (M15)',
    unforeseen: afterPackages,
    ...cloned(
      'ge',
      'git clone -q /srv/tiny-git/ge/remote /srv/tiny-git/ge/copy; echo mine > /srv/tiny-git/ge/copy/file',
    ),
    ansible: `
      - name: changed by hand
        ${theirs('ge')}
    `,
    tsplay: () => [task('changed by hand', git(from('ge')))],
  },
  {
    name: 'files that were changed are thrown away where that is forced, and unknown ones stay (M15)',
    ...cloned(
      'gf',
      'git clone -q /srv/tiny-git/gf/remote /srv/tiny-git/gf/copy; echo mine > /srv/tiny-git/gf/copy/file; echo mine > /srv/tiny-git/gf/copy/unknown',
    ),
    ansible: `
      - name: forced
        ${theirs('gf', ', force: true')}
      - name: again
        ${theirs('gf', ', force: true')}
    `,
    tsplay: () => [
      task('forced', git({ ...from('gf'), force: true })),
      task('again', git({ ...from('gf'), force: true })),
    ],
  },
  {
    name: 'a bare repository has no files (M15)',
    given: remote('gg'),
    shows: [`git -C ${copyOf('gg')} rev-parse --is-bare-repository main`],
    ansible: `
      - name: bare
        ${theirs('gg', ', bare: true')}
      - name: again
        ${theirs('gg', ', bare: true')}
    `,
    tsplay: () => [task('bare', git({ ...from('gg'), bare: true })), task('again', git({ ...from('gg'), bare: true }))],
  },
  {
    name: 'an unknown branch is a failure (M15)',
    unforeseen: afterPackages,
    given: remote('gh'),
    ansible: `
      - name: unknown
        ${theirs('gh', ', version: nosuch')}
    `,
    tsplay: () => [task('unknown', git({ ...from('gh'), version: 'nosuch' }))],
  },
  {
    name: 'a folder that is full of something else is a failure (M15)',
    unforeseen: afterPackages,
    given: `${remote('gi')} mkdir /srv/tiny-git/gi/copy; echo mine > /srv/tiny-git/gi/copy/file`,
    shows: [`cat ${copyOf('gi')}/file`],
    ansible: `
      - name: in the way
        ${theirs('gi')}
    `,
    tsplay: () => [task('in the way', git(from('gi')))],
  },
  {
    name: 'no more history than asked for is fetched (M15)',
    given: remote('gj'),
    shows: [`git -C ${copyOf('gj')} rev-list --count HEAD`],
    ansible: `
      - name: shallow
        git: { repo: "file:///srv/tiny-git/gj/remote", dest: ${copyOf('gj')}, depth: 1 }
      - name: again
        git: { repo: "file:///srv/tiny-git/gj/remote", dest: ${copyOf('gj')}, depth: 1 }
    `,
    tsplay: () => {
      const params = { repo: 'file:///srv/tiny-git/gj/remote', dest: copyOf('gj'), depth: 1 }
      return [task('shallow', git(params)), task('again', git(params))]
    },
  },
]

export const scenarios: readonly ModuleScenario[] = [...packages, ...selections, ...repositories, ...copies]
