// One inventory as it was read, whatever it was written in: groups, hosts, and what is said of them. Plain data.
import { type Place, TsplayError } from '../error.ts'
import type { LabSettings } from '../inventory.ts'
import type { Site } from '../site.ts'
import type { Placed, Statement } from './variables.ts'

/** An inventory before it is resolved. */
export interface InventorySource {
  /** `prod`, or the literal list. */
  readonly name: string
  /** The file as messages show it; a literal list has none. */
  readonly path?: string
  /** The site it was written for; only typed inventories have one. */
  readonly site?: Site
  /** Refuse what is legal elsewhere and most likely a mistake: two values for one host, two hosts at one address. */
  readonly strict: boolean
  /** Variables of every host. */
  readonly vars: readonly Statement[]
  /** Groups in the order in which they are first named. */
  readonly groups: ReadonlyMap<string, SourceGroup>
  /** Hosts as they are named, in the order of the text. */
  readonly mentions: readonly Mention[]
  readonly lab?: { readonly settings: LabSettings; readonly place: Placed }
  readonly warnings: readonly Warning[]
}

export interface SourceGroup {
  readonly place: Placed
  /** Names of its own hosts. */
  readonly hosts: ReadonlySet<string>
  readonly children: ReadonlyMap<string, Placed>
  readonly vars: readonly Statement[]
  /** Among groups at the same depth the one with the higher priority holds. Default 1. */
  readonly priority?: number
}

/** One place at which a host is named, and what is said of it there. */
export interface Mention {
  readonly host: string
  readonly group: string
  readonly place: Placed
  readonly statements: readonly Statement[]
}

/** Something that works and is most likely not what was meant. */
export interface Warning {
  readonly message: string
  readonly place?: Place
  readonly hint?: string
}

/** A source in the making. */
export interface SourceBuilder {
  /** The group of that name, made when it is new. */
  group(name: string, place: Placed): void
  child(group: string, child: string, place: Placed): void
  host(group: string, host: string, place: Placed, statements: readonly Statement[]): void
  vars(group: string, statements: readonly Statement[]): void
  warn(warning: Warning): void
  build(more: Pick<InventorySource, 'name'> & Partial<InventorySource>): InventorySource
}

interface GroupInTheMaking {
  readonly place: Placed
  readonly hosts: Set<string>
  readonly children: Map<string, Placed>
  readonly vars: Statement[]
}

export function sourceBuilder(): SourceBuilder {
  const groups = new Map<string, GroupInTheMaking>()
  const mentions: Mention[] = []
  const warnings: Warning[] = []
  const group = (name: string, place: Placed): GroupInTheMaking => {
    const known = groups.get(name)
    if (known) return known
    const made = { place, hosts: new Set<string>(), children: new Map(), vars: [] }
    groups.set(name, made)
    return made
  }
  return {
    group,
    child(name, child, place) {
      const { children } = group(name, place)
      if (!children.has(child)) children.set(child, place)
    },
    host(name, host, place, statements) {
      group(name, place).hosts.add(host)
      mentions.push({ host, group: name, place, statements })
    },
    vars(name, statements) {
      group(name, () => undefined).vars.push(...statements)
    },
    warn: (warning) => warnings.push(warning),
    build: (more) => ({
      strict: false,
      vars: [],
      warnings,
      mentions,
      groups: new Map([...groups].map(([name, made]) => [name, withPriority(made)])),
      ...more,
    }),
  }
}

/** `ansible_group_priority` says something of the group and nothing of its hosts. */
function withPriority(group: GroupInTheMaking): SourceGroup {
  const said = group.vars.findLast(({ key }) => key === 'ansible_group_priority')
  if (!said) return group
  const priority = Number(said.value)
  if (!Number.isInteger(priority))
    throw new TsplayError('ansible_group_priority is a whole number', { place: said.place() })
  return { ...group, vars: group.vars.filter(({ key }) => key !== said.key), priority }
}
