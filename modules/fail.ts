// fail: ends what a host does with a reason. Touches no host.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { always } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'

/** Parameters of `fail`. */
export interface FailParams {
  /** Why. Default `failed as requested`. */
  message?: string
  /** What the user can do about it. Default: nothing is said. */
  hint?: string
}

/**
 * Fails, in a check as well. It stands where a condition or a result has led to something that must not be.
 *
 * @example behind a condition
 * ```ts
 * host.groups.length === 0 && task('nowhere', fail({ message: `${host.name} is in no group`, hint: 'add it to one' }))
 * ```
 * @example behind a result
 * ```ts
 * task('space', shell({ cmd: 'df --output=pcent / | tail -1' }), { changedWhen: false }).register(({ stdout }) => [
 *   Number.parseInt(stdout, 10) > 90 && task('too full', fail({ message: `/ is${stdout} full` })),
 * ])
 * ```
 */
export const fail = defineModule<FailParams, object>({
  name: 'fail',
  params: z.strictObject({ message: z.string().min(1).optional(), hint: z.string().optional() }),
  probe: () => always({}),
  desired({ message = 'failed as requested', hint }) {
    throw new TaskFailure(message, hint)
  },
  apply: () => sh.empty,
  touches: () => [],
})
