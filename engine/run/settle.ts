// How a task has ended: its status, what it counts as, what it says. Turns a verdict and an output into an event.
import type { StepOutput } from '../connection/connection.ts'
import type { TaskEvent, TaskStatus } from '../event.ts'
import type { Output } from '../module.ts'
import { showScript } from '../script.ts'
import type { TaskOptions, TaskResult } from '../task.ts'
import type { HostContext } from './host-context.ts'
import { FactsNeeded } from './lazy-facts.ts'
import { hidden } from './mask.ts'
import type { Entry } from './plan.ts'

/** A finished task. */
export interface Ending {
  readonly status: TaskStatus
  readonly changed: boolean
  /** Failed, but the host goes on. */
  readonly ignored: boolean
  /** `until` does not hold yet, or it failed and may be tried again. */
  readonly again: boolean
  /** What `register` receives; undefined where it cannot be known. */
  readonly result: (TaskResult & object) | undefined
  readonly message?: string
  readonly hint?: string
  readonly output?: Output
}

/** Decides how a task has ended. `output` is there when it was applied; without one, a difference is only predicted. */
export function settle({ node, verdict }: Entry, output: StepOutput | undefined, dry: boolean): Ending {
  const options = node.options as TaskOptions
  const { module } = node.action
  const plain = { ignored: false, again: false, changed: false }
  if (verdict.kind === 'skipped') return { ...plain, status: 'skipped', result: undefined, message: verdict.message }
  if (verdict.kind === 'failed') {
    return failed(
      {
        ...plain,
        result: { changed: false, failed: true },
        message: verdict.message,
        ...(verdict.hint && { hint: verdict.hint }),
      },
      options,
    )
  }
  if (verdict.kind === 'differs' && !output && module.runs) {
    return {
      ...plain,
      status: 'changed',
      changed: true,
      result: undefined,
      ...(verdict.note && { message: verdict.note }),
    }
  }

  if (verdict.kind === 'differs' && !output && verdict.unforeseen) {
    // whoever decides by the result cannot do so yet
    const changed = options.changedWhen !== false
    return { ...plain, status: changed ? 'changed' : 'ok', changed, result: undefined }
  }

  const text = output && outputText(output)
  const broken = text !== undefined && text.code !== 0
  let result: TaskResult & object
  try {
    const own =
      verdict.kind === 'same' ? verdict.result : broken && !module.runs && !module.waits ? {} : verdict.result(text)
    const changes = verdict.kind === 'differs' && !module.waits && (module.runs === true || !broken)
    result = { ...own, changed: changes, failed: broken }
    result = { ...result, failed: decided(options.failedWhen, result, broken) || output?.timedOut === true }
    result = { ...result, changed: decided(options.changedWhen, result, changes) }
    // a dry run does not wait for what nobody has set going
    if (!dry && again(options, result)) {
      return {
        ...plain,
        status: 'failed',
        again: true,
        result,
        ...(text && { output: text }),
        message: failureText(output, options),
      }
    }
  } catch (error) {
    if (error instanceof FactsNeeded) throw error
    const message = `the task's options: ${(error as Error).message}`
    return failed(
      { ...plain, result: { changed: false, failed: true }, message, ...(text && { output: text }) },
      options,
    )
  }
  if (verdict.kind === 'differs' && verdict.note) {
    return { ...plain, status: 'changed', changed: true, result: undefined, message: verdict.note }
  }
  const shown = messageOf(result)
  if (result.failed) {
    return failed(
      {
        ...plain,
        changed: result.changed,
        result,
        message: shown ?? failureText(output, options),
        ...(text && { output: text }),
      },
      options,
    )
  }
  return {
    ...plain,
    status: result.changed ? 'changed' : 'ok',
    changed: result.changed,
    result,
    ...(shown !== undefined && { message: shown }),
    ...(text && { output: text }),
  }
}

/** The event of an ending, secrets hidden. */
export function taskEvent(
  context: HostContext,
  entry: Entry,
  ending: Ending,
  details: { durationMs: number; attempts: number; handler: boolean },
): TaskEvent {
  const { node, verdict } = entry
  const hide = context.mask.hide
  const silent = node.options.noLog === true
  const shows = node.action.module.runs || ending.status === 'failed'
  return {
    type: 'task',
    play: context.play,
    role: node.scope.roles.at(-1) ?? null,
    task: hide(node.name),
    host: context.host.name,
    module: node.action.module.name,
    ...delegateOf(node),
    status: ending.status,
    changed: ending.changed,
    diff: verdict.kind !== 'same' && verdict.kind !== 'skipped' && !silent ? hidden(verdict.diff ?? [], hide) : [],
    durationMs: Math.round(details.durationMs),
    ...(node.options.diff !== undefined && { showDiff: node.options.diff }),
    ...(details.handler && { handler: true }),
    ...(ending.ignored && { ignored: true }),
    ...(ending.message !== undefined && { message: silent ? 'hidden by noLog' : hide(ending.message) }),
    ...(ending.hint !== undefined && !silent && { hint: hide(ending.hint) }),
    ...(ending.output && { code: ending.output.code }),
    ...(ending.output &&
      shows &&
      !silent && { stdout: hide(ending.output.stdout), stderr: hide(ending.output.stderr) }),
    ...(details.attempts > 1 && { attempts: details.attempts }),
    ...(context.telling.scripts &&
      !silent &&
      entry.applies &&
      verdict.kind === 'differs' && { script: hide(showScript(verdict.script())) }),
  }
}

function delegateOf({ options: { delegateTo, when } }: Entry['node']): { delegate?: string } {
  if (delegateTo === undefined || when === false) return {}
  return { delegate: typeof delegateTo === 'string' ? delegateTo : delegateTo.name }
}

function failed(ending: Omit<Ending, 'status'>, options: TaskOptions): Ending {
  return { ...ending, status: 'failed', ignored: options.ignoreErrors === true }
}

const decided = <R>(rule: boolean | ((result: R) => boolean) | undefined, result: R, own: boolean): boolean =>
  rule === undefined ? own : typeof rule === 'boolean' ? rule : rule(result)

function again({ until, retries }: TaskOptions, result: TaskResult): boolean {
  if (until) return !until(result)
  return retries !== undefined && result.failed
}

/** How often a task may be tried in all. */
export const attemptsOf = ({ until, retries }: { until?: unknown; retries?: number }): number =>
  1 + (retries ?? (until ? 3 : 0))

const outputText = ({ code, stdout, stderr, durationMs, startedAt }: StepOutput): Output => ({
  code,
  stdout: decode(stdout),
  stderr: decode(stderr),
  durationMs,
  ...(startedAt !== undefined && { startedAt }),
})

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const messageOf = (result: object): string | undefined => {
  const { message } = result as { message?: unknown }
  return typeof message === 'string' ? message : undefined
}

function failureText(output: StepOutput | undefined, { timeout, until, async: most }: TaskOptions): string {
  if (output?.timedOut) return `ended after its ${most === undefined ? `timeout of ${timeout}` : `time of ${most}`} s`
  if (!output || output.code === 0) return until ? 'what it waits for did not come about' : 'failed'
  const text = decode(output.stderr).trim() || decode(output.stdout).trim()
  return text === ''
    ? `exit code ${output.code}`
    : `exit code ${output.code}: ${text.split('\n').slice(-20).join('\n')}`
}
