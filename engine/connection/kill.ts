// Ends what a resident shell runs, from beside it: a second program of the same user signals the whole process group.
import { grace, greeting } from './bootstrap.ts'
import type { Become } from './connection.ts'
import { start } from './start.ts'
import { type Channel, failureOf, type Transport } from './transport.ts'

/**
 * Sends TERM to the process group, KILL to what is left of it after the grace. Resolves when the group is gone, as far
 * as that can be known; never rejects.
 */
export async function killGroup(transport: Transport, become: Become | undefined, group: number): Promise<void> {
  if (!Number.isSafeInteger(group) || group <= 1) return
  try {
    await runBeside(transport, become, program(group))
  } catch {
    if (failureOf(transport)) return
    // No room for a second program beside the first (MaxSessions 1).
    const spare = await transport.again().catch(() => undefined)
    if (!spare) return
    await runBeside(spare, become, program(group)).catch(() => {})
    await spare.close()
  }
}

/** Runs a program that prints a greeting and nothing else, to its end. @throws TsplayError where it does not start */
export async function runBeside(
  transport: Transport,
  become: Become | undefined,
  program: (token: string) => string,
): Promise<void> {
  const { channel } = await start(transport, become, program)
  channel.output.resume()
  channel.errors.resume()
  await channel.closed
  channel.destroy()
}

/** Whether the program ends in that time. */
export async function closesWithin({ closed }: Channel, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  const closes = await Promise.race([closed.then(() => true), late])
  clearTimeout(timer)
  return closes
}

const program =
  (group: number) =>
  (token: string): string =>
    [...greeting(token, 'kill'), ...killing(group)].join(' ')

/** Shell text that ends a process group: TERM, and KILL for what is left after the grace. */
// Neither `-s NAME` nor `--` before a group is taken by every shell; this form is.
export const killing = (group: number): string[] => [
  ...membersAlive(group),
  `kill -TERM -${group} 2>/dev/null || exit 0;`,
  `_tsp_t=0; while [ "$_tsp_t" -lt ${grace * 20} ]; do`,
  '_tsp_alive || exit 0;',
  // A sleep that knows no fractions sleeps the whole grace at once.
  `sleep 0.05 2>/dev/null || { sleep ${grace}; _tsp_t=${grace * 20}; }; _tsp_t=$(($_tsp_t + 1)); done;`,
  `kill -KILL -${group} 2>/dev/null; exit 0`,
]

// Zombies still count as members for `kill -0`, and in a container nobody may ever collect them.
const membersAlive = (group: number): string[] => [
  `_tsp_alive() { kill -0 -${group} 2>/dev/null || return 1; [ -r /proc/$$/stat ] || return 0;`,
  'for _tsp_p in /proc/[0-9]*/stat; do if read -r _tsp_x <"$_tsp_p"; then set -- ${_tsp_x##*) };',
  `case "$1 $3" in Z*) ;; *" ${group}") return 0;; esac; fi; done 2>/dev/null; return 1; };`,
]
