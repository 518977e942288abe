// From inventories as written to hosts with their variables. Knows nothing of connections.
import type { Place } from '../error.ts'
import type { LabSettings } from '../inventory.ts'
import type { Host, Site } from '../site.ts'
import { checkLab, checkSharedAddresses } from './check-addresses.ts'
import { checkGroups, doubleNames, mergedGroups } from './check-groups.ts'
import { checkKnown, checkSite, parsedConnection, parsedVars, type Subject } from './check-variables.ts'
import { type GroupTree, groupTree } from './group-tree.ts'
import type { InventorySource, Mention, Warning } from './inventory-source.ts'
import { extraStatements, filedOfHost, type Layers, layersOf } from './layers.ts'
import { membersByGroup, ownMembers } from './members.ts'
import { merged, type Placed, refuseDisagreement, type Statement } from './variables.ts'
import type { VarsFiles } from './vars-files.ts'

/** The hosts of a run, by name and by group, in the order in which they are defined. */
export interface Inventory {
  readonly name: string
  /** The file it was read from, the first of several. */
  readonly path?: string
  readonly site: Site
  readonly hosts: ReadonlyMap<string, Host>
  /** Every group, also empty ones, and the implicit `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, readonly Host[]>
  /** Names of the hosts that a group names itself. */
  readonly ownHosts: (group: string) => readonly string[]
  readonly tree: GroupTree
  /** This machine: the host of that name, or an implicit one that is not in `all`. */
  readonly localhost: Host
  readonly lab?: LabSettings
  readonly warnings: readonly Warning[]
  /** Everything that is said of a host, in the order of precedence: of several statements of a key the last one holds. */
  readonly said: (host: Host) => readonly Statement[]
  /** Where a host is named first. */
  readonly placeOf: (host: Host) => Place | undefined
}

export interface ResolveOptions {
  readonly extraVars?: Readonly<Record<string, unknown>>
  readonly inventoryFiles?: readonly VarsFiles[]
  readonly playbookFiles?: readonly VarsFiles[]
}

interface Entry extends Mention {
  readonly source: InventorySource
}

/**
 * Resolves one inventory or several in order. Of several values of a variable the more specific one holds, among equals the
 * later; `layers.ts` has the order.
 * @throws TsplayError with the place of the first thing that does not fit the site
 */
export function resolveInventory(
  given: InventorySource | readonly InventorySource[],
  site: Site,
  { extraVars, ...files }: ResolveOptions = {},
): Inventory {
  const sources = [given].flat() as InventorySource[]
  checkSite(site)
  checkGroups(sources, site)
  const tree = groupTree(mergedGroups(sources, site))
  const layers = layersOf(sources, site, tree, { ...files, extraVars: extraStatements(extraVars) })
  const lineage = lineages(tree)
  const places = new Map<string, Placed>()
  const addressPlaces = new Map<string, Placed>()
  const hosts = new Map<string, Host>()
  const own = new Map<string, readonly Statement[]>()
  for (const [name, entries] of entriesByHost(sources)) {
    const groups = lineage(entries)
    for (const source of sources) {
      if (!source.strict) continue
      const typed = entries.filter((entry) => entry.source === source)
      if (typed.length > 1)
        refuseDisagreement(
          name,
          typed.flatMap(({ statements }) => statements),
        )
    }
    const statements = [...weakFirst(entries.flatMap((entry) => entry.statements)), ...filedOfHost(files, name)]
    own.set(name, statements)
    checkKnown(statements, site, groups)
    const holding = merged(layers(groups, statements))
    const { place } = entries[0]!
    places.set(name, place)
    addressPlaces.set(name, holding.settings.get('address')?.place ?? place)
    const subject: Subject = { name, groups, place }
    hosts.set(name, { name, groups, vars: parsedVars(subject, holding, site), ...parsedConnection(subject, holding) })
  }
  const addressPlace = (host: string): Place | undefined => addressPlaces.get(host)?.()
  const isStrict = (host: string): boolean =>
    sources.some(({ strict, groups }) => strict && [...groups.values()].some((group) => group.hosts.has(host)))
  const labSource = sources.findLast(({ lab }) => lab)
  if (labSource) checkLab(labSource.lab!, hosts.values(), addressPlace)
  const ownHosts = ownMembers(sources, hosts)
  const [first] = sources
  const everyFile = [...(files.inventoryFiles ?? []), ...(files.playbookFiles ?? [])]
  return {
    name: first?.name ?? '',
    ...(first?.path !== undefined && { path: first.path }),
    site,
    hosts,
    groups: membersByGroup(ownHosts, tree, hosts),
    ownHosts,
    tree,
    localhost: hosts.get('localhost') ?? implicitLocalhost(layers, site),
    ...(labSource && { lab: labSource.lab!.settings }),
    warnings: [
      ...[...sources, ...everyFile].flatMap(({ warnings }) => warnings),
      ...doubleNames(sources, hosts),
      ...checkSharedAddresses(hosts.values(), addressPlace, isStrict),
    ],
    said: (host) => layers(hosts.has(host.name) ? host.groups : undefined, own.get(host.name) ?? []),
    placeOf: ({ name }) => places.get(name)?.(),
  }
}

/** The entries of each host, hosts in the order in which they first appear. */
function entriesByHost(sources: readonly InventorySource[]): Map<string, Entry[]> {
  const found = new Map<string, Entry[]>()
  for (const source of sources)
    for (const mention of source.mentions) {
      const entries = found.get(mention.host)
      const entry = { ...mention, source }
      if (entries) entries.push(entry)
      else found.set(mention.host, [entry])
    }
  return found
}

/** What stands in a host's name comes before everything else; of several the first holds. */
function weakFirst(statements: readonly Statement[]): readonly Statement[] {
  const weak = statements.filter((one) => one.weak)
  return weak.length === 0 ? statements : [...weak.reverse(), ...statements.filter((one) => !one.weak)]
}

/** The groups of a host, outermost first; the same array for all hosts that stand in the same groups. */
function lineages(tree: GroupTree): (entries: readonly Entry[]) => readonly string[] {
  const names = new Set(tree.names)
  names.delete('ungrouped')
  const known = new Map<string, readonly string[]>()
  return (entries) => {
    const direct = [...new Set(entries.map(({ group }) => group))].filter((group) => names.has(group))
    const key = direct.join('\0')
    const found = known.get(key) ?? tree.lineage(direct)
    known.set(key, found)
    return found
  }
}

function implicitLocalhost(layers: Layers, site: Site): Host {
  const { variables } = merged(layers(undefined, []))
  const given = Object.fromEntries([...variables].map(([key, { value }]) => [key, value]))
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
