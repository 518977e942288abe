// Starts a shell text on a host, as the login user or another, and waits for its first word. Knows not what the text does.
import { randomBytes } from 'node:crypto'
import { TsplayError } from '../error.ts'
import { reveal } from '../secret.ts'
import { asksForPassword, becomeCommand, becomeFailure, wrongPassword } from './become.ts'
import type { Become } from './connection.ts'
import { type Channel, type Exit, failureOf, type Transport } from './transport.ts'

/** A program that has said its first word. */
export interface Started {
  readonly channel: Channel
  /** What followed the token on the line of the greeting. */
  readonly words: readonly string[]
  /** What the program was started with: a word of its command line that no other process has. */
  readonly token: string
  /** Round trips it took. */
  readonly trips: number
}

/**
 * Starts `program(token)`, which must print a line that begins with the token on both outputs. What comes before, such
 * as the output of a login shell's start-up files, is passed over.
 * @throws TsplayError kind `unreachable`, or `task` where the login user cannot become the other one.
 */
export async function start(
  transport: Transport,
  become: Become | undefined,
  program: (token: string) => string,
): Promise<Started> {
  const token = `tsplay-${randomBytes(8).toString('hex')}`
  const prompt = `[${token}] password:`
  const text = program(token)
  const channel = await transport.open(become ? becomeCommand(become, text, prompt) : ['/bin/sh', '-c', text, 'tsplay'])
  // A program that is gone breaks the pipe; `closed` tells that better than the error does.
  for (const stream of [channel.input, channel.output, channel.errors]) stream.on('error', () => {})
  const said = { output: '', errors: '' }
  let asked = false

  const greeted = new Promise<string[]>((resolve, reject) => {
    const listen = (stream: 'output' | 'errors') =>
      channel[stream].on('data', (chunk: Buffer) => {
        said[stream] = (said[stream] + chunk.toString('latin1')).slice(-65_536)
        if (stream === 'errors' && become && asksForPassword(become, said.errors, prompt)) {
          if (asked) return reject(wrongPassword(transport.name, become))
          asked = true
          said.errors = ''
          channel.input.write(`${reveal(become.password!)}\n`)
        }
        const words = wordsAfter(token, said.output)
        if (words && wordsAfter(token, said.errors)) resolve(words)
      })
    listen('output')
    listen('errors')
    channel.closed.then((exit) => reject(failureOf(transport) ?? refusal(transport, become, exit, said, asked)))
  })
  try {
    const words = await withPatience(greeted, transport, said)
    return { channel, words, token, trips: transport.openingTrips + (asked ? 1 : 0) }
  } catch (error) {
    channel.destroy()
    throw error
  } finally {
    channel.output.removeAllListeners('data')
    channel.errors.removeAllListeners('data')
  }
}

function wordsAfter(token: string, text: string): string[] | undefined {
  const at = text.indexOf(`${token} `)
  const end = at < 0 ? -1 : text.indexOf('\n', at)
  return end < 0
    ? undefined
    : text
        .slice(at + token.length, end)
        .trim()
        .split(/\s+/)
}

type Said = { output: string; errors: string }

async function withPatience<T>(promise: Promise<T>, transport: Transport, said: Said): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const last = lastLine(said)
      reject(
        new TsplayError(
          `${transport.name}: the shell did not answer within ${transport.patience} s${last ? `; the last it said was: ${last}` : ''}`,
          {
            kind: 'unreachable',
            hint: 'something on the host waits, perhaps for an answer: a start-up file of the login shell, or sudo',
          },
        ),
      )
    }, transport.patience * 1000)
  })
  try {
    return await Promise.race([promise, impatience])
  } finally {
    clearTimeout(timer)
  }
}

function refusal(
  { name, user }: Transport,
  become: Become | undefined,
  exit: Exit,
  said: Said,
  asked: boolean,
): TsplayError {
  if (become) return becomeFailure(name, become, exit, utf8(said.errors), asked)
  return new TsplayError(
    `${name}: no shell for '${user}': ${lastLine(said) || `it ended with code ${exit.code ?? 'unknown'}`}`,
    {
      kind: 'unreachable',
      hint: 'the user must be allowed to run commands with /bin/sh',
    },
  )
}

const lastLine = ({ output, errors }: Said): string =>
  utf8(errors.trim() || output.trim())
    .split('\n')
    .at(-1)!
    .slice(0, 300)

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString()
