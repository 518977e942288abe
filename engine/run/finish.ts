// Ends planned tasks in order: events, counters, handlers, what follows from a result. Sends nothing.
import type { StepOutput } from '../connection/connection.ts'
import type { TsplayError } from '../error.ts'
import { staleCode } from '../module.ts'
import { type Company, fatal } from './company.ts'
import { follow } from './follow.ts'
import type { HostContext } from './host-context.ts'
import { withFacts } from './host-facts.ts'
import { lostEvent } from './lost-host.ts'
import type { TaskNode } from './nodes.ts'
import { notify, withdrawn } from './notify.ts'
import { type Entry, isDry, type Prepared } from './plan.ts'
import { received } from './receive.ts'
import { ridersOf } from './rewrite.ts'
import { attemptsOf, type Ending, settle, taskEvent } from './settle.ts'
import type { Walk } from './walk.ts'

/** What ending tasks needs besides the host. */
export interface Settling {
  readonly prepared: Prepared
  readonly attempts: Map<TaskNode, number>
  readonly stale: Map<TaskNode, number>
  /** Tasks that have failed together, and are tried one by one. */
  readonly alone: Set<TaskNode>
  /** When the first try of a task began that is tried again. */
  readonly begun: Map<TaskNode, number>
  readonly handler: boolean
  /** The host has failed. */
  readonly lose: () => void
  readonly company: Company
}

/** How far settling came. */
export interface Settled {
  /** False: something came in between, and what was planned behind it does not count. */
  readonly going: boolean
  /** Milliseconds to wait before the next round. */
  readonly waits?: number
}

/** Ends the planned tasks in order. */
export async function settleAll(
  context: HostContext,
  cursor: Walk,
  entries: readonly Entry[],
  outputs: readonly (StepOutput | undefined)[],
  settling: Settling,
): Promise<Settled> {
  let applied = 0
  let output: StepOutput | undefined
  for (const [index, entry] of entries.entries()) {
    if (entry.applies) output = await received(entry, outputs[applied++], settling.prepared)
    else if (!entry.rides) output = undefined
    const interrupt = (waits?: number): Settled => {
      withdrawAll(context, entries.slice(index))
      return { going: false, ...(waits !== undefined && { waits }) }
    }
    if (entry.applies && !output) {
      if (applied === 1) throw new Error('the first step of a bundle was not run')
      return interrupt() // an earlier one failed: it was not run
    }
    if (output && isStale(entry, output) && again(settling.stale, entry.node) <= mostStale) return interrupt()
    const riders = entry.applies ? ridersOf(entries, index) : []
    if (output && output.code !== 0 && riders.length > 0) {
      // nothing was written: which of them it is shows when each is applied by itself
      for (const { node } of [entry, ...riders]) settling.alone.add(node)
      return interrupt()
    }
    const ending = await withFacts(context, () => settle(entry, output, isDry(context, entry.node)))
    const attempt = again(settling.attempts, entry.node)
    if (ending.again && attempt < attemptsOf(entry.node.options)) {
      if (attempt === 1) settling.begun.set(entry.node, performance.now() - (output?.durationMs ?? 0))
      return interrupt(retry(context, entry.node, attempt, settling.prepared))
    }
    const final: Ending = ending.again
      ? { ...ending, again: false, status: 'failed', ignored: entry.node.options.ignoreErrors === true }
      : ending
    if (!(await finish(context, cursor, entry, final, output, attempt, settling))) {
      withdrawAll(context, entries.slice(index + 1))
      return { going: false }
    }
  }
  return { going: true }
}

function withdrawAll(context: HostContext, entries: readonly Entry[]): void {
  for (const { node, applies, rides } of entries) if (applies || rides) withdrawn(context, node)
}

/** How often a task is planned anew because the host was other than its probe had found. */
const mostStale = 3

/** Its answers were dropped when it was applied, so they are asked anew. */
const isStale = ({ node }: Entry, { code }: StepOutput): boolean => code === staleCode && !node.action.module.runs

function again(counts: Map<TaskNode, number>, node: TaskNode): number {
  const count = (counts.get(node) ?? 0) + 1
  counts.set(node, count)
  return count
}

async function finish(
  context: HostContext,
  cursor: Walk,
  entry: Entry,
  ending: Ending,
  output: StepOutput | undefined,
  attempts: number,
  settling: Settling,
): Promise<boolean> {
  const { node } = entry
  const { counters } = context
  const { handler, company } = settling
  const begun = settling.begun.get(node)
  const durationMs = begun === undefined ? (entry.applies ? (output?.durationMs ?? 0) : 0) : performance.now() - begun
  context.emit(taskEvent(context, entry, ending, { durationMs, attempts, handler }))
  const { ignored, result } = ending
  const failed = ending.status === 'failed'
  if (node.options.runOnce && node.options.when !== false)
    company.members.onceDone(node.key, { host: context.host.name, failed, ignored, result })
  if (failed && !ignored) {
    fail(context, cursor, node, ending, settling)
    return false
  }
  if (ending.ignored) counters.ignored++
  if (ending.status === 'skipped') counters.skipped++
  else counters.ok++
  if (ending.changed) {
    counters.changed++
    // as in Ansible, a failure notifies nobody, ignored or not
    if (failed) withdrawn(context, node)
    else notify(context, node)
  } else if (entry.applies || entry.rides) withdrawn(context, node)
  if (!node.registered) {
    cursor.advance()
    return true
  }
  cursor.advance(await follow(context, node, ending.result, settling))
  return false
}

function fail(context: HostContext, cursor: Walk, node: TaskNode, ending: Ending, settling: Settling): void {
  const { counters } = context
  const { handler, company, lose } = settling
  withdrawn(context, node)
  const message = ending.message ?? 'failed'
  const outcome = cursor.fail({
    task: node.name,
    module: node.action.module.name,
    message,
    result: { ...ending.result, changed: ending.changed, failed: true },
  })
  if (outcome === 'rescued') counters.rescued++
  else counters.failed++
  if (outcome === 'failed') lose()
  // whoever a rescue took over for has not failed
  if (outcome === 'rescued' || handler) return
  if (node.options.anyErrorsFatal) company.end(fatal(context, node, 'failed on'))
}

/** The host could not be reached for its task, which is ignored. */
export function skipUnreachable(context: HostContext, node: TaskNode, error: TsplayError, settling: Settling): void {
  context.counters.ok++
  context.counters.ignored++
  context.emit({
    ...lostEvent(context, error),
    role: node.scope.roles.at(-1) ?? null,
    task: context.mask.hide(node.name),
    module: node.action.module.name,
    ignored: true,
    ...(settling.handler && { handler: true }),
  })
}

/** Milliseconds until the next try. */
function retry(context: HostContext, node: TaskNode, attempt: number, prepared: Prepared): number {
  const { delay = 5 } = node.options
  context.emit({
    type: 'retry',
    play: context.play,
    host: context.host.name,
    task: context.mask.hide(node.name),
    attempt,
    retries: attemptsOf(node.options) - 1,
  })
  context.doing = `waiting to try '${node.name}' again`
  const ready = prepared.get(node)
  if (ready && !(ready instanceof Error)) {
    for (const answers of context.answers.values()) for (const { id } of ready.questions) answers.delete(id)
  }
  // as Ansible: there is no less than no time to wait
  return delay < 0 ? 1000 : delay * 1000
}
