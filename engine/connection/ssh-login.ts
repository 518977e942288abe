// The ways to log in to an ssh server, in the order they are tried: keys, agent, password. Opens no connection.
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type AnyAuthMethod } from 'ssh2'
import { TsplayError } from '../error.ts'
import { reveal } from '../secret.ts'
import type { Target } from './connection.ts'

/** One way to log in, and what to call it when it was of no use. */
export interface Login {
  readonly label: string
  readonly method: AnyAuthMethod
}

/** Ways to log in, and why others were left out. */
export interface Logins {
  readonly logins: readonly Login[]
  readonly leftOut: readonly string[]
}

/**
 * What the target's user can be proven with. Key files that were named must be usable; of ~/.ssh/id_* those are taken
 * that are.
 * @throws TsplayError where a named key file is missing, unreadable, encrypted or no key.
 */
export async function loginsFor(target: Target): Promise<Logins> {
  const logins: Login[] = []
  const leftOut: string[] = []
  if (target.privateKeys.length > 0) {
    for (const path of target.privateKeys) logins.push(keyLogin(target, path, await readKey(target, path)))
  } else {
    const agent = process.env.SSH_AUTH_SOCK
    if (agent) logins.push({ label: 'keys of the agent', method: { type: 'agent', username: target.user, agent } })
    else leftOut.push('no agent (SSH_AUTH_SOCK is not set)')
    for (const file of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
      const path = join(homedir(), '.ssh', file)
      try {
        logins.push(keyLogin(target, path, await readKey(target, path)))
      } catch (error) {
        if (!(error instanceof TsplayError)) throw error
        if ((error.cause as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT') leftOut.push(error.message)
      }
    }
  }
  if (target.password) {
    logins.push(...passwordLogins(target.user, reveal(target.password)))
  }
  return { logins, leftOut }
}

const keyLogin = (target: Target, path: string, key: Buffer): Login => ({
  label: `key ${path}`,
  method: { type: 'publickey', username: target.user, key },
})

function passwordLogins(username: string, password: string): Login[] {
  let asked = false
  return [
    { label: 'password', method: { type: 'password', username, password } },
    {
      label: 'password (keyboard-interactive)',
      method: {
        type: 'keyboard-interactive',
        username,
        // A second question means that the first answer was wrong; the same answer again would only lock the account.
        prompt: (_name, _instructions, _language, prompts, finish) => {
          finish(asked ? [] : prompts.map(() => password))
          asked ||= prompts.length > 0
        },
      },
    },
  ]
}

async function readKey({ name }: Target, path: string): Promise<Buffer> {
  const fail = (problem: string, hint?: string, cause?: unknown) =>
    new TsplayError(`${name}: private key ${path} ${problem}`, { kind: 'unreachable', hint, cause })
  let data: Buffer
  try {
    data = await readFile(path)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw fail('does not exist', 'check the path in the inventory or on the command line', cause)
    if (code === 'EACCES')
      throw fail('cannot be read: permission denied', 'it must be readable by the user who runs tsplay', cause)
    throw fail(`cannot be read: ${message}`, undefined, cause)
  }
  const parsed = ssh2.utils.parseKey(data)
  if (parsed instanceof Error) {
    if (/encrypted/i.test(parsed.message)) {
      throw fail(
        'is encrypted',
        'add it to an ssh agent with ssh-add and name no key file, or use a key without a passphrase',
      )
    }
    throw fail(`is not a private key that can be used: ${parsed.message}`)
  }
  if (!(Array.isArray(parsed) ? parsed[0]! : parsed).isPrivateKey())
    throw fail('holds a public key', 'name the file without .pub')
  return data
}
