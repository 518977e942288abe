// Contents: copy from the control side and on the host, templates, files made of fragments.
import { task } from '../../../../engine/index.ts'
import { assemble, copy, template } from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

const sha1 = '3f786850e387550fdab836ed7e6dc881de23001b'
const sha256 = '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7'

export const scenarios: readonly ModuleScenario[] = [
  {
    name: 'a text is written, then only what differs is set (M01)',
    given: 'echo same > same; chmod 0600 same',
    ansible: `
      - name: new
        copy: { content: "a\\nb", dest: "{{ dir }}/new" }
      - name: mode
        copy: { content: "same\\n", dest: "{{ dir }}/same", mode: "0640" }
      - name: empty
        copy: { content: "", dest: "{{ dir }}/empty", mode: "0600" }
      - name: same again
        copy: { content: "a\\nb", dest: "{{ dir }}/new" }
    `,
    tsplay: (dir) => [
      task('new', copy({ content: 'a\nb', dest: `${dir}/new` })),
      task('mode', copy({ content: 'same\n', dest: `${dir}/same`, mode: '0640' })),
      task('empty', copy({ content: '', dest: `${dir}/empty`, mode: '0600' })),
      task('same again', copy({ content: 'a\nb', dest: `${dir}/new` })),
    ],
  },
  {
    name: 'a file that is replaced keeps mode and owner where none are given (M01)',
    given: 'echo old > f; chown nobody:nogroup f; chmod 0751 f',
    ansible: `
      - name: kept
        copy: { content: "new\\n", dest: "{{ dir }}/f" }
    `,
    tsplay: (dir) => [task('kept', copy({ content: 'new\n', dest: `${dir}/f` }))],
  },
  {
    name: 'symbolic modes, owners and groups (M01)',
    given: 'echo x > f; chmod 0644 f',
    ansible: `
      - name: new
        copy: { content: "x\\n", dest: "{{ dir }}/new", mode: "u=rwx,g=rx,o=", owner: nobody, group: nogroup }
      - name: there
        copy: { content: "x\\n", dest: "{{ dir }}/f", mode: "u+x,o-r" }
    `,
    tsplay: (dir) => [
      task(
        'new',
        copy({ content: 'x\n', dest: `${dir}/new`, mode: 'u=rwx,g=rx,o=', owner: 'nobody', group: 'nogroup' }),
      ),
      task('there', copy({ content: 'x\n', dest: `${dir}/f`, mode: 'u+x,o-r' })),
    ],
  },
  {
    name: 'a file goes into a folder that is there by its own name (M01)',
    given: 'mkdir into',
    sources: { 'into-folder/a.conf': 'a\n' },
    ansible: `
      - name: without a slash
        copy: { src: into-folder/a.conf, dest: "{{ dir }}/into" }
      - name: with a slash
        copy: { src: into-folder/a.conf, dest: "{{ dir }}/into/" }
      - name: by another name
        copy: { src: into-folder/a.conf, dest: "{{ dir }}/into/b.conf" }
    `,
    tsplay: (dir) => [
      task('without a slash', copy({ src: 'into-folder/a.conf', dest: `${dir}/into` })),
      task('with a slash', copy({ src: 'into-folder/a.conf', dest: `${dir}/into/` })),
      task('by another name', copy({ src: 'into-folder/a.conf', dest: `${dir}/into/b.conf` })),
    ],
  },
  {
    name: 'a folder that dest names with a slash is made, with directory_mode (M01)',
    sources: { 'slash/a.conf': 'a\n' },
    ansible: `
      - name: made
        copy: { src: slash/a.conf, dest: "{{ dir }}/new/deep/", directory_mode: "0711", mode: "0600" }
      - name: without a mode
        copy: { src: slash/a.conf, dest: "{{ dir }}/other/" }
    `,
    tsplay: (dir) => [
      task('made', copy({ src: 'slash/a.conf', dest: `${dir}/new/deep/`, directoryMode: '0711', mode: '0600' })),
      task('without a mode', copy({ src: 'slash/a.conf', dest: `${dir}/other/` })),
    ],
  },
  {
    name: 'a folder is not made where dest names a file in it (M01)',
    ansible: `
      - name: missing
        copy: { content: x, dest: "{{ dir }}/none/f" }
    `,
    tsplay: (dir) => [task('missing', copy({ content: 'x', dest: `${dir}/none/f` }))],
  },
  {
    name: 'a folder is copied by its name, and with a slash what is in it (M01)',
    given: 'mkdir there',
    sources: { 'tree/a': 'a\n', 'tree/sub/b': 'b\n', 'tree/sub/deep/c': 'c\n' },
    ansible: `
      - name: itself
        copy: { src: tree, dest: "{{ dir }}/there" }
      - name: what is in it
        copy: { src: tree/, dest: "{{ dir }}/new", mode: "0600", directory_mode: "0750" }
      - name: into what is not there
        copy: { src: tree, dest: "{{ dir }}/missing" }
    `,
    tsplay: (dir) => [
      task('itself', copy({ src: 'tree', dest: `${dir}/there` })),
      task('what is in it', copy({ src: 'tree/', dest: `${dir}/new`, mode: '0600', directoryMode: '0750' })),
      task('into what is not there', copy({ src: 'tree', dest: `${dir}/missing` })),
    ],
  },
  {
    name: 'of a folder only what differs is written, and what is not in the source stays (M01)',
    given: 'mkdir -p d/sub; echo a > d/a; echo other > d/sub/b; echo own > d/own; chmod 0640 d/sub/b',
    sources: { 'differs/a': 'a\n', 'differs/sub/b': 'b\n' },
    ansible: `
      - name: one file
        copy: { src: differs/, dest: "{{ dir }}/d" }
    `,
    tsplay: (dir) => [task('one file', copy({ src: 'differs/', dest: `${dir}/d` }))],
  },
  {
    name: 'without force a file that is there stays as it is (M01)',
    given: 'echo kept > f; chmod 0600 f',
    ansible: `
      - name: there
        copy: { content: "new\\n", dest: "{{ dir }}/f", force: false }
      - name: missing
        copy: { content: "new\\n", dest: "{{ dir }}/g", force: false }
    `,
    tsplay: (dir) => [
      task('there', copy({ content: 'new\n', dest: `${dir}/f`, force: false })),
      task('missing', copy({ content: 'new\n', dest: `${dir}/g`, force: false })),
    ],
  },
  {
    name: 'what does not pass its check is not written (M01)',
    given: 'echo good > f',
    ansible: `
      - name: passes
        copy: { content: "good news\\n", dest: "{{ dir }}/f", validate: "grep -q good %s" }
      - name: fails
        copy: { content: "bad\\n", dest: "{{ dir }}/f", validate: "grep -q good %s" }
    `,
    tsplay: (dir) => [
      task('passes', copy({ content: 'good news\n', dest: `${dir}/f`, validate: 'grep -q good %s' })),
      task('fails', copy({ content: 'bad\n', dest: `${dir}/f`, validate: 'grep -q good %s' })),
    ],
    unforeseen: 'A check does not run the command that validates.',
  },
  {
    name: 'a copy of what is replaced is kept beside it, with its mode (M01)',
    given: 'echo old > f; chmod 0640 f',
    ansible: `
      - name: replaced
        copy: { content: "new\\n", dest: "{{ dir }}/f", backup: true }
      - name: new
        copy: { content: "new\\n", dest: "{{ dir }}/g", backup: true }
    `,
    tsplay: (dir) => [
      task('replaced', copy({ content: 'new\n', dest: `${dir}/f`, backup: true })),
      task('new', copy({ content: 'new\n', dest: `${dir}/g`, backup: true })),
    ],
  },
  {
    name: 'with follow what a link leads to is written, without it the link is replaced (M01)',
    given: 'mkdir sub; echo old > sub/real; ln -s sub/real l; echo old > other; ln -s other m',
    ansible: `
      - name: followed
        copy: { content: "new\\n", dest: "{{ dir }}/l", follow: true }
      - name: replaced
        copy: { content: "new\\n", dest: "{{ dir }}/m", follow: false }
    `,
    tsplay: (dir) => [
      task('followed', copy({ content: 'new\n', dest: `${dir}/l`, follow: true })),
      task('replaced', copy({ content: 'new\n', dest: `${dir}/m`, follow: false })),
    ],
  },
  {
    name: 'a text needs the name of a file (M01)',
    given: 'mkdir d',
    ansible: `
      - name: a folder
        copy: { content: x, dest: "{{ dir }}/d" }
    `,
    tsplay: (dir) => [task('a folder', copy({ content: 'x', dest: `${dir}/d` }))],
  },
  {
    name: 'a file of the host is copied, and again where it has changed (M01)',
    given: 'echo one > src; chmod 0751 src; echo two > other; mkdir into',
    ansible: `
      - name: new
        copy: { src: "{{ dir }}/src", dest: "{{ dir }}/new", remote_src: true }
      - name: with its mode
        copy: { src: "{{ dir }}/src", dest: "{{ dir }}/other", remote_src: true, mode: preserve, backup: true }
      - name: into a folder
        copy: { src: "{{ dir }}/src", dest: "{{ dir }}/into", remote_src: true, mode: "0600" }
    `,
    tsplay: (dir) => [
      task('new', copy({ src: `${dir}/src`, dest: `${dir}/new`, remoteSrc: true })),
      task(
        'with its mode',
        copy({ src: `${dir}/src`, dest: `${dir}/other`, remoteSrc: true, mode: 'preserve', backup: true }),
      ),
      task('into a folder', copy({ src: `${dir}/src`, dest: `${dir}/into`, remoteSrc: true, mode: '0600' })),
    ],
  },
  {
    name: 'a folder of the host is copied with its modes and links (M01)',
    given:
      'mkdir -p src/sub/empty there; echo a > src/a; echo b > src/sub/b; chmod 0750 src/sub/b; chmod 0711 src/sub; ln -s sub/b src/l',
    ansible: `
      - name: itself
        copy: { src: "{{ dir }}/src", dest: "{{ dir }}/there", remote_src: true }
      - name: what is in it
        copy: { src: "{{ dir }}/src/", dest: "{{ dir }}/new", remote_src: true }
    `,
    tsplay: (dir) => [
      task('itself', copy({ src: `${dir}/src`, dest: `${dir}/there`, remoteSrc: true })),
      task('what is in it', copy({ src: `${dir}/src/`, dest: `${dir}/new`, remoteSrc: true })),
    ],
  },
  {
    name: 'of a folder of the host only what differs is copied (M01)',
    given:
      'mkdir -p src/sub d/sub; echo a > src/a; echo b > src/sub/b; echo a > d/a; echo other > d/sub/b; echo own > d/own',
    ansible: `
      - name: one file
        copy: { src: "{{ dir }}/src/", dest: "{{ dir }}/d", remote_src: true }
    `,
    tsplay: (dir) => [task('one file', copy({ src: `${dir}/src/`, dest: `${dir}/d`, remoteSrc: true }))],
  },
  {
    name: 'a source that is not on the host is a failure (M01)',
    ansible: `
      - name: none
        copy: { src: "{{ dir }}/none", dest: "{{ dir }}/f", remote_src: true }
    `,
    tsplay: (dir) => [task('none', copy({ src: `${dir}/none`, dest: `${dir}/f`, remoteSrc: true }))],
  },
  {
    name: 'a source is taken only with the checksum that is given, of each tool’s own kind (M01)',
    given: 'echo a > a; echo b > b',
    ansible: `
      - name: right
        copy: { src: "{{ dir }}/a", dest: "{{ dir }}/f", remote_src: true, checksum: ${sha1} }
      - name: wrong
        copy: { src: "{{ dir }}/b", dest: "{{ dir }}/f", remote_src: true, checksum: ${sha1} }
    `,
    tsplay: (dir) => [
      task('right', copy({ src: `${dir}/a`, dest: `${dir}/f`, remoteSrc: true, checksum: sha256 })),
      task('wrong', copy({ src: `${dir}/b`, dest: `${dir}/f`, remoteSrc: true, checksum: sha256 })),
    ],
  },
  {
    name: 'a template is rendered, and written where it makes another text (M02)',
    given: 'printf "name=x\\n- 1\\n- 2\\n" > same; chmod 0600 same',
    sources: {
      'list.j2': 'name={{ name }}\n{% for n in numbers %}\n- {{ n }}\n{% endfor %}\n',
      'list.ejs': 'name=<%= name %>\n<% for (const n of numbers) { -%>\n- <%= n %>\n<% } -%>\n',
    },
    ansible: `
      - name: new
        template: { src: files/list.j2, dest: "{{ dir }}/new", mode: "0640" }
        vars: { name: "y $HOME", numbers: [3] }
      - name: same
        template: { src: files/list.j2, dest: "{{ dir }}/same" }
        vars: { name: x, numbers: [1, 2] }
    `,
    tsplay: (dir) => [
      task(
        'new',
        template({ src: 'files/list.ejs', dest: `${dir}/new`, mode: '0640', vars: { name: 'y $HOME', numbers: [3] } }),
      ),
      task('same', template({ src: 'files/list.ejs', dest: `${dir}/same`, vars: { name: 'x', numbers: [1, 2] } })),
    ],
  },
  {
    name: 'a template that does not pass its check leaves the file, and force false too (M02)',
    given: 'echo kept > f; echo kept > g',
    sources: { 'plain.j2': 'new\n', 'plain.ejs': 'new\n' },
    ansible: `
      - name: kept
        template: { src: files/plain.j2, dest: "{{ dir }}/g", force: false }
      - name: bad
        template: { src: files/plain.j2, dest: "{{ dir }}/f", validate: "grep -q kept %s" }
    `,
    tsplay: (dir) => [
      task('kept', template({ src: 'files/plain.ejs', dest: `${dir}/g`, force: false })),
      task('bad', template({ src: 'files/plain.ejs', dest: `${dir}/f`, validate: 'grep -q kept %s' })),
    ],
    unforeseen: 'A check does not run the command that validates.',
  },
  {
    name: 'a template keeps a copy of what it replaces, and its mode (M02)',
    given: 'echo old > f; chmod 0600 f; chown nobody f',
    sources: { 'kept.j2': 'new {{ x }}\n', 'kept.ejs': 'new <%= x %>\n' },
    ansible: `
      - name: replaced
        template: { src: files/kept.j2, dest: "{{ dir }}/f", backup: true }
        vars: { x: "ü" }
    `,
    tsplay: (dir) => [
      task('replaced', template({ src: 'files/kept.ejs', dest: `${dir}/f`, backup: true, vars: { x: 'ü' } })),
    ],
  },
  {
    name: 'a template has other ends of lines and another encoding (M02)',
    sources: { 'other.j2': 'a ü\nb\n', 'other.ejs': 'a ü\nb\n' },
    ansible: `
      - name: ends
        template: { src: files/other.j2, dest: "{{ dir }}/ends", newline_sequence: "\\r\\n" }
      - name: encoding
        template: { src: files/other.j2, dest: "{{ dir }}/encoding", output_encoding: latin1 }
    `,
    tsplay: (dir) => [
      task('ends', template({ src: 'files/other.ejs', dest: `${dir}/ends`, newlineSequence: '\r\n' })),
      task('encoding', template({ src: 'files/other.ejs', dest: `${dir}/encoding`, outputEncoding: 'latin1' })),
    ],
    shows: ['od -An -tx1 ends', 'od -An -tx1 encoding'],
  },
  {
    name: 'a file is made of fragments on the host, in order, with what stands between them (M07)',
    given: 'mkdir -p d/folder; printf a > d/20-a; printf "b\\n" > d/10-b; echo h > d/.hidden; echo x > d/x.bak',
    ansible: `
      - name: all
        assemble: { src: "{{ dir }}/d", dest: "{{ dir }}/all" }
      - name: some
        assemble: { src: "{{ dir }}/d", dest: "{{ dir }}/some", regexp: "^[0-9]", delimiter: "# next", mode: "0600" }
      - name: not hidden
        assemble: { src: "{{ dir }}/d", dest: "{{ dir }}/open", ignore_hidden: true, delimiter: "--\\n" }
    `,
    tsplay: (dir) => [
      task('all', assemble({ src: `${dir}/d`, dest: `${dir}/all` })),
      task(
        'some',
        assemble({ src: `${dir}/d`, dest: `${dir}/some`, regexp: '^[0-9]', delimiter: '# next', mode: '0600' }),
      ),
      task('not hidden', assemble({ src: `${dir}/d`, dest: `${dir}/open`, ignoreHidden: true, delimiter: '--\n' })),
    ],
  },
  {
    name: 'a file is made of fragments of the control side, checked and kept (M07)',
    given: 'echo old > f; echo old > g',
    sources: { 'fragments/2': 'two\n', 'fragments/1': 'one' },
    ansible: `
      - name: replaced
        assemble: { src: fragments, remote_src: false, dest: "{{ dir }}/f", backup: true, validate: "grep -q two %s" }
      - name: bad
        assemble: { src: fragments, remote_src: false, dest: "{{ dir }}/g", validate: "grep -q three %s" }
    `,
    tsplay: (dir) => [
      task(
        'replaced',
        assemble({ src: 'fragments', remoteSrc: false, dest: `${dir}/f`, backup: true, validate: 'grep -q two %s' }),
      ),
      task('bad', assemble({ src: 'fragments', remoteSrc: false, dest: `${dir}/g`, validate: 'grep -q three %s' })),
    ],
    unforeseen: 'A check does not run the command that validates.',
  },
  {
    name: 'fragments of a folder that is not there are a failure (M07)',
    ansible: `
      - name: none
        assemble: { src: "{{ dir }}/none", dest: "{{ dir }}/f" }
    `,
    tsplay: (dir) => [task('none', assemble({ src: `${dir}/none`, dest: `${dir}/f` }))],
  },
]
