// What runs, answers, waits and judges: when it runs, with what input, and what counts as failed.
import { task } from '../../../../engine/index.ts'
import {
  assert,
  command,
  copy,
  debug,
  directory,
  expect,
  fail,
  file,
  pause,
  raw,
  script,
  shell,
  waitFor,
} from '../../../../modules/index.ts'
import type { ModuleScenario } from '../scenario.ts'

const fails = 'a check runs no command, so it cannot know that one fails'
const reads = 'a check runs no command, so it cannot know what one prints'
const waits = 'a check does not wait'

export const scenarios: readonly ModuleScenario[] = [
  {
    name: 'a command does not run where what it creates is there (M16)',
    given: 'touch here',
    ansible: `
      - name: here
        command: touch {{ dir }}/ran creates={{ dir }}/here
      - name: not here
        command: { cmd: "touch {{ dir }}/made", creates: "{{ dir }}/made" }
    `,
    tsplay: (dir) => [
      task('here', command({ cmd: `touch ${dir}/ran`, creates: `${dir}/here` })),
      task('not here', command({ cmd: `touch ${dir}/made`, creates: `${dir}/made` })),
    ],
  },
  {
    name: 'patterns in creates and removes stand for any path that matches (M16)',
    given: "touch 'a b.pem' .hidden.key",
    ansible: `
      - name: creates
        command: { cmd: "touch {{ dir }}/ran", creates: "{{ dir }}/*.pem" }
      - name: creates nothing
        command: { cmd: "touch {{ dir }}/x.crt", creates: "{{ dir }}/[a-z].crt" }
      - name: removes
        command: { argv: [rm, "{{ dir }}/a b.pem"], removes: "{{ dir }}/a?b.*" }
      - name: hidden names match no star
        command: { cmd: "touch {{ dir }}/hidden", removes: "{{ dir }}/*.key" }
    `,
    tsplay: (dir) => [
      task('creates', command({ cmd: `touch ${dir}/ran`, creates: `${dir}/*.pem` })),
      task('creates nothing', command({ cmd: `touch ${dir}/x.crt`, creates: `${dir}/[a-z].crt` })),
      task('removes', command({ cmd: ['rm', `${dir}/a b.pem`], removes: `${dir}/a?b.*` })),
      task('hidden names match no star', command({ cmd: `touch ${dir}/hidden`, removes: `${dir}/*.key` })),
    ],
  },
  {
    name: 'a command runs as long as what it removes is there (M16)',
    given: 'touch old; ln -s nowhere dangling',
    ansible: `
      - name: old
        command: { cmd: "rm {{ dir }}/old", removes: "{{ dir }}/old" }
      - name: never there
        command: { cmd: "touch {{ dir }}/ran", removes: "{{ dir }}/none" }
      - name: both
        command: { cmd: "touch {{ dir }}/both", removes: "{{ dir }}/none", creates: "{{ dir }}/none" }
    `,
    tsplay: (dir) => [
      task('old', command({ cmd: `rm ${dir}/old`, removes: `${dir}/old` })),
      task('never there', command({ cmd: `touch ${dir}/ran`, removes: `${dir}/none` })),
      task('both', command({ cmd: `touch ${dir}/both`, removes: `${dir}/none`, creates: `${dir}/none` })),
    ],
  },
  {
    name: 'each word of a list is one argument, and no shell reads it (M16)',
    ansible: `
      - name: words
        command:
          argv: [touch, "{{ dir }}/a b", "{{ dir }}/* ; id", "{{ dir }}/'quoted'", "{{ dir }}/ünï"]
    `,
    tsplay: (dir) => [
      task('words', command({ cmd: ['touch', `${dir}/a b`, `${dir}/* ; id`, `${dir}/'quoted'`, `${dir}/ünï`] })),
    ],
  },
  {
    name: 'a dollar sign in an argument is a dollar sign (M16)',
    ansible: `
      - name: dollar
        command: { argv: [touch, "{{ dir }}/$LOGNAME"] }
    `,
    tsplay: (dir) => [task('dollar', command({ cmd: ['touch', `${dir}/$LOGNAME`] }))],
    differs: {
      why: 'Ansible replaces variables of the environment in arguments, though no shell is asked for; here `shell` does that',
      theirs: ['dollar: changed'],
      ours: ['dollar: changed'],
    },
  },
  {
    name: 'a text is split at blanks outside of quotes (M16)',
    ansible: `
      - name: quotes
        command: touch "{{ dir }}/a b" '{{ dir }}/c  d' {{ dir }}/e\\ f {{ dir }}/"g"'h'
    `,
    tsplay: (dir) => [task('quotes', command({ cmd: `touch "${dir}/a b" '${dir}/c  d' ${dir}/e\\ f ${dir}/"g"'h'` }))],
  },
  {
    name: 'a command runs in chdir, and fails where that is missing (M16)',
    given: "mkdir 'in here'",
    ansible: `
      - name: inside
        command: { cmd: "touch x", chdir: "{{ dir }}/in here" }
      - name: missing
        command: { cmd: "touch {{ dir }}/ran", chdir: "{{ dir }}/none" }
      - name: behind
        command: touch {{ dir }}/behind
    `,
    tsplay: (dir) => [
      task('inside', command({ cmd: 'touch x', chdir: `${dir}/in here` })),
      task('missing', command({ cmd: `touch ${dir}/ran`, chdir: `${dir}/none` })),
      task('behind', command({ cmd: `touch ${dir}/behind` })),
    ],
    unforeseen: fails,
  },
  {
    name: 'the input ends with a newline, unless told otherwise (M16)',
    ansible: `
      - name: newline
        command: { cmd: "dd of={{ dir }}/newline", stdin: "a  b" }
      - name: none
        command: { cmd: "dd of={{ dir }}/none", stdin: "a'b\\"$HOME", stdin_add_newline: false }
    `,
    tsplay: (dir) => [
      task('newline', command({ cmd: `dd of=${dir}/newline`, stdin: 'a  b' })),
      task('none', command({ cmd: `dd of=${dir}/none`, stdin: `a'b"$HOME`, stdinAddNewline: false })),
    ],
  },
  {
    name: 'any exit code but 0 is a failure, unless the task says otherwise (M16)',
    ansible: `
      - name: tolerated
        command: "false"
        register: tolerated
        failed_when: tolerated.rc > 1
      - name: looked
        command: "true"
        changed_when: false
      - name: failed
        command: "false"
      - name: behind
        command: touch {{ dir }}/behind
    `,
    tsplay: (dir) => [
      task('tolerated', command({ cmd: 'false' }), { failedWhen: ({ code }) => code > 1 }),
      task('looked', command({ cmd: 'true' }), { changedWhen: false }),
      task('failed', command({ cmd: 'false' })),
      task('behind', command({ cmd: `touch ${dir}/behind` })),
    ],
    unforeseen: fails,
  },
  {
    name: 'what a command printed comes without the newlines at its end, unless told otherwise, and by lines (M16)',
    ansible: `
      - name: printed
        command: { argv: [printf, '\\n a\\n\\nb\\n\\n'] }
        register: printed
      - name: stripped
        copy: { content: "[{{ printed.stdout }}]", dest: "{{ dir }}/stripped" }
      - name: lines
        copy: { content: "{{ printed.stdout_lines | length }} {{ printed.stdout_lines | join('|') }}", dest: "{{ dir }}/lines" }
      - name: printed whole
        command: { argv: [printf, 'a\\n\\n'], strip_empty_ends: false }
        register: whole
      - name: whole
        copy: { content: "[{{ whole.stdout }}]", dest: "{{ dir }}/whole" }
    `,
    tsplay: (dir) => [
      task('printed', command({ cmd: ['printf', '\\n a\\n\\nb\\n\\n'] })).register(({ stdout, stdoutLines }) => [
        task('stripped', copy({ content: `[${stdout}]`, dest: `${dir}/stripped` })),
        task('lines', copy({ content: `${stdoutLines.length} ${stdoutLines.join('|')}`, dest: `${dir}/lines` })),
      ]),
      task('printed whole', command({ cmd: ['printf', 'a\\n\\n'], stripEmptyEnds: false })).register(({ stdout }) => [
        task('whole', copy({ content: `[${stdout}]`, dest: `${dir}/whole` })),
      ]),
    ],
    unforeseen: reads,
  },
  {
    name: 'what it wrote to standard error, and its code, are there as well (M16)',
    ansible: `
      - name: both
        shell: echo out; echo err >&2; exit 3
        register: both
        failed_when: both.rc != 3
      - name: told
        copy: { content: "{{ both.rc }} {{ both.stdout }} {{ both.stderr }} {{ both.stderr_lines | length }}", dest: "{{ dir }}/told" }
    `,
    tsplay: (dir) => [
      task('both', shell({ cmd: 'echo out; echo err >&2; exit 3' }), {
        failedWhen: ({ code }) => code !== 3,
      }).register(({ code, stdout, stderr, stderrLines }) => [
        task('told', copy({ content: `${code} ${stdout} ${stderr} ${stderrLines.length}`, dest: `${dir}/told` })),
      ]),
    ],
    unforeseen: reads,
  },
  {
    name: 'a shell has pipes, redirections, variables and wildcards (M16)',
    given: 'touch 1.log 2.log',
    ansible: `
      - name: piped
        shell: printf 'b\\na\\n' | sort > {{ dir }}/sorted && A='x  y'; echo "$A" >> {{ dir }}/sorted
      - name: wildcards
        shell: echo *.log > list
        args: { chdir: "{{ dir }}" }
    `,
    tsplay: (dir) => [
      task('piped', shell({ cmd: `printf 'b\\na\\n' | sort > ${dir}/sorted && A='x  y'; echo "$A" >> ${dir}/sorted` })),
      task('wildcards', shell({ cmd: 'echo *.log > list', chdir: dir })),
    ],
  },
  {
    name: 'another shell reads the script where it is named (M16)',
    ansible: `
      - name: bash
        shell: a=(x y z); echo "\${a[1]} $0" > {{ dir }}/bash
        args: { executable: /bin/bash }
      - name: sh
        shell: echo "$0" > {{ dir }}/sh
    `,
    tsplay: (dir) => [
      task('bash', shell({ cmd: `a=(x y z); echo "\${a[1]} $0" > ${dir}/bash`, executable: '/bin/bash' })),
      task('sh', shell({ cmd: `echo "$0" > ${dir}/sh` })),
    ],
  },
  {
    name: 'several lines are one script, with input and once only (M16)',
    ansible: `
      - name: lines
        shell:
          cmd: |
            while read -r line; do
              echo "<$line>" >> {{ dir }}/lines
            done
          stdin: "one\\ntwo"
          creates: "{{ dir }}/lines"
    `,
    tsplay: (dir) => [
      task(
        'lines',
        shell({
          cmd: `while read -r line; do\n  echo "<$line>" >> ${dir}/lines\ndone\n`,
          stdin: 'one\ntwo',
          creates: `${dir}/lines`,
        }),
      ),
    ],
  },
  {
    name: 'the last command of a script decides, and exit at once (M16)',
    ansible: `
      - name: the last
        shell: "false; touch {{ dir }}/last"
      - name: exit
        shell: "exit 4; touch {{ dir }}/never"
    `,
    tsplay: (dir) => [
      task('the last', shell({ cmd: `false; touch ${dir}/last` })),
      task('exit', shell({ cmd: `exit 4; touch ${dir}/never` })),
    ],
    unforeseen: fails,
  },
  {
    name: 'a script of the control side gets its arguments, and runs once where creates says so (M16)',
    sources: { 'running/say.sh': '#!/bin/sh\nout=$1; shift\nfor each; do echo "<$each>"; done > "$out"\n' },
    ansible: `
      - name: said
        script: running/say.sh {{ dir }}/said 'a b' c
        args: { creates: "{{ dir }}/said" }
    `,
    tsplay: (dir) => [
      task('said', script({ src: 'running/say.sh', args: [`${dir}/said`, 'a b', 'c'], creates: `${dir}/said` })),
    ],
    differs: {
      why: 'where its creates is there, Ansible calls a script skipped in the second run, and a command ok; here both are ok',
      theirs: ['said: changed'],
      ours: ['said: changed'],
      sameTree: true,
    },
  },
  {
    name: 'a script runs in chdir, by another program, and is gone afterwards (M16)',
    sources: {
      'running/perl.txt':
        'open F, ">", "perl"; print F "$] " ne "" ? "perl\\n" : ""; print F $0 =~ /perl.txt$/ ? 1 : 0',
    },
    ansible: `
      - name: by perl
        script: running/perl.txt
        args: { chdir: "{{ dir }}", executable: perl }
    `,
    tsplay: (dir) => [task('by perl', script({ src: 'running/perl.txt', chdir: dir, executable: 'perl' }))],
    shows: ['ls /tmp | grep -c perl.txt'],
  },
  {
    name: 'a script that fails is a failure (M16)',
    sources: { 'running/fails.sh': '#!/bin/bash\necho no >&2\nexit 9\n' },
    ansible: `
      - name: fails
        script: running/fails.sh
      - name: behind
        command: touch {{ dir }}/behind
    `,
    tsplay: (dir) => [
      task('fails', script({ src: 'running/fails.sh' })),
      task('behind', command({ cmd: `touch ${dir}/behind` })),
    ],
    unforeseen: fails,
  },
  {
    name: 'raw sends a text to the login shell (M16)',
    ansible: `
      - name: sent
        raw: cd {{ dir }} && A=b && echo "$A c" | tr b-c x-y > raw
      - name: bash
        raw: "a=(1 2); echo \${a[1]} > {{ dir }}/bash"
        args: { executable: /bin/bash }
      - name: failed
        raw: exit 3
    `,
    tsplay: (dir) => [
      task('sent', raw({ cmd: `cd ${dir} && A=b && echo "$A c" | tr b-c x-y > raw` })),
      task('bash', raw({ cmd: `a=(1 2); echo \${a[1]} > ${dir}/bash`, executable: '/bin/bash' })),
      task('failed', raw({ cmd: 'exit 3' })),
    ],
    unforeseen: fails,
  },
  {
    name: 'questions on a terminal are answered, one answer as often as it is asked for (M16)',
    given: `cat > asks <<'X'
#!/bin/sh
[ -t 0 ] || exit 9
printf 'Your name: '; read -r name
printf 'Password: '; read -r one
printf 'Again, PASSWORD: '; read -r two
echo "$name $one $two" > "$1"
X
chmod +x asks`,
    ansible: `
      - name: answered
        expect:
          command: "{{ dir }}/asks {{ dir }}/told"
          responses: { "name: $": "Ada L'ovelace", "(?i)password": "cor$rect" }
          creates: "{{ dir }}/told"
    `,
    tsplay: (dir) => [
      task(
        'answered',
        expect({
          cmd: `${dir}/asks ${dir}/told`,
          responses: { 'name: $': "Ada L'ovelace", '(?i)password': 'cor$rect' },
          creates: `${dir}/told`,
        }),
      ),
    ],
  },
  {
    name: 'answers of a list are given one after the other, and none is left in the end (M16)',
    given: `cat > asks <<'X'
#!/bin/sh
for n in 1 2 3; do printf 'Next? '; read -r a; echo "$a" >> "$1"; done
X
chmod +x asks`,
    ansible: `
      - name: enough
        expect:
          command: "{{ dir }}/asks {{ dir }}/enough"
          responses: { "Next\\\\?": [a, b, c] }
      - name: too few
        expect:
          command: "{{ dir }}/asks {{ dir }}/few"
          responses: { "Next\\\\?": [a, b] }
    `,
    tsplay: (dir) => [
      task('enough', expect({ cmd: `${dir}/asks ${dir}/enough`, responses: { 'Next\\?': ['a', 'b', 'c'] } })),
      task('too few', expect({ cmd: `${dir}/asks ${dir}/few`, responses: { 'Next\\?': ['a', 'b'] } })),
    ],
    unforeseen: fails,
  },
  {
    name: 'a question that has no answer is a failure in the end, and the code of what was run is told (M16)',
    ansible: `
      - name: a code
        expect: { command: "sh -c 'exit 5'", responses: { "never": "x" } }
        register: coded
        failed_when: coded.rc != 5
      - name: too long
        expect: { command: "sleep 30", responses: { "never": "x" }, timeout: 1 }
    `,
    tsplay: () => [
      task('a code', expect({ cmd: "sh -c 'exit 5'", responses: { never: 'x' } }), {
        failedWhen: ({ code }) => code !== 5,
      }),
      task('too long', expect({ cmd: 'sleep 30', responses: { never: 'x' }, timeout: 1 })),
    ],
    unforeseen: fails,
  },
  {
    name: 'what is already as it should be is not waited for (M17)',
    given: 'touch here; printf "a\\nstate: ready\\n" > log',
    ansible: `
      - name: a port
        wait_for: { port: 22, timeout: 5 }
      - name: a closed port
        wait_for: { port: 9, state: stopped, timeout: 5 }
      - name: a path
        wait_for: { path: "{{ dir }}/here", timeout: 5 }
      - name: no path
        wait_for: { path: "{{ dir }}/none", state: absent, timeout: 5 }
      - name: a line
        wait_for: { path: "{{ dir }}/log", search_regex: "^state: (ready|done)$", timeout: 5 }
      - name: a greeting
        wait_for: { port: 22, search_regex: "OpenSSH_\\\\d", timeout: 5 }
      - name: nobody connected
        wait_for: { port: 9, host: 0.0.0.0, state: drained, timeout: 5 }
    `,
    tsplay: (dir) => [
      task('a port', waitFor({ port: 22, timeout: 5 })),
      task('a closed port', waitFor({ port: 9, state: 'stopped', timeout: 5 })),
      task('a path', waitFor({ path: `${dir}/here`, timeout: 5 })),
      task('no path', waitFor({ path: `${dir}/none`, state: 'absent', timeout: 5 })),
      task('a line', waitFor({ path: `${dir}/log`, searchRegex: '^state: (ready|done)$', timeout: 5 })),
      task('a greeting', waitFor({ port: 22, searchRegex: 'OpenSSH_\\d', timeout: 5 })),
      task('nobody connected', waitFor({ port: 9, state: 'drained', timeout: 5 })),
    ],
  },
  {
    name: 'what is made meanwhile ends the waiting, which is no change (M17)',
    ansible: `
      - name: later
        shell: (sleep 1; echo ready > {{ dir }}/later) >/dev/null 2>&1 &
      - name: made
        wait_for: { path: "{{ dir }}/later", search_regex: ready, sleep: 1, timeout: 20 }
      - name: known
        command: { cmd: "touch {{ dir }}/ran", creates: "{{ dir }}/later" }
    `,
    tsplay: (dir) => [
      task('later', shell({ cmd: `(sleep 1; echo ready > ${dir}/later) >/dev/null 2>&1 &` })),
      task('made', waitFor({ path: `${dir}/later`, searchRegex: 'ready', interval: 1, timeout: 20 })),
      task('known', command({ cmd: `touch ${dir}/ran`, creates: `${dir}/later` })),
    ],
    unforeseen: waits,
  },
  {
    name: 'a port that stays closed is a failure when the time is over (M17)',
    ansible: `
      - name: too long
        wait_for: { port: 9, timeout: 1, sleep: 1, connect_timeout: 1, msg: nobody listens }
    `,
    tsplay: () => [
      task('too long', waitFor({ port: 9, timeout: 1, interval: 1, connectTimeout: 1, message: 'nobody listens' })),
    ],
    unforeseen: waits,
  },
  {
    name: 'a line that does not come, and a path that does not go, are failures in time (M17)',
    given: 'touch stays',
    ansible: `
      - name: no line
        wait_for: { path: "{{ dir }}/stays", search_regex: never, timeout: 1, sleep: 1 }
        ignore_errors: true
      - name: stays
        wait_for: { path: "{{ dir }}/stays", state: absent, timeout: 1, sleep: 1 }
    `,
    tsplay: (dir) => [
      task('no line', waitFor({ path: `${dir}/stays`, searchRegex: 'never', timeout: 1, interval: 1 }), {
        ignoreErrors: true,
      }),
      task('stays', waitFor({ path: `${dir}/stays`, state: 'absent', timeout: 1, interval: 1 })),
    ],
    unforeseen: waits,
  },
  {
    name: 'what an assertion holds for goes on, what it does not hold for has failed (M17)',
    ansible: `
      - name: holds
        assert: { that: [1 + 1 == 2, "'a' in 'abc'"], success_msg: fine }
      - name: does not
        assert: { that: 1 > 2, fail_msg: "too few" }
      - name: behind
        file: { path: "{{ dir }}/behind", state: touch }
    `,
    tsplay: (dir) => [
      task('holds', assert({ that: [1 + 1 === 2, 'abc'.includes('a')], successMessage: 'fine' })),
      task('does not', assert({ that: ['a', 'b'].length > 2, failMessage: 'too few' })),
      task('behind', file({ path: `${dir}/behind`, state: 'touch' })),
    ],
  },
  {
    name: 'fail fails, and nothing is done behind it (M17)',
    ansible: `
      - name: said
        debug: { msg: "about to fail" }
      - name: fails
        fail: { msg: "as it should" }
      - name: behind
        file: { path: "{{ dir }}/behind", state: touch }
    `,
    tsplay: (dir) => [
      task('said', debug({ message: 'about to fail' })),
      task('fails', fail({ message: 'as it should' })),
      task('behind', file({ path: `${dir}/behind`, state: 'touch' })),
    ],
  },
  {
    name: 'what is said to those who ask for more is not said to others (M17)',
    ansible: `
      - name: more
        debug: { msg: "more", verbosity: 2 }
    `,
    tsplay: () => [task('more', debug({ message: 'more', verbosity: 2 }))],
    differs: {
      why: 'a debug that says nothing has been done all the same; skipped is what a condition has left out',
      theirs: ['more: skipped'],
      ours: ['more: ok'],
      sameTree: true,
    },
  },
  {
    name: 'a pause is no change (M17)',
    ansible: `
      - name: a second
        pause: { seconds: 1 }
      - name: behind
        file: { path: "{{ dir }}/behind", state: directory }
    `,
    tsplay: (dir) => [task('a second', pause({ seconds: 1 })), task('behind', directory({ path: `${dir}/behind` }))],
    unforeseen: waits,
  },
]
