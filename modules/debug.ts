// debug: says something in the run's output. Touches no host.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { always } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'

/** Parameters of `debug`: a message, a value, or both. */
export interface DebugParams {
  /** What to say. Default: the value alone. */
  message?: string
  /** A value to show as JSON. Secrets in it show as `***`. Default: the message alone. */
  value?: unknown
  /** Say it only where the run is told to say so much more: 1 is `-v`, 3 is `-vvv`. Default 0. */
  verbosity?: 0 | 1 | 2 | 3
}

interface Input {
  readonly params: DebugParams
  readonly shown: boolean
}

/** What `register` receives. */
export interface DebugResult {
  /** What was said; undefined where the run says less. */
  readonly message: string | undefined
}

/**
 * Says something; never changes anything.
 *
 * @example a message
 * ```ts
 * task('who', debug({ message: `${host.name} is reached at ${host.address}` }))
 * ```
 * @example a value, for those who ask for more
 * ```ts
 * task('variables', debug({ message: 'variables', value: host.vars, verbosity: 2 }))
 * ```
 */
export const debug = defineModule<DebugParams, object, DebugResult, Input>({
  name: 'debug',
  params: z
    .strictObject({
      message: z.string().optional(),
      value: z.unknown().optional(),
      verbosity: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).optional(),
    })
    .refine(({ message, value }) => message !== undefined || value !== undefined, {
      error: 'give message or value; a value that is undefined cannot be shown',
    }),
  prepare: async (params, { verbosity = 0 }) => ({ params, shown: (params.verbosity ?? 0) <= verbosity }),
  probe: () => always({}),
  desired: () => ({}),
  apply: () => sh.empty,
  result: ({ params: { message, value }, shown }) => ({
    message: shown
      ? [message, value === undefined ? undefined : JSON.stringify(value, null, 2)]
          .filter((part) => part !== undefined)
          .join(': ')
      : undefined,
  }),
  touches: () => [],
})
