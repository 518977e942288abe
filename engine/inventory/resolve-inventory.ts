// From inventories as written to hosts with their variables. Knows nothing of connections.
import type { Place } from '../error.ts'
import type { LabSettings } from '../inventory.ts'
import type { Host, Site } from '../site.ts'
import { checkLab, refuseSharedAddresses } from './check-addresses.ts'
import { checkKnown, checkSite, parsedConnection, parsedVars, type Subject } from './check-variables.ts'
import { isConnectionKey } from './connection-settings.ts'
import { declaredGroups, membersByGroup } from './declared-groups.ts'
import { all, type GroupTree, ungrouped } from './group-tree.ts'
import { entriesByHost } from './host-entries.ts'
import { checkSource, type InventorySource, placeIn } from './inventory-source.ts'
import { merged, refuseDisagreement, type Statement, type Statements, statementsOf } from './variables.ts'

/** The hosts of a run, by name and by group, in the order in which they are defined. */
export interface Inventory {
  readonly name: string
  /** The file it was read from, the first of several. */
  readonly path?: string
  readonly site: Site
  readonly hosts: ReadonlyMap<string, Host>
  /** Every group of the site, also empty ones, and the implicit `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, readonly Host[]>
  /** This machine: the host of that name, or an implicit one that is not in `all`. */
  readonly localhost: Host
  readonly lab?: LabSettings
}

/**
 * Resolves one inventory or several in order. Of several values of a variable the more specific one holds: the inventory's
 * `vars`, then groups from the outermost to the innermost, then the host's own entry, then `extraVars`; among equals the later.
 * @throws TsplayError with the place of the first thing that does not fit the site
 */
export function resolveInventory(
  given: InventorySource | readonly InventorySource[],
  site: Site,
  options: { readonly extraVars?: Readonly<Record<string, unknown>> } = {},
): Inventory {
  const sources = [given].flat() as InventorySource[]
  checkSite(site)
  for (const source of sources) checkSource(source, site)
  const tree = declaredGroups(sources, site)
  const layers = layersOf(sources, site, tree, options.extraVars)
  const addressPlaces = new Map<string, () => Place | undefined>()
  const hosts = new Map<string, Host>()
  for (const [name, entries] of entriesByHost(sources)) {
    const groups = tree.lineage(entries.map(({ group }) => group).filter((group) => Object.hasOwn(site.groups, group)))
    const own = sources.map((source) =>
      entries.filter((entry) => entry.source === source).flatMap((entry) => entry.statements),
    )
    for (const statements of own) refuseDisagreement(name, statements)
    checkKnown(own.flat(), site, groups)
    const { place } = entries[0]!
    const statements = layers(groups, own.flat())
    addressPlaces.set(name, statements.get('address')?.place ?? place)
    const subject: Subject = { name, groups, place }
    hosts.set(name, {
      name,
      groups,
      vars: parsedVars(subject, statements, site),
      ...parsedConnection(subject, statements),
    })
  }
  const placeOf = (host: string): Place | undefined => addressPlaces.get(host)?.()
  refuseSharedAddresses(hosts.values(), placeOf)
  const labSource = sources.findLast(({ file }) => file.lab)
  if (labSource) checkLab(labSource, hosts.values(), placeOf)
  const [first] = sources
  return {
    name: first?.name ?? '',
    ...(first?.path !== undefined && { path: first.path }),
    site,
    hosts,
    groups: membersByGroup(sources, site, tree, hosts),
    localhost: hosts.get('localhost') ?? implicitLocalhost(layers([], []), site),
    ...(labSource && { lab: labSource.file.lab }),
  }
}

/** What holds on a host of these groups with these statements of its own, once all that is not of one host is checked. */
function layersOf(
  sources: readonly InventorySource[],
  site: Site,
  tree: GroupTree,
  extraVars: object | undefined,
): (groups: readonly string[], own: readonly Statement[]) => Statements {
  const extra = statementsOf(extraVars, '-e', () => undefined)
  const common = [
    ...sources.flatMap((source) =>
      statementsOf(source.file.vars, "the inventory's vars", (key) => placeIn(source, ['vars', key])),
    ),
    ...groupStatements(sources, all),
  ]
  checkKnown([...common, ...extra], site, tree.names)
  const ofGroup = new Map([ungrouped, ...tree.names].map((group) => [group, groupStatements(sources, group)]))
  for (const [group, statements] of ofGroup)
    checkKnown(statements, site, [...tree.lineage([group]), ...tree.within(group)])
  return (groups, own) => {
    const named = groups.length > 0 ? groups : [ungrouped]
    return merged(common, ...named.map((group) => ofGroup.get(group) ?? []), own, extra)
  }
}

const groupStatements = (sources: readonly InventorySource[], group: string): Statement[] =>
  sources.flatMap((source) =>
    statementsOf(source.file.groups[group]?.vars, `the vars of group '${group}'`, (key) =>
      placeIn(source, ['groups', group, 'vars', key]),
    ),
  )

function implicitLocalhost(statements: Statements, site: Site): Host {
  const given = Object.fromEntries(
    [...statements].filter(([key]) => !isConnectionKey(key)).map(([key, { value }]) => [key, value]),
  )
  // what a group adds for its hosts may be missing here; a play on this machine alone may well not need it
  const checked = site.vars.safeParse(given)
  return {
    name: 'localhost',
    address: '127.0.0.1',
    groups: [],
    vars: checked.success ? checked.data : given,
    connection: { transport: 'local' },
  }
}
