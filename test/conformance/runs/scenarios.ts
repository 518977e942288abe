// Playbooks in both languages, which must go the same way on every host.
import { block, endBatch, endPlay, flushHandlers, handler, role, task, topic } from '../../../engine/index.ts'
import { command, copy, debug, directory, file, lineInFile, shell } from '../../../modules/index.ts'
import { folderOf, type Scenario } from './both.ts'

export const say = (name: string, options = {}) => task(name, debug({ message: 'x' }), options)
export const fails = (name: string, options = {}) => task(name, command({ cmd: 'false' }), options)
export const changes = (name: string, options = {}) => task(name, command({ cmd: 'true' }), options)
const noted = (name: string, options = {}) => handler(name, debug({ message: 'x' }), options)

const [a, b, c] = [noted('a'), noted('b'), noted('c')]
const web = topic('web')
const [one, two] = [noted('one', { listen: web }), noted('two', { listen: web })]
const chained = handler('chained', [changes('chained', { notify: c })])

const mine = role({ name: 'mine', handlers: [a], tasks: () => [changes('role task', { notify: a })] })

export const scenarios: Readonly<Record<string, Scenario>> = {
  'files, twice: the second run changes nothing (M01, M03, M04)': {
    times: 2,
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - name: folder
      file: { path: "{{ folder }}/d", state: directory, mode: "0750" }
    - name: copy
      copy: { content: "hello\\n", dest: "{{ folder }}/d/f", mode: "0640" }
    - name: line
      lineinfile: { path: "{{ folder }}/g", line: world, create: true, mode: "0644" }
    - name: gone
      file: { path: "{{ folder }}/none", state: absent }
`,
    plays: [
      {
        name: 'files',
        tasks: (context) => [
          task('folder', directory({ path: `${folderOf(context)}/d`, mode: '0750' })),
          task('copy', copy({ content: 'hello\n', dest: `${folderOf(context)}/d/f`, mode: '0640' })),
          task('line', lineInFile({ path: `${folderOf(context)}/g`, line: 'world', create: true, mode: '0644' })),
          task('gone', file({ path: `${folderOf(context)}/none`, state: 'absent' })),
        ],
      },
    ],
  },

  'handlers: order of definition, topics, handlers that notify handlers, nothing where nothing changed (A044, A046, A048)':
    {
      yaml: `
- hosts: all
  gather_facts: false
  handlers:
    - { name: a, debug: { msg: x } }
    - { name: chained, command: "true", notify: c }
    - { name: one, debug: { msg: x }, listen: web }
    - { name: b, debug: { msg: x } }
    - { name: two, debug: { msg: x }, listen: web }
    - { name: c, debug: { msg: x } }
  tasks:
    - { name: first, command: "true", notify: [b, a] }
    - { name: again, command: "true", notify: b }
    - { name: topic, command: "true", notify: web }
    - { name: chain, command: "true", notify: chained }
    - { name: unchanged, command: "true", changed_when: false, notify: c }
`,
      plays: [
        {
          name: 'handlers',
          handlers: [a, chained, one, b, two, c],
          tasks: () => [
            changes('first', { notify: [b, a] }),
            changes('again', { notify: b }),
            changes('topic', { notify: web }),
            changes('chain', { notify: chained }),
            changes('unchanged', { changedWhen: false, notify: c }),
          ],
        },
      ],
    },

  'pre-tasks, roles, tasks and post-tasks with flushes between them, and one in the middle (A003, A050)': {
    yaml: `
- hosts: all
  gather_facts: false
  handlers:
    - { name: a, debug: { msg: x } }
    - { name: b, debug: { msg: x } }
  pre_tasks:
    - { name: pre, command: "true", notify: a }
  tasks:
    - { name: main, command: "true", notify: [a, b] }
    - meta: flush_handlers
    - { name: more, command: "true", notify: b }
  post_tasks:
    - { name: post, command: "true", notify: a }
`,
    plays: [
      {
        name: 'parts',
        handlers: [a, b],
        preTasks: () => [changes('pre', { notify: a })],
        tasks: () => [changes('main', { notify: [a, b] }), flushHandlers(), changes('more', { notify: b })],
        postTasks: () => [changes('post', { notify: a })],
      },
    ],
  },

  'blocks: rescue, always, nesting, a failure in a rescue, what has failed (A041)': {
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - block:
        - { name: fails, command: "false", when: inventory_hostname == 'h1' }
        - { name: behind, debug: { msg: x } }
      rescue:
        - { name: "mend {{ ansible_failed_task.name }}", debug: { msg: x } }
      always:
        - { name: always, debug: { msg: x } }
    - block:
        - block:
            - { name: inner, debug: { msg: x } }
          always:
            - { name: inner always, debug: { msg: x } }
        - { name: outer fails, command: "false", when: inventory_hostname == 'h2' }
      rescue:
        - { name: rescue fails, command: "false" }
      always:
        - { name: outer always, debug: { msg: x } }
    - { name: last, debug: { msg: x } }
`,
    plays: [
      {
        name: 'blocks',
        tasks: ({ host: { name } }) => [
          block([fails('fails', { when: name === 'h1' }), say('behind')], {
            rescue: ({ task: failed }) => [say(`mend ${failed}`)],
            always: [say('always')],
          }),
          block(
            [block([say('inner')], { always: [say('inner always')] }), fails('outer fails', { when: name === 'h2' })],
            { rescue: [fails('rescue fails')], always: [say('outer always')] },
          ),
          say('last'),
        ],
      },
    ],
  },

  'results: ignored failures, failed_when, changed_when, until and retries (A026, A027, A028)': {
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: ignored, command: "false", ignore_errors: true }
    - { name: not failed, shell: exit 3, register: r, failed_when: r.rc > 3 }
    - { name: failed when, command: echo bad, register: r, failed_when: "'bad' in r.stdout", ignore_errors: true }
    - { name: changed when, command: echo x, register: r, changed_when: "'y' in r.stdout" }
    - { name: until, shell: "echo x >> {{ folder }}/n; wc -l < {{ folder }}/n", register: r, until: r.stdout | int >= 3, retries: 5, delay: 0 }
    - { name: exhausted, command: "false", register: r, until: r.rc == 0, retries: 1, delay: 0, when: inventory_hostname == 'h1' }
    - { name: last, debug: { msg: x } }
`,
    plays: [
      {
        name: 'results',
        tasks: (context) => [
          fails('ignored', { ignoreErrors: true }),
          task('not failed', shell({ cmd: 'exit 3' }), { failedWhen: ({ code }) => code > 3 }),
          task('failed when', command({ cmd: ['echo', 'bad'] }), {
            failedWhen: ({ stdout }) => stdout.includes('bad'),
            ignoreErrors: true,
          }),
          task('changed when', command({ cmd: ['echo', 'x'] }), { changedWhen: ({ stdout }) => stdout.includes('y') }),
          task('until', shell({ cmd: `echo x >> ${folderOf(context)}/n; wc -l < ${folderOf(context)}/n` }), {
            until: ({ stdout }) => Number(stdout) >= 3,
            retries: 5,
            delay: 0,
          }),
          fails('exhausted', {
            until: ({ code }: { code: number }) => code === 0,
            retries: 1,
            delay: 0,
            when: context.host.name === 'h1',
          }),
          say('last'),
        ],
      },
    ],
  },

  'serial: a batch that fails as a whole stops all that follows (A007, A008)': {
    yaml: `
- hosts: all
  gather_facts: false
  serial: [1, 2]
  tasks:
    - { name: begun, debug: { msg: x } }
    - { name: fails, command: "false", when: inventory_hostname != 'h1' }
    - { name: done, debug: { msg: x } }
- hosts: all
  gather_facts: false
  tasks:
    - { name: later, debug: { msg: x } }
`,
    plays: [
      {
        name: 'batches',
        serial: [1, 2],
        tasks: ({ host: { name } }) => [say('begun'), fails('fails', { when: name !== 'h1' }), say('done')],
      },
      { name: 'later', tasks: () => [say('later')] },
    ],
  },

  'max_fail_percentage: strictly more than the share, task by task (A009, A080)': {
    yaml: `
- hosts: all
  gather_facts: false
  max_fail_percentage: 30
  tasks:
    - { name: fails, command: "false", when: inventory_hostname == 'h2' }
    - { name: next, debug: { msg: x } }
- hosts: all
  gather_facts: false
  tasks:
    - { name: later, debug: { msg: x } }
`,
    plays: [
      {
        name: 'share',
        strategy: 'linear',
        maxFailPercentage: 30,
        tasks: ({ host: { name } }) => [fails('fails', { when: name === 'h2' }), say('next')],
      },
      { name: 'later', tasks: () => [say('later')] },
    ],
  },

  'max_fail_percentage: just the share is not too many (A009)': {
    yaml: `
- hosts: all
  gather_facts: false
  max_fail_percentage: 34
  tasks:
    - { name: fails, command: "false", when: inventory_hostname == 'h2' }
    - { name: next, debug: { msg: x } }
`,
    plays: [
      {
        name: 'share',
        maxFailPercentage: 34,
        tasks: ({ host: { name } }) => [fails('fails', { when: name === 'h2' }), say('next')],
      },
    ],
  },

  'any_errors_fatal: nobody begins another task, no later play runs (A010)': {
    yaml: `
- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - { name: rescued, block: [{ name: in the block, command: "false" }], rescue: [{ name: mended, debug: { msg: x } }] }
    - { name: fails, command: "false", when: inventory_hostname == 'h3' }
    - { name: next, debug: { msg: x } }
- hosts: all
  gather_facts: false
  tasks:
    - { name: later, debug: { msg: x } }
`,
    plays: [
      {
        name: 'fatal',
        strategy: 'linear',
        anyErrorsFatal: true,
        tasks: ({ host: { name } }) => [
          block([fails('in the block')], { rescue: [say('mended')] }),
          fails('fails', { when: name === 'h3' }),
          say('next'),
        ],
      },
      { name: 'later', tasks: () => [say('later')] },
    ],
  },

  'run_once: on the first host, and not on the others (A031)': {
    yaml: `
- hosts: all
  gather_facts: false
  serial: 2
  tasks:
    - { name: once, command: echo x, run_once: true, register: r }
    - { name: "said {{ r.stdout }}", debug: { msg: x } }
`,
    plays: [
      {
        name: 'once',
        serial: 2,
        tasks: () => [
          task('once', command({ cmd: ['echo', 'x'] }), { runOnce: true }).register(({ stdout }) => [
            say(`said ${stdout}`),
          ]),
        ],
      },
    ],
  },

  'a host that has failed is out of later plays (A084)': {
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: fails, command: "false", when: inventory_hostname == 'h1' }
- hosts: all
  gather_facts: false
  tasks:
    - { name: without h1, debug: { msg: x } }
`,
    plays: [
      { name: 'first', tasks: ({ host: { name } }) => [fails('fails', { when: name === 'h1' })] },
      { name: 'second', tasks: () => [say('without h1')] },
    ],
  },

  'end_batch and end_play (A051)': {
    yaml: `
- hosts: all
  gather_facts: false
  serial: 1
  tasks:
    - { name: begun, debug: { msg: x } }
    - meta: end_batch
      when: inventory_hostname == 'h1'
    - { name: not on h1, debug: { msg: x } }
    - meta: end_play
      when: inventory_hostname == 'h2'
    - { name: nowhere, debug: { msg: x } }
- hosts: all
  gather_facts: false
  tasks:
    - { name: later, debug: { msg: x } }
`,
    plays: [
      {
        name: 'ends',
        serial: 1,
        tasks: ({ host: { name } }) => [
          say('begun'),
          name === 'h1' && endBatch(),
          say('not on h1'),
          name === 'h2' && endPlay(),
          say('nowhere'),
        ],
      },
      { name: 'later', tasks: () => [say('later')] },
    ],
  },

  'delegate_to: the result stays with the host, whatever the other does (A030)': {
    times: 2,
    yaml: `
- hosts: all
  gather_facts: false
  serial: 1
  tasks:
    - name: there
      lineinfile: { path: "{{ hostvars.h1.folder }}/pool", line: "{{ inventory_hostname }}", create: true, mode: "0644" }
      delegate_to: h1
    - { name: here, command: "true", delegate_to: localhost }
    - { name: fails there, command: "false", delegate_to: h1, when: inventory_hostname == 'h2' }
    - { name: last, debug: { msg: x } }
`,
    plays: [
      {
        name: 'delegation',
        serial: 1,
        tasks: ({ host: { name }, hosts }) => [
          task(
            'there',
            lineInFile({
              path: `${(hosts[0]!.vars as { folder: string }).folder}/pool`,
              line: name,
              create: true,
              mode: '0644',
            }),
            { delegateTo: 'h1' },
          ),
          changes('here', { delegateTo: 'localhost' }),
          fails('fails there', { delegateTo: 'h1', when: name === 'h2' }),
          say('last'),
        ],
      },
    ],
  },

  'hosts that cannot be reached: out, not rescued, or passed over where that is ignored (A028, A043)': {
    unreachable: ['h2'],
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: ignored, command: "true", ignore_unreachable: true }
    - block:
        - { name: in the block, command: "true" }
      rescue:
        - { name: rescue, debug: { msg: x } }
    - { name: last, command: "true" }
`,
    plays: [
      {
        name: 'unreachable',
        tasks: () => [
          changes('ignored', { ignoreUnreachable: true }),
          block([changes('in the block')], { rescue: [say('rescue')] }),
          changes('last'),
        ],
      },
    ],
  },

  'handlers of a host that has failed run when they are forced (A014, A049)': {
    forceHandlers: true,
    yaml: `
- hosts: all
  gather_facts: false
  handlers:
    - { name: a, debug: { msg: x } }
  tasks:
    - { name: changed, command: "true", notify: a }
    - { name: fails, command: "false", when: inventory_hostname == 'h1' }
`,
    plays: [
      {
        name: 'forced',
        tasks: ({ host: { name } }) => [changes('changed', { notify: a }), fails('fails', { when: name === 'h1' })],
      },
    ],
  },

  'what the play says of forced handlers beats the command line (A014)': {
    forceHandlers: true,
    yaml: `
- hosts: all
  gather_facts: false
  force_handlers: false
  handlers:
    - { name: a, debug: { msg: x } }
  tasks:
    - { name: changed, command: "true", notify: a }
    - { name: fails, command: "false", when: inventory_hostname == 'h1' }
`,
    plays: [
      {
        name: 'forced',
        forceHandlers: false,
        tasks: ({ host: { name } }) => [changes('changed', { notify: a }), fails('fails', { when: name === 'h1' })],
      },
    ],
  },

  'tags: inherited, always, never, skipped; handlers run whatever is asked for (A038, A130, A131, A132)': {
    tags: ['web'],
    skipTags: ['slow'],
    yaml: `
- hosts: all
  gather_facts: false
  handlers:
    - { name: a, debug: { msg: x } }
  tasks:
    - { name: plain, debug: { msg: x } }
    - { name: own, command: "true", tags: web, notify: a }
    - block:
        - { name: inherited, debug: { msg: x } }
        - { name: slow, debug: { msg: x }, tags: slow }
      tags: [web]
    - { name: always, debug: { msg: x }, tags: always }
    - { name: never, debug: { msg: x }, tags: never }
    - { name: never but web, debug: { msg: x }, tags: [never, web] }
`,
    plays: [
      {
        name: 'tags',
        tasks: () => [
          say('plain'),
          changes('own', { tags: 'web', notify: a }),
          block([say('inherited'), say('slow', { tags: 'slow' })], { tags: ['web'] }),
          say('always', { tags: 'always' }),
          say('never', { tags: 'never' }),
          say('never but web', { tags: ['never', 'web'] }),
        ],
      },
    ],
  },

  'a check: what files would become, and a command that looks all the same (A033, A150)': {
    check: true,
    yaml: `
- hosts: all
  gather_facts: false
  handlers:
    - { name: a, debug: { msg: x } }
  tasks:
    - { name: folder, file: { path: "{{ folder }}/d", state: directory } , notify: a }
    - { name: looks, command: echo x, check_mode: false, changed_when: false, register: r }
    - { name: "saw {{ r.stdout }}", debug: { msg: x } }
`,
    plays: [
      {
        name: 'check',
        tasks: (context) => [
          task('folder', directory({ path: `${folderOf(context)}/d` }), { notify: a }),
          task('looks', command({ cmd: ['echo', 'x'] }), { check: false, changedWhen: false }).register(
            ({ stdout }) => [say(`saw ${stdout}`)],
          ),
        ],
      },
    ],
  },

  'a task that is never applied, in a real run (A033)': {
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: never applied, file: { path: "{{ folder }}/d", state: directory }, check_mode: true }
    - { name: still missing, file: { path: "{{ folder }}/d", state: directory } }
`,
    plays: [
      {
        name: 'never',
        tasks: (context) => [
          task('never applied', directory({ path: `${folderOf(context)}/d` }), { check: true }),
          task('still missing', directory({ path: `${folderOf(context)}/d` })),
        ],
      },
    ],
  },

  'roles: conditions, tags and handlers where they are called (A052, A053, A054)': {
    yaml: `
- hosts: all
  gather_facts: false
  handlers:
    - { name: a, debug: { msg: x } }
  tasks:
    - block:
        - { name: role task, command: "true", notify: a }
      when: inventory_hostname != 'h2'
    - { name: play task, command: "true", notify: a }
`,
    plays: [
      {
        name: 'roles',
        tasks: ({ host: { name } }) => [mine().with({ when: name !== 'h2' }), changes('play task', { notify: a })],
      },
    ],
  },

  'environment and become: the nearest wins (A016, A032)': {
    yaml: `
- hosts: h1
  gather_facts: false
  environment: { A: play, B: play }
  tasks:
    - { name: play, shell: 'test "$A $B" = "play play"', changed_when: false }
    - block:
        - { name: block, shell: 'test "$A $B" = "block play"', changed_when: false }
        - { name: task, shell: 'test "$A $B" = "block task"', changed_when: false, environment: { B: task } }
      environment: { A: block }
`,
    plays: [
      {
        name: 'environment',
        hosts: 'h1',
        environment: { A: 'play', B: 'play' },
        tasks: () => {
          const test = (name: string, wanted: string, options = {}) =>
            task(name, shell({ cmd: `test "$A $B" = "${wanted}"` }), { changedWhen: false, ...options })
          return [
            test('play', 'play play'),
            block([test('block', 'block play'), test('task', 'block task', { environment: { B: 'task' } })], {
              environment: { A: 'block' },
            }),
          ]
        },
      },
    ],
  },
}

/** Those that promise an order between hosts. */
export const ordered: Readonly<Record<string, Scenario>> = {
  'linear: no host begins a task before all have done the one before (A080)': {
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: one, shell: "[ {{ inventory_hostname }} = h2 ] || sleep 0.5" }
    - { name: two, debug: { msg: x } }
    - { name: three, debug: { msg: x } }
`,
    plays: [
      {
        name: 'linear',
        strategy: 'linear',
        tasks: ({ host: { name } }) => [
          task('one', shell({ cmd: `[ ${name} = h2 ] || sleep 0.5` })),
          say('two'),
          say('three'),
        ],
      },
    ],
  },
  'order: the last host first (A011)': {
    yaml: `
- hosts: all
  gather_facts: false
  serial: 1
  order: reverse_sorted
  tasks:
    - { name: one, debug: { msg: x } }
`,
    plays: [{ name: 'order', serial: 1, order: 'reverse_sorted', tasks: () => [say('one')] }],
  },
}
