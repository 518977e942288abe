// debug: says something in the run's output. Touches no host.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { always } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'

/** Parameters of `debug`: a message, a value, or both. */
export interface DebugParams {
  /** What to say. */
  message?: string
  /** A value to show as JSON. Secrets in it show as ***. */
  value?: unknown
}

/** Says something; never changes anything. */
export const debug = defineModule<DebugParams, object, { readonly message: string }>({
  name: 'debug',
  params: z
    .strictObject({ message: z.string().optional(), value: z.unknown().optional() })
    .refine(({ message, value }) => message !== undefined || value !== undefined, {
      error: 'give message or value; a value that is undefined cannot be shown',
    }),
  probe: () => always({}),
  desired: () => ({}),
  apply: () => sh.empty,
  result: ({ message, value }) => ({
    message: [message, value === undefined ? undefined : JSON.stringify(value, null, 2)]
      .filter((part) => part !== undefined)
      .join(': '),
  }),
  touches: () => [],
})
