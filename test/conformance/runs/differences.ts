// Where a run differs from Ansible's on purpose: why, and what each of them does with the same playbook.
import { clearHostErrors, endHost, handler, task } from '../../../engine/index.ts'
import { command, copy, debug, directory, lineInFile } from '../../../modules/index.ts'
import { folderOf, type Scenario } from './both.ts'
import { changes, fails, say } from './scenarios.ts'

/** A playbook, and what h1 (unless another is named) goes through. */
export interface OnPurpose extends Scenario {
  readonly why: string
  readonly host?: string
  readonly theirs: Told
  readonly ours: Told
}

interface Told {
  readonly exit: number
  /** Of the last run. */
  readonly tasks: readonly string[]
}

const restart = handler('restart', debug({ message: 'x' }))

export const differences: Readonly<Record<string, OnPurpose>> = {
  'runOnce takes the first host whose condition holds (A031, X17)': {
    why: 'a task that is to run once is to run',
    host: 'h2',
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: once, command: "true", run_once: true, when: inventory_hostname != 'h1' }
`,
    plays: [{ name: 'once', tasks: ({ host: { name } }) => [changes('once', { runOnce: true, when: name !== 'h1' })] }],
    theirs: { exit: 0, tasks: [] },
    ours: { exit: 0, tasks: ['once: changed'] },
  },

  'a host that ends early has its handlers run (A051)': {
    why: 'its configuration has changed, and the next run will not notice',
    yaml: `
- hosts: all
  gather_facts: false
  handlers: [{ name: restart, debug: { msg: x } }]
  tasks:
    - { name: config, command: "true", notify: restart }
    - meta: end_host
`,
    plays: [{ name: 'early', tasks: () => [changes('config', { notify: restart }), endHost()] }],
    theirs: { exit: 0, tasks: ['config: changed'] },
    ours: { exit: 0, tasks: ['config: changed', 'restart: ok'] },
  },

  'a handler that a failure has kept from running runs in the next run (A049, X05)': {
    why: 'otherwise the service goes on with the old configuration for ever',
    times: 2,
    yaml: `
- hosts: all
  gather_facts: false
  handlers: [{ name: restart, debug: { msg: x } }]
  tasks:
    - { name: config, copy: { content: x, dest: "{{ folder }}/config" }, notify: restart }
    - { name: fails the first time, shell: "[ -e {{ folder }}/again ] || { touch {{ folder }}/again; false; }", changed_when: false }
`,
    plays: [
      {
        name: 'left',
        tasks: (context) => [
          task('config', copy({ content: 'x', dest: `${folderOf(context)}/config` }), { notify: restart }),
          task(
            'fails the first time',
            command({
              cmd: ['sh', '-c', `[ -e ${folderOf(context)}/again ] || { touch ${folderOf(context)}/again; false; }`],
            }),
            { changedWhen: false },
          ),
        ],
      },
    ],
    theirs: { exit: 0, tasks: ['config: ok', 'fails the first time: ok'] },
    ours: { exit: 0, tasks: ['config: ok', 'fails the first time: ok', 'restart: ok'] },
  },

  'a host that cannot be reached is fatal for all as a failure is, and stays one that cannot be reached (A010, A085)': {
    why: 'exit 4 says that nothing has failed: the others were stopped',
    unreachable: ['h2'],
    yaml: `
- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - { name: one, command: "true" }
    - { name: two, command: "true" }
`,
    plays: [{ name: 'fatal', strategy: 'linear', anyErrorsFatal: true, tasks: () => [changes('one'), changes('two')] }],
    theirs: { exit: 2, tasks: ['one: changed'] },
    ours: { exit: 4, tasks: ['one: changed'] },
  },

  'a failure that was cleared is a failure all the same (A051, A085)': {
    why: 'the exit code says what has happened; the host does take part again',
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: fails, command: "false", when: inventory_hostname == 'h1' }
- hosts: all
  gather_facts: false
  tasks:
    - { name: without h1, debug: { msg: x } }
    - meta: clear_host_errors
- hosts: all
  gather_facts: false
  tasks:
    - { name: with h1, debug: { msg: x } }
`,
    plays: [
      { name: 'first', tasks: ({ host: { name } }) => [fails('fails', { when: name === 'h1' })] },
      { name: 'second', tasks: () => [say('without h1'), clearHostErrors()] },
      { name: 'third', tasks: () => [say('with h1')] },
    ],
    theirs: { exit: 0, tasks: ['fails: failed', 'with h1: ok'] },
    ours: { exit: 2, tasks: ['fails: failed', 'with h1: ok'] },
  },

  'a check predicts what an earlier task would have created (A150, X04)': {
    why: 'a check that fails on what the run would have made is of no use',
    check: true,
    yaml: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: folder, file: { path: "{{ folder }}/d", state: directory } }
    - { name: file, copy: { content: x, dest: "{{ folder }}/d/f" } }
    - { name: line, lineinfile: { path: "{{ folder }}/d/f", line: y } }
`,
    plays: [
      {
        name: 'check',
        tasks: (context) => [
          task('folder', directory({ path: `${folderOf(context)}/d` })),
          task('file', copy({ content: 'x', dest: `${folderOf(context)}/d/f` })),
          task('line', lineInFile({ path: `${folderOf(context)}/d/f`, line: 'y' })),
        ],
      },
    ],
    theirs: { exit: 2, tasks: ['folder: changed', 'file: changed', 'line: failed'] },
    ours: { exit: 0, tasks: ['folder: changed', 'file: changed', 'line: changed'] },
  },
}
