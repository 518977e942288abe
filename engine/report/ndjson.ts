// One JSON event a line: the machine's view of a run, as README.md documents it.
import type { Reporter } from '../event.ts'

/** Writes every event as a line; the last line is the recap. */
export const ndjson =
  (write: (text: string) => void): Reporter =>
  (event) =>
    write(`${JSON.stringify(event)}\n`)
