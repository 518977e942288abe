// Events as JSON, one a line, for programs.
import type { HostRecap, Reporter, RunEvent, TaskEvent } from '../event.ts'
import { counters } from './recap-lines.ts'
import type { Write } from './report-options.ts'

/** Every event on a line of its own, as it happens; the last one is the recap. */
export const ndjson =
  (write: Write): Reporter =>
  (event) =>
    write(`${JSON.stringify(ordered(event), plainValues)}\n`)

/** The documented keys come first and in their order, whatever the event was built like. */
function ordered(event: RunEvent): object {
  if (event.type === 'task') return orderedTask(event)
  if (event.type !== 'recap') return event
  const hosts = Object.entries(event.hosts).map(([name, recap]) => [name, orderedRecap(recap)])
  return { type: event.type, hosts: Object.fromEntries(hosts), durationMs: Math.round(event.durationMs) }
}

function orderedTask({ type, play, role, task, host, module, status, changed, diff, durationMs, ...rest }: TaskEvent) {
  return { type, play, role, task, host, module, status, changed, diff, durationMs: Math.round(durationMs), ...rest }
}

const orderedRecap = (recap: HostRecap) => Object.fromEntries(counters.map((key) => [key, recap[key]]))

const plainValues = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
