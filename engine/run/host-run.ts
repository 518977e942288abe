// One host through a list of tasks: plan as far as possible, one round trip, settle, again. Knows nothing of other hosts.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Step, StepOutput } from '../connection/connection.ts'
import { TsplayError } from '../error.ts'
import { type Script, sh } from '../script.ts'
import type { TaskOptions, TaskResult } from '../task.ts'
import type { Ready } from './evaluate.ts'
import type { HostContext } from './host-context.ts'
import { handlersOf, type Node, nodesOf, type TaskNode } from './nodes.ts'
import { apply, ask, questionsAhead } from './perform.ts'
import { type Entry, type Prepared, plan } from './plan.ts'
import { attemptsOf, type Ending, settle, taskEvent } from './settle.ts'
import { type Walk, walk } from './walk.ts'

/** After a change that may have touched anything, only this many tasks are asked about ahead; more as long as nothing changes. */
const firstWindow = 12

/** Runs the tasks until they are done or the host has failed (`context.state` tells). `prepared` may hold tasks prepared before. */
export async function runTasks(
  context: HostContext,
  nodes: readonly Node[],
  options: { handler?: boolean; prepared?: Prepared } = {},
): Promise<void> {
  const prepared: Prepared = options.prepared ?? new Map()
  const attempts = new Map<TaskNode, number>()
  let window = Number.POSITIVE_INFINITY
  const lose = (): void => {
    context.state = 'failed'
  }
  const cursor = walk(nodes, lose)

  while (context.state === 'ready') {
    context.doing = 'planning'
    const now = await plan(context, cursor.upcoming(), prepared)
    const applying = now.entries.filter((entry) => entry.applies)
    if (now.entries.length === 0 && now.finished) return
    let outputs: readonly (StepOutput | undefined)[] = []
    if (applying.length > 0) {
      const ahead = repeats(now.entries.at(-1)!.node) ? [] : skip(cursor.upcoming(), now.entries.length)
      outputs = await applyAll(context, now.entries, ahead, prepared, window)
      window = firstWindow
    }
    const going = await settleAll(context, cursor, now.entries, outputs, {
      prepared,
      attempts,
      handler: options.handler === true,
      lose,
    })
    if (going && applying.length === 0 && now.blocked) {
      const groups = await questionsAhead(context, [...cursor.upcoming()], [], prepared, window)
      if (groups.length > 0) {
        context.at = now.blocked.name
        context.doing = `asking about '${now.blocked.name}'`
        await ask(context, groups)
        window *= 4
      }
    }
  }
}

async function applyAll(
  context: HostContext,
  entries: readonly Entry[],
  ahead: readonly TaskNode[],
  prepared: Prepared,
  window: number,
): Promise<readonly (StepOutput | undefined)[]> {
  const applying = entries.filter((entry) => entry.applies)
  const become = context.becomeOf(applying[0]!.node)
  const last = applying.at(-1)!.node
  context.at = applying[0]!.node.name
  context.doing = `applying '${applying.map(({ node }) => node.name).join("', '")}'`
  context.emit({ type: 'host', host: context.host.name, state: 'applying' })
  const groups = await questionsAhead(context, ahead, applying, prepared, window)
  const own = groups.find(
    (group) =>
      group.become === become || (group.become?.user === become?.user && group.become?.method === become?.method),
  )
  const steps = applying.map((entry) => ({ ready: prepared.get(entry.node) as Ready, step: stepOf(context, entry) }))
  return context.throttled(last, () => apply(context, become, steps, own?.questions ?? []))
}

function stepOf(context: HostContext, { node, verdict }: Entry): Step {
  if (verdict.kind !== 'differs') throw new Error('only a difference can be applied')
  const script: Script = sh.join([!node.action.module.runs && sh`export LC_ALL=C`, verdict.script()])
  context.mask.learn(script)
  const { environment, timeout, noLog } = node.options as TaskOptions
  return {
    script,
    ...(environment && { environment }),
    ...(timeout !== undefined && { timeout }),
    ...(node.action.module.runs && !noLog && { onOutput: liveOutput(context, node) }),
  }
}

/** Tells output line by line as it comes, so that a secret is never cut in two. */
function liveOutput(context: HostContext, node: TaskNode): NonNullable<Step['onOutput']> {
  const rest = { stdout: '', stderr: '' }
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  return (stream, chunk) => {
    const lines = (rest[stream] + decoders[stream].decode(chunk, { stream: true })).split('\n')
    rest[stream] = lines.pop() ?? ''
    for (const line of lines) {
      context.emit({
        type: 'output',
        play: context.play,
        host: context.host.name,
        task: node.name,
        stream,
        text: context.mask.hide(line),
      })
    }
  }
}

interface Settling {
  readonly prepared: Prepared
  readonly attempts: Map<TaskNode, number>
  readonly handler: boolean
  readonly lose: () => void
}

/** Ends the planned tasks in order. False: something came in between, and what was planned behind it does not count. */
async function settleAll(
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
    const ending = settle(entry, output)
    const attempt = (settling.attempts.get(entry.node) ?? 0) + 1
    settling.attempts.set(entry.node, attempt)
    if (ending.again && attempt < attemptsOf(entry.node.options)) {
      await pause(context, entry.node, attempt, settling.prepared)
      return false
    }
    const final: Ending = ending.again
      ? { ...ending, again: false, status: 'failed', ignored: entry.node.options.ignoreErrors === true }
      : ending
    if (!finish(context, cursor, entry, final, output, attempt, settling)) return false
  }
  return true
}

function finish(
  context: HostContext,
  cursor: Walk,
  entry: Entry,
  ending: Ending,
  output: StepOutput | undefined,
  attempts: number,
  { handler, lose }: Settling,
): boolean {
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
  cursor.advance(follow(context, node, ending.result))
  return false
}

/** The tasks that a result leads to. */
function follow(context: HostContext, node: TaskNode, result: TaskResult | undefined): readonly Node[] {
  if (!result) {
    if (node.options.when !== false) {
      context.emit({
        type: 'notice',
        host: context.host.name,
        message: `what follows from '${node.name}' depends on its result, not checked`,
      })
    }
    return []
  }
  return nodesOf(node.registered!(result), node.scope)
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

const repeats = ({ options }: TaskNode): boolean => options.until !== undefined || options.retries !== undefined

function skip<T>(items: Iterable<T>, count: number): T[] {
  return [...items].slice(count)
}

/** A lost connection or a refused become ends the host, not the run. */
export async function guarded(context: HostContext, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const hostsOwn = error instanceof TsplayError && ['unreachable', 'task'].includes(error.kind)
    if (context.signal.aborted || !hostsOwn) throw error
    loseHost(context, error)
  }
}

/** Marks a host that cannot be reached any more, with the task it was at. */
function loseHost(context: HostContext, error: TsplayError): void {
  context.state = error.kind === 'unreachable' ? 'unreachable' : 'failed'
  context.counters[context.state === 'unreachable' ? 'unreachable' : 'failed']++
  context.emit({
    type: 'task',
    play: context.play,
    role: null,
    task: context.at,
    host: context.host.name,
    module: 'connection',
    status: context.state === 'unreachable' ? 'unreachable' : 'failed',
    changed: false,
    diff: [],
    durationMs: 0,
    message: context.mask.hide(error.message),
    ...(error.hint && { hint: error.hint }),
  })
}
