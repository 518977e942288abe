// A dry run's world: the host's answers with the planned changes laid over them.
import type { Prediction } from '../prediction.ts'
import type { Question } from '../question/question.ts'

/** Planned changes of one host, in order. */
export interface Overlay {
  add(task: string, predictions: readonly Prediction[]): void
  /** The answer as it will be once everything planned is done. */
  answer<T>(question: Question<T>, before: T): T
  /** The last planned task whose effects cannot be told in full; undefined where there is none. */
  readonly opaque: string | undefined
}

export function overlay(): Overlay {
  const planned: Prediction[] = []
  let opaque: string | undefined
  return {
    add(task, predictions) {
      planned.push(...predictions)
      if (predictions.some((prediction) => prediction.opaque)) opaque = task
    },
    answer: (question, before) =>
      planned.reduce<unknown>((answer, prediction) => prediction.answer(question, answer), before) as typeof before,
    get opaque() {
      return opaque
    },
  }
}
