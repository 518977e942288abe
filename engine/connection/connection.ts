// What a run needs of a host: one connection, a resident shell per user, steps that run in it. Knows nothing of tasks.
import type { TsplayError } from '../error.ts'
import type { Script } from '../script.ts'
import type { Secret } from '../secret.ts'

/** Where a host is and how to log in. Resolved from the inventory and the command line. */
export interface Target {
  /** Inventory name, for messages. */
  readonly name: string
  /** `ssh` (default) or `local`: this machine, no network. */
  readonly transport: 'ssh' | 'local'
  /** Host name or address to connect to. */
  readonly address: string
  /** TCP port, 22 by default. */
  readonly port: number
  /** Login user. */
  readonly user: string
  /** Private key files to try, in order. Empty: the agent and ~/.ssh/id_* are tried. */
  readonly privateKeys: readonly string[]
  /** Login password, tried after keys. */
  readonly password?: Secret
  /** known_hosts file; keys accepted on first use are appended here. */
  readonly knownHosts: string
  /** `strict`: unknown keys are refused; `accept-new`: recorded on first use; a changed key is refused by both; `off`: not verified. */
  readonly hostKeys: 'strict' | 'accept-new' | 'off'
  /** Seconds to wait for the connection to stand; each jump host on the way has as many. */
  readonly connectTimeout: number
  /** Hosts to go through, the nearest first. Each is verified as the target itself is. Default: none. */
  readonly jumpHosts?: readonly Hop[]
  /**
   * A command for /bin/sh whose standard input and output are the connection, in place of a network socket. `%h`, `%p`,
   * `%r`, `%n` and `%%` mean address, port, user, name and `%`. Jump hosts come first.
   */
  readonly proxyCommand?: string
}

/** A jump host. */
export interface Hop {
  readonly address: string
  readonly port: number
  readonly user: string
}

/** Who a step runs as, where that is not the login user. */
export interface Become {
  readonly method: 'sudo' | 'su' | 'doas'
  readonly user: string
  readonly password?: Secret
}

/** One script to run on the host. */
export interface Step {
  readonly script: Script
  /** Environment variables for this step alone. A name that is none rejects the bundle with a TsplayError. */
  readonly environment?: Readonly<Record<string, string>>
  /**
   * Seconds after which the process group of the session is ended and the step with it (`timedOut`); counted from the
   * end of the step before. None, or 0: no limit.
   */
  readonly timeout?: number
  /**
   * It is sent only when the steps before it have ended, which costs a round trip. So it has certainly not begun where the
   * connection breaks while one of those runs.
   */
  readonly waits?: boolean
  /** Live output, as it arrives. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void
}

/** How a step ended. */
export interface StepOutput {
  /** Exit code; 128 + n where a signal ended it. */
  readonly code: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly durationMs: number
  /** When it began, in milliseconds since 1970 by the control side's clock. */
  readonly startedAt?: number
  /** True where `timeout` ended it (code is then 124). */
  readonly timedOut: boolean
}

/** A resident shell of one user on one host. */
export interface Session {
  /**
   * Sends all steps at once and runs them one after the other, each in its own subshell with empty stdin. With
   * `stopOnFailure`, the steps after the first one with a non-zero code are not run and their places hold undefined.
   * So do the steps after one that timed out, or failed with content of its own: their shell is gone, and the next
   * bundle opens another. Costs one round trip, and one for each step that waits. Bundles on one session queue up in order.
   * @throws ConnectionLost when the connection or the shell breaks, with how far the bundle came; TsplayError kind
   * `interrupted` when `signal` aborts or the connection is closed (what ran is killed by then), `task` when a content
   * changes or cannot be read while it is sent. Each says what was running.
   */
  bundle(
    steps: readonly Step[],
    options?: { stopOnFailure?: boolean; signal?: AbortSignal },
  ): Promise<(StepOutput | undefined)[]>
}

/** One host, connected. */
export interface Connection {
  readonly target: Target
  /**
   * The shell of the login user, or of `become`. The first call opens it (2 round trips, 3 with a password), later ones
   * reuse it. Whoever is that user already becomes nobody.
   * @throws TsplayError kind `task` where the host refuses the become, `unreachable` where no shell can be had.
   */
  session(become?: Become): Promise<Session>
  /** Round trips waited for so far, over all sessions: one for each bundle, and those that opening shells took. */
  readonly roundTrips: number
  /** Why the host cannot be reached over this connection any more; undefined while it can. */
  readonly broken: TsplayError | undefined
  /**
   * Another connection to the host, for after this one broke. What that has left running on the host is ended first: a
   * step with all it has started.
   * @throws TsplayError as {@link Connect} does
   */
  again(signal?: AbortSignal): Promise<Connection>
  /** Ends every remote process group that steps still run, then the connection. */
  close(): Promise<void>
}

/**
 * @throws TsplayError kind `unreachable` with what failed and a hint: a ConnectionLost where it was the network (refused,
 * reset, timed out), and another try may do.
 */
export type Connect = (target: Target, signal?: AbortSignal) => Promise<Connection>
