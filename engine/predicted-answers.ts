// Planned changes as they alter answers, by kind of question. What the kinds are, it does not know.
import type { Question } from './question/question.ts'

/** One planned change, as it alters answers. */
export interface Prediction {
  /** The answer once the change is made, given the one before it. */
  answer(question: Question<unknown>, before: unknown): unknown
  /** True where more may change than can be told (a package's files, whatever a command does). */
  readonly opaque?: boolean
}

/** Of one kind: answers to the questions whose key matches are updated, all others stay. */
export const answerTo = (
  kind: string,
  matches: (key: never) => boolean,
  update: (before: never, key: never) => unknown,
): Prediction => ({
  answer: (question, before) =>
    question.kind.name === kind && matches(question.key as never)
      ? update(before as never, question.key as never)
      : before,
})

/** Several as one, each on the answer of the one before. */
export const together = (...predictions: Prediction[]): Prediction => ({
  answer: (question, before) => predictions.reduce((answer, prediction) => prediction.answer(question, answer), before),
  opaque: predictions.some((prediction) => prediction.opaque),
})
