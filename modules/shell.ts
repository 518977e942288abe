// shell: a script for the host's shell.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { sh } from '../engine/script.ts'
import { pathParam } from './common/params.ts'
import {
  type RunningParams,
  type RunningResult,
  type RunningState,
  runningParams,
  runningProbe,
  runningResult,
  runningScript,
} from './common/running.ts'

/** Parameters of `shell`. */
export interface ShellParams extends RunningParams {
  /** The script. Values that go into it are yours to quote; `environment` on the task is the safe way to pass them. */
  cmd: string
  /** Absolute path of the shell. Default `/bin/sh`. */
  executable?: string
}

/**
 * Runs a script with pipes, redirections and all that a shell has. Always changed when it runs, unless `changedWhen` says
 * otherwise.
 *
 * @example a pipe
 * ```ts
 * task('peers', shell({ cmd: 'ss -Htn | wc -l' }), { changedWhen: false })
 * ```
 * @example once, in a folder, by another shell
 * ```ts
 * task(
 *   'unpack',
 *   shell({ cmd: 'set -o pipefail; zcat dump.gz | psql', executable: '/bin/bash', chdir: '/srv', removes: '/srv/dump.gz' }),
 * )
 * ```
 */
export const shell = defineModule<ShellParams, RunningState, RunningResult>({
  name: 'shell',
  params: z.strictObject({
    cmd: z.string().min(1, { error: 'there is nothing to run' }),
    executable: pathParam.optional(),
    ...runningParams,
  }),
  runs: true,
  subject: ({ cmd }) => cmd.split('\n')[0]!,
  probe: runningProbe,
  desired: () => ({ done: true }),
  apply: (params) => runningScript(sh`exec ${params.executable ?? '/bin/sh'} -c ${params.cmd}`, params),
  result: (params, _actual, output) => runningResult(output, params),
})
