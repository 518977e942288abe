// The facts of one host during a run: asked once, and again only when something they depend on was changed.
import { TsplayError } from '../error.ts'
import { type Facts, factsProbe } from '../facts.ts'
import { AskError } from './ask.ts'
import { answersOf, type HostContext } from './host-context.ts'
import { apply } from './perform.ts'

/** Answers about facts that still hold; none where they have to be asked. */
export const knownFacts = (context: HostContext): [string, unknown][] => {
  const answers = answersOf(context, undefined)
  return factsProbe.questions.flatMap(({ id }) => (answers.has(id) ? [[id, answers.get(id)]] : []))
}

/** The host's facts. @throws TsplayError where the host cannot be asked. */
export async function factsOf(context: HostContext): Promise<Facts> {
  context.doing = 'reading facts'
  if (knownFacts(context).length === 0) await apply(context, undefined, [], factsProbe.questions)
  return factsProbe.read((question) => {
    const answer = answersOf(context, undefined).get(question.id)
    if (answer instanceof AskError) throw new TsplayError(`facts: ${answer.message}`, { kind: 'task' })
    return answer as never
  })
}
