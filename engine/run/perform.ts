// One round trip: applies what is planned, then asks what comes next. Decides nothing.
import type { Become, Step, StepOutput } from '../connection/connection.ts'
import { factQuestions } from '../facts.ts'
import type { Question } from '../question/question.ts'
import { conflicts } from '../resource.ts'
import { AskError, asking } from './ask.ts'
import type { Ready } from './evaluate.ts'
import { answersOf, type HostContext, userKey } from './host-context.ts'
import type { TaskNode } from './nodes.ts'
import { type Entry, type Prepared, prepare, touchedBy } from './plan.ts'
import { persistently } from './reconnect.ts'

/** Questions of one user. */
export interface UserQuestions {
  readonly become: Become | undefined
  readonly questions: Question<unknown>[]
}

/**
 * The questions of up to `limit` tasks ahead whose answers are missing, or will be stale once `entries` are applied.
 * Tasks whose preparation fails are left to be reported when they are reached.
 */
export async function questionsAhead(
  context: HostContext,
  ahead: readonly TaskNode[],
  entries: readonly Entry[],
  prepared: Prepared,
  limit: number,
): Promise<UserQuestions[]> {
  const touched = entries.filter((entry) => entry.applies).map(({ node }) => touchedBy(prepared.get(node) as Ready))
  const byUser = new Map<string, UserQuestions>()
  for (const node of ahead.slice(0, limit)) {
    // what depends on the run so far is asked about when it is reached
    const waits = node.action.module.late && (node !== ahead[0] || touched.length > 0)
    if (node.options.when === false || waits) continue
    const ready = await prepare(context, node, prepared)
    if (ready instanceof Error) continue
    const become = context.becomeOf(node)
    const answers = answersOf(context, become)
    const group = byUser.get(userKey(become)) ?? { become, questions: [] }
    byUser.set(userKey(become), group)
    for (const question of ready.questions) {
      const stale = touched.some((resources) => conflicts(question.kind.reads(question.key as never), resources))
      if (stale || !answers.has(question.id)) group.questions.push(question)
    }
  }
  return [...byUser.values()].filter(({ questions }) => questions.length > 0)
}

/** Asks on each user's session, at the same time. */
export async function ask(context: HostContext, groups: readonly UserQuestions[]): Promise<void> {
  await Promise.all(groups.map(({ become, questions }) => apply(context, become, [], questions)))
}

/** Sends the entries' scripts and the questions as one bundle; the answers are kept, stale ones dropped. */
export async function apply(
  context: HostContext,
  become: Become | undefined,
  entries: readonly { readonly ready: Ready; readonly step: Step }[],
  questions: readonly Question<unknown>[],
): Promise<(StepOutput | undefined)[]> {
  for (const { ready } of entries) await outdateFacts(context, touchedBy(ready))
  const asked = asking(questions)
  const steps = [...entries.map(({ step }) => step), ...asked.steps]
  // questions do not stop one another: a failed one is the business of whoever reads its answer
  const outputs =
    entries.length === 0
      ? await persistently(context, async () =>
          (await context.session(become)).bundle(steps, { signal: context.signal }),
        )
      : await (await context.session(become)).bundle(steps, { stopOnFailure: true, signal: context.signal })
  entries.forEach(({ ready }, index) => {
    if (outputs[index] !== undefined) forget(context, touchedBy(ready))
  })
  if (entries.length > 0) context.applied++
  const answers = answersOf(context, become)
  for (const [id, answer] of asked.read(outputs.slice(entries.length))) answers.set(id, answer)
  for (const question of questions) {
    // asked on its own, a question always gets an answer; behind a change that failed, it was not asked
    if (entries.length === 0 && !answers.has(question.id))
      answers.set(question.id, new AskError(`${question.kind.name}: no answer`))
    if (answers.has(question.id)) context.asked.set(question.id, { question, after: context.applied })
  }
  if (become === undefined) await keepFacts(context, questions)
  return outputs.slice(0, entries.length)
}

/** What other runs have kept of the host's facts is forgotten before it becomes wrong. */
async function outdateFacts({ host, factCache }: HostContext, touched: readonly string[] | undefined): Promise<void> {
  const outdated = factQuestions().filter(({ kind, key }) => conflicts(kind.reads(key as never), touched))
  if (outdated.length > 0)
    await factCache?.forget(
      host,
      outdated.map(({ id }) => id),
    )
}

/** The login user's answers about facts outlive the run, where that is wanted. */
async function keepFacts(context: HostContext, questions: readonly Question<unknown>[]): Promise<void> {
  const ids = new Set(questions.map(({ id }) => id))
  const answers = answersOf(context, undefined)
  const found = factQuestions().flatMap(({ id }): [string, unknown][] =>
    ids.has(id) && answers.has(id) && !(answers.get(id) instanceof AskError) ? [[id, answers.get(id)]] : [],
  )
  if (found.length > 0) await context.factCache?.save(context.host, new Map(found))
}

/** Drops every answer that may have changed when `touched` was written. */
function forget(context: HostContext, touched: readonly string[] | undefined): void {
  for (const answers of context.answers.values()) {
    for (const id of answers.keys()) {
      const question = context.asked.get(id)?.question
      if (!question || conflicts(question.kind.reads(question.key as never), touched)) answers.delete(id)
    }
  }
}
