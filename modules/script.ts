// script: a script of the control side, run on the host and gone again.
import path from 'node:path'
import { z } from 'zod'
import type { Content } from '../engine/content.ts'
import { TsplayError } from '../engine/error.ts'
import { defineModule } from '../engine/module.ts'
import { quote, sh } from '../engine/script.ts'
import { interpreterOf } from './common/interpreter.ts'
import {
  type RunningParams,
  type RunningResult,
  type RunningState,
  runningParams,
  runningProbe,
  runningResult,
  runningScript,
} from './common/running.ts'

/** Parameters of `script`. */
export interface ScriptParams extends RunningParams {
  /** The script, looked up in the role's files/, the role, then beside the playbook. */
  src: string
  /** Its arguments. Each arrives as it is: no shell expands it. Default: none. */
  args?: readonly string[]
  /** What runs it, by path or name, without arguments. Default: what its `#!` line says, `/bin/sh` where it has none. */
  executable?: string
}

interface Input {
  readonly params: ScriptParams
  readonly content: Content
  readonly interpreter: readonly string[]
}

/**
 * Sends a script of the control side to the host and runs it there. Always changed when it runs, unless `changedWhen` says
 * otherwise. It lies in a folder of its own meanwhile.
 *
 * @example with arguments
 * ```ts
 * task('docker', script({ src: 'install-docker.sh', args: ['--version', '20.10'], creates: '/usr/bin/docker' }))
 * ```
 * @example run by another program
 * ```ts
 * task('report', script({ src: 'report.py', executable: 'python3', chdir: '/var/log' }), { changedWhen: false })
 * ```
 */
export const script = defineModule<ScriptParams, RunningState, RunningResult, Input>({
  name: 'script',
  params: z.strictObject({
    src: z.string().min(1, { error: 'there is no script to run' }),
    args: z
      .array(z.string().refine((arg) => !arg.includes('\0'), { error: 'an argument cannot hold a NUL character' }))
      .readonly()
      .optional(),
    executable: z
      .string()
      .regex(/^[^\s\0]+$/, { error: 'is one program without arguments; a #! line may hold one' })
      .optional(),
    ...runningParams,
  }),
  runs: true,
  subject: ({ src, args = [] }) => [src, ...args].map(quote).join(' '),
  async prepare(params, control) {
    const { path: file, content } = await control.file(params.src)
    if (params.executable !== undefined) return { params, content, interpreter: [params.executable] }
    return { params, content, interpreter: await interpreter(file, content) }
  },
  probe: ({ params }) => runningProbe(params),
  desired: () => ({ done: true }),
  apply({ params, content, interpreter }) {
    const file = sh`"$_d"/${path.basename(params.src)}`
    // without exec, so that the shell is still there to take the folder away
    return sh`_d=$(mktemp -d "\${TMPDIR:-/tmp}/tsplay-script.XXXXXXXX") || exit 1
trap 'rm -rf -- "$_d"; exit 143' HUP INT TERM
${content} > ${file} && chmod 0700 ${file} || { rm -rf -- "$_d"; exit 1; }
(${runningScript(sh`${interpreter} ${file} ${params.args ?? []}`, params)})
_c=$?
rm -rf -- "$_d"
exit "$_c"`
  },
  result: ({ params }, _actual, output) => runningResult(output, params),
})

async function interpreter(file: string, content: Content): Promise<readonly string[]> {
  const found = interpreterOf(await beginning(content))
  if (typeof found === 'string')
    throw new TsplayError(`script '${file}': ${found}`, { hint: 'save it with Unix line endings: sed -i "s/\\r$//"' })
  return found
}

/** Its first bytes; a large one is not read further. */
async function beginning(content: Content): Promise<Uint8Array> {
  for await (const chunk of content.stream()) return chunk
  return new Uint8Array()
}
