// One round: plan as far as possible, one round trip, settle. Knows nothing of other hosts.
import type { StepOutput } from '../connection/connection.ts'
import { ConnectionLost } from '../connection/connection-lost.ts'
import type { TsplayError } from '../error.ts'
import { awayAndBack } from './away.ts'
import { onBehalfOf } from './delegate.ts'
import type { Ready } from './evaluate.ts'
import { type Settling, settleAll } from './finish.ts'
import { heldUp } from './held-up.ts'
import { answersOf, type HostContext, userKey } from './host-context.ts'
import { runJob } from './job-run.ts'
import type { Stop, TaskNode } from './nodes.ts'
import { intended, withdrawn } from './notify.ts'
import { apply, ask, questionsAhead } from './perform.ts'
import { type Entry, type Plan, plan, prepare } from './plan.ts'
import { cutOff, doubtful, gaveUp, mostBreaks, notifyInDoubt, onlyOnce, tellLost } from './reconnect.ts'
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
  let breaks = 0
  /** Tasks that may have run unseen, and must not run again. */
  const doubts = new Map<TaskNode, TsplayError>()
  let lastWord: TsplayError | undefined

  /** `asked`: nothing could be settled yet. */
  async function round(
    working: HostContext,
    planned: () => Iterable<Stop>,
    ahead: (from: number) => readonly TaskNode[],
  ): Promise<'asked' | number | undefined> {
    context.doing = 'planning'
    if (lastWord) {
      for (const { name } of [...planned()].filter(isTask).slice(0, 1)) context.at = name
      throw lastWord
    }
    const now = upToDoubt(await plan(working, planned(), prepared, settling.alone))
    const applying = now.entries.filter((entry) => entry.applies)
    let outputs: readonly (StepOutput | undefined)[] = []
    if (applying.length > 0) {
      const further = repeats(now.entries.at(-1)!.node) ? [] : ahead(now.entries.length)
      try {
        outputs = await applyAll(working, now.entries, further)
      } catch (error) {
        if (!(error instanceof ConnectionLost) || context.signal.aborted) throw error
        return cut(working, now.entries, error)
      }
      breaks = 0
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

  function upToDoubt(given: Plan): Plan {
    const at = given.entries.findIndex(({ node, applies }) => applies && doubts.has(node))
    if (at < 0) return given
    if (at === 0) {
      context.at = given.entries[0]!.node.name
      throw doubts.get(given.entries[0]!.node)
    }
    return { entries: given.entries.slice(0, at), blocked: undefined, finished: false }
  }

  /** The connection broke: what is known to have ended is settled, the rest is planned anew with fresh answers. */
  async function cut(
    working: HostContext,
    entries: readonly Entry[],
    error: ConnectionLost,
  ): Promise<number | undefined> {
    const { done, outputs, inDoubt, unsent } = cutOff(entries, error)
    const { waits } = await settleAll(context, cursor, done, outputs, settling)
    for (const node of unsent) withdrawn(context, node)
    for (const node of inDoubt)
      if (onlyOnce(node)) doubts.set(node, doubtful(node, error))
      else notifyInDoubt(context, node)
    // told when the task is reached that it ends at, so that what was done before counts
    if (++breaks > mostBreaks) lastWord = gaveUp(error, `lost ${breaks} times`)
    else if (!doubts.has(inDoubt[0]!)) tellLost(context, error, 'going on over another connection')
    await working.disconnect()
    return waits
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
    const steps = applying.map((entry, index) => {
      const before = applying[index - 1]?.node
      // so that a lost connection leaves a command in doubt only where the command itself was running
      const goesOn = before !== undefined && (!onlyOnce(before) || before.options.ignoreUnreachable === true)
      const waits = goesOn && onlyOnce(entry.node)
      return { ready: prepared.get(entry.node) as Ready, step: { ...stepOf(working, entry), ...(waits && { waits }) } }
    })
    for (const { node, applies, rides } of entries) if (applies || rides) intended(context, node)
    const lasts = applying.at(-1)!.verdict
    return working.throttled(last, () => {
      if (lasts.kind === 'differs' && lasts.away) {
        const [{ ready, step }] = steps as [(typeof steps)[number]]
        const orders = lasts.script().parts.length > 0
        return awayAndBack(working, { ready, step: orders ? step : undefined }, lasts.away, away)
      }
      if (lasts.kind === 'differs' && lasts.hold) return heldUp(working, last, lasts.hold, settling.company, away)
      if (last.options.async !== undefined) return runJob(working, steps[0]!, last.options, away)
      return apply(working, become, steps, own?.questions ?? [])
    })
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
