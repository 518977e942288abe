// pause: lets time pass, or asks whoever runs this. Touches no host.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { always } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { secret, type Text } from '../engine/secret.ts'

/** Seconds; a timer holds no more. */
const longest = 24 * 24 * 3600

/** Parameters of `pause`: a time or a question. */
export interface PauseParams {
  /** Seconds to wait. Default: no time. */
  seconds?: number
  /** Minutes to wait. Default: no time. */
  minutes?: number
  /** What to ask on the terminal, once for all hosts of the batch; they wait for a line of answer. Default: nothing is asked. */
  prompt?: string
  /** Show the answer while it is typed; where not, the answer is a secret. Default true. */
  echo?: boolean
  /**
   * The answer where there is no terminal, as in a pipeline; the empty text goes on like a pressed Enter key. Default: the
   * task fails there, because nobody has agreed.
   */
  answer?: string
}

/** What `register` receives. */
export interface PauseResult {
  /** What was answered: a secret where it was not shown, the empty text where nothing was asked. */
  readonly answer: Text
  /** Seconds that it took. */
  readonly elapsed: number
}

/**
 * Waits on the control side. A check neither waits nor asks. Is never a change.
 *
 * @example until caches have expired
 * ```ts
 * task('let the old name go', pause({ minutes: 2 }))
 * ```
 * @example a word of agreement before each batch of a rolling play
 * ```ts
 * task('agreed', pause({ prompt: 'go on with the next hosts? (yes)', answer: '' })).register(({ answer }) => [
 *   answer !== 'yes' && answer !== '' && task('stop', fail({ message: 'not agreed' })),
 * ])
 * ```
 */
export const pause = defineModule<PauseParams, { readonly held: boolean }, PauseResult>({
  name: 'pause',
  waits: true,
  params: z
    .strictObject({
      seconds: z.number().min(0).max(longest).optional(),
      minutes: z
        .number()
        .min(0)
        .max(longest / 60)
        .optional(),
      prompt: z.string().min(1).optional(),
      echo: z.boolean().optional(),
      answer: z.string().optional(),
    })
    .refine(
      ({ seconds, minutes, prompt }) => [seconds, minutes, prompt].filter((each) => each !== undefined).length === 1,
      {
        error: 'give one of seconds, minutes and prompt',
      },
    )
    .refine(({ prompt, echo, answer }) => prompt !== undefined || (echo === undefined && answer === undefined), {
      error: 'echo and answer are for a prompt',
    }),
  subject: ({ seconds, minutes, prompt }) => prompt ?? (minutes === undefined ? `${seconds} s` : `${minutes} min`),
  probe: () => always({ held: false }),
  desired: () => ({ held: true }),
  apply: () => sh.empty,
  holds: ({ seconds, minutes = 0, prompt, echo = true, answer }) =>
    prompt === undefined ? { seconds: seconds ?? minutes * 60 } : { question: prompt, echo, fallback: answer },
  result: ({ echo = true }, _actual, { stdout = '', durationMs = 0 } = { code: 0, stdout: '', stderr: '' }) => ({
    answer: echo ? stdout : secret(stdout, 'answer'),
    elapsed: Math.round(durationMs / 100) / 10,
  }),
})
