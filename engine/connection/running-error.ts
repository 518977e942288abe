// An error as a person needs it: what went wrong, and what was running then.
import { TsplayError } from '../error.ts'
import { showScript } from '../script.ts'
import type { Step } from './connection.ts'

/** The error with the beginning of the step's script in its message; secrets stay masked. Bugs are left as they are. */
export function whileRunning<T>(error: T, step: Step | undefined): T | TsplayError {
  if (!(error instanceof TsplayError) || !step) return error
  const { kind, hint, place, cause } = error
  return new TsplayError(runningMessage(error.message, step), { kind, hint, place, cause })
}

/** The message with what was running. */
export function runningMessage(message: string, step: Step | undefined): string {
  if (!step) return message
  const script = showScript(step.script).trim().replace(/\s+/g, ' ')
  const excerpt = script.length > 120 ? `${script.slice(0, 119)}…` : script
  return `${message}, while this was running: ${excerpt}`
}
