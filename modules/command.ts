// command: one program with its arguments, without a shell.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { quote, sh } from '../engine/script.ts'
import {
  type RunningParams,
  type RunningResult,
  type RunningState,
  runningParams,
  runningProbe,
  runningResult,
  runningScript,
} from './common/running.ts'
import { splitWords } from './common/words.ts'

/** Parameters of `command`. */
export interface CommandParams extends RunningParams {
  /**
   * The program and its arguments: a list of words, or one text that is split at blanks outside of quotes. A text with
   * pipes, redirections or wildcards is refused: there is no shell to understand them.
   */
  cmd: string | readonly string[]
}

const line = z.string().superRefine((text, context) => {
  try {
    const { words, shellSyntax } = splitWords(text)
    if (words.length === 0) context.addIssue({ code: 'custom', message: 'there is no program to run' })
    if (shellSyntax !== undefined) {
      context.addIssue({
        code: 'custom',
        message: `'${shellSyntax}' means something to a shell only, and command runs none: use shell({ cmd }), quote it, or give a list of words`,
      })
    }
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

/** Runs a program. Always changed when it runs, unless `changedWhen` says otherwise. */
export const command = defineModule<CommandParams, RunningState, RunningResult>({
  name: 'command',
  params: z.strictObject({
    cmd: z.union([
      line,
      z
        .array(z.string())
        .readonly()
        .refine((words) => words.length > 0, { error: 'there is no program to run' }),
    ]),
    ...runningParams,
  }),
  runs: true,
  subject: ({ cmd }) => wordsOf(cmd).map(quote).join(' '),
  probe: runningProbe,
  desired: () => ({ done: true }),
  apply: (params) => runningScript(sh`exec ${wordsOf(params.cmd)}`, params),
  result: (_params, _actual, output) => runningResult(output),
})

const wordsOf = (cmd: string | readonly string[]): readonly string[] =>
  typeof cmd === 'string' ? splitWords(cmd).words : cmd
