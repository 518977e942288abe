// Every place at which inventories name a host, and what they say of it there.
import type { Place } from '../error.ts'
import { type InventorySource, placeIn } from './inventory-source.ts'
import { type Statement, statementsOf } from './variables.ts'

/** One entry of a host in a group. */
export interface Entry {
  readonly source: InventorySource
  readonly group: string
  readonly statements: readonly Statement[]
  readonly place: () => Place | undefined
}

/** The entries of each host, hosts in the order in which they first appear. */
export function entriesByHost(sources: readonly InventorySource[]): Map<string, Entry[]> {
  const found = new Map<string, Entry[]>()
  for (const source of sources)
    for (const [group, { hosts = {} }] of Object.entries(source.file.groups))
      for (const [host, entry] of Object.entries(hosts)) {
        const path = ['groups', group, 'hosts', host]
        const statements = statementsOf(entry, `host '${host}' of group '${group}'`, (key) =>
          placeIn(source, [...path, key]),
        )
        const entries = found.get(host) ?? []
        entries.push({ source, group, statements, place: () => placeIn(source, path) })
        found.set(host, entries)
      }
  return found
}
