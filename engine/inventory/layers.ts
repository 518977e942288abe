// Everything that is said of a host, in the order of precedence. The order is Ansible's; README.md shows it to users.
import type { Site } from '../site.ts'
import { checkKnown } from './check-variables.ts'
import { foreignStatements } from './foreign-statements.ts'
import { all, type GroupTree, ungrouped } from './group-tree.ts'
import type { InventorySource } from './inventory-source.ts'
import { type Placed, type Statement, statementsOf } from './variables.ts'
import type { VarsFiles } from './vars-files.ts'

/** Where variables come from besides inventories. */
export interface MoreVariables {
  /** group_vars/ and host_vars/ beside the inventories, in their order. */
  readonly inventoryFiles?: readonly VarsFiles[]
  /** The same beside the playbook. */
  readonly playbookFiles?: readonly VarsFiles[]
  /** `-e`: they win over everything. */
  readonly extraVars?: readonly Statement[]
}

/**
 * All statements about a host, by its groups (outermost first; undefined: it is in no inventory) and what is said of itself.
 * The last one of a key holds.
 */
export type Layers = (groups: readonly string[] | undefined, own: readonly Statement[]) => Statement[]

/** Checks what is not of a single host once. @throws TsplayError for a variable that nobody declares */
export function layersOf(
  sources: readonly InventorySource[],
  site: Site,
  tree: GroupTree,
  { inventoryFiles = [], playbookFiles = [], extraVars = [] }: MoreVariables,
): Layers {
  const inline = (group: string): Statement[] =>
    sources.flatMap((source) => [...(source.groups.get(group)?.vars ?? [])])
  const filed = (files: readonly VarsFiles[], groups: readonly string[]): Statement[] =>
    files.flatMap((one) => groups.flatMap((group) => [...(one.groups.get(group) ?? [])]))
  const both = [...inventoryFiles, ...playbookFiles]

  const common = [...sources.flatMap(({ vars }) => vars), ...inline(all)]
  checkKnown([...common, ...filed(both, [all]), ...extraVars], site, tree.names)
  for (const group of tree.names)
    checkKnown([...inline(group), ...filed(both, [group])], site, [...tree.lineage([group]), ...tree.within(group)])

  // hosts of the same groups share what their groups say
  const known = new Map<string, Statement[]>()
  const ofGroups = (groups: readonly string[]): Statement[] => {
    const key = groups.join('\0')
    const found = known.get(key) ?? [
      ...common,
      ...groups.flatMap(inline),
      ...filed(both, [all]),
      ...filed(inventoryFiles, groups),
      ...filed(playbookFiles, groups),
    ]
    known.set(key, found)
    return found
  }
  return (groups, own) => {
    const named = groups?.length === 0 ? [ungrouped] : (groups ?? [])
    return [...ofGroups(named), ...own, ...extraVars]
  }
}

/** What the files say of a host by its name. */
export const filedOfHost = (
  { inventoryFiles = [], playbookFiles = [] }: MoreVariables,
  host: string,
): readonly Statement[] => [...inventoryFiles, ...playbookFiles].flatMap((one) => [...(one.hosts.get(host) ?? [])])

/** `-e` as statements. Connection settings have their own names there, and Ansible's. */
export const extraStatements = (vars: Readonly<Record<string, unknown>> | undefined): Statement[] => {
  const [by, place]: [string, Placed] = ['-e', () => undefined]
  return Object.entries(vars ?? {}).flatMap(([key, value]) =>
    /^(?:ansible|tsplay)_/.test(key)
      ? foreignStatements({ key, value, by, place })
      : statementsOf({ [key]: value }, by, place).map((one) =>
          typeof value === 'string' ? { ...one, text: value } : one,
        ),
  )
}
