// Ends planned tasks in order: events, counters, handlers, what follows from a result. Sends nothing.
import { setTimeout as sleep } from 'node:timers/promises'
import type { StepOutput } from '../connection/connection.ts'
import { TsplayError } from '../error.ts'
import { staleCode } from '../module.ts'
import type { TaskOptions, TaskResult } from '../task.ts'
import type { HostContext } from './host-context.ts'
import { withFacts } from './host-facts.ts'
import { readHandedOn } from './lazy-facts.ts'
import { handlersOf, type Node, nodesOf, type TaskNode } from './nodes.ts'
import { type Entry, isDry, type Prepared } from './plan.ts'
import { select, tasksOf } from './selection.ts'
import { attemptsOf, type Ending, settle, taskEvent } from './settle.ts'
import type { Walk } from './walk.ts'

/** What ending tasks needs besides the host. */
export interface Settling {
  readonly prepared: Prepared
  readonly attempts: Map<TaskNode, number>
  readonly stale: Map<TaskNode, number>
  readonly handler: boolean
  /** The host has failed. */
  readonly lose: () => void
}

/** Ends the planned tasks in order. False: something came in between, and what was planned behind it does not count. */
export async function settleAll(
  context: HostContext,
  cursor: Walk,
  entries: readonly Entry[],
  outputs: readonly (StepOutput | undefined)[],
  settling: Settling,
): Promise<boolean> {
  let applied = 0
  for (const entry of entries) {
    const output = entry.applies ? outputs[applied++] : undefined
    if (entry.applies && !output) {
      if (applied === 1) throw new Error('the first step of a bundle was not run')
      return false // an earlier one failed: it was not run
    }
    if (output && isStale(entry, output) && again(settling.stale, entry.node) <= mostStale) return false
    const ending = await withFacts(context, () => settle(entry, output, isDry(context, entry.node)))
    const attempt = again(settling.attempts, entry.node)
    if (ending.again && attempt < attemptsOf(entry.node.options)) {
      await pause(context, entry.node, attempt, settling.prepared)
      return false
    }
    const final: Ending = ending.again
      ? { ...ending, again: false, status: 'failed', ignored: entry.node.options.ignoreErrors === true }
      : ending
    if (!(await finish(context, cursor, entry, final, output, attempt, settling))) return false
  }
  return true
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
  { handler, lose }: Settling,
): Promise<boolean> {
  const { node } = entry
  const { counters } = context
  context.emit(taskEvent(context, entry, ending, { durationMs: output?.durationMs ?? 0, attempts, handler }))
  if (ending.status === 'failed' && !ending.ignored) {
    const outcome = cursor.fail()
    if (outcome === 'rescued') counters.rescued++
    else counters.failed++
    if (outcome === 'failed') lose()
    return false
  }
  if (ending.ignored) counters.ignored++
  if (ending.status === 'skipped') counters.skipped++
  else counters.ok++
  if (ending.changed) {
    counters.changed++
    for (const handler of handlersOf((node.options as TaskOptions).notify))
      context.notified.set(handler.name, { handler, scope: node.scope })
    for (const each of handlersOf((node.options as TaskOptions).absorbs)) context.notified.delete(each.name)
  }
  if (!node.registered) {
    cursor.advance()
    return true
  }
  cursor.advance(await follow(context, node, ending.result, handler))
  return false
}

/** The tasks that a result leads to. */
async function follow(
  context: HostContext,
  node: TaskNode,
  result: TaskResult | undefined,
  handler: boolean,
): Promise<readonly Node[]> {
  if (!result) {
    if (node.options.when !== false) {
      context.emit({
        type: 'notice',
        host: context.host.name,
        message: `what follows from '${node.name}' depends on its result, ${context.check ? 'not checked' : 'left out'}`,
      })
    }
    return []
  }
  context.at = node.name
  try {
    return await withFacts(context, () => {
      const all = nodesOf(node.registered!(result), node.scope)
      // handlers run whatever is selected
      const nodes = handler ? all : select(all, context.selection)
      for (const { action } of tasksOf(nodes)) readHandedOn(action.params)
      return nodes
    })
  } catch (error) {
    if (error instanceof TsplayError && error.kind !== 'input') throw error
    throw context.userError(error, `what follows from '${node.name}'`)
  }
}

async function pause(context: HostContext, node: TaskNode, attempt: number, prepared: Prepared): Promise<void> {
  const { delay = 5 } = node.options
  context.emit({
    type: 'retry',
    play: context.play,
    host: context.host.name,
    task: node.name,
    attempt,
    retries: attemptsOf(node.options) - 1,
  })
  context.doing = `waiting to try '${node.name}' again`
  const ready = prepared.get(node)
  if (ready && !(ready instanceof Error)) {
    for (const answers of context.answers.values()) for (const { id } of ready.questions) answers.delete(id)
  }
  await sleep(delay * 1000, undefined, { signal: context.signal })
}
