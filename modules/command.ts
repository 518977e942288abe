// command: one program with its arguments, without a shell.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { quote, sh } from '../engine/script.ts'
import { cmdParam, wordsOf } from './common/cmd.ts'
import {
  type RunningParams,
  type RunningResult,
  type RunningState,
  runningParams,
  runningProbe,
  runningResult,
  runningScript,
} from './common/running.ts'

/** Parameters of `command`. */
export interface CommandParams extends RunningParams {
  /**
   * The program and its arguments: a list of words (Ansible's `argv`), or one text that is split at blanks outside of
   * quotes. A text with pipes, redirections or wildcards is refused: there is no shell to understand them.
   */
  cmd: string | readonly string[]
}

/**
 * Runs a program without a shell. Always changed when it runs, unless `changedWhen` says otherwise.
 *
 * @example once, and not again
 * ```ts
 * task('keys', command({ cmd: ['ssh-keygen', '-A'], creates: '/etc/ssh/ssh_host_*_key' }))
 * ```
 * @example a look at the host, with what follows from it
 * ```ts
 * task('swaps', command({ cmd: 'swapon --noheadings' }), { changedWhen: false }).register(({ stdoutLines }) => [
 *   stdoutLines.length > 0 && task('swap off', command({ cmd: 'swapoff -a' })),
 * ])
 * ```
 */
export const command = defineModule<CommandParams, RunningState, RunningResult>({
  name: 'command',
  params: z.strictObject({
    cmd: cmdParam,
    ...runningParams,
  }),
  runs: true,
  subject: ({ cmd }) => wordsOf(cmd).map(quote).join(' '),
  probe: runningProbe,
  desired: () => ({ done: true }),
  apply: (params) => runningScript(sh`exec ${wordsOf(params.cmd)}`, params),
  result: (params, _actual, output) => runningResult(output, params),
})
