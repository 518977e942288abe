// A list of hosts on the command line, as an inventory.
import { isIPv6 } from 'node:net'
import { TsplayError } from '../../error.ts'
import { ungrouped } from '../group-tree.ts'
import { type InventorySource, sourceBuilder } from '../inventory-source.ts'
import { statementsOf } from '../variables.ts'
import { expandRanges, HostNameError } from './host-range.ts'

/**
 * `'web1,web[2:9],root@10.0.0.7:2222,[fe80::1]:22'`: hosts outside of all groups. A single host needs a comma behind it.
 * @throws TsplayError where an entry is no host
 */
export function literalSource(text: string): InventorySource {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .flatMap(hostsOf)
  if (entries.length === 0) throw new TsplayError(`-i '${text}' lists no host`, { hint: "write -i 'a,b,'" })
  const builder = sourceBuilder()
  const nowhere = () => undefined
  const names = new Set<string>()
  for (const [name, settings] of entries) {
    if (names.has(name)) throw new TsplayError(`-i lists '${name}' twice`, { hint: 'one machine is one host' })
    names.add(name)
    builder.host(ungrouped, name, nowhere, statementsOf(settings, '-i', nowhere))
  }
  return builder.build({ name: text, strict: true })
}

function hostsOf(entry: string): [string, { user?: string; port?: number }][] {
  const [, user, rest = ''] = /^(?:([^@]*)@)?(.*)$/.exec(entry) ?? []
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|((?:[^:[\]]|\[\w*:\w+(?::\d+)?\])*))(?::(\d+))?$/.exec(rest) ?? []
  const name = isIPv6(rest) ? rest : (bracketed ?? plain)
  if (!name || user === '' || /\s/.test(entry))
    throw new TsplayError(`-i: '${entry}' is not a host`, { hint: 'write name, name:port, user@name or [IPv6]:port' })
  const settings = { ...(user !== undefined && { user }), ...(port !== undefined && { port: Number(port) }) }
  try {
    return expandRanges(name).map((one) => [one, settings])
  } catch (error) {
    if (error instanceof HostNameError) throw new TsplayError(`-i: ${error.message}`)
    throw error
  }
}
