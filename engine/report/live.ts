// How much of a running task's output was shown while it came. Pure counting.
import type { RunEvent, TaskEvent } from '../event.ts'

/** Lines that were shown, of each stream. */
export interface Seen {
  readonly stdout: number
  readonly stderr: number
}

export interface Live {
  readonly add: (event: RunEvent) => void
  /** What was shown of a task that has ended; forgets it. */
  readonly take: (event: TaskEvent) => Seen
}

const nothing: Seen = { stdout: 0, stderr: 0 }

export function createLive(): Live {
  const seen = new Map<string, Seen>()
  const key = ({ play, host, task }: { play: string; host: string; task: string }): string =>
    JSON.stringify([play, host, task])
  return {
    add(event) {
      // the output that a task ends with is that of its last try
      if (event.type === 'retry') seen.delete(key(event))
      if (event.type !== 'output') return
      const before = seen.get(key(event)) ?? nothing
      seen.set(key(event), { ...before, [event.stream]: before[event.stream] + linesOf(event.text).length })
    },
    take(event) {
      const found = seen.get(key(event)) ?? nothing
      seen.delete(key(event))
      return found
    },
  }
}

/** Lines of a text; a newline at its end begins none. */
export const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n')
