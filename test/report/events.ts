// A run as events, for the tests of reporters.
import type { HostRecap, Reporter, RunEvent, TaskEvent } from '../../engine/event.ts'

/** A finished task; says only what a test is about. */
export const taskEvent = (part: Partial<TaskEvent> = {}): TaskEvent => ({
  type: 'task',
  play: 'etcd',
  role: 'etcd',
  task: 'config',
  host: 'm1',
  module: 'template',
  status: 'ok',
  changed: part.status === 'changed',
  diff: [],
  durationMs: 120,
  ...part,
})

export const recapOf = (part: Partial<HostRecap> = {}): HostRecap => ({
  ok: 0,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  roundTrips: 0,
  ...part,
})

/** What a reporter writes for these events. */
export function reported(make: (write: (text: string) => void) => Reporter, events: readonly RunEvent[]): string {
  let text = ''
  const reporter = make((part) => {
    text += part
  })
  for (const event of events) reporter(event)
  return text
}
