// A step as the bytes that a resident shell expects. Pure, but for the contents that it streams.
import { createHash } from 'node:crypto'
import type { Content } from '../content.ts'
import { TsplayError } from '../error.ts'
import { quote, toWire } from '../script.ts'
import { longestScriptReadByLine } from './bootstrap.ts'
import type { Step } from './connection.ts'

/** A step, ready to be sent: header and script, then each content with its end. */
export interface Frame {
  readonly head: Buffer
  readonly contents: readonly Content[]
  /** What follows each content, and once more all of them: proof that everything came and was read. */
  readonly trailer: Buffer
}

/** Where a step stands in the session. */
export interface FramePlace {
  readonly nonce: string
  readonly id: number
  readonly bundle: number
  readonly stopOnFailure: boolean
}

/** @throws TsplayError where the name of an environment variable is none; TypeError where a script has a NUL. */
export function frameOf(step: Step, { nonce, id, bundle, stopOnFailure }: FramePlace): Frame {
  const { text, contents } = toWire(step.script)
  const script = `${exports(step.environment)}${text}\n#${nonce}`
  if (script.includes('\0')) throw new TypeError('a script cannot contain a NUL character')
  const bytes = Buffer.byteLength(script)
  const byLine = bytes <= longestScriptReadByLine
  const trailer = Buffer.from(`${nonce}\n`)
  const contentBytes = contents.reduce((sum, content) => sum + content.size + trailer.length, 0)
  const header = [nonce, id, bundle, stopOnFailure ? 1 : 0, byLine ? 0 : bytes, contentBytes].join(' ')
  return { head: Buffer.from(`${header}\n${script}${byLine ? '\n' : ''}`), contents, trailer }
}

/**
 * The bytes of a content, checked while they pass: the last chunk is followed by the trailer only where size and digest
 * are what was promised.
 * @throws TsplayError where they are not, or the source cannot be read.
 */
export async function* contentBytes(content: Content, trailer: Uint8Array): AsyncIterable<Uint8Array> {
  const hash = content.bytes || content.vouched ? undefined : createHash('sha256')
  let size = 0
  try {
    for await (const chunk of content.stream()) {
      size += chunk.length
      if (size > content.size) break
      hash?.update(chunk)
      yield chunk
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TsplayError(`a content of ${content.size} bytes could not be read: ${reason}`, { kind: 'task', cause })
  }
  if (size !== content.size || (hash && hash.digest('hex') !== content.sha256)) {
    throw new TsplayError(
      size === content.size
        ? `a content of ${size} bytes changed while it was sent`
        : `a content of ${content.size} bytes changed while it was sent: ${size > content.size ? 'it is longer now' : `it ended after ${size} bytes`}`,
      { kind: 'task', hint: 'something writes to the source file; run again when it is complete' },
    )
  }
  yield trailer
}

function exports(environment: Readonly<Record<string, string>> = {}): string {
  const assignments = Object.entries(environment).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new TsplayError(`'${name}' is no name for an environment variable`, { kind: 'task' })
    return `${name}=${quote(value)}`
  })
  // On the script's own first line, so that line numbers in the shell's messages stay right.
  return assignments.length === 0 ? '' : `export ${assignments.join(' ')}; `
}
