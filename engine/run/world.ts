// What a run is given from outside: the hosts, how to reach them, what is asked for. Types only.
import type { Connect, Target } from '../connection/connection.ts'
import type { Place } from '../error.ts'
import type { Reporter } from '../event.ts'
import type { FactCache } from '../facts.ts'
import type { Inquiry, Store } from '../module.ts'
import type { Play, Playbook } from '../play.ts'
import type { Journal } from '../run-journal.ts'
import type { Secret } from '../secret.ts'
import type { Host, Pattern } from '../site.ts'
import type { Watch } from '../watch.ts'
import type { Selection } from './selection.ts'
import type { Confirm } from './stepping.ts'

/** The inventory as a run sees it. */
export interface World {
  /** Every host, in the inventory's order. */
  readonly hosts: readonly Host[]
  readonly groups: Readonly<Record<string, readonly Host[]>>
  /** The hosts a play names. @throws TsplayError for a group or host that does not exist. */
  readonly select: (hosts: string | Pattern | readonly (string | Pattern)[]) => readonly Host[]
  /** The hosts that `--limit` leaves; undefined: all. */
  readonly limit: ReadonlySet<string> | undefined
  /** This machine, as the inventory has it. Default: reached without a network. */
  readonly localhost?: Host
}

/** Where a play comes from. */
export interface PlaySource {
  /** The inventory as the play's site has it. */
  readonly world: World
  /** The playbook's folder. */
  readonly dir: string
}

/** A run. */
export interface RunOptions {
  readonly playbook: Playbook
  /** As the user named it, for the start event. */
  readonly name: string
  /** The playbook's folder: relative sources that no role has are looked up here. */
  readonly dir: string
  readonly world: World
  /** The same for plays of another playbook than the first. Default: all are of one. */
  readonly sourceOf?: (play: Play) => PlaySource | undefined
  readonly selection: Selection
  /** The task to start at, by name or pattern; what comes before it is passed over. Default: the first. */
  readonly startAtTask?: string
  /** Asked before each task; a task that is declined is skipped. Default: nobody is asked. */
  readonly confirm?: Confirm
  /** Asked where a task wants to know something. Default: nobody is. */
  readonly ask?: (inquiry: Inquiry) => Promise<string>
  /** Dry run: nothing is applied. */
  readonly check: boolean
  /** Hosts that work at the same time. */
  readonly forks: number
  readonly forceHandlers: boolean
  readonly store: Store
  /** Watches what the run is about to change. Default: nobody does. */
  readonly watch?: Watch
  /** What the run leaves for the next one. Default: nothing. */
  readonly journal?: Journal
  /** Facts that outlive the run; none: every run asks. */
  readonly factCache?: FactCache
  readonly connect: Connect
  /** How to reach a host. */
  readonly target: (host: Host) => Target
  /** Who tasks run as where neither they nor their host say. */
  readonly become: BecomeDefaults
  readonly emit: Reporter
  /** Tell with each task the script that was sent for it. Default false. */
  readonly scripts?: boolean
  /** How much it says: 1 for `-v`, 3 for `-vvv`. Default 0. */
  readonly verbosity?: number
  /** Lines of context in text diffs. Default 3. */
  readonly diffContext?: number
  readonly signal: AbortSignal
  /** Where in the user's files an error was thrown. */
  readonly placeOf: (error: Error) => Place | undefined
}

/** `--become` and its kin. */
export interface BecomeDefaults {
  readonly user: string | undefined
  readonly method: 'sudo' | 'su' | 'doas' | undefined
  readonly password: Secret | undefined
}
