// A program of the host that is asked something: what it said, or why it did not. Knows no program.
import { map, type Probe, script } from '../../engine/probe.ts'
import type { ScriptAnswer } from '../../engine/question/script.ts'
import { type Script, sh } from '../../engine/script.ts'

/** What a program said. */
export interface Asked {
  /** Exit code; 127 where there is no such program. */
  readonly code: number
  readonly stdout: string
  /** Standard error, where it failed. */
  readonly error: string
}

/**
 * Runs a program that only reads, after what is in `before`. Standard error is kept apart: what a program warns of must
 * not get into its answer. Without `reads` it is asked anew after every change.
 */
export const asked = (
  program: Script,
  { before = sh.empty, ...options }: { reads?: readonly string[]; before?: Script } = {},
): Probe<Asked> => map(script(sh.join([before, apart(program)]), options), readAsked)

/** It ends with the program's exit code. The session's own input is not the program's, so `before` has to take contents from it. */
const apart = (program: Script): Script => sh`{ _e=$( { ${program}
} 2>&1 >&4 3<&- ); _c=$?; } 4>&1
[ "$_c" -eq 0 ] || printf '\036%s' "$_e"
( exit "$_c" )`

function readAsked({ code, stdout }: ScriptAnswer): Asked {
  const end = code === 0 ? -1 : stdout.lastIndexOf('\x1e')
  return end === -1
    ? { code, stdout, error: '' }
    : { code, stdout: stdout.slice(0, end), error: stdout.slice(end + 1).trim() }
}

/** Fails, with what to do, where the host has no such program. */
export const needs = (program: string, hint: string): Script =>
  sh`command -v ${program} >/dev/null 2>&1 || { printf '%s\n' ${`there is no ${program} on the host: ${hint}`} >&2; exit 127; }`
