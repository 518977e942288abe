// Where the time of a run went: the slowest tasks and the slowest hosts, from what events tell. Knows no clock.
import type { RunEvent, TaskEvent } from '../event.ts'
import { harmless } from './harmless.ts'
import type { Colors } from './report-options.ts'
import { hostName, seconds, taskName } from './task-lines.ts'

/** Adds up what tasks took. */
export interface Profile {
  readonly add: (event: RunEvent) => void
  /** The slowest tasks and hosts as two tables; none where nothing took any time. */
  readonly lines: (colors: Colors) => string[]
}

/** Rows of each table. */
const most = 10

/**
 * A task's time is what its scripts took, also on hosts where it failed; one that found nothing to do took none. Plays
 * keep their tasks apart, hosts add up.
 */
export function createProfile(): Profile {
  const tasks = new Map<string, Sum>()
  const hosts = new Map<string, Sum>()
  return {
    add(event) {
      if (event.type !== 'task' || event.durationMs <= 0) return
      const { play, role, task, handler } = event
      count(tasks, JSON.stringify([play, role, task, handler]), `${taskName(event)} [${harmless(play)}]`, event)
      count(hosts, event.host, harmless(event.host), event)
    },
    lines(colors) {
      if (tasks.size === 0) return []
      const byTask = slowest(tasks).map(({ name, total, count, longest }) => [
        name,
        seconds(total),
        `${count}`,
        `${seconds(longest.durationMs)} on ${hostName(longest)}`,
      ])
      const byHost = slowest(hosts).map(({ name, total, count, longest }) => [
        name,
        seconds(total),
        `${count}`,
        `${seconds(longest.durationMs)} ${taskName(longest)}`,
      ])
      return [
        ...table(['slowest tasks', 'total', 'hosts', 'longest'], byTask, colors),
        '',
        ...table(['slowest hosts', 'total', 'tasks', 'longest'], byHost, colors),
      ]
    },
  }
}

interface Sum {
  readonly name: string
  total: number
  count: number
  longest: TaskEvent
}

function count(sums: Map<string, Sum>, key: string, name: string, event: TaskEvent): void {
  const sum = sums.get(key) ?? { name, total: 0, count: 0, longest: event }
  sums.set(key, sum)
  sum.total += event.durationMs
  sum.count++
  if (event.durationMs > sum.longest.durationMs) sum.longest = event
}

const slowest = (sums: ReadonlyMap<string, Sum>): Sum[] =>
  [...sums.values()].sort((a, b) => b.total - a.total).slice(0, most)

/** The second and third column hold numbers. */
function table(header: readonly string[], rows: readonly string[][], colors: Colors): string[] {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 1 || column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd()
  return [colors.bold(line(header)), ...rows.map(line)]
}
