// Modules tried in a root that is thrown away: all probes in one, then all that is to be applied in another.
import { changeOf, differences } from '../../engine/difference.ts'
import { TsplayError } from '../../engine/error.ts'
import { type Action, type Control, TaskFailure } from '../../engine/module.ts'
import type { Question } from '../../engine/question/question.ts'
import { scriptQuestion } from '../../engine/question/script.ts'
import { AskError, asking } from '../../engine/run/ask.ts'
import { type Script, showScript } from '../../engine/script.ts'
import { runThrownAway } from '../support/throw-away-root.ts'

/** What became of an action. */
export interface Tried {
  /** Why it came to nothing: what the user or the host is told to mend. */
  readonly refused?: string
  /** What is a bug: another error, with what it says. */
  readonly bug?: string
  /** The script that would make the wish true; undefined where there is nothing to do. */
  readonly script?: Script
  /** Whatever is told of it: its questions, its script, what differs and its result, as a person would see them. */
  readonly shown: string
}

export interface TriedAll {
  readonly tried: readonly Tried[]
  /** Scripts of probes that write, with what they wrote. */
  readonly writing: readonly { readonly script: string; readonly written: readonly string[] }[]
  /** What the applied scripts wrote in all. */
  readonly written: readonly string[]
}

/** Asks, compares and applies. `control` is for those modules that prepare. */
export async function tryAll(actions: readonly Action[], control: Control): Promise<TriedAll> {
  const inputs: Attempt<unknown>[] = []
  // one after the other: what the store keeps is made once
  for (const action of actions) inputs.push(await attempt(() => prepared(action, control)))
  const probes = actions.map(({ module }, index) => {
    const input = inputs[index]!
    return 'value' in input ? attemptNow(() => module.probe(input.value)) : input
  })
  const questions = probes.flatMap((probe) => ('value' in probe ? probe.value.questions : []))
  const plan = asking(questions)
  const scripts = plan.steps.map(({ script }) => script)
  const { outputs, written } = await runThrownAway(scripts)
  const writing = written.length > 0 ? await culprits(scripts, written) : []
  const answers = plan.read(
    outputs.map(({ code, stdout, stderr }) => ({ code, stdout, stderr, durationMs: 0, timedOut: code === 124 })),
  )
  const answer = <T>(question: Question<T>): T => {
    const found = answers.get(question.id)
    if (found instanceof Error) throw found
    return found as T
  }

  const tried = actions.map(({ module, params }, index): Tried => {
    const [input, probe] = [inputs[index]!, probes[index]!]
    if (!('value' in input)) return { ...input, shown: '' }
    if (!('value' in probe)) return { ...probe, shown: '' }
    const shown = asking(probe.value.questions).steps.map(({ script }) => showScript(script))
    const outcome = attemptNow(() => {
      const actual = probe.value.read(answer)
      const desired = module.desired(input.value, actual)
      const found = differences(actual, desired, module.subject?.(params) ?? '')
      const change = changeOf(actual, desired)
      const script = found.length > 0 ? module.apply(input.value, change) : undefined
      if (found.length > 0) module.predict?.(input.value, change)
      if (script) shown.push(showScript(script))
      else shown.push(JSON.stringify(module.result?.(input.value, actual) ?? {}))
      shown.push(JSON.stringify(found), module.subject?.(params) ?? '')
      return script
    })
    if (!('value' in outcome)) return { ...outcome, shown: shown.join('\n') }
    return { ...(outcome.value && { script: outcome.value }), shown: shown.join('\n') }
  })
  // many texts make no difference to a script: once is enough
  const applied = new Map(
    tried.flatMap(({ script }) => (script?.parts.length ? [[scriptQuestion(script).id, script]] : [])),
  )
  const afterwards =
    applied.size > 0 ? await runThrownAway([...applied.values()], { seconds: 2, idle: slow }) : { written: [] }
  return { tried, writing, written: afterwards.written }
}

/** Programs that take long and have no network here anyway: what matters is how they are called. */
const slow = [
  'apt-get',
  'apt',
  'dnf',
  'yum',
  'rpm',
  'pip',
  'pip3',
  'npm',
  'git',
  'curl',
  'wget',
  'ssh-keygen',
  'sync',
  'update-grub',
]

const prepared = async ({ module, params }: Action, control: Control): Promise<unknown> =>
  module.prepare ? module.prepare(params, control) : params

type Attempt<T> = { readonly value: T } | { readonly refused: string } | { readonly bug: string }

const failure = (error: unknown): Attempt<never> =>
  error instanceof TsplayError || error instanceof TaskFailure || error instanceof AskError
    ? { refused: error.message }
    : { bug: (error as Error).stack ?? String(error) }

function attemptNow<T>(work: () => T): Attempt<T> {
  try {
    return { value: work() }
  } catch (error) {
    return failure(error)
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() }
  } catch (error) {
    return failure(error)
  }
}

/** Which of them write, found by halves. */
async function culprits(
  scripts: readonly Script[],
  written: readonly string[],
): Promise<{ script: string; written: readonly string[] }[]> {
  if (scripts.length <= 1) return scripts.map((script) => ({ script: showScript(script), written }))
  const middle = scripts.length >> 1
  const found = []
  for (const half of [scripts.slice(0, middle), scripts.slice(middle)]) {
    const { written: byHalf } = await runThrownAway(half)
    if (byHalf.length > 0) found.push(...(await culprits(half, byHalf)))
  }
  return found
}
