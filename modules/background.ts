// background: something that runs on when the task is over, and jobStatus, which looks at it later.
import { z } from 'zod'
import { forgetJob, jobOutput, lookAtJob, readJob, startJob } from '../engine/job.ts'
import { type Action, type AnyModule, defineModule, TaskFailure } from '../engine/module.ts'
import { all, map, type Probe, script } from '../engine/probe.ts'
import type { RunningState } from './common/running.ts'

/** Something that runs in the background, on one host and as one user. */
export interface Job {
  readonly id: string
}

/** Parameters of `background`. */
export interface BackgroundParams {
  /** What to run: a command, shell, script, raw or expect. */
  run: Action
  /** Seconds after which it is killed with all it has started. */
  seconds: number
}

interface Input {
  readonly params: BackgroundParams
  readonly input: unknown
}

/**
 * Starts something and does not wait for it; it outlives the run. `register` receives the job, for `jobStatus`. Always
 * changed when it starts something, unless `changedWhen` says otherwise.
 *
 * @example something long, looked at until it has ended
 * ```ts
 * task('backup', background({ run: command({ cmd: '/usr/local/bin/backup' }), seconds: 3600 })).register(({ job }) => [
 *   task('backup is done', jobStatus({ job }), { until: ({ finished }) => finished, retries: 120, delay: 30 }),
 * ])
 * ```
 * @example nobody waits for it
 * ```ts
 * task('warm up', background({ run: shell({ cmd: 'cat /srv/index/* > /dev/null' }), seconds: 600 }))
 * ```
 */
export const background = defineModule<BackgroundParams, RunningState, { readonly job: Job }, Input>({
  name: 'background',
  params: z.strictObject({
    run: z.custom<Action>(
      (value) => (value as Action | null)?.kind === 'action' && (value as Action).module.runs === true,
      {
        error: 'expected something that runs: command({ … }), shell({ … }) or script({ … })',
      },
    ),
    seconds: z.number().positive(),
  }),
  runs: true,
  subject: ({ run: { module, params } }) => [module.name, module.subject?.(params)].filter(Boolean).join(' '),
  async prepare(params, control) {
    const { module } = params.run
    return { params, input: module.prepare ? await module.prepare(params.run.params, control) : params.run.params }
  },
  probe: ({ params: { run }, input }) => moduleOf(run).probe(input) as Probe<RunningState>,
  desired: ({ params: { run }, input }, actual) => moduleOf(run).desired(input, actual) as RunningState,
  apply: ({ params: { run, seconds }, input }, change) => startJob(moduleOf(run).apply(input, change), seconds),
  result: (_input, _actual, output) => ({ job: { id: output?.stdout.trim() ?? '' } }),
})

const moduleOf = ({ module }: Action): AnyModule => module

/** Parameters of `jobStatus`. */
export interface JobStatusParams {
  /** What `background` has started, on this host and as this user. */
  job: Job
}

/** What `register` and `until` receive. */
export interface JobStatus {
  /** False as long as it runs. What it has written so far is there meanwhile. */
  readonly finished: boolean
  /** Exit code; 124 where its time was over, undefined as long as it runs. */
  readonly code: number | undefined
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
}

/**
 * Looks at a job that `background` has started. Fails where there is no such job. Changes nothing.
 *
 * @example until it has ended, and well
 * ```ts
 * task('load', background({ run: shell({ cmd: 'zcat dump.gz | psql' }), seconds: 900 })).register(({ job }) => [
 *   task('loaded', jobStatus({ job }), {
 *     until: ({ finished }) => finished,
 *     retries: 60,
 *     delay: 15,
 *     failedWhen: ({ finished, code }) => finished && code !== 0,
 *   }),
 * ])
 * ```
 * @example what it has printed so far
 * ```ts
 * task('scan', background({ run: command({ cmd: 'find / -xdev -nouser' }), seconds: 300 })).register(({ job }) => [
 *   task('so far', jobStatus({ job })).register(({ stdout }) => [task('found', debug({ message: stdout }))]),
 * ])
 * ```
 */
export const jobStatus = defineModule<JobStatusParams, JobStatus & { readonly known: boolean }, JobStatus>({
  name: 'jobStatus',
  params: z.strictObject({ job: jobParam() }),
  subject: ({ job }) => job.id,
  probe: ({ job }) => look(job),
  desired({ job }, { known }) {
    if (!known)
      throw new TaskFailure(`there is no job ${job.id} on the host`, 'a job belongs to the user who has started it')
    return {}
  },
  apply: () => {
    throw new Error('to look at a job leaves nothing to apply')
  },
  result: (_params, { known: _known, ...status }) => status,
  touches: () => [],
})

/** Parameters of `endJob`. */
export interface EndJobParams {
  /** What `background` has started, on this host and as this user. */
  job: Job
}

/**
 * Ends a job with all it has started, if it still runs, and takes away what is left of it.
 *
 * @example a helper that is needed for a while
 * ```ts
 * task('tunnel', background({ run: command({ cmd: 'socat TCP-LISTEN:5000,fork TCP:db1:5432' }), seconds: 600 })).register(
 *   ({ job }) => [task('migrate', command({ cmd: '/opt/app/migrate' })), task('no tunnel', endJob({ job }))],
 * )
 * ```
 * @example in any case, also where what it was for has failed
 * ```ts
 * task('watch', background({ run: shell({ cmd: 'vmstat 1 > /tmp/load' }), seconds: 900 })).register(({ job }) => [
 *   block([task('rebuild', command({ cmd: 'make -C /srv/app' }))], { always: [task('watch no more', endJob({ job }))] }),
 * ])
 * ```
 */
export const endJob = defineModule<EndJobParams, { readonly there: boolean }>({
  name: 'endJob',
  params: z.strictObject({ job: jobParam() }),
  subject: ({ job }) => job.id,
  probe: ({ job }) => map(look(job), ({ known }) => ({ there: known })),
  desired: () => ({ there: false }),
  apply: ({ job }) => forgetJob(job.id),
})

const look = ({ id }: Job): Probe<JobStatus & { readonly known: boolean }> =>
  map(
    all({
      looked: script(lookAtJob(id)),
      out: script(jobOutput(id, 'out')),
      err: script(jobOutput(id, 'err')),
    }),
    ({ looked, out, err }) => {
      const job = readJob(looked.stdout)
      const ended = job.state === 'ended' ? job : { code: undefined, timedOut: false }
      return {
        known: job.state !== 'unknown',
        finished: job.state === 'ended',
        code: ended.code,
        timedOut: ended.timedOut,
        stdout: out.stdout.replace(/[\r\n]+$/, ''),
        stderr: err.stdout.replace(/[\r\n]+$/, ''),
      }
    },
  )

function jobParam(): z.ZodType<Job> {
  return z.custom<Job>((value) => /^[A-Za-z0-9]+$/.test((value as Job | null)?.id ?? ''), {
    error: 'expected the job that background has started',
  })
}
