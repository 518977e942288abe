// How far a host can go with the answers at hand: the look-ahead (rule R4). Sends nothing.
import { isDeepStrictEqual } from 'node:util'
import { formatPlace, TsplayError } from '../error.ts'
import { TaskFailure } from '../module.ts'
import { type Prediction, will } from '../prediction.ts'
import type { Question } from '../question/question.ts'
import { conflicts } from '../resource.ts'
import { evaluate, type Ready, type Verdict } from './evaluate.ts'
import { answersOf, type HostContext, userKey } from './host-context.ts'
import type { Stop, TaskNode } from './nodes.ts'
import { joinRewrite, type Rewrite, rewriteScript, rewritten, startRewrite } from './rewrite.ts'

/** A task that has been judged. */
export interface Entry {
  readonly node: TaskNode
  readonly verdict: Verdict | { readonly kind: 'skipped'; readonly message: string }
  /** It is to be applied: sent to the host, in this order. */
  readonly applies: boolean
  /** It is applied by the script of the last one before it that applies. */
  readonly rides?: boolean
}

/** What can be done now. */
export interface Plan {
  readonly entries: readonly Entry[]
  /** The first task that could not be judged; undefined: there is none, or it waits for a result. */
  readonly blocked: TaskNode | undefined
  readonly finished: boolean
}

type Differs = Extract<Verdict, { kind: 'differs' }>

/** Prepared tasks of a host, by node. */
export type Prepared = Map<TaskNode, Ready | Error>

/**
 * Judges tasks in order as long as nothing stands in the way. A difference becomes a pending apply and the walk goes on,
 * until a task asks about something that a pending apply touches: its answer would be stale.
 */
export async function plan(
  context: HostContext,
  upcoming: Iterable<Stop>,
  prepared: Prepared,
  alone: ReadonlySet<TaskNode>,
): Promise<Plan> {
  const entries: Entry[] = []
  const pending: (readonly string[] | undefined)[] = []
  let rewrite: Rewrite | undefined
  let user: string | undefined
  const stop = (blocked?: TaskNode): Plan => ({ entries, blocked, finished: false })

  for (const node of upcoming) {
    context.signal.throwIfAborted()
    if (node.kind === 'meta' || (entries.length > 0 && standsAlone(node))) return stop()
    if (node.options.when === false) {
      entries.push({ node, verdict: { kind: 'skipped', message: 'its condition does not hold' }, applies: false })
      continue
    }
    // a task that depends on the run so far, or is watched by others, is judged when all before it is done
    if (entries.length > 0 && (node.action.module.late || node.options.throttle !== undefined)) return stop(node)
    const ready = await prepare(context, node, prepared)
    if (ready instanceof Error) {
      entries.push({ node, verdict: preparationFailure(context, node, ready), applies: false })
      return stop()
    }
    const become = context.becomeOf(node)
    const answers = answersOf(context, become)
    const touching = pending.findIndex((touched) =>
      ready.questions.some((question) => conflicts(question.kind.reads(question.key as never), touched)),
    )
    const resource = rewritten(ready, alone)
    const joins =
      touching >= 0 &&
      touching === pending.length - 1 &&
      resource !== undefined &&
      resource === rewrite?.resource &&
      // what else it touches would not be known to be touched
      isDeepStrictEqual(touchedBy(ready), pending.at(-1))
    const stale = touching >= 0 && !joins
    if (stale || ready.questions.some((question) => !answers.has(question.id))) return stop(node)
    if (joins && user !== userKey(become)) return stop(node)

    const verdict = evaluate(
      ready,
      (question: Question<unknown>) => answers.get(question.id),
      joins ? rewrite!.planned : context.planned,
      { context: context.telling.diffContext ?? 3 },
    )
    if (verdict.kind === 'failed' && (pending.length > 0 || outdated(context, ready))) {
      // what is missing may have come under another name since it was asked about: a failure wants fresh answers
      for (const { id } of ready.questions) answers.delete(id)
      return stop(node)
    }
    if (verdict.kind !== 'differs') {
      entries.push({ node, verdict, applies: false })
      if (verdict.kind === 'failed' || waitsForResult(node)) return stop()
      continue
    }
    if (isDry(context, node)) {
      if (context.check) context.differs(node, verdict)
      entries.push(dryEntry(context, node, verdict))
      if (waitsForResult(node)) return stop()
      continue
    }
    const refusal = context.differs(node, verdict)
    if (refusal) {
      entries.push({ node, verdict: { kind: 'failed', ...refusal, diff: verdict.diff }, applies: false })
      return stop()
    }
    if (user !== undefined && user !== userKey(become)) return stop(node)
    // a job is looked at until it has ended, behind a host that goes away or is held up is nothing: nothing else goes with them
    const { away, holds } = node.action.module
    const longer = node.options.async !== undefined || away !== undefined || holds !== undefined
    if (longer && pending.length > 0) return stop(node)
    user = userKey(become)
    if (joins) {
      rewrite = joinRewrite(rewrite!, node, verdict)
      const carrier = entries[rewrite.carrier]!
      entries[rewrite.carrier] = {
        ...carrier,
        verdict: { ...(carrier.verdict as Differs), script: rewriteScript(rewrite, ready) },
      }
      entries.push({ node, verdict, applies: false, rides: true })
    } else {
      rewrite = resource === undefined ? undefined : startRewrite(resource, entries.length, node, verdict)
      pending.push(touchedBy(ready))
      entries.push({ node, verdict, applies: true })
    }
    if (waitsForResult(node) || node.options.throttle !== undefined) return stop()
    if (context.careful || node.options.anyErrorsFatal || longer) return stop()
  }
  return { entries, blocked: undefined, finished: true }
}

/** Whether nothing else may be planned with the task: another host does it, or one for all. */
export const standsAlone = ({ options: { delegateTo, runOnce, when } }: TaskNode): boolean =>
  when !== false && (delegateTo !== undefined || runOnce === true)

/** Whether something was applied after the task's questions were answered. */
const outdated = ({ asked, applied }: HostContext, { questions }: Ready): boolean =>
  questions.some(({ id }) => (asked.get(id)?.after ?? 0) < applied)

/** The task's input and questions; memoised. Errors that are the user's are kept for when the task is reached. */
export async function prepare(
  context: HostContext,
  node: TaskNode,
  prepared: Prepared,
  early?: Promise<unknown>,
): Promise<Ready | Error> {
  const known = prepared.get(node)
  if (known) return known
  const { module, params } = node.action
  let ready: Ready | Error
  try {
    const input = module.prepare ? await module.prepare(params, context.control(node.scope.dirs), early) : params
    ready = { node, input, questions: module.probe(input).questions }
  } catch (error) {
    if (!(error instanceof TsplayError || error instanceof TaskFailure)) throw error
    ready = error
  }
  prepared.set(node, ready)
  return ready
}

/** Whether the task is only predicted. */
export const isDry = ({ check }: HostContext, { options }: TaskNode): boolean => options.check ?? check

/** What the task writes; undefined: anything. A command that is said to change nothing writes nothing. */
export function touchedBy({ node, input }: Ready): readonly string[] | undefined {
  const { module } = node.action
  if (module.runs && node.options.changedWhen === false) return []
  return module.touches?.(input)
}

/** What follows depends on this task's result, so that planning cannot go on behind it. */
const waitsForResult = ({ registered, options }: TaskNode): boolean =>
  registered !== undefined || options.until !== undefined || options.retries !== undefined

function dryEntry(context: HostContext, node: TaskNode, verdict: Differs): Entry {
  const { module } = node.action
  const { changedWhen } = node.options
  if (module.waits) return { node, verdict: { kind: 'skipped', message: 'a check does not wait' }, applies: false }
  if (module.runs && changedWhen !== undefined && changedWhen !== true) {
    const message =
      changedWhen === false
        ? 'not run in a check'
        : 'not run in a check; only its result tells whether it changes something'
    return { node, verdict: { kind: 'skipped', message }, applies: false }
  }
  if (context.check) context.planned?.add(node.name, predictionsOf(verdict))
  return { node, verdict, applies: false }
}

const predictionsOf = (verdict: Differs): readonly Prediction[] => {
  const predictions = verdict.predictions()
  return predictions.length === 0 ? [will.changeAnything] : predictions
}

function preparationFailure({ check }: HostContext, node: TaskNode, error: Error): Entry['verdict'] {
  const { hint } = error as TsplayError | TaskFailure
  // what earlier tasks would have left is not there in a check
  if (check && node.action.module.late) return { kind: 'skipped', message: `not checked: ${error.message}` }
  const place = error instanceof TsplayError && error.place ? ` (${formatPlace(error.place)})` : ''
  return { kind: 'failed', message: error.message + place, ...(hint && { hint }) }
}
