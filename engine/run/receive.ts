// Hands what a task has printed to its module, where it is the control side that changes. Sends nothing.
import type { StepOutput } from '../connection/connection.ts'
import { createReceiver } from './control/receiver.ts'
import type { Entry, Prepared } from './plan.ts'

/** The output as the task is judged by: without what was kept, and a failure where it could not be. */
export async function received(
  { node, verdict }: Entry,
  output: StepOutput | undefined,
  prepared: Prepared,
): Promise<StepOutput | undefined> {
  const { module } = node.action
  const ready = prepared.get(node)
  if (!module.receive || output?.code !== 0 || verdict.kind !== 'differs') return output
  if (!ready || ready instanceof Error) return output
  const dir = node.scope.dirs.at(-1) ?? '.'
  try {
    await module.receive(ready.input, verdict.change, output.stdout, createReceiver(dir))
    return { ...output, stdout: new Uint8Array() }
  } catch (error) {
    const stderr = Buffer.from(`on the control side: ${(error as Error).message}`)
    return { ...output, code: 1, stdout: new Uint8Array(), stderr }
  }
}
