// waitForConnection: waits until the host can be logged in to.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { always, map, script } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'

/** Parameters of `waitForConnection`. */
export interface WaitForConnectionParams {
  /** Seconds after which it fails. Default 600. */
  timeout?: number
  /** Seconds before the first try. Default 0. */
  delay?: number
}

/** Whether the host has been reached by this task; it does not look before. */
export interface WaitForConnectionState {
  readonly reached: boolean
}

/** What `register` receives. */
export interface WaitForConnectionResult {
  /** Seconds that it took. */
  readonly elapsed?: number
}

/**
 * Waits until a shell of the host answers. It stands before everything that asks the host for something, its facts
 * included: a host that does not answer is given up after a few seconds elsewhere. Is never a change.
 *
 * @example hosts that have just been ordered
 * ```ts
 * task('the host is up', waitForConnection({ delay: 10, timeout: 900 }))
 * ```
 * @example after something that takes the network away for a moment
 * ```ts
 * task('the network is back', waitForConnection({ timeout: 60 }))
 * ```
 */
export const waitForConnection = defineModule<WaitForConnectionParams, WaitForConnectionState, WaitForConnectionResult>(
  {
    name: 'waitForConnection',
    waits: true,
    params: z.strictObject({
      timeout: z.number().positive().optional(),
      delay: z.number().min(0).optional(),
    }),
    probe: () => always({ reached: false }),
    desired: () => ({ reached: true }),
    apply: () => sh.empty,
    away: ({ timeout = 600, delay = 0 }) => ({
      timeout,
      delay,
      back: map(script(sh`:`, { reads: [] }), ({ code }) => code === 0),
    }),
    touches: () => [],
    result: (_params, _actual, output) => (output ? { elapsed: Number(output.stdout) } : {}),
  },
)
