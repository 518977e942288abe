// A task that runs apart from the connection: started, looked at until it has ended, and taken away. Judges nothing.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Step, StepOutput } from '../connection/connection.ts'
import { forgetJob, jobOutput, lookAtJob, readJob, startJob } from '../job.ts'
import type { Script } from '../script.ts'
import type { TaskOptions } from '../task.ts'
import type { Ready } from './evaluate.ts'
import type { HostContext } from './host-context.ts'
import { apply } from './perform.ts'
import { persistently } from './reconnect.ts'

/** Runs the step as a job and waits for its end; its output is what the step's would have been. */
export async function runJob(
  context: HostContext,
  { ready, step }: { readonly ready: Ready; readonly step: Step },
  { async: seconds = 0, poll = 15 }: Pick<TaskOptions, 'async' | 'poll'>,
  away: <T>(wait: () => Promise<T>) => Promise<T>,
): Promise<readonly (StepOutput | undefined)[]> {
  const begun = performance.now()
  const become = context.becomeOf(ready.node)
  const { script, environment } = step
  const started = await apply(
    context,
    become,
    [{ ready, step: { script: startJob(script, seconds), ...(environment && { environment }) } }],
    [],
  )
  if (started[0]?.code !== 0) return started
  const id = text(started[0].stdout).trim()
  const onHost = (...scripts: Script[]): Promise<StepOutput[]> =>
    persistently(context, async () => {
      const session = await context.session(become)
      return (await session.bundle(scripts.map((each) => ({ script: each })))) as StepOutput[]
    })
  let ended = false
  try {
    for (;;) {
      await away(() => sleep(poll * 1000, undefined, { signal: context.signal }))
      const [state] = await onHost(lookAtJob(id))
      const job = readJob(text(state!.stdout))
      if (job.state === 'running') continue
      ended = true
      const { code, timedOut } = job.state === 'ended' ? job : lost
      const [out, err] = await onHost(jobOutput(id, 'out'), jobOutput(id, 'err'), forgetJob(id))
      const stderr = job.state === 'ended' ? err!.stdout : Buffer.from(lost.message)
      return [{ code, timedOut, stdout: out!.stdout, stderr, durationMs: performance.now() - begun }]
    }
  } finally {
    // whoever interrupts the run leaves nothing running
    if (!ended) await onHost(forgetJob(id)).catch(() => undefined)
  }
}

const lost = { code: 1, timedOut: false, message: 'the folder of the job is gone: nobody knows how it ended' }

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
