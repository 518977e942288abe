// In which order a play takes its hosts. Pure, but for the shuffle.
import { randomInt } from 'node:crypto'
import type { PlaySpec } from '../play.ts'
import type { Host, Site } from '../site.ts'

/** The hosts in the order asked for; names are compared by code units, as Ansible does. */
export function inOrder(
  hosts: readonly Host[],
  order: PlaySpec<Site, unknown>['order'] = 'inventory',
): readonly Host[] {
  switch (order) {
    case 'inventory':
      return hosts
    case 'reverse_inventory':
      return [...hosts].reverse()
    case 'sorted':
      return byName(hosts)
    case 'reverse_sorted':
      return byName(hosts).reverse()
    case 'shuffle':
      return shuffled(hosts)
  }
}

const byName = (hosts: readonly Host[]): Host[] => [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1))

function shuffled(hosts: readonly Host[]): Host[] {
  const rest = [...hosts]
  return hosts.map(() => rest.splice(randomInt(rest.length), 1)[0]!)
}
