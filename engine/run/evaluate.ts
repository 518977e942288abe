// One task against what is known of its host: nothing to do, something to do, or a question first. Does no I/O.
import { changeOf, type Difference, differences, exactDifference, type Telling } from '../difference.ts'
import { type Away, type Change, type Hold, type Output, TaskFailure } from '../module.ts'
import { type Prediction, will } from '../prediction.ts'
import type { Question } from '../question/question.ts'
import type { Script } from '../script.ts'
import { AskError } from './ask.ts'
import type { TaskNode } from './nodes.ts'
import type { Overlay } from './overlay.ts'

/** A task whose probe has been answered. */
export type Verdict =
  | { readonly kind: 'same'; readonly result: object }
  | {
      readonly kind: 'differs'
      readonly diff: readonly Difference[]
      readonly change: Change<object | null>
      readonly script: () => Script
      /** Set where the host is away meanwhile. */
      readonly away?: Away
      /** Set where the control side waits, and nothing is sent. */
      readonly hold?: Hold
      readonly predictions: () => readonly Prediction[]
      /** The module's result; without output for what a dry run does not run. */
      readonly result: (output?: Output) => object
      /** Only the run can tell the result. */
      readonly unforeseen?: boolean
      /** See {@link exactDifference}; of what always runs, its params. */
      readonly exact: () => string | undefined
      /** In a dry run: why it cannot be told for certain. */
      readonly note?: string
    }
  | {
      readonly kind: 'failed'
      readonly message: string
      readonly hint?: string
      /** What it would have changed, where that is why. */
      readonly diff?: readonly Difference[]
    }

/** A task ready to be judged: its input prepared and its questions known. */
export interface Ready {
  readonly node: TaskNode
  readonly input: unknown
  readonly questions: readonly Question<unknown>[]
}

/** Judges a task. `answers` gives every question's answer; `planned` is there in a dry run. */
export function evaluate(
  { node, input, questions }: Ready,
  answers: (question: Question<unknown>) => unknown,
  planned?: Overlay,
  telling?: Telling,
): Verdict {
  const { module, params } = node.action
  try {
    const actual = module.probe(input).read(<T>(question: Question<T>): T => {
      const answer = answers(question)
      if (answer instanceof AskError) throw answer
      return (planned ? planned.answer(question, answer) : answer) as T
    })
    const desired = module.desired(input, actual)
    const diff = differences(actual, desired, module.subject?.(params) ?? '', telling)
    const result = (output?: Output): object => module.result?.(input, actual, output) ?? {}
    if (diff.length === 0) return { kind: 'same', result: result() }
    const change: Change<object | null> = changeOf(actual, desired)
    return {
      kind: 'differs',
      // what runs has no state to compare: that it runs is all there is to say
      diff: module.runs ? [] : diff,
      change,
      script: () => module.apply(input, change),
      ...(module.away && { away: module.away(input, change) }),
      ...(module.holds && { hold: module.holds(input, change) }),
      predictions: () => module.predict?.(input, change) ?? [will.changeAnything],
      result,
      ...(module.unforeseen?.(input, change) && { unforeseen: true }),
      exact: () => (module.runs ? exactDifference(null, params) : exactDifference(actual, desired)),
    }
  } catch (error) {
    // what asks the host for nothing fails whatever is planned there
    return failure(error, questions.length > 0 ? planned : undefined)
  }
}

function failure(error: unknown, planned: Overlay | undefined): Verdict {
  if (error instanceof AskError) return { kind: 'failed', message: error.message }
  if (!(error instanceof TaskFailure)) throw error
  if (planned?.opaque === undefined)
    return { kind: 'failed', message: error.message, ...(error.hint && { hint: error.hint }) }
  // What is missing may come with something that is only planned, such as a file with its package
  return {
    kind: 'differs',
    diff: [],
    change: changeOf<object | null>(null, {}),
    script: () => {
      throw error
    },
    predictions: () => [will.changeAnything],
    result: () => ({}),
    exact: () => undefined,
    note: `depends on '${planned.opaque}', not checked: ${error.message}`,
  }
}
