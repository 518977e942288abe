// One host through a list of tasks: plan as far as possible, one round trip, settle, again. Knows nothing of other hosts.
import type { StepOutput } from '../connection/connection.ts'
import type { Ready } from './evaluate.ts'
import { type Settling, settleAll } from './finish.ts'
import { type HostContext, userKey } from './host-context.ts'
import type { Node, TaskNode } from './nodes.ts'
import { apply, ask, questionsAhead } from './perform.ts'
import { type Entry, type Prepared, plan } from './plan.ts'
import { stepOf } from './step.ts'
import type { StepHost } from './stepping.ts'
import { type Walk, walk } from './walk.ts'

/** After a change that may have touched anything, only this many tasks are asked about ahead; more as long as nothing changes. */
const firstWindow = 12

/** Runs the tasks until they are done or the host has failed (`context.state` tells). `prepared` may hold tasks prepared before. */
export async function runTasks(
  context: HostContext,
  nodes: readonly Node[],
  options: { handler?: boolean; prepared?: Prepared; step?: StepHost } = {},
): Promise<void> {
  const { handler = false, prepared = new Map(), step } = options
  const lose = (): void => {
    context.state = 'failed'
  }
  const cursor = walk(nodes, lose)
  const settling: Settling = { prepared, attempts: new Map(), stale: new Map(), handler, lose }
  const host: HostRun = { context, cursor, settling, window: Number.POSITIVE_INFINITY }
  while (context.state === 'ready') {
    const asked = await step?.next(cursor.upcoming())
    if (asked === 'skip') await decline(host)
    // whoever is asked before each task looks no further ahead
    else if (asked === 'run') await step!.work(() => round(host, () => first(cursor.upcoming())))
    else if (!(await (step?.work ?? now)(() => round(host, () => cursor.upcoming())))) return
  }
}

interface HostRun {
  readonly context: HostContext
  readonly cursor: Walk
  readonly settling: Settling
  window: number
}

/** As far as one round trip leads. False: there was nothing left to do. */
async function round(host: HostRun, upcoming: () => Iterable<TaskNode>): Promise<boolean> {
  const { context, cursor, settling } = host
  const { prepared } = settling
  context.doing = 'planning'
  const now = await plan(context, upcoming(), prepared)
  const applying = now.entries.filter((entry) => entry.applies)
  if (now.entries.length === 0 && now.finished) return false
  let outputs: readonly (StepOutput | undefined)[] = []
  if (applying.length > 0) {
    const ahead = repeats(now.entries.at(-1)!.node) ? [] : [...upcoming()].slice(now.entries.length)
    outputs = await applyAll(context, now.entries, ahead, prepared, host.window)
    host.window = firstWindow
  }
  const going = await settleAll(context, cursor, now.entries, outputs, settling)
  if (going && applying.length === 0 && now.blocked) {
    const groups = await questionsAhead(context, [...upcoming()], [], prepared, host.window)
    if (groups.length > 0) {
      context.at = now.blocked.name
      context.doing = `asking about '${now.blocked.name}'`
      await ask(context, groups)
      host.window *= 4
    }
  }
  return true
}

/** The next task is skipped, as somebody who was asked wants it. */
async function decline({ context, cursor, settling }: HostRun): Promise<void> {
  const [node] = first(cursor.upcoming())
  const verdict = { kind: 'skipped', message: 'declined when asked' } as const
  await settleAll(context, cursor, [{ node: node!, verdict, applies: false }], [], settling)
}

const now = <T>(work: () => Promise<T>): Promise<T> => work()

function first(upcoming: Iterable<TaskNode>): TaskNode[] {
  for (const node of upcoming) return [node]
  return []
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
  const own = groups.find((group) => userKey(group.become) === userKey(become))
  const steps = applying.map((entry) => ({ ready: prepared.get(entry.node) as Ready, step: stepOf(context, entry) }))
  return context.throttled(last, () => apply(context, become, steps, own?.questions ?? []))
}

const repeats = ({ options }: TaskNode): boolean => options.until !== undefined || options.retries !== undefined
