// raw: shell text, read by the login shell of the session itself.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { always } from '../engine/probe.ts'
import { sh } from '../engine/script.ts'
import { pathParam } from './common/params.ts'
import { type RunningResult, type RunningState, runningResult } from './common/running.ts'

/** Parameters of `raw`. */
export interface RawParams {
  /** The text, sent as it is. */
  cmd: string
  /** Absolute path of a shell to read it. Default: the shell that the connection has open anyway; no process is started for it. */
  executable?: string
}

/**
 * Runs shell text with nothing around it: no folder, no input, no condition. For hosts that have next to nothing, and for
 * what must cost no process. Always changed, unless `changedWhen` says otherwise.
 *
 * @example the very first task on a bare host
 * ```ts
 * task('python', raw({ cmd: 'command -v python3 || apk add python3' }), { changedWhen: ({ stdout }) => !stdout.startsWith('/') })
 * ```
 * @example another shell
 * ```ts
 * task('arrays', raw({ cmd: 'a=(1 2 3); echo "${#a[@]}"', executable: '/bin/bash' }), { changedWhen: false })
 * ```
 */
export const raw = defineModule<RawParams, RunningState, RunningResult>({
  name: 'raw',
  params: z.strictObject({
    cmd: z
      .string()
      .min(1, { error: 'there is nothing to run' })
      .refine((text) => !text.includes('\0'), { error: 'a script cannot hold a NUL character' }),
    executable: pathParam.optional(),
  }),
  runs: true,
  subject: ({ cmd }) => cmd.split('\n')[0]!,
  probe: () => always({ done: false }),
  desired: () => ({ done: true }),
  // eval ends at a syntax error as a shell of its own would, and keeps what is unbalanced from reading on
  apply: ({ cmd, executable }) =>
    executable === undefined ? sh`exec 3<&-; eval ${cmd}` : sh`exec 3<&-; exec ${executable} -c ${cmd}`,
  result: (_params, _actual, output) => runningResult(output),
})
