// users-sudo: accounts for people and services, and what they may do as root. Holds no password itself.
import { role, type Secret, task } from 'tsplay'
import { apt, authorizedKey, command, dnf, group, sudoers, user } from 'tsplay/modules'

/** An account. What is left out stays as it is, or is the host's choice for a new one. */
export interface Account {
  /** Name of the user. */
  name: string
  /** Full name or purpose. */
  comment?: string
  /** Home folder, an absolute path. */
  home?: string
  /** Default `/bin/bash`. */
  shell?: string
  /** Groups besides its own, to which it is added; they are made where they are missing. Default: none. */
  groups?: readonly string[]
  /** The password's crypt(3) hash; one that was changed since is kept. Default: no login by password. */
  password?: Secret
  /** Public ssh keys that let it in. Default: none. */
  keys?: readonly string[]
  /** Commands that it may run as root without a password; true: all. Default: none. */
  sudo?: true | readonly string[]
}

export interface UsersSudoParams {
  /** Family of the host's distribution. */
  family: 'debian' | 'redhat'
  /** In the order in which they are made. */
  accounts: readonly Account[]
}

/** Accounts exist and may do what is said; sudo never sees a rule that visudo has refused. */
export const usersSudo = role<UsersSudoParams>({
  name: 'users-sudo',
  tasks: ({ family, accounts }) => [
    accounts.some(({ sudo }) => sudo) &&
      task('sudo', family === 'debian' ? apt({ name: 'sudo' }) : dnf({ name: 'sudo' })),
    // a group and not a user: `useradd docker` fails where the package has made its group
    [...new Set(accounts.flatMap(({ groups = [] }) => groups))].map((name) =>
      task(`group ${name}`, group({ name, system: true })),
    ),
    accounts.map(accountTasks),
  ],
})

const accountTasks = ({ name, groups, password, keys = [], sudo, shell = '/bin/bash', ...rest }: Account) => [
  task(
    `account ${name}`,
    user({
      ...{ name, shell, ...rest },
      ...(groups && { groups: [...groups], append: true }),
      ...(password ? { password, updatePassword: 'on_create' as const } : { passwordLock: true }),
    }),
  ),
  keys.length > 0 && task(`keys of ${name}`, authorizedKey({ user: name, key: [...keys] })),
  sudo && [
    task(
      `what ${name} may do as root`,
      // sudo reads no file with a dot in its name
      sudoers({
        name: `90-${name.replaceAll('.', '_')}`,
        user: name,
        runas: 'ALL',
        commands: sudo === true ? 'ALL' : [...sudo],
      }),
    ),
    // the rule stands in a folder that the main file may not include any more
    task(`sudo knows ${name}`, command({ cmd: ['sudo', '-n', '-l', '-U', name] }), {
      changedWhen: false,
      failedWhen: ({ code, stdout }) => code !== 0 || !stdout.includes('NOPASSWD:'),
    }),
  ],
]
