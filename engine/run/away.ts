// A host that goes away and comes back, or is still to come: one connection after the other until it says so. Judges nothing.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Become, Step, StepOutput } from '../connection/connection.ts'
import { ConnectionLost } from '../connection/connection-lost.ts'
import { TsplayError } from '../error.ts'
import type { Away } from '../module.ts'
import { AskError, asking } from './ask.ts'
import type { Ready } from './evaluate.ts'
import type { HostContext } from './host-context.ts'
import { apply } from './perform.ts'

/** Milliseconds between two tries: a host that boots is not asked in vain too often, and not kept waiting long. */
const pauses = [500, 1000, 2000, 3000, 5000]

/** Sends the step, if there is one, and waits until the host is back. A host that is not in time has failed. */
export async function awayAndBack(
  context: HostContext,
  { ready, step }: { readonly ready: Ready; readonly step: Step | undefined },
  { timeout, delay, back }: Away,
  away: <T>(wait: () => Promise<T>) => Promise<T>,
): Promise<readonly (StepOutput | undefined)[]> {
  const begun = performance.now()
  const elapsed = (): number => (performance.now() - begun) / 1000
  const become = context.becomeOf(ready.node)
  const pause = (milliseconds: number): Promise<void> =>
    away(() => sleep(milliseconds, undefined, { signal: context.signal }))
  context.away = true
  try {
    if (step) {
      const sent = await leave(context, become, { ready, step })
      if (sent && sent.code !== 0) return [sent]
      await context.disconnect()
    }
    await pause(delay * 1000)
    for (let tries = 0; ; tries++) {
      context.doing = 'waiting for the host to come back'
      const missing = await away(() => lookFor(context, become, back))
      if (missing === undefined) return [ended(0, `${elapsed().toFixed(1)}`, begun)]
      if (elapsed() >= timeout) return [ended(1, `the host is not back after ${timeout} s: ${missing}`, begun)]
      await context.disconnect()
      await pause(pauses[Math.min(tries, pauses.length - 1)]!)
    }
  } finally {
    context.away = false
  }
}

/** Sets it going. That the connection breaks meanwhile is what was wished for. */
async function leave(
  context: HostContext,
  become: Become | undefined,
  entry: { readonly ready: Ready; readonly step: Step },
): Promise<StepOutput | undefined> {
  try {
    return (await apply(context, become, [entry], []))[0]
  } catch (error) {
    if (!(error instanceof ConnectionLost) || context.signal.aborted) throw error
    return undefined
  }
}

/** What is still missing; undefined: it is back. */
async function lookFor(
  context: HostContext,
  become: Become | undefined,
  back: Away['back'],
): Promise<string | undefined> {
  const plan = asking(back.questions)
  try {
    const session = await context.session(become)
    const answers = plan.read(await session.bundle(plan.steps, { signal: context.signal }))
    const there = back.read(<T>(question: { readonly id: string }) => {
      const answer = answers.get(question.id)
      if (answer === undefined || answer instanceof AskError) throw new TsplayError(answer?.message ?? 'no answer')
      return answer as T
    })
    return there === true ? undefined : there || 'it answers, but not as expected'
  } catch (error) {
    if (!(error instanceof TsplayError) || context.signal.aborted) throw error
    return error.message
  }
}

const ended = (code: number, text: string, begun: number): StepOutput => ({
  code,
  stdout: code === 0 ? Buffer.from(text) : Buffer.alloc(0),
  stderr: code === 0 ? Buffer.alloc(0) : Buffer.from(text),
  durationMs: performance.now() - begun,
  timedOut: false,
})
