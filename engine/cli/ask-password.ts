// Asks for a password on the terminal without showing it.
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { TsplayError } from '../error.ts'
import { type Secret, secret } from '../secret.ts'

/** @throws TsplayError where there is no terminal to ask on. */
export async function askPassword(prompt: string): Promise<Secret> {
  if (!process.stdin.isTTY) {
    throw new TsplayError(`cannot ask for the ${prompt}: standard input is no terminal`, {
      hint: 'give it in the inventory as a secret, or run tsplay in a terminal',
    })
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(`${prompt}: `)
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      lines.question('', resolve)
      lines.on('SIGINT', () => reject(new TsplayError('interrupted', { kind: 'interrupted' })))
    })
    return secret(answer, prompt)
  } finally {
    process.stderr.write('\n')
    lines.close()
  }
}
