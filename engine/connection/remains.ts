// What a lost connection may have left running on its host, and how the next one ends it. Knows no protocol.
import { greeting } from './bootstrap.ts'
import type { Become } from './connection.ts'
import { killing, runBeside } from './kill.ts'
import type { Transport } from './transport.ts'

/** A shell that was out of reach before it ended. */
export interface Remains {
  readonly become: Become | undefined
  /** Its process and the group that it runs steps in. */
  readonly pid: number
  readonly group: number
  /** A word of its command line that no other process has: by now the number may be somebody else's. */
  readonly token: string
  /** A step was running: it is ended with all it has started. Otherwise the shell alone. */
  readonly busy: boolean
}

/**
 * Ends the shell, and the process group where a step was running. Resolves when that is done, as far as that can be
 * known; never rejects.
 */
export async function endRemains(transport: Transport, remains: Remains): Promise<void> {
  const { become, pid, group, token, busy } = remains
  if (![pid, group].every((id) => Number.isSafeInteger(id) && id > 1)) return
  await runBeside(transport, become, (own) =>
    [
      ...greeting(own, 'end'),
      `if [ -r /proc/$$/cmdline ]; then grep -q ${token} /proc/${pid}/cmdline 2>/dev/null || exit 0;`,
      `else case $(ps -o args= -p ${pid} 2>/dev/null) in *${token}*) ;; *) exit 0;; esac; fi;`,
      ...(busy ? killing(group) : [`kill -TERM ${pid} 2>/dev/null; exit 0`]),
    ].join(' '),
  ).catch(() => {})
}
