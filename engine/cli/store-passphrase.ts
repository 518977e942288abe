// The passphrase of the store, from the environment or a file. It has no flag of its own: arguments are shown by ps.
import { readFileSync, statSync } from 'node:fs'
import type { Command } from 'commander'
import { TsplayError } from '../error.ts'
import { secret } from '../secret.ts'
import { type Passphrase, passphraseOf } from '../secrets/passphrase.ts'
import { expandHome } from './target.ts'

const variable = 'TSPLAY_STORE_PASSPHRASE'

/**
 * Gives a command that uses the store its passphrase, as the flag `storePassphrase`. The variable is taken out of the
 * environment, whatever the command: no process that is started from now on inherits it.
 * @throws TsplayError for a key file that cannot be used, or where there is a passphrase besides it
 */
export function takeStorePassphrase(command: Command): void {
  const text = process.env[variable]
  delete process.env[variable]
  if (!command.options.some((option) => option.attributeName() === 'storeKey')) return
  const file = command.getOptionValue('storeKey') as string | undefined
  if (text !== undefined && file !== undefined)
    throw new TsplayError(`the store has a passphrase in ${variable}, and a key file: ${file}`, {
      hint: 'give one of them: which one opens it is not tried',
    })
  const given = file === undefined ? fromEnvironment(text) : fromFile(file)
  if (given) command.setOptionValueWithSource('storePassphrase', given, 'env')
}

function fromEnvironment(text: string | undefined): Passphrase | undefined {
  if (text === '')
    throw new TsplayError(`${variable} is empty`, {
      hint: 'unset it where the store is to be in the clear; in CI, look whether the secret is there',
    })
  return text === undefined ? undefined : passphraseOf(secret(text, variable), variable)
}

/** The file's text without the newline at its end. */
function fromFile(given: string): Passphrase {
  const file = expandHome(given)
  const fail = (message: string, hint: string): never => {
    throw new TsplayError(`the key file of the store ${message}`, { place: { file }, hint })
  }
  try {
    const stat = statSync(file)
    // a pipe is what a shell makes of <(pass show store)
    if (!stat.isFile() && !stat.isFIFO()) fail('is no file', 'name a file that holds the passphrase')
    if ((stat.mode & 0o077) !== 0)
      fail(
        'can be read by others than its owner',
        'chmod 600 it, and take another passphrase if others may have read it',
      )
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    if (text.trim() === '') fail('is empty', 'openssl rand -base64 32 makes a good one')
    if (text.includes('\ufffd')) fail('is no text', 'openssl rand -base64 32 makes a good one')
    return passphraseOf(secret(text, 'the key file of the store'), file)
  } catch (error) {
    if (error instanceof TsplayError) throw error
    return fail(`cannot be read: ${(error as Error).message}`, 'name it with --store-key, storeKey or TSPLAY_STORE_KEY')
  }
}
