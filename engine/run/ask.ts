// Questions to steps, and their output to answers. Coalesces: one step a kind, each question once.
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

/** Plans the fewest steps that ask all questions. */
export function asking(questions: readonly Question<unknown>[]): Asking {
  const batches = batchesOf(questions)
  return {
    steps: batches.map(({ kind, questions: asked }) => ({
      script: sh`export LC_ALL=C
${kind.script(asked.map((question) => question.key)) as Script}`,
    })),
    read(outputs) {
      const answers: AnswerMap = new Map()
      batches.forEach((batch, index) => {
        const output = outputs[index]
        if (output) readBatch(batch, output, answers)
      })
      return answers
    },
  }
}

function readBatch({ kind, questions }: Batch, output: StepOutput, answers: AnswerMap): void {
  const stderr = new TextDecoder().decode(output.stderr).trim()
  try {
    if (kind.name !== 'script' && output.code !== 0) throw new Error(stderr || `exit code ${output.code}`)
    const found = kind.parse(
      output.stdout,
      questions.map((question) => question.key),
      output.code,
    )
    questions.forEach((question, index) => {
      answers.set(question.id, found[index])
    })
  } catch (error) {
    // one bad apple spoils its batch: whoever reads one of these answers sees why
    const failure = new AskError(
      `${kind.name}: ${(error as Error).message}${stderr && !(error as Error).message.includes(stderr) ? ` (${stderr})` : ''}`,
    )
    for (const question of questions) answers.set(question.id, failure)
  }
}

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
