// What all that runs a program shares: when it runs, in which folder, with what input, and what it gives back.
import { z } from 'zod'
import type { Output } from '../../engine/module.ts'
import { all, always, glob, map, type Probe, stat } from '../../engine/probe.ts'
import { isGlob } from '../../engine/question/glob.ts'
import { type Script, sh } from '../../engine/script.ts'
import { isSecret, type Text } from '../../engine/secret.ts'
import { pathParam, textParam } from './params.ts'

/** Parameters that say when and where something runs. */
export interface PlaceParams {
  /** Run in this folder, an absolute path. Default: the login home. */
  chdir?: string
  /** Do not run where this absolute path exists, or anything that a pattern (`*`, `?`, `[…]`) matches. Default: run always. */
  creates?: string
  /** Do not run where this absolute path does not exist, or nothing matches the pattern. Default: run always. */
  removes?: string
}

/** Parameters of whatever runs a program. */
export interface RunningParams extends PlaceParams {
  /** Standard input. Default: empty. */
  stdin?: Text
  /** End the input with a newline where it does not end with one. Default true. */
  stdinAddNewline?: boolean
  /** Leave out the newlines at the end of `stdout` and `stderr`. Default true. */
  stripEmptyEnds?: boolean
}

/** What a program left. */
export interface RunningResult {
  /** Exit code. Any but 0 is a failure, unless `failedWhen` says otherwise. */
  readonly code: number
  /** Standard output. */
  readonly stdout: string
  /** Its lines. */
  readonly stdoutLines: readonly string[]
  /** Standard error. */
  readonly stderr: string
  /** Its lines. */
  readonly stderrLines: readonly string[]
  /** When it began by the control side's clock, as ISO 8601 has it; empty where it has not run. */
  readonly start: string
  /** When it ended. */
  readonly end: string
  /** Seconds that it took. */
  readonly delta: number
  /** True where `creates` or `removes` kept it from running. */
  readonly skipped: boolean
}

/** Whether it has to run: `done` is what `creates` and `removes` say, and never true without them. */
export interface RunningState {
  readonly done: boolean
}

/** The schema's share of when and where. */
export const placeParams = {
  chdir: pathParam.optional(),
  creates: pathParam.optional(),
  removes: pathParam.optional(),
} satisfies Record<string, z.ZodType>

/** The schema's share. */
export const runningParams = {
  ...placeParams,
  stdin: textParam.optional(),
  stdinAddNewline: z.boolean().optional(),
  stripEmptyEnds: z.boolean().optional(),
} satisfies Record<string, z.ZodType>

export function runningProbe({ creates, removes }: PlaceParams): Probe<RunningState> {
  return map(
    all({
      created: creates === undefined ? always(false) : exists(creates),
      there: removes === undefined ? always(true) : exists(removes),
    }),
    ({ created, there }) => ({ done: created || !there }),
  )
}

const exists = (path: string): Probe<boolean> =>
  isGlob(path) ? map(glob(path), (paths) => paths.length > 0) : map(stat(path), (found) => found !== null)

/** The program in its folder with its input. It must not hold the session's own input (file descriptor 3) open. */
export function runningScript(program: Script, { chdir, stdin, stdinAddNewline = true }: RunningParams): Script {
  return sh.join([
    chdir !== undefined && sh`cd -- ${chdir} || exit 1`,
    stdin === undefined ? sh`(${program}) 3<&-` : sh`${input(stdin, stdinAddNewline)} | (${program}) 3<&-`,
  ])
}

/** printf is part of the shell: what it is given appears in no list of processes. */
function input(text: Text, ends: boolean): Script {
  if (!ends) return sh`printf '%s' ${text}`
  if (!isSecret(text)) return sh`printf '%s' ${text.endsWith('\n') ? text : `${text}\n`}`
  // how a secret ends is seen on the host only
  return sh`{ _i=${text}; printf '%s' "$_i"; case $_i in *${'\n'}) ;; *) printf '\n' ;; esac; }`
}

export function runningResult(
  output: Output | undefined,
  { stripEmptyEnds = true }: Pick<RunningParams, 'stripEmptyEnds'> = {},
): RunningResult {
  const stdout = ends(output?.stdout, stripEmptyEnds)
  const stderr = ends(output?.stderr, stripEmptyEnds)
  const { startedAt, durationMs = 0 } = output ?? {}
  return {
    code: output?.code ?? 0,
    stdout,
    stdoutLines: linesOf(stdout),
    stderr,
    stderrLines: linesOf(stderr),
    start: time(startedAt),
    end: time(startedAt === undefined ? undefined : startedAt + durationMs),
    delta: Math.round(durationMs) / 1000,
    skipped: output === undefined,
  }
}

const ends = (text = '', stripped: boolean): string => (stripped ? text.replace(/[\r\n]+$/, '') : text)

const linesOf = (text: string): readonly string[] => {
  const lines = text.split(/\r?\n/)
  // what ends the last line begins no other
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

const time = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? '' : new Date(milliseconds).toISOString()
