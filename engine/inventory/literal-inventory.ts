// A list of hosts on the command line, as an inventory.
import { isIPv6 } from 'node:net'
import { TsplayError } from '../error.ts'
import type { InventoryFile } from '../inventory.ts'
import type { Site } from '../site.ts'
import { ungrouped } from './group-tree.ts'

/**
 * `'web1,root@10.0.0.7:2222,[fe80::1]:22'`: hosts outside of all groups. A single host needs a comma behind it.
 * @throws TsplayError where an entry is no host
 */
export function literalInventory(text: string, site: Site): InventoryFile {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(hostOf)
  if (entries.length === 0) throw new TsplayError(`-i '${text}' lists no host`, { hint: "write -i 'a,b,'" })
  const names = entries.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new TsplayError(`-i lists '${twice}' twice`, { hint: 'one machine is one host' })
  const hosts = Object.fromEntries(entries)
  return { kind: 'inventory', site, vars: {}, groups: { [ungrouped]: { hosts } } }
}

function hostOf(entry: string): [string, { address?: string; user?: string; port?: number }] {
  const [, user, rest = ''] = /^(?:([^@]*)@)?(.*)$/.exec(entry) ?? []
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(rest) ?? []
  const address = isIPv6(rest) ? rest : (bracketed ?? plain)
  if (!address || user === '')
    throw new TsplayError(`-i: '${entry}' is not a host`, { hint: 'write name, name:port, user@name or [IPv6]:port' })
  return [address, { ...(user !== undefined && { user }), ...(port !== undefined && { port: Number(port) }) }]
}
