// Plays and playbooks: which hosts get which tasks. Plain data and pure functions.
import { TsplayError } from './error.ts'
import type { Facts } from './facts.ts'
import { checkOptions, namesOf } from './known-options.ts'
import type { LintRule } from './lint.ts'
import type { GroupName, GroupVars, Host, HostSelector, SelectedVars, Site, SiteVars } from './site.ts'
import { type CommonOptions, commonOptions, type Handler, type TaskList } from './task.ts'

/** What is known before the run, and all that a play's task list may depend on. */
export interface PlayContext<S extends Site = Site, Selector = unknown> {
  /** Variables of the site, as this host sees them. */
  readonly vars: SiteVars<S>
  /** The host the list is for. */
  readonly host: Host<SelectedVars<S, Selector>>
  /** Every host of the inventory, also those outside `--limit`. */
  readonly hosts: readonly Host[]
  /** The hosts of each group, in the inventory's order. */
  readonly groups: { readonly [G in GroupName<S>]: readonly Host<GroupVars<S, G>>[] }
  /** What the host says of itself; asked only when read. */
  readonly facts: Facts
  /** True in a dry run. */
  readonly check: boolean
}

/** A play: hosts and what they get. */
export interface PlaySpec<S extends Site, Selector> extends CommonOptions {
  readonly name: string
  /** Which hosts: `'all'`, a group, `'masters[0]'`, several of these, or `pattern('…')`. */
  readonly hosts: Selector
  /**
   * How many hosts at a time go through the whole play: a number, a share (`'30%'`), or a list of both whose last entry
   * repeats; a function takes it from the variables, as the first host of the play sees them. Default: all.
   */
  readonly serial?:
    | Serials
    | ((context: Pick<PlayContext<S, Selector>, 'vars' | 'hosts' | 'groups'>) => Serials | undefined)
  /** In which order hosts are taken, into batches and to work. Default: the inventory's. */
  readonly order?: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle'
  /**
   * How hosts go along. `independent`: each as fast as it can, at most `forks` at work. `linear`: task by task, no host
   * begins one before all have done the one before. `pinned`: as `independent`, but at most `forks` hosts are begun.
   * Default `independent`.
   */
  readonly strategy?: 'independent' | 'linear' | 'pinned'
  /** Stop the run when more than this share of a batch has failed, in percent. Default: only when all of it has. */
  readonly maxFailPercentage?: number
  /**
   * Begin no batch once a host of the play is lost, be it in an earlier batch or an earlier play, and stop the run: what is
   * done to one host after the other needs the rest of them at work. Default: the play goes on with the others.
   */
  readonly requireAllHosts?: boolean
  /** Run the handlers of hosts that failed, too. Default: what `--force-handlers` says. */
  readonly forceHandlers?: boolean
  /** Handlers in the order in which they run, after those of roles. Those that tasks notify need not be listed; they come last. */
  readonly handlers?: readonly Handler[]
  /** Tasks before `tasks`; the handlers they notify run before `tasks` begin. */
  readonly preTasks?: (context: PlayContext<S, Selector>) => TaskList
  /** The tasks of one host: a pure function of what is known before the run. */
  readonly tasks: (context: PlayContext<S, Selector>) => TaskList
  /** Tasks behind `tasks` and the handlers these notify. */
  readonly postTasks?: (context: PlayContext<S, Selector>) => TaskList
}

export type Serial = number | `${number}%`

/** The sizes of batches. */
export type Serials = Serial | readonly Serial[]

/** A play as data. `for` carries the site's type, so that a play of one site does not fit another's playbook. */
export interface Play<S extends Site = Site> {
  readonly kind: 'play'
  // biome-ignore lint/suspicious/noExplicitAny: the selector's type has served once the play is made
  readonly spec: PlaySpec<S, any>
  readonly for?: (site: S) => S
  /** Thrown nowhere: its stack says where in the user's file the play stands. */
  readonly origin: Error
}

/** What a playbook file exports by default. */
export interface Playbook<S extends Site = Site> {
  readonly kind: 'playbook'
  readonly site: S
  readonly plays: readonly Play<S>[]
  /** What must hold of an inventory before anything is run. Default: nothing but its schemas. */
  // biome-ignore lint/suspicious/noExplicitAny: the rules' type has served once the playbook is made
  readonly rules?: readonly LintRule<any>[]
}

const playOptions = new Set([
  ...commonOptions,
  ...namesOf<Omit<PlaySpec<Site, unknown>, keyof CommonOptions>>({
    name: true,
    hosts: true,
    serial: true,
    order: true,
    strategy: true,
    maxFailPercentage: true,
    requireAllHosts: true,
    forceHandlers: true,
    handlers: true,
    preTasks: true,
    tasks: true,
    postTasks: true,
  }),
])

/** A play. Inside `playbook(site, [ … ])` its context is typed by the site. */
export const play = <S extends Site, const Selector extends HostSelector<S> | readonly HostSelector<S>[]>(
  spec: PlaySpec<S, Selector>,
): Play<S> => {
  checkOptions(`play '${spec.name}'`, spec, playOptions)
  return { kind: 'play', spec, origin: new Error(`play '${spec.name}'`) }
}

/** What a playbook may have besides its plays. */
export interface PlaybookOptions<S extends Site = Site> {
  /** What must hold of an inventory, looked at in `tsplay lint` and before a run touches the first host. Default: nothing but its schemas. */
  readonly rules?: readonly LintRule<S>[]
}

const playbookOptions = namesOf<PlaybookOptions>({ rules: true })

/**
 * A playbook: plays in order, over a typed site. `rules` look at the whole inventory before a run touches the first host,
 * and in `tsplay lint`.
 *
 * @throws TsplayError for an option that there is not, and for rules that are no list of functions
 */
export const playbook = <S extends Site>(
  site: S,
  plays: readonly Play<NoInfer<S>>[],
  options: PlaybookOptions<NoInfer<S>> = {},
): Playbook<S> => {
  checkOptions('playbook', options, playbookOptions)
  const { rules } = options
  if (rules !== undefined && !(Array.isArray(rules) && rules.every((rule) => typeof rule === 'function')))
    throw new TsplayError('playbook: its rules are no list of functions', {
      hint: typeof rules === 'function' ? 'a function that makes a list is called: rules: rulesOf()' : 'rules: [ … ]',
    })
  return { kind: 'playbook', site, plays, ...(rules && { rules }) }
}
