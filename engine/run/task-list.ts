// A play's tasks for one host: calls the play's function, and tells which facts it wants. Runs no task, asks no host.
import { type ErrorKind, TsplayError } from '../error.ts'
import type { FactKey, Facts } from '../facts.ts'
import { flushHandlers } from '../meta.ts'
import type { Play, PlayContext } from '../play.ts'
import type { Host } from '../site.ts'
import type { TaskList } from '../task.ts'
import { checkTopics, handlerNames } from './handler-names.ts'
import { FactsNeeded, type LazyFacts, lazyFacts, type ReadFact, readHandedOn, readNoFact } from './lazy-facts.ts'
import { handlerNodes, type Node, nodesOf } from './nodes.ts'
import { sourceOf } from './play-hosts.ts'
import { type ScopedHandler, scopeOf, within } from './scope.ts'
import { select, tasksOf } from './selection.ts'
import { keysOf } from './task-keys.ts'
import type { PlaySource, RunOptions } from './world.ts'

/** The tasks of one host, and the handlers they bring, in the order in which those run. */
export interface HostTasks {
  readonly nodes: readonly Node[]
  readonly handlers: readonly ScopedHandler[]
  /** The facts that went into the list. */
  readonly facts: ReadonlySet<FactKey>
}

/**
 * The list for a host as far as it can be told without asking the host; undefined where it reads facts.
 * @throws TsplayError as {@link tasksWith} does
 */
export function hostTasks(options: RunOptions, play: Play, host: Host): HostTasks | undefined {
  const list = tasksWith(options, play, host, readNoFact)
  return list instanceof FactsNeeded ? undefined : list
}

/**
 * The list for a host, or what it needs to know first.
 * @throws TsplayError with the place in the user's file where the play's function throws or returns something else.
 */
export function tasksWith(options: RunOptions, play: Play, host: Host, read: ReadFact): HostTasks | FactsNeeded {
  const names = handlerNames()
  // handlers of roles come first, then those the play lists, then those that only its own tasks know
  let unlisted: ScopedHandler[] | undefined = []
  const onHandler = (added: ScopedHandler): void => {
    // what follows from a result comes when the list is made
    if (added.scope.roles.length > 0 || !unlisted) names.add(added)
    else unlisted.push(added)
  }
  const { spec } = play
  const { name: _name, hosts: _hosts, serial: _serial, order: _order, ...behind } = spec
  const {
    strategy: _strategy,
    maxFailPercentage: _most,
    requireAllHosts: _all,
    forceHandlers: _force,
    ...inside
  } = behind
  const { handlers: own = [], preTasks, tasks, postTasks, ...common } = inside
  const scope = within(scopeOf({ dirs: [sourceOf(options, play).dir], onHandler }), common)
  // most lists read no facts
  const made: { lazy?: LazyFacts } = {}
  const facts = (): Facts => {
    made.lazy ??= lazyFacts(read)
    return made.lazy.facts
  }
  try {
    const context = contextOf(sourceOf(options, play), host, options.check, facts)
    const [before = [], list, after = []] = [preTasks?.(context), tasks(context), postTasks?.(context)]
    // the user's code may have caught what reading them threw
    made.lazy?.check()
    for (const part of [before, list, after])
      if (!Array.isArray(part))
        throw new TsplayError(`the tasks of play '${spec.name}' are no list`, { hint: 'tasks: (context) => [ … ]' })
    const flushed: TaskList = [[before, preTasks && flushHandlers()], [list, postTasks && flushHandlers()], [after]]
    const all = nodesOf(flushed, scope)
    const nodes = select(all, options.selection)
    for (const handler of own) names.add({ handler, scope })
    for (const handler of unlisted) names.add(handler)
    unlisted = undefined
    const handlers = names.all
    const later: Node[] = []
    // a handler may notify others, which come up here
    for (let index = 0; index < handlers.length; index++) {
      const { handler, scope } = handlers[index]!
      later.push(...handlerNodes({ handler, scope: { ...scope, onHandler: names.add } }, keysOf()))
    }
    checkTopics([...all, ...later], handlers)
    if (made.lazy) for (const { action } of tasksOf([...nodes, ...later])) readHandedOn(action.params)
    return { nodes, handlers, facts: new Set(made.lazy?.wanted) }
  } catch (error) {
    if (error instanceof FactsNeeded) return new FactsNeeded([...(made.lazy?.wanted ?? error.keys)])
    // a fact that the host could not tell is the host's failure, not the playbook's
    if (error instanceof TsplayError && error.kind === 'task') throw error
    throw userError(options, error, `play '${spec.name}', host ${host.name}`)
  }
}

const contextOf = ({ world }: PlaySource, host: Host, check: boolean, facts: () => Facts): PlayContext => ({
  // biome-ignore lint/suspicious/noExplicitAny: the site's schema has checked the variables when the inventory was loaded
  vars: host.vars as any,
  host,
  hosts: world.hosts,
  // biome-ignore lint/suspicious/noExplicitAny: the same for the groups' variables
  groups: world.groups as any,
  get facts(): Facts {
    return facts()
  },
  check,
})

/** An error of the user's code, with its place. */
export function userError(
  { placeOf }: Pick<RunOptions, 'placeOf'>,
  error: unknown,
  where: string,
  kind: ErrorKind = 'input',
): TsplayError {
  if (!(error instanceof Error)) return new TsplayError(`${where}: threw ${String(error)}`, { kind })
  const place = error instanceof TsplayError ? (error.place ?? placeOf(error)) : placeOf(error)
  const hint = error instanceof TsplayError ? error.hint : undefined
  const message = error instanceof TsplayError ? error.message : `${error.name}: ${error.message}`
  return new TsplayError(`${where}: ${message}`, { kind, cause: error, ...(place && { place }), ...(hint && { hint }) })
}
