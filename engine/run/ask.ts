// Questions to steps, and their output to answers. Coalesces: one script a kind, one step for all kinds, each question once.
import { randomBytes } from 'node:crypto'
import type { Step, StepOutput } from '../connection/connection.ts'
import type { Question, QuestionKind } from '../question/question.ts'
import { type Script, sh } from '../script.ts'

/** Answers by question id. An answer that could not be had is an AskError, thrown by whoever reads it. */
export type AnswerMap = Map<string, unknown>

/** A question that the host could not answer: no permission, a missing tool, output that makes no sense. */
export class AskError extends Error {
  override readonly name = 'AskError'
}

/** Questions that travel together. */
export interface Asking {
  readonly steps: readonly Step[]
  /** The answers, given what the steps printed. Steps that were not run leave their questions without an answer. */
  read(outputs: readonly (StepOutput | undefined)[]): AnswerMap
}

interface Batch {
  readonly kind: QuestionKind<unknown, unknown>
  readonly questions: readonly Question<unknown>[]
}

/**
 * Plans the fewest steps that ask all questions. What one question costs a host is mostly the reading of its step, so the
 * kinds of the contract travel in one. A module's own script is asked apart: a mistake in it is its own.
 */
export function asking(questions: readonly Question<unknown>[]): Asking {
  const batches = batchesOf(questions)
  const together = batches.filter(({ kind }) => kind.name !== 'script')
  const apart = batches.filter(({ kind }) => kind.name === 'script')
  // nothing that a file of the host holds can be taken for the end of an answer
  const mark = randomBytes(12).toString('hex')
  return {
    steps: [
      ...(together.length > 0 ? [{ script: joined(together, mark) }] : []),
      ...apart.map((batch) => ({
        script: sh`export LC_ALL=C
${scriptOf(batch)}`,
      })),
    ],
    read(outputs) {
      const answers: AnswerMap = new Map()
      const [first, ...rest] = together.length > 0 ? outputs : [undefined, ...outputs]
      const parts = first && split(first, mark)
      for (const [index, batch] of together.entries()) {
        const part = parts?.[index]
        if (part) readBatch(batch, part, answers)
        else if (first) failBatch(batch, `exit code ${first.code}`, decode(first.stderr), answers)
      }
      for (const [index, batch] of apart.entries()) {
        const output = rest[index]
        if (output) readBatch(batch, { ...output, stderr: decode(output.stderr) }, answers)
      }
      return answers
    },
  }
}

const scriptOf = ({ kind, questions }: Batch): Script => kind.script(questions.map(({ key }) => key))

/** Each in a subshell, as it may set and leave what it likes. A mark ends each on both outputs. */
const joined = (batches: readonly Batch[], mark: string): Script => sh`export LC_ALL=C
_end() { printf '\n%s %s\n' ${mark} $1; printf '\n%s\n' ${mark} >&2; }
${sh.join(
  batches.map(
    (batch) => sh`(
${scriptOf(batch)}
)
_end $?`,
  ),
)}`

/** What one batch has printed. */
interface Part {
  readonly code: number
  readonly stdout: Uint8Array
  readonly stderr: string
}

function split({ stdout, stderr }: StepOutput, mark: string): Part[] {
  const errors = decode(stderr).split(`\n${mark}\n`)
  const bytes = Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength)
  const parts: Part[] = []
  let offset = 0
  for (;;) {
    const at = bytes.indexOf(`\n${mark} `, offset)
    if (at < 0) return parts
    const end = bytes.indexOf('\n', at + 1)
    const code = Number(bytes.subarray(at + mark.length + 2, end).toString())
    parts.push({ code, stdout: stdout.subarray(offset, at), stderr: errors[parts.length] ?? '' })
    offset = end + 1
  }
}

function readBatch(batch: Batch, { code, stdout, stderr }: Part, answers: AnswerMap): void {
  const { kind, questions } = batch
  try {
    if (kind.name !== 'script' && code !== 0) throw new Error(stderr.trim() || `exit code ${code}`)
    const found = kind.parse(
      stdout,
      questions.map((question) => question.key),
      code,
    )
    questions.forEach((question, index) => {
      answers.set(question.id, found[index])
    })
  } catch (error) {
    failBatch(batch, (error as Error).message, stderr, answers)
  }
}

/** One bad apple spoils its batch: whoever reads one of these answers sees why. */
function failBatch({ kind, questions }: Batch, message: string, stderr: string, answers: AnswerMap): void {
  const said = stderr.trim()
  const failure = new AskError(`${kind.name}: ${message}${said && !message.includes(said) ? ` (${said})` : ''}`)
  for (const question of questions) answers.set(question.id, failure)
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Longer argument lists would not fit into one process's arguments on every system. */
const batchBytes = 96 * 1024

function batchesOf(questions: readonly Question<unknown>[]): Batch[] {
  const byKind = new Map<string, Batch[]>()
  const seen = new Set<string>()
  for (const question of questions) {
    if (seen.has(question.id)) continue
    seen.add(question.id)
    const batches = byKind.get(question.kind.name) ?? []
    byKind.set(question.kind.name, batches)
    const last = batches.at(-1)
    const size = last ? last.questions.reduce((sum, each) => sum + each.id.length, 0) : 0
    if (last && question.kind.name !== 'script' && size + question.id.length < batchBytes)
      (last.questions as Question<unknown>[]).push(question)
    else batches.push({ kind: question.kind as unknown as QuestionKind<unknown, unknown>, questions: [question] })
  }
  return [...byKind.values()].flat()
}
