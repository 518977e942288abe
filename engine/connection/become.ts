// How a program is started as another user: the command, its password prompt, and what its refusals mean. Starts nothing.
import { TsplayError } from '../error.ts'
import type { Become } from './connection.ts'
import type { Exit } from './transport.ts'

/** The command that runs a shell text as `become.user`; sudo asks for its password with `prompt`. */
export function becomeCommand(become: Become, text: string, prompt: string): string[] {
  if (/^-|[\s\0]|^$/.test(become.user)) throw new TsplayError(`become: '${become.user}' is no user name`)
  const shell = ['/bin/sh', '-c', `unset LC_ALL; ${text}`, 'tsplay']
  switch (become.method) {
    case 'sudo':
      return [
        ...english,
        'sudo',
        ...(become.password ? ['-S', '-p', prompt] : ['-n']),
        '-H',
        '-u',
        become.user,
        '--',
        ...shell,
      ]
    case 'su':
      // -s: system users have nologin for a shell.
      return [...english, 'su', '-s', '/bin/sh', become.user, '-c', shell[2]!]
    case 'doas':
      return [...english, 'doas', '-n', '-u', become.user, ...shell]
  }
}

/** Messages in one language, so that refusals can be told apart. The shell behind it takes the variable away again. */
const english = ['env', 'LC_ALL=C']

/** Whether the last thing on standard error is a question for the password. */
export function asksForPassword(become: Become, errors: string, prompt: string): boolean {
  if (!become.password) return false
  // su has no option for its prompt: a last line that ends in a colon and not in a newline.
  return become.method === 'su' ? /[^\n]*: ?$/.test(errors) : errors.endsWith(prompt)
}

/** What went wrong, in words, when the program ended before its first word. The kind is `task`: the host was reached. */
export function becomeFailure(name: string, become: Become, exit: Exit, errors: string, asked: boolean): TsplayError {
  const { method, user } = become
  const failure = (message: string, hint?: string) =>
    new TsplayError(`${name}: ${method}: ${message}`, { kind: 'task', hint })
  if (exit.code === 127 || /env: .*No such file/.test(errors)) {
    return failure(
      `it is not installed on the host`,
      `install it there, log in as ${user}, or choose another become method`,
    )
  }
  if (/unknown user|no such user|does not exist|no passwd entry/i.test(errors))
    return failure(`there is no user '${user}' on the host`)
  if (/not in the sudoers|not allowed|may not run|not permitted/i.test(errors)) {
    return failure(`the login user may not become '${user}'`, 'allow it on the host, in sudoers or its like')
  }
  if (asked || /incorrect password|try again|authentication failure/i.test(errors)) return wrongPassword(name, become)
  if (/password|authentication|authorization|terminal is required/i.test(errors)) {
    return failure(
      `a password is required to become '${user}'`,
      method === 'doas'
        ? 'doas takes no password from a program: permit `nopass`, or use sudo'
        : 'give the become password, with -K on the command line',
    )
  }
  const said = errors.trim().split('\n').at(-1) || `exit code ${exit.code ?? 'unknown'}`
  return failure(`could not become '${user}': ${said}`)
}

export const wrongPassword = (name: string, { method, user }: Become): TsplayError =>
  new TsplayError(`${name}: ${method}: wrong password for becoming '${user}'`, {
    kind: 'task',
    hint: method === 'su' ? `su wants the password of '${user}'` : 'sudo wants the password of the login user',
  })
