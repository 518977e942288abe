// expect: a program on a terminal of its own, and answers to what it asks there.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { quote } from '../engine/script.ts'
import { isSecret, type Text } from '../engine/secret.ts'
import { cmdParam, wordsOf } from './common/cmd.ts'
import { textParam } from './common/params.ts'
import { patternParam } from './common/patterns.ts'
import { onTerminal } from './common/pty-driver.ts'
import {
  type PlaceParams,
  placeParams,
  type RunningResult,
  type RunningState,
  runningProbe,
  runningResult,
  runningScript,
} from './common/running.ts'

/** Parameters of `expect`. */
export interface ExpectParams extends PlaceParams {
  /** The program and its arguments: a list of words, or one text that is split at blanks outside of quotes. No shell reads it. */
  cmd: string | readonly string[]
  /**
   * What is answered to what: by a regular expression that what the program prints must match, one answer as often as it
   * is asked for, or a list of answers, of which each is given once. They go to the program's terminal with a newline behind
   * them, and never stand in a list of processes.
   */
  responses: Readonly<Record<string, Text | readonly Text[]>>
  /** Seconds that it may go on without asking for anything that is known and without ending. Default 30. */
  timeout?: number
  /** Let the terminal show the answers in the output. Default false. */
  echo?: boolean
}

const answerParam = textParam.refine((text) => isSecret(text) || !text.includes('\0'), {
  error: 'an answer cannot hold a NUL character',
})

/**
 * Runs a program that asks questions, and answers them. The host needs python3, or perl and script of util-linux. Always
 * changed when it runs, unless `changedWhen` says otherwise.
 *
 * @example a password twice
 * ```ts
 * task('password', expect({ cmd: 'passwd alice', responses: { '(?i)password:': secret('correct horse') } }))
 * ```
 * @example one answer after the other
 * ```ts
 * task(
 *   'setup',
 *   expect({
 *     cmd: ['/opt/app/setup', '--interactive'],
 *     responses: { 'Database host:': 'db1', 'Overwrite .*\\?': ['yes', 'no'] },
 *     creates: '/opt/app/config.yml',
 *     timeout: 120,
 *   }),
 * )
 * ```
 */
export const expect = defineModule<ExpectParams, RunningState, RunningResult>({
  name: 'expect',
  params: z.strictObject({
    cmd: cmdParam,
    responses: z
      .record(z.string(), z.union([answerParam, z.array(answerParam).min(1).readonly()]))
      .refine((responses) => Object.keys(responses).length > 0, { error: 'what should be answered?' })
      .superRefine((responses, context) => {
        for (const pattern of Object.keys(responses)) {
          const problem = patternParam.safeParse(pattern).error?.issues[0]?.message
          if (problem !== undefined || pattern.includes('\0'))
            context.addIssue({ code: 'custom', path: [pattern], message: problem ?? 'holds a NUL character' })
        }
      }),
    timeout: z.number().positive().max(86_400).optional(),
    echo: z.boolean().optional(),
    ...placeParams,
  }),
  runs: true,
  subject: ({ cmd }) => wordsOf(cmd).map(quote).join(' '),
  probe: runningProbe,
  desired: () => ({ done: true }),
  apply: ({ cmd, responses, timeout = 30, echo = false, ...place }) => {
    const replies = Object.entries(responses).map(([pattern, answer]) => ({
      pattern,
      answers: Array.isArray(answer) ? (answer as Text[]) : [answer as Text],
      repeats: !Array.isArray(answer),
    }))
    return runningScript(onTerminal(wordsOf(cmd), { replies, timeout, echo }), place)
  },
  result: (_params, _actual, output) => runningResult(output),
})
