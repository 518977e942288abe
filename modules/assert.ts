// assert: conditions that must hold before the run goes on. Touches no host.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { always } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'

/** Parameters of `assert`. */
export interface AssertParams {
  /** What must hold: a condition, several, or several by name (the name is told when it does not hold). */
  that: boolean | readonly boolean[] | Readonly<Record<string, boolean>>
  /** What to say where it does not hold. Default: which condition does not. */
  failMessage?: string
  /** What to say where all of it holds. Default: nothing. */
  successMessage?: string
  /** What the user can do about a failure. Default: nothing is said. */
  hint?: string
}

/** What `register` receives. */
export interface AssertResult {
  /** The success message, if there is one. */
  readonly message: string | undefined
}

/**
 * Fails where a condition does not hold. Changes nothing, and asks the host for nothing but the facts in its conditions.
 *
 * @example conditions by name
 * ```ts
 * task('an odd etcd cluster', assert({ that: { 'three members or five': [3, 5].includes(5), 'a name': host.name !== '' } }))
 * ```
 * @example one condition, and what to do about it
 * ```ts
 * task('supported', assert({ that: host.name.length < 64, failMessage: 'the name is too long', hint: 'rename the host' }))
 * ```
 */
export const assert = defineModule<AssertParams, { readonly holds: boolean }, AssertResult>({
  name: 'assert',
  params: z.strictObject({
    that: z.union([z.boolean(), z.array(z.boolean()).readonly(), z.record(z.string(), z.boolean())], {
      error: 'expected true or false, or a list or record of those: an undefined one is no condition',
    }),
    failMessage: z.string().optional(),
    successMessage: z.string().optional(),
    hint: z.string().optional(),
  }),
  probe: ({ that }) => always({ holds: Object.values(typeof that === 'boolean' ? [that] : that).every(Boolean) }),
  desired({ that, failMessage, hint }, { holds }) {
    if (holds) return {}
    const broken = typeof that === 'boolean' ? [] : brokenOf(that)
    throw new TaskFailure(
      failMessage ?? ['assertion failed', ...(broken.length > 0 ? [broken.join(', ')] : [])].join(': '),
      hint,
    )
  },
  apply: () => sh.empty,
  result: ({ successMessage }) => ({ message: successMessage }),
  touches: () => [],
})

const brokenOf = (that: Exclude<AssertParams['that'], boolean>): string[] =>
  Object.entries(that)
    .filter(([, holds]) => !holds)
    .map(([name]) => (Array.isArray(that) ? `condition ${Number(name) + 1}` : name))
