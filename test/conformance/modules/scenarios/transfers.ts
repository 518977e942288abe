// Looking at files and bringing them: what of it is a change, what a failure, and what is left.
import { task } from '../../../../engine/index.ts'
import {
  copy,
  directory,
  type FindResult,
  fetch,
  find,
  getUrl,
  slurp,
  stat,
  tempfile,
  unarchive,
  uri,
} from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

/** Serves the scenario's folder `www` on the host itself. */
const serving = (port: number, made: string): string => `
mkdir www; cd www
${made}
setsid python3 -m http.server ${port} --bind 127.0.0.1 </dev/null >/dev/null 2>&1 &
for _i in 1 2 3 4 5 6 7 8 9; do python3 -c 'import socket; socket.create_connection(("127.0.0.1", ${port})).close()' 2>/dev/null && exit 0; sleep 0.3; done
exit 1`

/** All scenarios are one play to a dry run. */
const mayCome = 'behind a task of which nobody can tell what it brings, what is missing is no failure of a dry run'

const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const none = '0'.repeat(64)

const looks: readonly ModuleScenario[] = [
  {
    name: 'a file is told by digest, mode and size (M07)',
    given: 'printf abc > f; chmod 640 f',
    ansible: `
      - name: look
        stat: { path: "{{ dir }}/f", checksum_algorithm: sha256 }
        register: r
      - name: told
        copy: { dest: "{{ dir }}/told", content: "{{ r.stat.checksum }} {{ r.stat.mode }} {{ r.stat.size }} {{ r.stat.uid }} {{ r.stat.pw_name }} {{ r.stat.isreg }}" }
    `,
    tsplay: (dir) => [
      task('look', stat({ path: `${dir}/f` })).register(({ sha256, mode, size, uid, owner, type }) => [
        task(
          'told',
          copy({
            dest: `${dir}/told`,
            content: `${sha256} ${mode} ${size} ${uid} ${owner} ${type === 'file' ? 'True' : ''}`,
          }),
        ),
      ]),
    ],
  },
  {
    name: 'nothing there is no failure, and a link is itself unless it is followed (M07)',
    given: 'echo x > f; ln -s f l; ln -s nowhere d',
    ansible: `
      - name: none
        stat: { path: "{{ dir }}/none" }
        register: a
      - name: link
        stat: { path: "{{ dir }}/l" }
        register: b
      - name: through
        stat: { path: "{{ dir }}/l", follow: true }
        register: c
      - name: dangling
        stat: { path: "{{ dir }}/d", follow: true }
        register: d
      - name: told
        copy: { dest: "{{ dir }}/told", content: "{{ a.stat.exists }} {{ b.stat.lnk_target }} {{ c.stat.islnk }} {{ d.stat.exists }}" }
    `,
    tsplay: (dir) => [
      task('none', stat({ path: `${dir}/none` })).register((a) => [
        task('link', stat({ path: `${dir}/l` })).register((b) => [
          task('through', stat({ path: `${dir}/l`, follow: true })).register((c) => [
            task('dangling', stat({ path: `${dir}/d`, follow: true })).register((d) => [
              task(
                'told',
                copy({
                  dest: `${dir}/told`,
                  content: [a.exists, b.linkTarget, c.type === 'link', d.exists].map(asPython).join(' '),
                }),
              ),
            ]),
          ]),
        ]),
      ]),
    ],
  },
  finding('names and what is left out', `patterns: ["*.log", "*.txt"], excludes: "b*"`, {
    patterns: ['*.log', '*.txt'],
    excludes: 'b*',
  }),
  finding('names with a dot', `hidden: true, patterns: "*.log"`, { hidden: true, patterns: '*.log' }),
  finding('folders within folders', 'recurse: true', { recurse: true }),
  finding('folders within folders, to a depth', 'recurse: true, depth: 2', { recurse: true, depth: 2 }),
  finding('folders', 'file_type: directory', { type: 'directory' }),
  finding('links', 'file_type: link', { type: 'link' }),
  finding('anything, dots and all', 'file_type: any, hidden: true, recurse: true', {
    type: 'any',
    hidden: true,
    recurse: true,
  }),
  finding('a regular expression', `patterns: '^[ab].*log$', use_regex: true`, { regexp: '^[ab].*log$' }),
  finding('what is old', 'age: 1d', { olderThan: '1d' }),
  finding('what is new and large', 'age: -1h, size: 1k', { newerThan: '1h', minSize: '1k' }),
  finding('what is small', `size: -5, patterns: "*.log"`, { maxSize: 5, patterns: '*.log' }),
  finding('a line in it', `contains: "^needle"`, { contains: '^needle' }),
  {
    name: 'a folder that is missing is no failure of a search (M07)',
    ansible: `
      - name: look
        find: { paths: "{{ dir }}/none" }
    `,
    tsplay: (dir) => [task('look', find({ paths: `${dir}/none` }))],
  },
  {
    name: 'content is brought as it is, and a file that is missing is a failure (M07)',
    given: "printf 'ünï\\n$HOME\\n' > f",
    ansible: `
      - name: look
        slurp: { src: "{{ dir }}/f" }
        register: r
      - name: told
        copy: { dest: "{{ dir }}/told", content: "{{ r.content | b64decode }}" }
      - name: none
        slurp: { src: "{{ dir }}/none" }
    `,
    tsplay: (dir) => [
      task('look', slurp({ path: `${dir}/f` })).register(({ text }) => [
        task('told', copy({ dest: `${dir}/told`, content: text ?? '' })),
        task('none', slurp({ path: `${dir}/none` })),
      ]),
    ],
  },
  {
    name: 'a folder cannot be brought as content (M07)',
    ansible: `
      - name: look
        slurp: { src: "{{ dir }}" }
    `,
    tsplay: (dir) => [task('look', slurp({ path: dir }))],
  },
  {
    name: 'a temporary file is another one each time (M07)',
    ansible: `
      - name: file
        tempfile: { path: /var/tmp, prefix: a., suffix: .b }
      - name: folder
        tempfile: { path: /var/tmp, state: directory }
      - name: nowhere
        tempfile: { path: "{{ dir }}/none" }
    `,
    tsplay: (dir) => [
      task('file', tempfile({ path: '/var/tmp', prefix: 'a.', suffix: '.b' })),
      task('folder', tempfile({ path: '/var/tmp', state: 'directory' })),
      task('nowhere', tempfile({ path: `${dir}/none` })),
    ],
    shows: ["find /var/tmp -maxdepth 1 -name 'a.*.b' -perm 600 | wc -l"],
    unforeseen: 'that a folder is missing is told when something is to be made in it',
  },
]

const brought: readonly ModuleScenario[] = [
  {
    name: 'a file is fetched once (M07)',
    given: 'echo x > f',
    ansible: `
      - name: fetch
        fetch: { src: "{{ dir }}/f", dest: transfers/theirs }
      - name: again
        fetch: { src: "{{ dir }}/f", dest: transfers/theirs }
      - name: flat
        fetch: { src: "{{ dir }}/f", dest: transfers/theirs-flat/, flat: true }
      - name: changed
        copy: { dest: "{{ dir }}/g", content: new }
      - name: another under the same name
        fetch: { src: "{{ dir }}/g", dest: transfers/theirs-flat/f, flat: true }
    `,
    tsplay: (dir) => [
      task('fetch', fetch({ src: `${dir}/f`, dest: 'transfers/ours' })),
      task('again', fetch({ src: `${dir}/f`, dest: 'transfers/ours' })),
      task('flat', fetch({ src: `${dir}/f`, dest: 'transfers/ours-flat/', flat: true })),
      task('changed', copy({ dest: `${dir}/g`, content: 'new' })),
      task('another under the same name', fetch({ src: `${dir}/g`, dest: 'transfers/ours-flat/f', flat: true })),
    ],
    unforeseen: 'a dry run leaves nothing on the control side, so the same file would be fetched twice',
  },
  {
    name: 'a file that is missing is a failure of a fetch (M07)',
    ansible: `
      - name: fetch
        fetch: { src: "{{ dir }}/none", dest: transfers/theirs }
    `,
    tsplay: (dir) => [task('fetch', fetch({ src: `${dir}/none`, dest: 'transfers/ours' }))],
    unforeseen: mayCome,
  },
  {
    name: 'a file that may be missing is not (M07)',
    ansible: `
      - name: fetch
        fetch: { src: "{{ dir }}/none", dest: transfers/theirs, fail_on_missing: false }
    `,
    tsplay: (dir) => [task('fetch', fetch({ src: `${dir}/none`, dest: 'transfers/ours', failOnMissing: false }))],
  },
]

const downloads: readonly ModuleScenario[] = [
  {
    name: 'what has the digest is not downloaded again (M07)',
    given: serving(8101, 'printf abc > f'),
    ansible: `
      - name: get
        get_url: { url: "http://127.0.0.1:8101/f", dest: "{{ dir }}/got", checksum: "sha256:${abc}", mode: "0640" }
      - name: again
        get_url: { url: "http://127.0.0.1:8101/f", dest: "{{ dir }}/got", checksum: "sha256:${abc}" }
      - name: nobody is asked
        get_url: { url: "http://127.0.0.1:1/f", dest: "{{ dir }}/got", checksum: "sha256:${abc}" }
      - name: another mode
        get_url: { url: "http://127.0.0.1:8101/f", dest: "{{ dir }}/got", checksum: "sha256:${abc}", mode: "0600" }
    `,
    tsplay: (dir) => {
      const common = { url: 'http://127.0.0.1:8101/f', dest: `${dir}/got`, sha256: abc }
      return [
        task('get', getUrl({ ...common, mode: '0640' })),
        task('again', getUrl(common)),
        task('nobody is asked', getUrl({ ...common, url: 'http://127.0.0.1:1/f' })),
        task('another mode', getUrl({ ...common, mode: '0600' })),
      ]
    },
  },
  {
    name: 'another digest is a failure, and the old file stays (M07)',
    given: `${serving(8102, 'printf abc > f; printf old > ../got')}`,
    ansible: `
      - name: get
        get_url: { url: "http://127.0.0.1:8102/f", dest: "{{ dir }}/got", checksum: "sha256:${none}" }
    `,
    tsplay: (dir) => [
      task('get', getUrl({ url: 'http://127.0.0.1:8102/f', dest: `${dir}/got`, checksum: `sha256:${none}` })),
    ],
    unforeseen: 'what an address gives is known once it was asked',
    differs: {
      why: 'a file that was there stays as it was; Ansible has replaced it by then, and removes it',
      theirs: ['get: failed'],
      ours: ['get: failed'],
    },
  },
  {
    name: 'a folder is downloaded into by the name in the address (M07)',
    given: serving(8103, 'printf abc > f; mkdir ../in; chmod 755 ../in'),
    ansible: `
      - name: get
        get_url: { url: "http://127.0.0.1:8103/f", dest: "{{ dir }}/in" }
      - name: another name
        get_url: { url: "http://127.0.0.1:8103/f", dest: "{{ dir }}/in/g", mode: "0600" }
    `,
    tsplay: (dir) => [
      task('get', getUrl({ url: 'http://127.0.0.1:8103/f', dest: `${dir}/in` })),
      task('another name', getUrl({ url: 'http://127.0.0.1:8103/f', dest: `${dir}/in/g`, mode: '0600' })),
    ],
  },
  {
    name: 'a file that is there stays as it is, unless force (M07)',
    given: serving(8104, 'printf abc > f; touch -d 2001-01-01 f; printf own > ../got; printf abc > ../same'),
    ansible: `
      - name: get
        get_url: { url: "http://127.0.0.1:8104/f", dest: "{{ dir }}/got" }
      - name: the same by force
        get_url: { url: "http://127.0.0.1:8104/f", dest: "{{ dir }}/same", force: true }
      - name: another by force
        get_url: { url: "http://127.0.0.1:8104/f", dest: "{{ dir }}/got", force: true }
    `,
    tsplay: (dir) => {
      const url = 'http://127.0.0.1:8104/f'
      return [
        task('get', getUrl({ url, dest: `${dir}/got` })),
        task('the same by force', getUrl({ url, dest: `${dir}/same`, force: true })),
        task('another by force', getUrl({ url, dest: `${dir}/got`, force: true })),
      ]
    },
  },
  {
    name: 'a file that is older than what the address gives (M07)',
    given: serving(8105, 'printf abc > f; printf own > ../got; touch -d 2001-01-01 ../got'),
    ansible: `
      - name: get
        get_url: { url: "http://127.0.0.1:8105/f", dest: "{{ dir }}/got" }
    `,
    tsplay: (dir) => [task('get', getUrl({ url: 'http://127.0.0.1:8105/f', dest: `${dir}/got` }))],
    differs: {
      why: 'without force and a digest a file that is there stays, as the documentation says; Ansible replaces it where the server calls its own newer',
      theirs: ['get: changed'],
      ours: ['get: ok'],
    },
  },
  {
    name: 'the digest stands at another address (M07)',
    given: serving(8106, `printf abc > f; printf '%s  %s\\n' ${none} other ${abc} f > SUMS`),
    ansible: `
      - name: get
        get_url: { url: "http://127.0.0.1:8106/f", dest: "{{ dir }}/got", checksum: "sha256:http://127.0.0.1:8106/SUMS" }
      - name: again
        get_url: { url: "http://127.0.0.1:8106/f", dest: "{{ dir }}/got", checksum: "sha256:http://127.0.0.1:8106/SUMS" }
    `,
    tsplay: (dir) =>
      ['get', 'again'].map((name) =>
        task(
          name,
          getUrl({ url: 'http://127.0.0.1:8106/f', dest: `${dir}/got`, checksum: 'sha256:http://127.0.0.1:8106/SUMS' }),
        ),
      ),
  },
  ...[
    ['what is not there', 'http://127.0.0.1:8106/none', 'got', 'what an address gives is known once it was asked'],
    ['a folder that is missing', 'http://127.0.0.1:8106/f', 'none/got', mayCome],
  ].map(
    ([what, url, to, unforeseen]): ModuleScenario => ({
      name: `${what} is a failure of a download (M07)`,
      ansible: `
      - name: get
        get_url: { url: "${url}", dest: "{{ dir }}/${to}" }
    `,
      tsplay: (dir) => [task('get', getUrl({ url: url!, dest: `${dir}/${to}` }))],
      unforeseen: unforeseen!,
    }),
  ),
]

const requests: readonly ModuleScenario[] = [
  {
    name: 'a GET is ok where its status is expected, and gives its content (M07)',
    given: serving(8107, 'printf abc > f'),
    ansible: `
      - name: get
        uri: { url: "http://127.0.0.1:8107/f", return_content: true }
        register: r
      - name: told
        copy: { dest: "{{ dir }}/told", content: "{{ r.status }} {{ r.content }}" }
      - name: expected
        uri: { url: "http://127.0.0.1:8107/none", status_code: [200, 404] }
      - name: not expected
        uri: { url: "http://127.0.0.1:8107/none" }
    `,
    tsplay: (dir) => [
      task('get', uri({ url: 'http://127.0.0.1:8107/f' })).register(({ status, content }) => [
        task('told', copy({ dest: `${dir}/told`, content: `${status} ${content}` })),
        task('expected', uri({ url: 'http://127.0.0.1:8107/none', statusCode: [200, 404] })),
        task('not expected', uri({ url: 'http://127.0.0.1:8107/none' })),
      ]),
    ],
    unforeseen: 'in a dry run a request that only looks is not a failure: what it looks for may be made by the run',
  },
  {
    name: 'nobody is asked where creates is there or removes is not (M07)',
    given: 'touch there',
    ansible: `
      - name: creates
        uri: { url: "http://127.0.0.1:1/", creates: "{{ dir }}/there" }
      - name: removes
        uri: { url: "http://127.0.0.1:1/", removes: "{{ dir }}/none" }
      - name: nobody there
        uri: { url: "http://127.0.0.1:1/" }
    `,
    tsplay: (dir) => [
      task('creates', uri({ url: 'http://127.0.0.1:1/', creates: `${dir}/there` })),
      task('removes', uri({ url: 'http://127.0.0.1:1/', removes: `${dir}/none` })),
      task('nobody there', uri({ url: 'http://127.0.0.1:1/' })),
    ],
    unforeseen: 'in a dry run a request that only looks is not a failure: what it looks for may be made by the run',
  },
  {
    name: 'a request that sends something (M07)',
    given: serving(8108, ':'),
    ansible: `
      - name: post
        uri: { url: "http://127.0.0.1:8108/", method: POST, body: { a: 1 }, body_format: json, status_code: 501 }
    `,
    tsplay: () => [
      task('post', uri({ url: 'http://127.0.0.1:8108/', method: 'POST', body: { a: 1 }, statusCode: 501 })),
    ],
    differs: {
      why: 'what is sent is there to change something, so it is changed unless changedWhen knows better; Ansible calls every request ok',
      theirs: ['post: ok'],
      ours: ['post: changed'],
    },
  },
]

const packing =
  'mkdir -p app-1/bin to; printf abc > app-1/bin/tool; chmod 755 app-1/bin/tool; echo a > app-1/conf; chmod 600 app-1/conf; ln -s conf app-1/link; touch -h -d 2020-01-02 app-1/conf app-1/link app-1/bin/tool app-1/bin app-1'

const unpacking: readonly ModuleScenario[] = [
  ...[
    ['tar', 'tar -cf a.tar app-1'],
    ['tar.gz', 'tar -czf a.tar.gz app-1'],
    ['tar.xz', 'tar -cJf a.tar.xz app-1'],
  ].map(
    ([ending, command]): ModuleScenario => ({
      name: `a ${ending} of the host is unpacked once, and what was changed restored (M07)`,
      given: `${packing}; ${command}; rm -r app-1`,
      ansible: `
      - name: unpack
        unarchive: { src: "{{ dir }}/a.${ending}", dest: "{{ dir }}/to", remote_src: true }
      - name: again
        unarchive: { src: "{{ dir }}/a.${ending}", dest: "{{ dir }}/to", remote_src: true }
      - name: spoil
        copy: { dest: "{{ dir }}/to/app-1/conf", content: spoilt, mode: "0600" }
      - name: restored
        unarchive: { src: "{{ dir }}/a.${ending}", dest: "{{ dir }}/to", remote_src: true }
    `,
      tsplay: (dir) => {
        const action = unarchive({ src: `${dir}/a.${ending}`, dest: `${dir}/to`, remoteSrc: true })
        return [
          task('unpack', action),
          task('again', action),
          task('spoil', copy({ dest: `${dir}/to/app-1/conf`, content: 'spoilt', mode: '0600' })),
          task('restored', action),
        ]
      },
      unforeseen: 'what a planned file differs in from one in an archive of the host is not looked up',
    }),
  ),
  {
    name: 'a part of an archive is unpacked (M07)',
    given: `${packing}; tar -cf a.tar app-1; rm -r app-1`,
    ansible: `
      - name: included
        unarchive: { src: "{{ dir }}/a.tar", dest: "{{ dir }}/to", remote_src: true, include: [app-1/conf, app-1/link] }
      - name: excluded
        unarchive: { src: "{{ dir }}/a.tar", dest: "{{ dir }}/to", remote_src: true, exclude: [app-1/bin] }
    `,
    tsplay: (dir) => {
      const common = { src: `${dir}/a.tar`, dest: `${dir}/to`, remoteSrc: true }
      return [
        task('included', unarchive({ ...common, include: ['app-1/conf', 'app-1/link'] })),
        task('excluded', unarchive({ ...common, exclude: ['app-1/bin'] })),
      ]
    },
  },
  {
    name: 'nothing is unpacked where creates is there (M07)',
    given: `${packing}; tar -cf a.tar app-1; rm -r app-1`,
    ansible: `
      - name: unpack
        unarchive: { src: "{{ dir }}/a.tar", dest: "{{ dir }}/to", remote_src: true, creates: "{{ dir }}/to" }
    `,
    tsplay: (dir) => [
      task('unpack', unarchive({ src: `${dir}/a.tar`, dest: `${dir}/to`, remoteSrc: true, creates: `${dir}/to` })),
    ],
    differs: {
      why: 'Ansible calls the task skipped, as if its condition did not hold; what creates says is a state, and that is so',
      theirs: ['unpack: skipped'],
      ours: ['unpack: ok'],
      sameTree: true,
    },
  },
  {
    name: 'a folder that is missing is made, or is a failure (M07)',
    given: `${packing}; tar -cf a.tar app-1; rm -r app-1`,
    ansible: `
      - name: unpack
        unarchive: { src: "{{ dir }}/a.tar", dest: "{{ dir }}/none", remote_src: true }
    `,
    tsplay: (dir) => [task('unpack', unarchive({ src: `${dir}/a.tar`, dest: `${dir}/none`, remoteSrc: true }))],
    differs: {
      why: 'the folder is what the task is about, so it is made, as copy makes it; Ansible wants another task for it',
      theirs: ['unpack: failed'],
      ours: ['unpack: changed'],
    },
  },
  {
    name: 'files of an archive belong to whoever unpacks it (M07)',
    given: `${packing}; tar --owner=4321 --group=4321 -cf a.tar app-1; rm -r app-1`,
    ansible: `
      - name: unpack
        unarchive: { src: "{{ dir }}/a.tar", dest: "{{ dir }}/to", remote_src: true }
    `,
    tsplay: (dir) => [task('unpack', unarchive({ src: `${dir}/a.tar`, dest: `${dir}/to`, remoteSrc: true }))],
    differs: {
      why: 'the numbers in an archive are those of the machine that made it and mean somebody else, or nobody, on a host; owner and group say whose the files are',
      theirs: ['unpack: changed'],
      ours: ['unpack: changed'],
    },
  },
  {
    name: 'an archive that is missing, or none, is a failure (M07)',
    given: 'mkdir to; echo none > a.tar',
    ansible: `
      - name: none
        unarchive: { src: "{{ dir }}/a.tar", dest: "{{ dir }}/to", remote_src: true }
    `,
    tsplay: (dir) => [task('none', unarchive({ src: `${dir}/a.tar`, dest: `${dir}/to`, remoteSrc: true }))],
    unforeseen: mayCome,
  },
  {
    name: 'an archive of the control side is unpacked with an owner and modes of its own (M07)',
    given: 'mkdir to',
    sources: {
      'transfers/app.tar': tarText([
        ['app/', '0755', ''],
        ['app/conf', '0640', 'a = 1\n'],
        ['app/run', '0755', '#!/bin/sh\n'],
      ]),
    },
    ansible: `
      - name: unpack
        unarchive: { src: transfers/app.tar, dest: "{{ dir }}/to", owner: nobody, group: nogroup }
      - name: again
        unarchive: { src: transfers/app.tar, dest: "{{ dir }}/to", owner: nobody, group: nogroup }
    `,
    tsplay: (dir) =>
      ['unpack', 'again'].map((name) =>
        task(name, unarchive({ src: 'transfers/app.tar', dest: `${dir}/to`, owner: 'nobody', group: 'nogroup' })),
      ),
  },
  {
    name: 'a folder is made and unpacked into, foretold before it is there (M07)',
    sources: { 'transfers/one.tar': tarText([['conf', '0600', 'a\n']]) },
    ansible: `
      - name: folder
        file: { path: "{{ dir }}/to", state: directory, mode: "0711" }
      - name: unpack
        unarchive: { src: transfers/one.tar, dest: "{{ dir }}/to" }
    `,
    tsplay: (dir) => [
      task('folder', directory({ path: `${dir}/to`, mode: '0711' })),
      task('unpack', unarchive({ src: 'transfers/one.tar', dest: `${dir}/to` })),
    ],
  },
]

export const scenarios: readonly ModuleScenario[] = [...looks, ...brought, ...downloads, ...requests, ...unpacking]

/** A search among the same files, whose findings are written down. */
function finding(what: string, theirs: string, ours: Omit<Parameters<typeof find>[0], 'paths'>): ModuleScenario {
  return {
    name: `find takes ${what} (M07)`,
    given: `mkdir -p in/sub/deep in/.dots out; cd in
for f in a.log b.log c.txt .d.log sub/e.log sub/deep/f.log .dots/g.log; do echo x > $f; done
head -c 2000 /dev/zero | tr '\\0' y > b.log; printf 'hay\\nneedle\\n' > c.txt; ln -s a.log l.log; touch -d 2001-01-01 a.log`,
    ansible: `
      - name: look
        find: { paths: "{{ dir }}/in", ${theirs} }
        register: r
      - name: told
        copy: { dest: "{{ dir }}/told", content: "{{ r.files | map(attribute='path') | sort | join(' ') }} {{ r.matched }}" }
    `,
    tsplay: (dir) => [
      task('look', find({ paths: `${dir}/in`, ...ours })).register(({ files }: FindResult) => [
        task(
          'told',
          copy({ dest: `${dir}/told`, content: `${files.map(({ path }) => path).join(' ')} ${files.length}` }),
        ),
      ]),
    ],
  }
}

function asPython(value: unknown): string {
  return value === true ? 'True' : value === false ? 'False' : String(value)
}

/** A tar archive of texts, as text. */
function tarText(entries: readonly (readonly [name: string, mode: string, text: string])[]): string {
  const padded = (text: string, length: number): string => text.padEnd(length, '\0')
  const files = entries.map(([name, mode, text]) => {
    const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
    const front = padded(name, 100) + octal(Number.parseInt(mode, 8), 7) + octal(0, 7) + octal(0, 7)
    const middle = octal(text.length, 11) + octal(1_600_000_000, 11)
    const back = padded(`${name.endsWith('/') ? '5' : '0'}`, 101) + padded('ustar\0' + '00', 255)
    const bare = `${front}${middle}        ${back}`
    const sum = [...bare].reduce((all, char) => all + char.charCodeAt(0), 0)
    const header = `${front}${middle}${sum.toString(8).padStart(6, '0')}\0 ${back}`
    return header + padded(text, Math.ceil(text.length / 512) * 512)
  })
  return padded(files.join(''), files.join('').length + 1024)
}
