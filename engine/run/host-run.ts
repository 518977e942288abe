// One host through a list of tasks: plan as far as possible, one round trip, settle, again. Knows nothing of other hosts.
import type { StepOutput } from '../connection/connection.ts'
import type { Ready } from './evaluate.ts'
import { settleAll } from './finish.ts'
import { type HostContext, userKey } from './host-context.ts'
import type { Node, TaskNode } from './nodes.ts'
import { apply, ask, questionsAhead } from './perform.ts'
import { type Entry, type Prepared, plan } from './plan.ts'
import { stepOf } from './step.ts'
import { walk } from './walk.ts'

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
  const stale = new Map<TaskNode, number>()
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
      const ahead = repeats(now.entries.at(-1)!.node) ? [] : [...cursor.upcoming()].slice(now.entries.length)
      outputs = await applyAll(context, now.entries, ahead, prepared, window)
      window = firstWindow
    }
    const going = await settleAll(context, cursor, now.entries, outputs, {
      prepared,
      attempts,
      stale,
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
  const own = groups.find((group) => userKey(group.become) === userKey(become))
  const steps = applying.map((entry) => ({ ready: prepared.get(entry.node) as Ready, step: stepOf(context, entry) }))
  return context.throttled(last, () => apply(context, become, steps, own?.questions ?? []))
}

const repeats = ({ options }: TaskNode): boolean => options.until !== undefined || options.retries !== undefined
