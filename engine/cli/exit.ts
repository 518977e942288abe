// Exit codes, as users and scripts rely on them (the table in README.md).
import type { RunOutcome } from '../run/run.ts'

export const exitCodes = {
  ok: 0,
  input: 1,
  failed: 2,
  changed: 3,
  unreachable: 4,
  both: 6,
  bug: 70,
  interrupted: 130,
} as const

/** The exit code of a run. `detailed` asks for 3 where something changed (or would). */
export function exitCodeOf({ hosts, interrupted }: RunOutcome, options: { detailed: boolean }): number {
  const recaps = Object.values(hosts)
  const failed = recaps.some((recap) => recap.failed > 0)
  const unreachable = recaps.some((recap) => recap.unreachable > 0)
  if (interrupted) return exitCodes.interrupted
  if (failed && unreachable) return exitCodes.both
  if (failed) return exitCodes.failed
  if (unreachable) return exitCodes.unreachable
  return options.detailed && recaps.some((recap) => recap.changed > 0) ? exitCodes.changed : exitCodes.ok
}
