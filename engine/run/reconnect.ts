// Hosts that are lost and come back: how often another connection is tried, and what of a cut bundle is in doubt then.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, StepOutput } from '../connection/connection.ts'
import { ConnectionLost } from '../connection/connection-lost.ts'
import { TsplayError } from '../error.ts'
import type { RunEvent } from '../event.ts'
import type { TaskOptions } from '../task.ts'
import { handlersFor } from './handler-names.ts'
import type { HostContext } from './host-context.ts'
import type { TaskNode } from './nodes.ts'
import type { Entry } from './plan.ts'
import { ridersOf } from './rewrite.ts'

/**
 * Milliseconds before the second and the third try: a service that is being restarted is back within a second or two, a
 * host that is not there after four will not be for a while.
 */
const pauses = [1000, 3000]

/** After so many milliseconds no other try begins: who has kept us waiting that long has had several tries' time. */
const patience = 15_000

/** How often a host that breaks its connections gets another one before it has done anything in between. */
export const mostBreaks = pauses.length

/**
 * Connects, and tries again where the network failed. Every failure that is followed by another try is told to `notice`.
 * @throws TsplayError kind `unreachable`, never a {@link ConnectionLost}
 */
export async function connectStubbornly(
  connect: () => Promise<Connection>,
  signal: AbortSignal,
  notice: (message: string) => void,
): Promise<Connection> {
  const begun = performance.now()
  for (let tries = 1; ; tries++) {
    try {
      return await connect()
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error
      const pause = pauses[tries - 1]
      if (pause === undefined || performance.now() - begun > patience || signal.aborted)
        throw tries === 1 ? gaveUp(error) : gaveUp(error, `tried ${tries} times`)
      notice(`${error.message}; trying again in ${pause / 1000} s`)
      await sleep(pause, undefined, { signal })
    }
  }
}

/**
 * Does what may be done again, such as asking: with a new connection where the old one breaks.
 * @throws TsplayError kind `unreachable`, never a {@link ConnectionLost}, once the breaks are too many
 */
export async function persistently<T>(context: HostContext, work: () => Promise<T>): Promise<T> {
  for (let breaks = 1; ; breaks++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ConnectionLost) || context.signal.aborted) throw error
      if (breaks > mostBreaks) throw gaveUp(error, `lost ${breaks} times`)
      tellLost(context, error, 'asking again over another connection')
    }
  }
}

/** What is known of the entries of a bundle that was cut. */
export interface Cut {
  /** Those before the first one whose end is unknown, and how they ended. */
  readonly done: readonly Entry[]
  readonly outputs: readonly (StepOutput | undefined)[]
  /** Sent, but nobody knows how far they came. */
  readonly inDoubt: readonly TaskNode[]
  /** They have not begun. */
  readonly unsent: readonly TaskNode[]
}

export function cutOff(entries: readonly Entry[], { bundle }: ConnectionLost): Cut {
  const applying = entries.filter(({ applies }) => applies)
  const open = applying.findIndex((_, index) => bundle?.outputs[index] === undefined)
  // the questions behind them may be all that was cut
  const ended = open < 0 ? applying.length : open
  const sent = Math.max(ended, bundle?.sent ?? 0)
  // what one script makes of several tasks is theirs together
  const nodes = applying.map((entry) => [entry, ...ridersOf(entries, entries.indexOf(entry))].map(({ node }) => node))
  return {
    done: open < 0 ? entries : entries.slice(0, entries.indexOf(applying[open]!)),
    outputs: bundle?.outputs.slice(0, ended) ?? [],
    inDoubt: nodes.slice(ended, sent).flat(),
    unsent: nodes.slice(sent).flat(),
  }
}

/** Whether doing the task a second time is not for the run to decide: it is a command, and not one that may be retried. */
export const onlyOnce = ({ action, options }: TaskNode): boolean =>
  action.module.runs === true && options.until === undefined && options.retries === undefined

/** A command that may have been running when the connection was lost. */
export const doubtful = (node: TaskNode, { message, cause }: TsplayError): TsplayError =>
  new TsplayError(`${message}; nobody knows how far '${node.name}' came, so it is not run a second time`, {
    kind: 'unreachable',
    hint: `see on the host what it has done; a task with retries is run again, and so is any that --resume comes to`,
    cause,
  })

/** The task may have changed something without our hearing of it: its handlers run in any case. */
export function notifyInDoubt(context: HostContext, { name, options, around }: TaskNode): void {
  const due = handlersFor((options as TaskOptions).notify, context.handlers, around)
  for (const each of due)
    context.notified.set(each.handler.name, {
      ...each,
      left: `the connection was lost during '${name}', which may have changed something before`,
    })
  const names = due.map(({ handler }) => handler.name)
  if (names.length > 0) context.record.notified(name, names)
}

export function tellLost(context: HostContext, { message }: TsplayError, then: string): void {
  context.emit(lostNotice(context.host.name, context.mask.hide(`${message}; ${then}`)))
}

/** A notice about the host, whose name messages of its connection begin with. */
export const lostNotice = (host: string, message: string): RunEvent => ({
  type: 'notice',
  host,
  message: message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message,
})

/** The same as the last word on the host. */
export const gaveUp = ({ message, hint, cause }: TsplayError, how?: string): TsplayError =>
  new TsplayError(how === undefined ? message : `${message} (${how})`, {
    kind: 'unreachable',
    ...(hint !== undefined && { hint }),
    cause,
  })
