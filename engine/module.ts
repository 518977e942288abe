// What a module is: pure functions from params and state to questions, wishes and scripts. Knows nothing of runs and hosts.
import type { z } from 'zod'
import type { Content } from './content.ts'
import { suggest, TsplayError } from './error.ts'
import type { Prediction } from './prediction.ts'
import type { Probe } from './probe.ts'
import type { Script } from './script.ts'
import type { Secret } from './secret.ts'
import type { ArchivePick, Download } from './transfer.ts'

/** The properties a thing should have. null: it should not exist; a property left out or undefined: do not care. */
export type Desired<State> = null | { readonly [Key in keyof NonNullable<State>]?: NonNullable<State>[Key] | undefined }

/** The difference between what is and what should be, given to `apply`. */
export interface Change<State> {
  readonly from: State
  readonly to: Desired<State>
  /** Whether this property has to change. */
  has(key: keyof NonNullable<State>): boolean
}

/**
 * Exit code of a script that finds the host other than its probe did (another name of the same file, somebody else's
 * edit). It must have changed nothing; the engine then asks again and starts over.
 */
export const staleCode = 75

/** What an applied script printed. */
export interface Output {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** When it began, in milliseconds since 1970 by the control side's clock. */
  readonly startedAt?: number
  readonly durationMs?: number
}

/** A file of the control side, named by a module's `src`. */
export interface SourceFile {
  /** Absolute path, for messages. */
  readonly path: string
  readonly content: Content
  /** Permission bits as four octal digits. */
  readonly mode: string
  /** Seconds since 1970 of its last change, where that is to be kept. */
  readonly mtime?: number
}

/** One entry below a source folder. */
export type SourceEntry =
  | { readonly type: 'file'; readonly path: string; readonly file: SourceFile }
  /** Without a mode: one that is only there for what is in it, and stays as it is where it exists. */
  | { readonly type: 'directory'; readonly path: string; readonly mode?: string }
  | { readonly type: 'link'; readonly path: string; readonly target: string }

/** Named values that the control side makes once and keeps (certificates, generated secrets). */
export interface Store {
  /**
   * The value of `name`, as `renew` returns it: given the present one (undefined at first), it gives back the same object
   * to keep it or another to replace it. One caller at a time per name; in a check nothing is written to disk.
   */
  update(
    name: string,
    renew: (present: Readonly<Record<string, string>> | undefined) => Promise<Readonly<Record<string, string>>>,
  ): Promise<Readonly<Record<string, string>>>
  /** The present value of `name`; undefined where there is none. */
  read(name: string): Promise<Readonly<Record<string, string>> | undefined>
  /** Whether the present value of `name` was made in this check, and goes with it: the run will make another. */
  isProvisional?(name: string): boolean
  /**
   * In a check only: what stands for everything that is made like this and goes with the check, made once. Where the run will
   * make thirty keys of a kind, a check has one.
   */
  draft?<T>(kind: string, make: () => Promise<T>): Promise<T>
}

/** Values that tasks leave for later tasks, on the same host or others. */
export interface RunFacts {
  /** @throws TaskFailure where `host` has not set it. */
  get(host: string, key: string): unknown
  set(host: string, key: string, value: unknown): void
}

/** A rendered template. */
export interface RenderedTemplate {
  /** The template's absolute path. */
  readonly path: string
  readonly text: string
  /** Whether a secret has gone into the text. */
  readonly secret: boolean
}

/** The control side, as a module's `prepare` may use it: reading only, each source once a run. */
export interface Control {
  /** True in a dry run. */
  readonly check: boolean
  /** How much the run is told to say: 1 for `-v`, 3 for `-vvv`. Default 0. */
  readonly verbosity?: number
  readonly host: { readonly name: string; readonly address: string }
  readonly store: Store
  readonly facts: RunFacts
  /** A file, looked up in the role's folder, then in the playbook's. @throws TsplayError naming the places looked at. */
  file(src: string): Promise<SourceFile>
  /** Everything below a folder, sorted by path; parents come before what is in them. @throws TsplayError */
  tree(src: string): Promise<readonly SourceEntry[]>
  /** Whether `src` is a folder on the control side. @throws TsplayError where there is nothing. */
  isFolder(src: string): Promise<boolean>
  /** A file that may be there, relative to the playbook's folder; null where there is none. Read anew each time. @throws TsplayError for a folder */
  present(path: string): Promise<SourceFile | null>
  /** What is below a folder that may be there, likewise; null where there is none. */
  presentTree(path: string): Promise<readonly SourceEntry[] | null>
  /**
   * A download, kept in the user's cache folder by its digest; hosts that ask for the same wait for one. Its path ends
   * with the name that the address gives it. @throws TsplayError
   */
  download(download: Download): Promise<SourceFile>
  /**
   * What is in a tar or zip archive of the control side, by the paths that `pick` leaves, parents first. Unpacked once,
   * into the user's cache folder. @throws TsplayError for a path that leads out of where it is unpacked
   */
  archive(file: SourceFile, pick: ArchivePick): Promise<readonly SourceEntry[]>
  /** A template rendered with EJS: nothing is HTML-escaped, an undefined value is an error with the template's line. */
  render(src: string, vars: Readonly<Record<string, unknown>>): Promise<RenderedTemplate>
}

/** Work for the preparation of a task that takes long and needs nothing of other tasks, such as making a key. */
export interface EarlyWork {
  /** What it is for. Of several tasks that name the same, one is given it. */
  readonly name: string
  /** Undefined where it turns out not to be needed. Changes nothing. */
  make(control: Control): Promise<unknown>
}

/** A time without a connection, which a task waits through. */
export interface Away {
  /** Seconds after which the host must be back. */
  readonly timeout: number
  /** Seconds before the first try to connect. */
  readonly delay: number
  /** Asked over each new connection until it is true. A text is as much as false, and says what is still missing. */
  readonly back: Probe<boolean | string>
}

/** A question to whoever runs this, asked once for all hosts that come to it together. */
export interface Inquiry {
  readonly question: string
  /** Whether the answer is shown while it is typed. */
  readonly echo: boolean
  /** The answer where there is nobody to ask; none: the task fails there. */
  readonly fallback: string | undefined
}

/** What holds a host up: time, or a question. */
export type Hold = { readonly seconds: number } | Inquiry

/** The control side, as a module's `receive` may use it. */
export interface Receiver {
  /** Replaces a file of the control side at once; folders on the way to it are made. Relative to the playbook's folder. */
  save(path: string, bytes: Uint8Array, options?: { readonly mode?: string }): Promise<void>
  /** A folder with this mode, or as it is. */
  folder(path: string, options?: { readonly mode?: string }): Promise<void>
  /** A symbolic link; replaces one that is there. */
  link(path: string, target: string): Promise<void>
  /** Nothing is there any more, nor below it. */
  remove(path: string): Promise<void>
}

/**
 * A module. `probe` asks and changes nothing; the engine compares what it finds with `desired` and calls `apply` only
 * where the two differ. Differences, status, diffs and dry runs are the engine's.
 */
export interface Module<Params, State extends object | null, Result extends object = object, Input = Params> {
  readonly name: string
  readonly params: z.ZodType<Params>
  /** True for what always runs (a command): its result is known only afterwards, and a check says so. */
  readonly runs?: boolean
  /** True where applying only waits for something and changes nothing: the task is ok, not changed. */
  readonly waits?: boolean
  /** True where `prepare` must wait until the task is reached, because it depends on what the run has done so far. */
  readonly late?: boolean
  /** What it acts on, in a word: names the task where it has no name, and heads its diff. */
  subject?(params: Params): string
  /**
   * What can be begun before the task's turn: several tasks' at once, while others are prepared. `prepare` is given what
   * comes of it, or undefined, and does without it then.
   */
  ahead?(params: Params): EarlyWork | undefined
  /** The only place for I/O on the control side. May be called for a task that is never reached, so it has no effects. */
  prepare?(params: Params, control: Control, early?: Promise<unknown>): Promise<Input>
  probe(input: Input): Probe<State>
  /** @throws TaskFailure where the wish cannot be met from this state. */
  desired(input: Input, actual: State): Desired<State>
  /** The script that makes `to` true. A non-zero exit code is a failure and its standard error the message. */
  apply(input: Input, change: Change<State>): Script
  /**
   * What the control side does with the bytes that the applied script has printed, where it is the control side that
   * changes (`fetch`). Called once, after the script succeeded; what it throws is the task's failure.
   */
  receive?(input: Input, change: Change<State>, output: Uint8Array, control: Receiver): Promise<void>
  /**
   * The host is away while it is applied, as in a reboot, or is not there yet. The script sets that going and ends (an
   * empty one is not sent); then the connection is closed, and opened anew until `back` holds. What the task has printed
   * is how many seconds that took.
   */
  away?(input: Input, change: Change<State>): Away
  /**
   * Applying it is to wait on the control side; nothing is sent to the host, and no question is asked meanwhile. What the
   * task has printed is the answer.
   */
  holds?(input: Input, change: Change<State>): Hold
  /** What `register` receives. `actual` is the state before; `output` is there when the task was applied. */
  result?(input: Input, actual: State, output?: Output): Result
  /** True where only the run can tell the result that this change leads to: a check then says what depends on it. */
  unforeseen?(input: Input, change: Change<State>): boolean
  /** Resources written, and read by scripts of its own. Not declared or undefined: everything; the task then stands alone. */
  touches?(input: Input): readonly string[] | undefined
  /**
   * The resource that it rewrites as a whole, where several such changes in a row may be made as one: `apply` of the last
   * is given the first one's `from` and all that they wish for together. It must leave everything as it was where it
   * fails, and `predict` must tell all that the next one's probe will find. Undefined: not with these params.
   */
  rewrites?(input: Input): string | undefined
  /** What later probes of a dry run will find once this change is made. */
  predict?(input: Input, change: Change<State>): readonly Prediction[]
}

// biome-ignore lint/suspicious/noExplicitAny: a module's types matter to whoever calls it, not to who keeps it in a list
export type AnyModule = Module<any, any, any, any>

/** A module with its params: what a task does. */
export interface Action<out Result = object> {
  readonly kind: 'action'
  readonly module: AnyModule
  readonly params: unknown
  /** Only for the type checker. */
  readonly result?: Result
}

/** A module as playbooks call it: `copy({ … })` is an action. */
export type ModuleFunction<Params, State extends object | null, Result extends object, Input> = ((
  params: Params,
) => Action<Result>) & {
  readonly module: Module<Params, State, Result, Input>
}

/**
 * Makes a module callable. The call checks its params against the schema.
 * @throws TsplayError at the call, naming the parameter, where they do not fit.
 */
export function defineModule<Params, State extends object | null, Result extends object = object, Input = Params>(
  module: Module<Params, State, Result, Input>,
): ModuleFunction<Params, State, Result, Input> {
  const call = (params: Params): Action<Result> => ({ kind: 'action', module, params: checkParams(module, params) })
  return Object.assign(call, { module })
}

/** The params as the schema gives them back. @throws TsplayError naming the first parameter that does not fit. */
export function checkParams<Params>(module: Pick<Module<Params, null>, 'name' | 'params'>, params: unknown): Params {
  const checked = module.params.safeParse(params)
  if (checked.success) return checked.data
  const known = Object.keys((module.params as { shape?: object }).shape ?? {})
  // a mistyped name comes first: that its right spelling is missing follows from it
  const mistyped = checked.error.issues.find((issue) => issue.code === 'unrecognized_keys')?.keys[0]
  if (mistyped !== undefined) {
    throw new TsplayError(`${module.name}: unknown parameter '${mistyped}'`, { hint: suggest(mistyped, known) })
  }
  const [issue] = checked.error.issues
  const at = issue && issue.path.length > 0 ? ` '${issue.path.join('.')}'` : 's'
  throw new TsplayError(`${module.name}: parameter${at}: ${issue?.message}`, {
    ...(known.length > 0 && { hint: `its parameters are ${known.join(', ')}` }),
  })
}

/** A task that cannot do what it is asked to; shown with host and task. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure'
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

export type { Content, Secret }
