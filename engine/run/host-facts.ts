// The facts of one host during a run: asked when they are read, and again only when something they depend on was changed.
import { TsplayError } from '../error.ts'
import { type FactKey, type Facts, factProbes, factQuestions } from '../facts.ts'
import { AskError } from './ask.ts'
import { answersOf, type HostContext } from './host-context.ts'
import { FactsNeeded } from './lazy-facts.ts'
import { apply } from './perform.ts'

/** Answers about facts that still hold. What a host could not tell it may tell the next time. */
export const knownFacts = (context: HostContext): [string, unknown][] => {
  const answers = answersOf(context, undefined)
  return factQuestions().flatMap(({ id }) => {
    const answer = answers.get(id)
    return answers.has(id) && !(answer instanceof AskError) ? [[id, answer]] : []
  })
}

/** Whether all these facts still hold. */
export const knowsFacts = (context: HostContext, keys: Iterable<FactKey>): boolean => {
  const answers = answersOf(context, undefined)
  return factQuestions(keys).every(({ id }) => answers.has(id))
}

/** One fact. @throws FactsNeeded where it is not known, TsplayError where the host could not tell it. */
export function readFact<Key extends FactKey>(context: HostContext, key: Key): Facts[Key] {
  if (!knowsFacts(context, [key])) throw new FactsNeeded([key])
  try {
    return factProbes[key].read((question) => {
      const answer = answersOf(context, undefined).get(question.id)
      if (answer instanceof AskError) throw answer
      return answer as never
    })
  } catch (error) {
    throw new TsplayError(`facts.${key}: ${(error as Error).message}`, { kind: 'task' })
  }
}

/**
 * Asks for facts that are not known, in one round trip. The first time, those that most plays read come along.
 * @throws TsplayError where the host cannot be asked.
 */
export async function learnFacts(context: HostContext, keys: Iterable<FactKey>): Promise<void> {
  await recallFacts(context)
  const wanted = [...keys]
  if (wanted.length === 0 || knowsFacts(context, wanted)) return
  context.doing = 'reading facts'
  const answers = answersOf(context, undefined)
  const questions = factQuestions(['os', ...wanted]).filter(({ id }) => !answers.has(id))
  await apply(context, undefined, [], questions)
}

/** Takes what earlier runs have kept of the host, once. */
export async function recallFacts(context: HostContext): Promise<void> {
  if (context.recalled) return
  context.recalled = true
  const answers = answersOf(context, undefined)
  const kept = await context.factCache?.load(context.host)
  for (const question of factQuestions()) {
    if (!kept?.has(question.id) || answers.has(question.id)) continue
    answers.set(question.id, kept.get(question.id))
    context.asked.set(question.id, { question, after: context.applied })
  }
}

/** Does what may read facts, as often as it finds one that is not known. */
export async function withFacts<T>(context: HostContext, work: () => T): Promise<T> {
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof FactsNeeded)) throw error
      if (knowsFacts(context, error.keys)) throw new Error(`${error.message}, although they were asked`)
      await learnFacts(context, error.keys)
    }
  }
}

/** Forgets all facts, also those that earlier runs have kept. */
export async function clearFacts(context: HostContext): Promise<void> {
  const ids = factQuestions().map(({ id }) => id)
  for (const answers of context.answers.values()) for (const id of ids) answers.delete(id)
  await context.factCache?.forget(context.host, ids)
}
