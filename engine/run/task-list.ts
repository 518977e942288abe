// A play's tasks for one host: calls the play's function, reads facts when it asks for them. Runs no task.
import { type ErrorKind, TsplayError } from '../error.ts'
import type { Facts } from '../facts.ts'
import type { Play, PlayContext } from '../play.ts'
import type { Host } from '../site.ts'
import { type Node, nodesOf, type ScopedHandler, within } from './nodes.ts'
import { select } from './selection.ts'
import type { RunOptions } from './world.ts'

/** The tasks of one host, and the handlers they bring, in the order in which those run. */
export interface HostTasks {
  readonly nodes: readonly Node[]
  readonly handlers: readonly ScopedHandler[]
}

/**
 * The list for a host; undefined where it reads facts that are not known yet.
 * @throws TsplayError with the place in the user's file where the play's function throws or returns something else.
 */
export function hostTasks(
  options: RunOptions,
  play: Play,
  host: Host,
  facts: Facts | undefined,
): HostTasks | undefined {
  const handlers: ScopedHandler[] = []
  const onHandler = (added: ScopedHandler): void => {
    if (!handlers.some(({ handler }) => handler.name === added.handler.name)) handlers.push(added)
  }
  const { spec } = play
  const {
    name: _name,
    hosts: _hosts,
    serial: _serial,
    forceHandlers: _force,
    handlers: own = [],
    tasks,
    ...common
  } = spec
  const scope = within({ roles: [], dirs: [options.dir], tags: [], options: {}, onHandler }, common)
  try {
    const list = tasks(contextOf(options, host, facts))
    if (!Array.isArray(list))
      throw new TsplayError(`the tasks of play '${spec.name}' are no list`, { hint: 'tasks: (context) => [ … ]' })
    const nodes = select(nodesOf(list, scope), options.selection)
    for (const handler of own) onHandler({ handler, scope })
    return { nodes, handlers }
  } catch (error) {
    if (error instanceof FactsNeeded) return undefined
    throw userError(options, error, `play '${spec.name}', host ${host.name}`)
  }
}

/** Thrown by reading facts before they are known; the list is made again when they are. */
class FactsNeeded extends Error {
  override readonly name = 'FactsNeeded'
}

const contextOf = ({ world, check }: RunOptions, host: Host, facts: Facts | undefined): PlayContext => ({
  // biome-ignore lint/suspicious/noExplicitAny: the site's schema has checked the variables when the inventory was loaded
  vars: host.vars as any,
  host,
  hosts: world.hosts,
  // biome-ignore lint/suspicious/noExplicitAny: the same for the groups' variables
  groups: world.groups as any,
  get facts(): Facts {
    if (!facts) throw new FactsNeeded()
    return facts
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
