// Predictions for a module's own scripts, which the builders of `will` know nothing of.
import type { Prediction } from '../../engine/prediction.ts'
import type { Probe } from '../../engine/probe.ts'
import type { Question } from '../../engine/question/question.ts'
import { type Script, showScript } from '../../engine/script.ts'

/** Every question of `probe` will be answered with `answer`. */
export function willAnswer(probe: Probe<unknown>, answer: unknown): Prediction {
  const ids = new Set(probe.questions.map((question) => question.id))
  return { answer: (question, before) => (ids.has(question.id) ? answer : before) }
}

/** Whether a module asks with a script that begins so. */
export const asksWith = ({ kind, key }: Question<unknown>, beginning: string): boolean =>
  kind.name === 'script' && showScript((key as { script: Script }).script).startsWith(beginning)
