// Modules of Ansible's that we do not have: why, and what does the same.
import type { Refusal } from './translation.ts'

const command = (text: string): string => `-m command -a '${text}'`
const shell = (text: string): string => `-m shell -a '${text}'`

const playbook: Refusal = {
  why: 'belongs to a playbook',
  instead: "a playbook's tasks are a function of the host and its variables: tsplay run",
}

const facts: Refusal = { why: 'is a command here', instead: 'tsplay facts PATTERN -i INVENTORY' }

const other = (why: string, instead: string): Refusal => ({ why, instead })

/** By name without collection. A module of ours that is called so goes first. */
export const refusedModules: Readonly<Record<string, Refusal>> = {
  ...Object.fromEntries(
    [
      'add_host',
      'group_by',
      'import_playbook',
      'import_role',
      'import_tasks',
      'include',
      'include_role',
      'include_tasks',
      'include_vars',
      'meta',
      'set_fact',
      'set_stats',
      'validate_argument_spec',
    ].map((name) => [name, playbook]),
  ),
  package_facts: facts,
  subversion: other('has no module of its own', command('svn checkout URL DEST creates=DEST')),
  at: other('has no module of its own', shell('echo COMMAND | at TIME')),
  ufw: other('has no module of its own', command('ufw allow PORT/tcp')),
  alternatives: other('has no module of its own', command('update-alternatives --set NAME PATH')),
  async_status: other('nothing is left running behind', `${shell('systemd-run COMMAND')} starts what shall stay`),
}
