// One round: plan as far as possible, one round trip, settle. Knows nothing of other hosts.
import type { StepOutput } from '../connection/connection.ts'
import { onBehalfOf } from './delegate.ts'
import type { Ready } from './evaluate.ts'
import { intended, type Settling, settleAll } from './finish.ts'
import { answersOf, type HostContext, userKey } from './host-context.ts'
import { runJob } from './job-run.ts'
import type { Stop, TaskNode } from './nodes.ts'
import { apply, ask, questionsAhead } from './perform.ts'
import { type Entry, plan, prepare } from './plan.ts'
import { stepOf } from './step.ts'
import { isTask, type Walk } from './walk.ts'

/** After a change that may have touched anything, only this many tasks are asked about ahead; more as long as nothing changes. */
const firstWindow = 12

/** The rounds of one host through one list. */
export interface Round {
  /** As far as one round trip leads, or no further than one task. Resolves to milliseconds to wait before the next round. */
  own(reach: 'one' | 'many', looksAhead: boolean): Promise<number | undefined>
  /** The next task, done on another host. */
  delegated(next: TaskNode, actor: HostContext): Promise<number | undefined>
  /** The next task is skipped. */
  skip(next: TaskNode, message: string): Promise<void>
}

/** `away` waits while others may work. */
export function createRound(
  context: HostContext,
  cursor: Walk,
  settling: Settling,
  away: <T>(wait: () => Promise<T>) => Promise<T>,
): Round {
  const { prepared } = settling
  let window = Number.POSITIVE_INFINITY

  /** `asked`: nothing could be settled yet. */
  async function round(
    working: HostContext,
    planned: () => Iterable<Stop>,
    ahead: (from: number) => readonly TaskNode[],
  ): Promise<'asked' | number | undefined> {
    context.doing = 'planning'
    const now = await plan(working, planned(), prepared)
    const applying = now.entries.filter((entry) => entry.applies)
    let outputs: readonly (StepOutput | undefined)[] = []
    if (applying.length > 0) {
      const further = repeats(now.entries.at(-1)!.node) ? [] : ahead(now.entries.length)
      outputs = await applyAll(working, now.entries, further)
      window = firstWindow
    }
    const { going, waits } = await settleAll(context, cursor, now.entries, outputs, settling)
    if (!going || applying.length > 0 || !now.blocked) return waits
    const groups = await questionsAhead(working, ahead(0), [], prepared, window)
    if (groups.length === 0) return waits
    context.at = now.blocked.name
    context.doing = `asking about '${now.blocked.name}'`
    await ask(working, groups)
    window *= 4
    return now.entries.length === 0 ? 'asked' : waits
  }

  async function applyAll(
    working: HostContext,
    entries: readonly Entry[],
    ahead: readonly TaskNode[],
  ): Promise<readonly (StepOutput | undefined)[]> {
    const applying = entries.filter((entry) => entry.applies)
    const become = working.becomeOf(applying[0]!.node)
    const last = applying.at(-1)!.node
    context.at = applying[0]!.node.name
    context.doing = `applying '${applying.map(({ node }) => node.name).join("', '")}'`
    context.emit({ type: 'host', host: context.host.name, state: 'applying' })
    const groups = await questionsAhead(working, ahead, applying, prepared, window)
    const own = groups.find((group) => userKey(group.become) === userKey(become))
    const steps = applying.map((entry) => ({ ready: prepared.get(entry.node) as Ready, step: stepOf(working, entry) }))
    for (const { node } of applying) intended(context, node)
    return working.throttled(last, () =>
      last.options.async === undefined
        ? apply(working, become, steps, own?.questions ?? [])
        : runJob(working, steps[0]!, last.options, away),
    )
  }

  const first = function* (): Iterable<Stop> {
    for (const stop of cursor.upcoming()) return void (yield stop)
  }

  return {
    async own(reach, looksAhead) {
      const planned = reach === 'one' ? first : cursor.upcoming
      const seen = looksAhead ? cursor.upcoming : planned
      // what another host is to do is asked there
      const ahead = (from: number): TaskNode[] => [...seen()].slice(from).filter(isTask).filter(isOwn)
      const waits = await context.turn(() => round(context, planned, ahead))
      return waits === 'asked' ? undefined : waits
    },
    async delegated(next, actor) {
      const working = onBehalfOf(context, actor)
      return actor.turn(async () => {
        // others have been at work there since it was asked about, perhaps
        const ready = await prepare(working, next, prepared)
        const answers = answersOf(working, working.becomeOf(next))
        if (!(ready instanceof Error)) for (const { id } of ready.questions) answers.delete(id)
        for (;;) {
          const waits = await round(working, first, (from) => [next].slice(from))
          if (waits !== 'asked') return waits
        }
      })
    },
    async skip(node, message) {
      await settleAll(context, cursor, [{ node, verdict: { kind: 'skipped', message }, applies: false }], [], settling)
    },
  }
}

const isOwn = ({ options }: TaskNode): boolean => options.when !== false && options.delegateTo === undefined

const repeats = ({ options }: TaskNode): boolean => options.until !== undefined || options.retries !== undefined
