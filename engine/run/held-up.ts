// A task that holds its host up: time passes, or somebody is asked. Sends nothing.
import { setTimeout as sleep } from 'node:timers/promises'
import type { StepOutput } from '../connection/connection.ts'
import type { Hold } from '../module.ts'
import type { Company } from './company.ts'
import type { HostContext } from './host-context.ts'
import type { TaskNode } from './nodes.ts'

/** Waits while others may work. What was known of the host may be otherwise by then and is forgotten. */
export async function heldUp(
  context: HostContext,
  { key, options: { timeout = 0 } }: TaskNode,
  hold: Hold,
  company: Company,
  away: <T>(wait: () => Promise<T>) => Promise<T>,
): Promise<readonly StepOutput[]> {
  const startedAt = Date.now()
  const begun = performance.now()
  const ended = (code: number, stdout: string, stderr = '', timedOut = false): StepOutput[] => [
    {
      code,
      stdout: Buffer.from(stdout),
      stderr: Buffer.from(stderr),
      durationMs: performance.now() - begun,
      startedAt,
      timedOut,
    },
  ]
  const over = new AbortController()
  const passing = (seconds: number): Promise<void> =>
    sleep(seconds * 1000, undefined, { signal: AbortSignal.any([over.signal, context.signal]) })
  const inTime = (held: Promise<string>): Promise<string | undefined> =>
    away(() => Promise.race([held, ...(timeout > 0 ? [passing(timeout).then(() => undefined)] : [])]))
  try {
    let answer: string | undefined
    if ('seconds' in hold) {
      context.doing = `waiting for ${hold.seconds} s`
      answer = await inTime(passing(hold.seconds).then(() => ''))
    } else {
      context.doing = 'waiting for an answer'
      const asked = company.ask(key, hold)
      if (!asked && hold.fallback === undefined) return ended(1, '', `there is no terminal to ask on: ${hold.question}`)
      answer = asked ? await inTime(Promise.race([asked, aborted(context.signal)])) : hold.fallback
    }
    return answer === undefined ? ended(124, '', '', true) : ended(0, answer)
  } finally {
    over.abort()
    for (const answers of context.answers.values()) answers.clear()
    context.applied++
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
