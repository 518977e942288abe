// A module's scripts with some of the host's paths in a folder of the test's own: for what lies where no parameter says.
import { changeOf, differences } from '../../engine/difference.ts'
import type { Action, Output } from '../../engine/module.ts'
import type { Answers } from '../../engine/probe.ts'
import type { Question } from '../../engine/question/question.ts'
import { asking } from '../../engine/run/ask.ts'
import type { Script } from '../../engine/script.ts'
import { runScript } from './local-host.ts'

/** Paths of the host, and where they are instead. The script may not hold them for another reason. */
export type Moved = Readonly<Record<string, string>>

/** What a pass over the moved host found and did, and what was foretold of it. */
export interface MovedPass {
  readonly differences: readonly string[]
  readonly output: Output | undefined
  /** What a dry run says is left to do afterwards. */
  readonly left: readonly string[]
  readonly result: object
}

export const moveScript = (script: Script, moved: Moved): Script => ({
  ...script,
  parts: script.parts.map((part) => (typeof part === 'string' ? move(part, moved) : part)),
})

/** All at once, the longest first: what one has put there is not moved again by another. */
function move(text: string, moved: Moved): string {
  const names = Object.keys(moved).sort((a, b) => b.length - a.length)
  const any = new RegExp(names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g')
  return text.replace(any, (name) => moved[name]!)
}

/** Asks, compares and (unless `check`) applies. Commands of the host come first in `path`. */
export async function passElsewhere(
  { module, params }: Action,
  moved: Moved,
  { shell, check = false }: { shell?: readonly string[]; check?: boolean } = {},
): Promise<MovedPass> {
  const plan = asking(module.probe(params).questions)
  const outputs = []
  for (const step of plan.steps) {
    const { code, raw, stderr } = await runScript(moveScript(step.script, moved), shell)
    // what the host would say of these paths, it says of its own
    const back = move(raw.toString('latin1'), Object.fromEntries(Object.entries(moved).map(([from, to]) => [to, from])))
    outputs.push({
      code,
      stdout: Buffer.from(back, 'latin1'),
      stderr: Buffer.from(stderr),
      durationMs: 0,
      timedOut: false,
    })
  }
  const answers = plan.read(outputs)
  const answer: Answers = <T>(question: Question<T>): T => {
    const found = answers.get(question.id)
    if (found instanceof Error) throw found
    return found as T
  }
  const actual = module.probe(params).read(answer) as object | null
  const desired = module.desired(params, actual)
  const change = changeOf(actual, desired)
  const predictions = module.predict?.(params, change) ?? []
  const foretold = module.probe(params).read(<T>(question: Question<T>): T => {
    const before: unknown = answer(question)
    return predictions.reduce((now, prediction) => prediction.answer(question, now), before) as T
  }) as object | null
  const found = differences(actual, desired)
  const output =
    found.length === 0 || check ? undefined : await runScript(moveScript(module.apply(params, change), moved), shell)
  return {
    differences: found.map(({ property }) => property),
    output,
    left: differences(foretold, module.desired(params, foretold)).map(({ property }) => property),
    result: module.result?.(params, actual, output) ?? {},
  }
}
