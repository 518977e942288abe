// Edits of a file: one line, a block of lines, everything that matches.
import { task } from '../../../../engine/index.ts'
import { blockInFile, lineInFile, replace } from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

const own = '# {mark} own'

export const scenarios: readonly ModuleScenario[] = [
  {
    name: 'the last line that matches is replaced, or with firstmatch the first (M04)',
    given: 'printf "x=1\\ny=1\\nx=2\\n" > last; cp last first; cp last right',
    ansible: `
      - name: last
        lineinfile: { path: "{{ dir }}/last", regexp: "^x=", line: "x=3" }
      - name: first
        lineinfile: { path: "{{ dir }}/first", regexp: "^x=", line: "x=3", firstmatch: true }
      - name: right already
        lineinfile: { path: "{{ dir }}/right", regexp: "^x=", line: "x=2" }
    `,
    tsplay: (dir) => [
      task('last', lineInFile({ path: `${dir}/last`, regexp: '^x=', line: 'x=3' })),
      task('first', lineInFile({ path: `${dir}/first`, regexp: '^x=', line: 'x=3', firstMatch: true })),
      task('right already', lineInFile({ path: `${dir}/right`, regexp: '^x=', line: 'x=2' })),
    ],
  },
  {
    name: 'a line that is missing goes to the end, once (M04)',
    given: 'printf "a\\nb\\n" > f',
    ansible: `
      - name: added
        lineinfile: { path: "{{ dir }}/f", line: "c d" }
      - name: nothing matches
        lineinfile: { path: "{{ dir }}/f", regexp: "^e=", line: "e=1" }
      - name: there
        lineinfile: { path: "{{ dir }}/f", line: a }
      - name: there, and the pattern matches nothing
        lineinfile: { path: "{{ dir }}/f", regexp: "^zz", line: b }
    `,
    tsplay: (dir) => [
      task('added', lineInFile({ path: `${dir}/f`, line: 'c d' })),
      task('nothing matches', lineInFile({ path: `${dir}/f`, regexp: '^e=', line: 'e=1' })),
      task('there', lineInFile({ path: `${dir}/f`, line: 'a' })),
      task('there, and the pattern matches nothing', lineInFile({ path: `${dir}/f`, regexp: '^zz', line: 'b' })),
    ],
  },
  {
    name: 'a line is inserted after the last match, or at the end where there is none (M04)',
    given: 'printf "[a]\\n1\\n[a]\\n2\\n" > f',
    ansible: `
      - name: after
        lineinfile: { path: "{{ dir }}/f", insertafter: '^\\[a\\]', line: new }
      - name: after the first
        lineinfile: { path: "{{ dir }}/f", insertafter: '^\\[a\\]', line: first, firstmatch: true }
      - name: no match
        lineinfile: { path: "{{ dir }}/f", insertafter: '^zz', line: end }
      - name: at the end
        lineinfile: { path: "{{ dir }}/f", insertafter: EOF, line: very end }
    `,
    tsplay: (dir) => [
      task('after', lineInFile({ path: `${dir}/f`, insertAfter: '^\\[a\\]', line: 'new' })),
      task(
        'after the first',
        lineInFile({ path: `${dir}/f`, insertAfter: '^\\[a\\]', line: 'first', firstMatch: true }),
      ),
      task('no match', lineInFile({ path: `${dir}/f`, insertAfter: '^zz', line: 'end' })),
      task('at the end', lineInFile({ path: `${dir}/f`, insertAfter: 'EOF', line: 'very end' })),
    ],
  },
  {
    name: 'a line is inserted before the last match, or at the beginning (M04)',
    given: 'printf "a\\nb\\na\\n" > f',
    ansible: `
      - name: before
        lineinfile: { path: "{{ dir }}/f", insertbefore: '^a', line: new }
      - name: at the beginning
        lineinfile: { path: "{{ dir }}/f", insertbefore: BOF, line: first }
      - name: no match
        lineinfile: { path: "{{ dir }}/f", insertbefore: '^zz', line: last }
    `,
    tsplay: (dir) => [
      task('before', lineInFile({ path: `${dir}/f`, insertBefore: '^a', line: 'new' })),
      task('at the beginning', lineInFile({ path: `${dir}/f`, insertBefore: 'BOF', line: 'first' })),
      task('no match', lineInFile({ path: `${dir}/f`, insertBefore: '^zz', line: 'last' })),
    ],
  },
  {
    name: 'where the pattern matches, it does not matter where the line would go (M04)',
    given: 'printf "y\\nx=1\\nz\\n" > f',
    ansible: `
      - name: replaced
        lineinfile: { path: "{{ dir }}/f", regexp: "^x=", line: "x=2", insertafter: "^z" }
    `,
    tsplay: (dir) => [
      task('replaced', lineInFile({ path: `${dir}/f`, regexp: '^x=', line: 'x=2', insertAfter: '^z' })),
    ],
  },
  {
    name: 'backrefs fill in the groups, and do nothing where nothing matches (M04)',
    given: 'printf "  port = 80 # web\\n" > f',
    ansible: `
      - name: filled
        lineinfile: { path: "{{ dir }}/f", regexp: '^(\\s*)port = \\d+(.*)$', line: '\\1port = 8080\\2', backrefs: true }
      - name: by name
        lineinfile: { path: "{{ dir }}/f", regexp: '^(?P<indent>\\s*)port = \\d+', line: '\\g<indent>port = 8080', backrefs: true }
      - name: no match
        lineinfile: { path: "{{ dir }}/f", regexp: '^(host) = .*$', line: '\\1 = a', backrefs: true }
    `,
    tsplay: (dir) => [
      task(
        'filled',
        lineInFile({
          path: `${dir}/f`,
          regexp: '^(\\s*)port = \\d+(.*)$',
          line: '\\1port = 8080\\2',
          backrefs: true,
        }),
      ),
      task(
        'by name',
        lineInFile({
          path: `${dir}/f`,
          regexp: '^(?P<indent>\\s*)port = \\d+',
          line: '\\g<indent>port = 8080',
          backrefs: true,
        }),
      ),
      task('no match', lineInFile({ path: `${dir}/f`, regexp: '^(host) = .*$', line: '\\1 = a', backrefs: true })),
    ],
  },
  {
    name: 'absent removes every line that matches, and every such line (M04)',
    given: 'printf "a\\nb\\na1\\nc\\nc\\nd.e\\n" > f',
    ansible: `
      - name: by a pattern
        lineinfile: { path: "{{ dir }}/f", regexp: "^a", state: absent }
      - name: by the line
        lineinfile: { path: "{{ dir }}/f", line: c, state: absent }
      - name: by a text
        lineinfile: { path: "{{ dir }}/f", search_string: d.e, state: absent }
      - name: nothing
        lineinfile: { path: "{{ dir }}/f", line: zz, state: absent }
      - name: no file
        lineinfile: { path: "{{ dir }}/none", line: zz, state: absent }
    `,
    tsplay: (dir) => [
      task('by a pattern', lineInFile({ path: `${dir}/f`, regexp: '^a', state: 'absent' })),
      task('by the line', lineInFile({ path: `${dir}/f`, line: 'c', state: 'absent' })),
      task('by a text', lineInFile({ path: `${dir}/f`, search: 'd.e', state: 'absent' })),
      task('nothing', lineInFile({ path: `${dir}/f`, line: 'zz', state: 'absent' })),
      task('no file', lineInFile({ path: `${dir}/none`, line: 'zz', state: 'absent' })),
    ],
  },
  {
    name: 'a line is found by a text that it holds, which is no pattern (M04)',
    given: 'printf "axb=1\\na.b=1\\n" > f',
    ansible: `
      - name: found
        lineinfile: { path: "{{ dir }}/f", search_string: "a.b=", line: "a.b=2" }
    `,
    tsplay: (dir) => [task('found', lineInFile({ path: `${dir}/f`, search: 'a.b=', line: 'a.b=2' }))],
  },
  {
    name: 'a missing file is made with create, else it is a failure (M04)',
    ansible: `
      - name: made
        lineinfile: { path: "{{ dir }}/new", line: a, create: true, mode: "0600" }
      - name: missing
        lineinfile: { path: "{{ dir }}/none", line: a }
    `,
    tsplay: (dir) => [
      task('made', lineInFile({ path: `${dir}/new`, line: 'a', create: true, mode: '0600' })),
      task('missing', lineInFile({ path: `${dir}/none`, line: 'a' })),
    ],
  },
  {
    name: 'a line is checked before the file is replaced, and a copy kept (M04)',
    given: 'echo a > f; chmod 0640 f; cp -p f g',
    ansible: `
      - name: passes
        lineinfile: { path: "{{ dir }}/f", line: b, backup: true, validate: "grep -q b %s" }
      - name: fails
        lineinfile: { path: "{{ dir }}/g", line: b, backup: false, validate: "grep -q c %s" }
    `,
    tsplay: (dir) => [
      task('passes', lineInFile({ path: `${dir}/f`, line: 'b', backup: true, validate: 'grep -q b %s' })),
      task('fails', lineInFile({ path: `${dir}/g`, line: 'b', validate: 'grep -q c %s' })),
    ],
    unforeseen: 'A check does not run the command that validates.',
  },
  {
    name: 'a last line without an end gets one (M04)',
    given: 'printf "a\\nb" > f; cp f g; cp f h',
    ansible: `
      - name: behind it
        lineinfile: { path: "{{ dir }}/f", line: c }
      - name: replaced
        lineinfile: { path: "{{ dir }}/g", regexp: "^b", line: b2 }
      - name: itself
        lineinfile: { path: "{{ dir }}/h", line: b }
    `,
    tsplay: (dir) => [
      task('behind it', lineInFile({ path: `${dir}/f`, line: 'c' })),
      task('replaced', lineInFile({ path: `${dir}/g`, regexp: '^b', line: 'b2' })),
      task('itself', lineInFile({ path: `${dir}/h`, line: 'b' })),
    ],
  },
  {
    name: 'a link is kept and what it leads to edited (M04, B10)',
    given: 'mkdir sub; echo "SELINUX=enforcing" > sub/config; ln -s sub/config l',
    ansible: `
      - name: edited
        lineinfile: { path: "{{ dir }}/l", regexp: "^SELINUX=", line: SELINUX=permissive }
    `,
    tsplay: (dir) => [
      task('edited', lineInFile({ path: `${dir}/l`, regexp: '^SELINUX=', line: 'SELINUX=permissive' })),
    ],
  },
  {
    name: 'mode and owner are set where the line is right, too (M04)',
    given: 'echo a > f; chmod 0644 f',
    ansible: `
      - name: mode
        lineinfile: { path: "{{ dir }}/f", line: a, mode: "0600", owner: nobody }
    `,
    tsplay: (dir) => [task('mode', lineInFile({ path: `${dir}/f`, line: 'a', mode: '0600', owner: 'nobody' }))],
  },
  {
    name: 'a pattern that does not match what it makes (M04, B11)',
    given: 'printf "server a\\nserver b\\n" > f',
    ansible: `
      - name: eaten up
        lineinfile: { path: "{{ dir }}/f", regexp: "^server", line: pool c }
    `,
    tsplay: (dir) => [task('eaten up', lineInFile({ path: `${dir}/f`, regexp: '^server', line: 'pool c' }))],
    differs: {
      why: 'Each run would replace one more line: the next one finds another that matches. Such an edit is refused.',
      theirs: ['eaten up: changed'],
      ours: ['eaten up: failed'],
    },
  },
  {
    name: 'a block goes to the end, is replaced where it is, and goes (M05)',
    given:
      'printf "a\\n# BEGIN own\\nold\\n# END own\\nb\\n" > f; printf "a\\n# BEGIN own\\nold\\n# END own\\nb\\n" > g; echo a > h',
    ansible: `
      - name: new
        blockinfile: { path: "{{ dir }}/h", block: "x\\ny", marker: "${own}" }
      - name: replaced
        blockinfile: { path: "{{ dir }}/f", block: "x\\ny\\n", marker: "${own}" }
      - name: removed
        blockinfile: { path: "{{ dir }}/g", state: absent, marker: "${own}" }
    `,
    tsplay: (dir) => [
      task('new', blockInFile({ path: `${dir}/h`, block: 'x\ny', marker: own })),
      task('replaced', blockInFile({ path: `${dir}/f`, block: 'x\ny\n', marker: own })),
      task('removed', blockInFile({ path: `${dir}/g`, state: 'absent', marker: own })),
    ],
  },
  {
    name: 'an empty block is none (M05)',
    given: 'printf "a\\n# BEGIN own\\nold\\n# END own\\n" > f; echo a > g',
    ansible: `
      - name: removed
        blockinfile: { path: "{{ dir }}/f", block: "", marker: "${own}" }
      - name: nothing
        blockinfile: { path: "{{ dir }}/g", block: "", marker: "${own}" }
    `,
    tsplay: (dir) => [
      task('removed', blockInFile({ path: `${dir}/f`, block: '', marker: own })),
      task('nothing', blockInFile({ path: `${dir}/g`, block: '', marker: own })),
    ],
  },
  {
    name: 'a block is inserted after or before the last match, or at the beginning (M05)',
    given: 'printf "a\\nb\\na\\nc\\n" > f; cp f g; cp f h; cp f i',
    ansible: `
      - name: after
        blockinfile: { path: "{{ dir }}/f", block: x, marker: "${own}", insertafter: "^a" }
      - name: before
        blockinfile: { path: "{{ dir }}/g", block: x, marker: "${own}", insertbefore: "^a" }
      - name: beginning
        blockinfile: { path: "{{ dir }}/h", block: x, marker: "${own}", insertbefore: BOF }
      - name: no match
        blockinfile: { path: "{{ dir }}/i", block: x, marker: "${own}", insertafter: "^zz" }
    `,
    tsplay: (dir) => [
      task('after', blockInFile({ path: `${dir}/f`, block: 'x', marker: own, insertAfter: '^a' })),
      task('before', blockInFile({ path: `${dir}/g`, block: 'x', marker: own, insertBefore: '^a' })),
      task('beginning', blockInFile({ path: `${dir}/h`, block: 'x', marker: own, insertBefore: 'BOF' })),
      task('no match', blockInFile({ path: `${dir}/i`, block: 'x', marker: own, insertAfter: '^zz' })),
    ],
  },
  {
    name: 'two blocks with two markers stand in one file (M05)',
    given: 'echo a > f',
    ansible: `
      - name: one
        blockinfile: { path: "{{ dir }}/f", block: "1", marker: "# {mark} one" }
      - name: two
        blockinfile: { path: "{{ dir }}/f", block: "2", marker: "; {mark} two", marker_begin: "<<<", marker_end: ">>>" }
    `,
    tsplay: (dir) => [
      task('one', blockInFile({ path: `${dir}/f`, block: '1', marker: '# {mark} one' })),
      task(
        'two',
        blockInFile({ path: `${dir}/f`, block: '2', marker: '; {mark} two', markerBegin: '<<<', markerEnd: '>>>' }),
      ),
    ],
  },
  {
    name: 'a missing file is made with create for a block, else it is a failure (M05)',
    ansible: `
      - name: made
        blockinfile: { path: "{{ dir }}/new", block: a, marker: "${own}", create: true, mode: "0600" }
      - name: missing
        blockinfile: { path: "{{ dir }}/none", block: a, marker: "${own}" }
    `,
    tsplay: (dir) => [
      task('made', blockInFile({ path: `${dir}/new`, block: 'a', marker: own, create: true, mode: '0600' })),
      task('missing', blockInFile({ path: `${dir}/none`, block: 'a', marker: own })),
    ],
  },
  {
    name: 'a block behind a last line without an end, checked, with a copy kept (M05)',
    given: 'printf a > f; echo a > g',
    ansible: `
      - name: passes
        blockinfile: { path: "{{ dir }}/f", block: b, marker: "${own}", backup: true, validate: "grep -q b %s" }
      - name: fails
        blockinfile: { path: "{{ dir }}/g", block: b, marker: "${own}", validate: "grep -q c %s" }
    `,
    tsplay: (dir) => [
      task(
        'passes',
        blockInFile({ path: `${dir}/f`, block: 'b', marker: own, backup: true, validate: 'grep -q b %s' }),
      ),
      task('fails', blockInFile({ path: `${dir}/g`, block: 'b', marker: own, validate: 'grep -q c %s' })),
    ],
    unforeseen: 'A check does not run the command that validates.',
  },
  {
    name: 'a block whose end is missing (M05)',
    given: 'printf "a\\n# BEGIN own\\nb\\n" > f',
    ansible: `
      - name: damaged
        blockinfile: { path: "{{ dir }}/f", block: x, marker: "${own}" }
    `,
    tsplay: (dir) => [task('damaged', blockInFile({ path: `${dir}/f`, block: 'x', marker: own }))],
    differs: {
      why: 'A second block would be added, and the next run would take all that lies between the two for one. Damaged markers are refused, and the file stays as it is.',
      theirs: ['damaged: changed'],
      ours: ['damaged: failed'],
    },
  },
  {
    name: 'everything that matches is replaced, at every line (M06)',
    given: 'printf "a=1\\nb=1\\na=2\\n" > f',
    ansible: `
      - name: all
        replace: { path: "{{ dir }}/f", regexp: '^a=(\\d)$', replace: 'c=\\1\\1' }
      - name: removed
        replace: { path: "{{ dir }}/f", regexp: '^b=.*\\n' }
      - name: nothing
        replace: { path: "{{ dir }}/f", regexp: zz, replace: y }
    `,
    tsplay: (dir) => [
      task('all', replace({ path: `${dir}/f`, regexp: '^a=(\\d)$', replace: 'c=$1$1' })),
      task('removed', replace({ path: `${dir}/f`, regexp: '^b=.*\\n' })),
      task('nothing', replace({ path: `${dir}/f`, regexp: 'zz', replace: 'y' })),
    ],
  },
  {
    name: 'only what lies behind, before or between two places is replaced (M06)',
    given: 'printf "a\\n<\\na\\n>\\na\\n" > f; cp f g; cp f h; cp f i',
    ansible: `
      - name: behind
        replace: { path: "{{ dir }}/f", regexp: '^a$', replace: b, after: '>' }
      - name: before
        replace: { path: "{{ dir }}/g", regexp: '^a$', replace: b, before: '<' }
      - name: between
        replace: { path: "{{ dir }}/h", regexp: '^a$', replace: b, after: '<', before: '>' }
      - name: nowhere
        replace: { path: "{{ dir }}/i", regexp: '^a$', replace: b, after: zz }
    `,
    tsplay: (dir) => [
      task('behind', replace({ path: `${dir}/f`, regexp: '^a$', replace: 'b', after: '>' })),
      task('before', replace({ path: `${dir}/g`, regexp: '^a$', replace: 'b', before: '<' })),
      task('between', replace({ path: `${dir}/h`, regexp: '^a$', replace: 'b', after: '<', before: '>' })),
      task('nowhere', replace({ path: `${dir}/i`, regexp: '^a$', replace: 'b', after: 'zz' })),
    ],
  },
  {
    name: 'a place that is there twice: before alone means the first of them (M06)',
    given: 'printf "a\\n#\\na\\n#\\na\\n" > f',
    ansible: `
      - name: before
        replace: { path: "{{ dir }}/f", regexp: '^a$', replace: b, before: '#' }
    `,
    tsplay: (dir) => [task('before', replace({ path: `${dir}/f`, regexp: '^a$', replace: 'b', before: '#' }))],
    differs: {
      why: 'Ansible looks for the last place where before is given alone, and for the first where after is given as well; here it is the first in both.',
      theirs: ['before: changed'],
      ours: ['before: changed'],
    },
  },
  {
    name: 'a pattern over several lines, a copy kept, the mode set (M06)',
    given: 'printf "a\\nb\\nc\\n" > f; chmod 0644 f',
    ansible: `
      - name: lines
        replace: { path: "{{ dir }}/f", regexp: 'a\\nb', replace: 'd', backup: true, mode: "0600" }
    `,
    tsplay: (dir) => [
      task('lines', replace({ path: `${dir}/f`, regexp: 'a\\nb', replace: 'd', backup: true, mode: '0600' })),
    ],
  },
  {
    name: 'a check that fails keeps the file as it was (M06)',
    given: 'echo a > f',
    ansible: `
      - name: fails
        replace: { path: "{{ dir }}/f", regexp: a, replace: b, validate: "grep -q a %s" }
    `,
    tsplay: (dir) => [
      task('fails', replace({ path: `${dir}/f`, regexp: 'a', replace: 'b', validate: 'grep -q a %s' })),
    ],
    unforeseen: 'A check does not run the command that validates.',
  },
  {
    name: 'nothing is replaced in a file that is not there (M06)',
    ansible: `
      - name: missing
        replace: { path: "{{ dir }}/none", regexp: a, replace: b }
    `,
    tsplay: (dir) => [task('missing', replace({ path: `${dir}/none`, regexp: 'a', replace: 'b' }))],
  },
  {
    name: 'a replacement that the pattern matches again (M06, B11)',
    given: 'printf "/dev/sda2 none swap sw 0 0\\n" > f',
    ansible: `
      - name: growing
        replace: { path: "{{ dir }}/f", regexp: '^(.*swap.*)$', replace: '#\\1' }
    `,
    tsplay: (dir) => [task('growing', replace({ path: `${dir}/f`, regexp: '^(.*swap.*)$', replace: '#$1' }))],
    differs: {
      why: 'Each run would add one more character. Such an edit is refused, with a hint how to write the pattern.',
      theirs: ['growing: changed'],
      ours: ['growing: failed'],
    },
  },
]
