// One pass of a module over a root of its own that is thrown away: what it found, did and left. Checks the laws on the way.
import { changeOf, differences } from '../../engine/difference.ts'
import type { Action } from '../../engine/module.ts'
import type { Question } from '../../engine/question/question.ts'
import { asking } from '../../engine/run/ask.ts'
import { type Script, sh } from '../../engine/script.ts'
import { expectPredicts, expectSettles } from './laws.ts'
import { controlIn, folderHere } from './settle-here.ts'
import { runThrownAway, type ThrownAway } from './throw-away-root.ts'

export interface PassThere {
  /** Shell that sets the root up. */
  readonly given: Script
  /** Shell whose output is of interest in the end. */
  readonly show?: Script
  /** Programs before all others, as shell text. */
  readonly programs?: Readonly<Record<string, string>>
}

export interface PassedThere {
  /** Properties that differed. */
  readonly found: readonly string[]
  /** Undefined: there was nothing to do. */
  readonly output: ThrownAway | undefined
  readonly shown: string
  /** Properties that differ still. */
  readonly left: readonly string[]
}

export async function passThrownAway(
  { module, params }: Action,
  { given, show = sh`:`, programs = {} }: PassThere,
): Promise<PassedThere> {
  const input = module.prepare ? await module.prepare(params, controlIn(folderHere())) : params
  const { questions, read } = module.probe(input)
  const plan = asking(questions)
  const path = sh`PATH=/usr/local/sbin:$PATH; export PATH`
  const setUp = sh.join([
    ...Object.entries(programs).map(
      ([name, body]) =>
        sh`printf '#!/bin/sh\n%s\n' ${body} > /usr/local/sbin/${name}; chmod 755 /usr/local/sbin/${name}`,
    ),
    given,
  ])
  const run = async (scripts: readonly Script[]) => {
    const asked = plan.steps.map(({ script }) => script)
    const { outputs } = await runThrownAway(
      [setUp, ...scripts, ...asked].map((each) => sh.join([path, each])),
      {
        seconds: 15,
      },
    )
    const steps = outputs.slice(scripts.length + 1)
    const answers = plan.read(steps.map((step) => ({ ...step, durationMs: 0, timedOut: false })))
    return { outputs: outputs.slice(1), answers: <T>(question: Question<T>) => answers.get(question.id) as T }
  }
  const differing = (actual: object | null) =>
    differences(actual, module.desired(input, actual)).map(({ property }) => property)

  const before = await run([])
  const actual = read(before.answers)
  const found = differing(actual)
  if (found.length === 0) return { found, output: undefined, shown: '', left: [] }
  expectPredicts(module, input, before.answers)
  expectSettles(module, input, actual)
  const after = await run([module.apply(input, changeOf(actual, module.desired(input, actual))), show])
  return {
    found,
    output: after.outputs[0],
    shown: after.outputs[1]!.stdout.toString(),
    left: differing(read(after.answers)),
  }
}
