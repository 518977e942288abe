// The laws that every module keeps, checked without a host on every example of its table.
import { expect } from 'vitest'
import { changeOf, differences } from '../../engine/difference.ts'
import type { AnyModule } from '../../engine/module.ts'
import type { Answers } from '../../engine/probe.ts'
import type { Question } from '../../engine/question/question.ts'
import { isSecret } from '../../engine/secret.ts'

/** The state that a change leads to: what is, with what is wished for laid over it. */
export function moved(actual: unknown, desired: unknown): unknown {
  if (desired === undefined) return actual
  if (!isRecord(desired)) return desired
  const before = isRecord(actual) ? actual : {}
  return {
    ...before,
    ...Object.fromEntries(Object.entries(desired).map(([key, value]) => [key, moved(before[key], value)])),
  }
}

/** After moving `actual` to what the module wishes for, nothing is left to do. */
export function expectSettles(module: AnyModule, input: unknown, actual: unknown): void {
  const desired = module.desired(input, actual)
  const after = moved(actual, desired) as object | null
  expect(differences(after, module.desired(input, after))).toEqual([])
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !isSecret(value) &&
  Object.getPrototypeOf(value) === Object.prototype &&
  (value as { kind?: string }).kind !== 'content'

/** What a dry run foretells is enough: with the module's predictions laid over the host's answers, nothing is left to do. */
export function expectPredicts(module: AnyModule, input: unknown, answers: Answers): void {
  const actual = module.probe(input).read(answers) as object | null
  const predictions = module.predict?.(input, changeOf(actual, module.desired(input, actual))) ?? []
  const after = module.probe(input).read(<T>(question: Question<T>): T => {
    const before: unknown = answers(question)
    return predictions.reduce((answer, prediction) => prediction.answer(question, answer), before) as T
  }) as object | null
  expect(differences(after, module.desired(input, after))).toEqual([])
}
