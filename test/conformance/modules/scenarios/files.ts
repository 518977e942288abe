// Paths: directories, files, links, and what is touched or goes.
import { task } from '../../../../engine/index.ts'
import { directory, file, link } from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

export const scenarios: readonly ModuleScenario[] = [
  {
    name: 'a directory is made with its parents (M03)',
    ansible: `
      - name: made
        file: { path: "{{ dir }}/a/b/c", state: directory, mode: "0755" }
      - name: there
        file: { path: "{{ dir }}/a", state: directory }
    `,
    tsplay: (dir) => [
      task('made', directory({ path: `${dir}/a/b/c`, mode: '0755' })),
      task('there', directory({ path: `${dir}/a` })),
    ],
  },
  {
    name: 'parents that are made with a directory get no mode of its own (M03)',
    ansible: `
      - name: made
        file: { path: "{{ dir }}/a/b/c", state: directory, mode: "0700", owner: nobody }
    `,
    tsplay: (dir) => [task('made', directory({ path: `${dir}/a/b/c`, mode: '0700', owner: 'nobody' }))],
    differs: {
      why: 'Parents are 0755 and belong to whoever makes them: what closes the last folder would close those on the way, and leave them to its owner. A folder that is to be another has a task.',
      theirs: ['made: changed'],
      ours: ['made: changed'],
    },
  },
  {
    name: 'a directory gets mode and owner, by name and by number (M03)',
    given: 'mkdir d n; chmod 0711 d; chown nobody n',
    ansible: `
      - name: right already
        file: { path: "{{ dir }}/d", state: directory, mode: "0711", owner: root }
      - name: sticky
        file: { path: "{{ dir }}/d", state: directory, mode: "1777" }
      - name: by name
        file: { path: "{{ dir }}/d", state: directory, owner: nobody, group: nogroup }
      - name: by number
        file: { path: "{{ dir }}/n", state: directory, owner: "65534", group: "65534" }
    `,
    tsplay: (dir) => [
      task('right already', directory({ path: `${dir}/d`, mode: '0711', owner: 'root' })),
      task('sticky', directory({ path: `${dir}/d`, mode: '1777' })),
      task('by name', directory({ path: `${dir}/d`, owner: 'nobody', group: 'nogroup' })),
      task('by number', directory({ path: `${dir}/n`, owner: '65534', group: '65534' })),
    ],
  },
  {
    name: 'a symbolic mode is laid over the mode that is there (M03)',
    given: 'mkdir d; chmod 0750 d; echo x > f; chmod 0644 f',
    ansible: `
      - name: directory
        file: { path: "{{ dir }}/d", state: directory, mode: "g+s,o=rX" }
      - name: file
        file: { path: "{{ dir }}/f", mode: "u+x,g-r,o=" }
    `,
    tsplay: (dir) => [
      task('directory', directory({ path: `${dir}/d`, mode: 'g+s,o=rX' })),
      task('file', file({ path: `${dir}/f`, mode: 'u+x,g-r,o=' })),
    ],
  },
  {
    name: 'recurse gives X to folders and programs alone (M03)',
    given:
      'mkdir -p d/sub/deep; touch d/plain d/sub/program d/sub/deep/plain; chmod 0711 d/sub/program; chmod 0600 d/plain',
    ansible: `
      - name: all of it
        file: { path: "{{ dir }}/d", state: directory, mode: "u=rwX,g=rX,o=", recurse: true }
    `,
    tsplay: (dir) => [task('all of it', directory({ path: `${dir}/d`, mode: 'u=rwX,g=rX,o=', recurse: true }))],
  },
  {
    name: 'recurse gives the owner to all, and counts what differs deep down alone (M03)',
    given: 'mkdir -p d/sub; touch d/sub/f; chown nobody d/sub/f; mkdir e; touch e/f; chown -R nobody:nogroup e',
    ansible: `
      - name: not all yet
        file: { path: "{{ dir }}/d", state: directory, owner: nobody, recurse: true }
      - name: all already
        file: { path: "{{ dir }}/e", state: directory, owner: nobody, group: nogroup, recurse: true }
    `,
    tsplay: (dir) => [
      task('not all yet', directory({ path: `${dir}/d`, owner: 'nobody', recurse: true })),
      task('all already', directory({ path: `${dir}/e`, owner: 'nobody', group: 'nogroup', recurse: true })),
    ],
  },
  {
    name: 'a directory in the place of a file is refused (M03)',
    given: 'echo kept > f',
    ansible: `
      - name: taken
        file: { path: "{{ dir }}/f", state: directory }
    `,
    tsplay: (dir) => [task('taken', directory({ path: `${dir}/f` }))],
  },
  {
    name: 'a link to a directory is as good as the directory (M03)',
    given: 'mkdir real; chmod 0755 real; ln -s real l',
    ansible: `
      - name: through the link
        file: { path: "{{ dir }}/l", state: directory, mode: "0750" }
    `,
    tsplay: (dir) => [task('through the link', directory({ path: `${dir}/l`, mode: '0750' }))],
  },
  {
    name: 'a file that is not there is not made by its mode (M03)',
    ansible: `
      - name: missing
        file: { path: "{{ dir }}/none", state: file, mode: "0600" }
    `,
    tsplay: (dir) => [task('missing', file({ path: `${dir}/none`, mode: '0600' }))],
  },
  {
    name: 'mode and owner of a file that is there, through a link too (M03)',
    given: 'echo x > f; chmod 0644 f; ln -s f l',
    ansible: `
      - name: right already
        file: { path: "{{ dir }}/f", mode: "0644" }
      - name: through the link
        file: { path: "{{ dir }}/l", mode: "0600", group: nogroup }
      - name: set-id bits
        file: { path: "{{ dir }}/f", state: file, mode: "4755" }
    `,
    tsplay: (dir) => [
      task('right already', file({ path: `${dir}/f`, mode: '0644' })),
      task('through the link', file({ path: `${dir}/l`, mode: '0600', group: 'nogroup' })),
      task('set-id bits', file({ path: `${dir}/f`, mode: '4755' })),
    ],
  },
  {
    name: 'a file, a tree and a link go, what the link leads to stays (M03)',
    given: 'echo x > f; mkdir -p t/a/b; touch t/a/b/c; mkdir kept; ln -s kept l; ln -s nowhere dangling',
    ansible: `
      - name: file
        file: { path: "{{ dir }}/f", state: absent }
      - name: tree
        file: { path: "{{ dir }}/t", state: absent }
      - name: link
        file: { path: "{{ dir }}/l", state: absent }
      - name: dangling
        file: { path: "{{ dir }}/dangling", state: absent }
      - name: nothing
        file: { path: "{{ dir }}/none", state: absent }
    `,
    tsplay: (dir) => [
      task('file', file({ path: `${dir}/f`, state: 'absent' })),
      task('tree', file({ path: `${dir}/t`, state: 'absent' })),
      task('link', file({ path: `${dir}/l`, state: 'absent' })),
      task('dangling', file({ path: `${dir}/dangling`, state: 'absent' })),
      task('nothing', file({ path: `${dir}/none`, state: 'absent' })),
    ],
  },
  {
    name: 'touch makes a file, keeps what is in one, and is always changed (M03)',
    given: 'echo kept > old; touch -d @1000 old',
    ansible: `
      - name: new
        file: { path: "{{ dir }}/new", state: touch, mode: "0640" }
      - name: old
        file: { path: "{{ dir }}/old", state: touch }
    `,
    tsplay: (dir) => [
      task('new', file({ path: `${dir}/new`, state: 'touch', mode: '0640' })),
      task('old', file({ path: `${dir}/old`, state: 'touch' })),
    ],
    shows: ['test "$(stat -c %Y old)" -gt 1000000000 && echo touched'],
  },
  {
    name: 'touch that keeps the times is changed only where the file is missing or its mode another (M03)',
    given: 'echo kept > old; chmod 0644 old; touch -d @1000 old',
    ansible: `
      - name: new
        file: { path: "{{ dir }}/new", state: touch, access_time: preserve, modification_time: preserve }
      - name: old
        file: { path: "{{ dir }}/old", state: touch, access_time: preserve, modification_time: preserve }
      - name: mode
        file: { path: "{{ dir }}/old", state: touch, mode: "0600", access_time: preserve, modification_time: preserve }
    `,
    tsplay: (dir) => {
      const kept = { state: 'touch', accessTime: 'preserve', modificationTime: 'preserve' } as const
      return [
        task('new', file({ path: `${dir}/new`, ...kept })),
        task('old', file({ path: `${dir}/old`, ...kept })),
        task('mode', file({ path: `${dir}/old`, mode: '0600', ...kept })),
      ]
    },
    shows: ['stat -c %Y old'],
  },
  {
    name: 'times that are given are set once (M03)',
    given: 'echo x > f; touch -d @1000 f',
    ansible: `
      - name: touch
        file: { path: "{{ dir }}/new", state: touch, access_time: "202601311200.00", modification_time: "202507010000.07" }
      - name: file
        file: { path: "{{ dir }}/f", state: file, modification_time: "202507010000.07" }
    `,
    tsplay: (dir) => {
      const modificationTime = '2025-07-01T00:00:07Z'
      return [
        task(
          'touch',
          file({ path: `${dir}/new`, state: 'touch', accessTime: '2026-01-31T12:00:00Z', modificationTime }),
        ),
        task('file', file({ path: `${dir}/f`, modificationTime })),
      ]
    },
    shows: ['date +%Z', 'stat -c %Y new', 'stat -c %Y f'],
  },
  {
    name: 'touch makes no folder (M03)',
    ansible: `
      - name: nowhere
        file: { path: "{{ dir }}/none/f", state: touch }
    `,
    tsplay: (dir) => [task('nowhere', file({ path: `${dir}/none/f`, state: 'touch' }))],
  },
  {
    name: 'a link is made, its target as written, and led elsewhere (M03)',
    given: 'mkdir -p a/b c; ln -s a old; ln -s a right',
    ansible: `
      - name: relative
        file: { path: "{{ dir }}/a/b/l", src: ../../c, state: link }
      - name: absolute
        file: { path: "{{ dir }}/l", src: "{{ dir }}/a", state: link }
      - name: elsewhere
        file: { path: "{{ dir }}/old", src: c, state: link }
      - name: right already
        file: { path: "{{ dir }}/right", src: a, state: link }
    `,
    tsplay: (dir) => [
      task('relative', link({ path: `${dir}/a/b/l`, target: '../../c' })),
      task('absolute', link({ path: `${dir}/l`, target: `${dir}/a` })),
      task('elsewhere', link({ path: `${dir}/old`, target: 'c' })),
      task('right already', link({ path: `${dir}/right`, target: 'a' })),
    ],
  },
  {
    name: 'a file or an empty folder in the place of a link is replaced with force (M03)',
    given: 'echo x > f; mkdir d; mkdir t',
    ansible: `
      - name: file
        file: { path: "{{ dir }}/f", src: t, state: link, force: true }
      - name: folder
        file: { path: "{{ dir }}/d", src: t, state: link, force: true }
    `,
    tsplay: (dir) => [
      task('file', link({ path: `${dir}/f`, target: 't', force: true })),
      task('folder', link({ path: `${dir}/d`, target: 't', force: true })),
    ],
  },
  {
    name: 'a file in the place of a link stays without force (M03)',
    given: 'echo kept > f; mkdir t',
    ansible: `
      - name: taken
        file: { path: "{{ dir }}/f", src: t, state: link }
    `,
    tsplay: (dir) => [task('taken', link({ path: `${dir}/f`, target: 't' }))],
  },
  {
    name: 'a folder with something in it is not replaced by a link, force or not (M03)',
    given: 'mkdir -p d/inside t',
    ansible: `
      - name: full
        file: { path: "{{ dir }}/d", src: t, state: link, force: true }
    `,
    tsplay: (dir) => [task('full', link({ path: `${dir}/d`, target: 't', force: true }))],
  },
  {
    name: 'a link that leads nowhere yet is made with force (M03)',
    ansible: `
      - name: later
        file: { path: "{{ dir }}/l", src: not/yet, state: link, force: true, follow: false }
    `,
    tsplay: (dir) => [task('later', link({ path: `${dir}/l`, target: 'not/yet', force: true }))],
  },
  {
    name: 'a link that leads nowhere yet needs no force (M03)',
    ansible: `
      - name: later
        file: { path: "{{ dir }}/l", src: not/yet, state: link }
    `,
    tsplay: (dir) => [task('later', link({ path: `${dir}/l`, target: 'not/yet' }))],
    differs: {
      why: 'What a link leads to is often made by a later task; force would replace a file in its place as well.',
      theirs: ['later: failed'],
      ours: ['later: changed'],
    },
  },
  {
    name: 'a hard link is another name of the file, found again (M03)',
    given: 'echo x > f; echo other > o; echo x > same; ln -f same linked',
    ansible: `
      - name: new
        file: { path: "{{ dir }}/h", src: "{{ dir }}/f", state: hard }
      - name: there
        file: { path: "{{ dir }}/linked", src: "{{ dir }}/same", state: hard }
      - name: forced
        file: { path: "{{ dir }}/o", src: "{{ dir }}/f", state: hard, force: true }
    `,
    tsplay: (dir) => [
      task('new', link({ path: `${dir}/h`, target: `${dir}/f`, hard: true })),
      task('there', link({ path: `${dir}/linked`, target: `${dir}/same`, hard: true })),
      task('forced', link({ path: `${dir}/o`, target: `${dir}/f`, hard: true, force: true })),
    ],
    shows: ['stat -c %h f linked', 'test f -ef h && test f -ef o && echo same'],
  },
  {
    name: 'a hard link to nothing is refused (M03)',
    ansible: `
      - name: nothing
        file: { path: "{{ dir }}/h", src: "{{ dir }}/none", state: hard }
    `,
    tsplay: (dir) => [task('nothing', link({ path: `${dir}/h`, target: `${dir}/none`, hard: true }))],
  },
]
