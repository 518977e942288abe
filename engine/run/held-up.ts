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
  { key }: TaskNode,
  hold: Hold,
  company: Company,
  away: <T>(wait: () => Promise<T>) => Promise<T>,
): Promise<readonly StepOutput[]> {
  const startedAt = Date.now()
  const begun = performance.now()
  const ended = (code: number, stdout: string, stderr = ''): StepOutput[] => [
    {
      code,
      stdout: Buffer.from(stdout),
      stderr: Buffer.from(stderr),
      durationMs: performance.now() - begun,
      startedAt,
      timedOut: false,
    },
  ]
  try {
    if ('seconds' in hold) {
      context.doing = `waiting for ${hold.seconds} s`
      await away(() => sleep(hold.seconds * 1000, undefined, { signal: context.signal }))
      return ended(0, '')
    }
    context.doing = 'waiting for an answer'
    const asked = company.ask(key, hold)
    if (asked) return ended(0, await away(() => Promise.race([asked, aborted(context.signal)])))
    if (hold.fallback !== undefined) return ended(0, hold.fallback)
    return ended(1, '', `there is no terminal to ask on: ${hold.question}`)
  } finally {
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
