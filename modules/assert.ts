// assert: conditions that must hold before the run goes on. Touches no host.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { always } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'

/** Parameters of `assert`. */
export interface AssertParams {
  /** What must hold: a condition, several, or several by name (the name is told when it does not hold). */
  that: boolean | readonly boolean[] | Readonly<Record<string, boolean>>
  /** What to say where it does not hold. */
  message?: string
  /** What the user can do about it. */
  hint?: string
}

/** Fails where a condition does not hold. */
export const assert = defineModule<AssertParams, { readonly holds: boolean }>({
  name: 'assert',
  params: z.strictObject({
    that: z.union([z.boolean(), z.array(z.boolean()).readonly(), z.record(z.string(), z.boolean())]),
    message: z.string().optional(),
    hint: z.string().optional(),
  }),
  probe: ({ that }) => always({ holds: Object.values(typeof that === 'boolean' ? [that] : that).every(Boolean) }),
  desired({ that, message, hint }, { holds }) {
    if (holds) return {}
    const broken = typeof that === 'boolean' ? [] : brokenOf(that)
    throw new TaskFailure(
      message ?? ['assertion failed', ...(broken.length > 0 ? [broken.join(', ')] : [])].join(': '),
      hint,
    )
  },
  apply: () => sh.empty,
  touches: () => [],
})

const brokenOf = (that: Exclude<AssertParams['that'], boolean>): string[] =>
  Object.entries(that)
    .filter(([, holds]) => !holds)
    .map(([name]) => (Array.isArray(that) ? `condition ${Number(name) + 1}` : name))
