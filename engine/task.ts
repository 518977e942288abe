// Tasks, blocks and handlers: plain data that a play's functions return. Runs nothing.
import { TsplayError } from './error.ts'
import { checkOptions, namesOf } from './known-options.ts'
import type { Meta } from './meta.ts'
import type { Action } from './module.ts'
import type { Host } from './site.ts'

/** What every result has besides the module's own fields. */
export interface TaskResult {
  readonly changed: boolean
  readonly failed: boolean
}

/** Options with Ansible's meaning. `Result` is what the task's module gives. */
export interface TaskOptions<Result = object> extends CommonOptions {
  /**
   * Handlers to run at the next flush when the task changes something: handlers themselves, or topics that handlers
   * listen to.
   * @throws TsplayError before the run for a topic that no handler of the play listens to
   */
  readonly notify?: Notified | readonly Notified[]
  /**
   * Handlers that this task makes needless when it changes something: a service that is started for the first time has
   * read its new configuration and need not be restarted at the end.
   */
  readonly absorbs?: Handler | readonly Handler[]
  /** Whether the task counts as changed: a fixed answer, or one from its result. Default: what the engine found. */
  readonly changedWhen?: boolean | ((result: Result & TaskResult) => boolean)
  /** Whether the task has failed, instead of the module's own verdict. */
  readonly failedWhen?: boolean | ((result: Result & TaskResult) => boolean)
  /** Repeat until this holds. */
  readonly until?: (result: Result & TaskResult) => boolean
  /** How often to try again: 3 where `until` is given, else 0. Without `until`, until the task does not fail. */
  readonly retries?: number
  /** Seconds between tries. Default 5. */
  readonly delay?: number
  /**
   * Run apart from the connection, for at most this many seconds: a lost connection does not end it, and what is not
   * done by then is killed and has failed.
   */
  readonly async?: number
  /** Seconds between two looks at an `async` task. Default 15. To wait for nothing, see the module `background`. */
  readonly poll?: number
}

/** Options of a task that a block, a role call and a play may set for all tasks within. */
export interface CommonOptions {
  /** False: the task is skipped. */
  readonly when?: boolean
  /** Added to the tags of what the task stands in. A text may hold several, separated by commas. */
  readonly tags?: string | readonly string[]
  /** Run as another user: true means root. */
  readonly become?: boolean | string
  /** Environment variables for the task's commands, merged over the outer ones. */
  readonly environment?: Readonly<Record<string, string>>
  /** A failure is shown and the host goes on. */
  readonly ignoreErrors?: boolean
  /** A host that cannot be reached for the task goes on with the next one. */
  readonly ignoreUnreachable?: boolean
  /** A failure on one host fails every host of the batch where it is then, and no later play runs. */
  readonly anyErrorsFatal?: boolean
  /**
   * Do the task on another host, with that host's connection; its result and facts stay with this one. The name of a host
   * of the inventory, `'localhost'`, a host of `hosts` or `groups`, or one that stands in no inventory: `outsider('10.0.0.9')`.
   * @throws TsplayError before the run for a name that the inventory does not have
   */
  readonly delegateTo?: string | Host
  /** Do the task once a batch, on its first host whose `when` holds; `register` receives the result on every host. */
  readonly runOnce?: boolean
  /** Hide parameters, output and diff everywhere. */
  readonly noLog?: boolean
  /** Seconds after which the task's processes are killed and it fails. */
  readonly timeout?: number
  /** At most this many hosts do the task at the same time. */
  readonly throttle?: number
  /** true: never applied, also in a real run. false: applied even in a check (for commands that only look). */
  readonly check?: boolean
  /** Show, or do not show, what it changes in files, whatever `--diff` says. */
  readonly diff?: boolean
}

/** What `notify` may name. */
export type Notified = Handler | Topic

/** A task that has failed, as `rescue` sees it. */
export interface Failure {
  /** Name of the task. */
  readonly task: string
  /** Its module. */
  readonly module: string
  readonly message: string
  /** What the module gives, as far as it is known. */
  readonly result: TaskResult & { readonly [field: string]: unknown }
}

/** A named action with options. */
export interface Task<Result = object> {
  readonly kind: 'task'
  readonly name: string
  readonly action: Action<Result>
  readonly options: TaskOptions<Result>
  /** The tasks that follow from this one's result. */
  readonly registered?: (result: Result & TaskResult) => TaskList
  /** The same task, followed by the tasks that `tasks` makes of its result. In a check they are known only where the result is. */
  register(tasks: (result: Result & TaskResult) => TaskList): Task<Result>
}

/** Tasks that share options and the handling of failures. */
export interface Block {
  readonly kind: 'block'
  readonly name: string | undefined
  readonly tasks: TaskList
  /** Instead of the rest, once a task of the block has failed; a function is given what has failed. */
  readonly rescue: TaskList | ((failure: Failure) => TaskList) | undefined
  /** Afterwards, whatever happened. */
  readonly always: TaskList | undefined
  readonly options: CommonOptions
}

/** A role's tasks with the values it was called with. */
export interface RoleCall {
  readonly kind: 'role'
  readonly name: string
  /** Folder in which relative sources are looked up first. */
  readonly dir: string | undefined
  /** Tells two roles of the same name apart. The error is thrown nowhere: its stack says where the role is defined. */
  readonly definition: { readonly origin: Error }
  readonly tasks: TaskList
  readonly handlers: readonly Handler[]
  readonly options: CommonOptions
  /** The same call with options for all its tasks. */
  with(options: CommonOptions): RoleCall
}

/** Something that handlers listen to, so that whoever notifies it need not know them. */
export interface Topic {
  readonly kind: 'topic'
  readonly name: string
}

/** A topic: `const certificates = topic('certificates have changed')`. */
export const topic = (name: string): Topic => ({ kind: 'topic', name })

/** Tasks that run once a flush, on the hosts that notified them. */
export interface Handler {
  readonly kind: 'handler'
  readonly name: string
  readonly tasks: TaskList
  readonly options: HandlerOptions
}

export interface HandlerOptions {
  /** At most this many hosts run it at the same time: 1 is a rolling restart. */
  readonly throttle?: number
  /** It also runs when a task notifies one of these topics. */
  readonly listen?: Topic | readonly Topic[]
}

// biome-ignore lint/suspicious/noExplicitAny: results matter inside a task, not to the list it stands in
type AnyTask = Task<any>
// biome-ignore lint/suspicious/noExplicitAny: the same for a bare action
type AnyAction = Action<any>

/** What may stand in a task list. Falsy entries are left out and lists flattened. */
export type TaskItem = AnyTask | AnyAction | Block | RoleCall | Meta | TaskList | false | null | undefined | ''
export type TaskList = readonly TaskItem[]

const common: Record<keyof Required<CommonOptions>, true> = {
  when: true,
  tags: true,
  become: true,
  environment: true,
  ignoreErrors: true,
  ignoreUnreachable: true,
  anyErrorsFatal: true,
  delegateTo: true,
  runOnce: true,
  noLog: true,
  timeout: true,
  throttle: true,
  check: true,
  diff: true,
}

/** The options that everything takes which holds tasks. */
export const commonOptions = namesOf<CommonOptions>(common)

const taskOptions = namesOf<TaskOptions>({
  ...common,
  notify: true,
  absorbs: true,
  changedWhen: true,
  failedWhen: true,
  until: true,
  retries: true,
  delay: true,
  async: true,
  poll: true,
})

const blockOptions = new Set([...commonOptions, 'name', 'rescue', 'always'])
const handlerOptions = namesOf<HandlerOptions>({ throttle: true, listen: true })

/** A task: a name, an action (`copy({ … })`), and how to treat it. */
export function task<Result>(name: string, action: Action<Result>, options: TaskOptions<Result> = {}): Task<Result> {
  if (action?.kind !== 'action')
    throw new TsplayError(`task '${name}': the second argument must be an action, such as copy({ … })`)
  checkOptions(`task '${name}'`, options, taskOptions)
  checkNumbers(name, options)
  return {
    kind: 'task',
    name,
    action,
    options,
    register(tasks) {
      return { ...this, registered: tasks }
    },
  }
}

/** Options that are counts and times, and the least each may be. */
const least = { retries: 0, throttle: 1, async: Number.MIN_VALUE, poll: Number.MIN_VALUE, timeout: Number.MIN_VALUE }

function checkNumbers(name: string, options: TaskOptions<never>): void {
  for (const [option, smallest] of Object.entries(least) as [keyof typeof least, number][]) {
    const value = options[option]
    if (value === undefined) continue
    const whole = option === 'retries' || option === 'throttle'
    if (typeof value === 'number' && value >= smallest && (!whole || Number.isInteger(value))) continue
    const wanted = whole ? `a whole number, ${smallest} at least` : 'a number of seconds above 0'
    throw new TsplayError(`task '${name}': ${option} is ${String(value)}, and should be ${wanted}`, {
      ...(option === 'poll' && value === 0 && { hint: 'background({ … }) starts something and waits for nothing' }),
    })
  }
}

/** Tasks with common options; `rescue` and `always` as in Ansible. */
export function block(
  tasks: TaskList,
  options: CommonOptions & { name?: string; rescue?: Block['rescue']; always?: TaskList } = {},
): Block {
  const { name, rescue, always, ...common } = options
  checkOptions(name === undefined ? 'block' : `block '${name}'`, options, blockOptions)
  return { kind: 'block', name, tasks, rescue, always, options: common }
}

/** A handler: `handler('restart nginx', systemd({ name: 'nginx', state: 'restarted' }))`. One name, one handler in a play. */
export function handler(name: string, tasks: TaskItem, options: HandlerOptions = {}): Handler {
  checkOptions(`handler '${name}'`, options, handlerOptions)
  const named = tasks && (tasks as Action).kind === 'action' ? task(name, tasks as Action) : tasks
  return { kind: 'handler', name, tasks: [named], options }
}
