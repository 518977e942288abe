// What command and shell share: when they run, in which folder, with what input, and what they give back.
import type { z } from 'zod'
import type { Output } from '../../engine/module.ts'
import { all, always, map, type Probe, stat } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import type { Text } from '../../engine/secret.ts'
import { pathParam, textParam } from './params.ts'

/** Parameters of whatever runs a program. */
export interface RunningParams {
  /** Run in this folder. Default: the login home. */
  chdir?: string
  /** Do not run where this path exists. */
  creates?: string
  /** Do not run where this path does not exist. */
  removes?: string
  /** Standard input. Default: empty. */
  stdin?: Text
}

/** What a program left. */
export interface RunningResult {
  /** Exit code. Any but 0 is a failure, unless `failedWhen` says otherwise. */
  readonly code: number
  /** Standard output without the newlines at its end. */
  readonly stdout: string
  /** Standard error without the newlines at its end. */
  readonly stderr: string
  /** True where `creates` or `removes` kept it from running. */
  readonly skipped: boolean
}

/** Whether it has to run: `done` is what `creates` and `removes` say, and never true without them. */
export interface RunningState {
  readonly done: boolean
}

/** The schema's share. */
export const runningParams = {
  chdir: pathParam.optional(),
  creates: pathParam.optional(),
  removes: pathParam.optional(),
  stdin: textParam.optional(),
} satisfies Record<string, z.ZodType>

export function runningProbe({ creates, removes }: RunningParams): Probe<RunningState> {
  return map(
    all({
      created: creates === undefined ? always(null) : stat(creates),
      removed: removes === undefined ? always(undefined) : stat(removes),
    }),
    ({ created, removed }) => ({ done: created !== null || removed === null }),
  )
}

/** The program in its folder with its input. It must not hold the session's own input (file descriptor 3) open. */
export function runningScript(program: Script, { chdir, stdin }: RunningParams): Script {
  return sh.join([
    chdir !== undefined && sh`cd -- ${chdir} || exit 1`,
    // printf is part of the shell: what it is given appears in no list of processes
    stdin === undefined ? sh`(${program}) 3<&-` : sh`printf '%s' ${stdin} | (${program}) 3<&-`,
  ])
}

export const runningResult = (output: Output | undefined): RunningResult => ({
  code: output?.code ?? 0,
  stdout: trimmed(output?.stdout),
  stderr: trimmed(output?.stderr),
  skipped: output === undefined,
})

const trimmed = (text = ''): string => text.replace(/[\r\n]+$/, '')
