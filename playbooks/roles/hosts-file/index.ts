// hosts-file: every host of the inventory in /etc/hosts, in a block of its own, and found by every name there.
import { isIP } from 'node:net'
import { role, task } from 'tsplay'
import { hosts as names } from 'tsplay/modules'
import { hostNames } from '../../host-names.ts'
import { resolves } from './resolves.ts'

export interface HostsFileParams {
  /** Hosts by name; those without an IP address, and this machine's own, are left out. */
  hosts: readonly { readonly name: string; readonly address: string }[]
  /** Names that an address has besides. */
  aliases?: readonly { readonly address: string; readonly names: readonly string[] }[]
  /** Names that stand nowhere here and must be known all the same: a name server has them. Default: none. */
  elsewhere?: readonly string[]
}

/**
 * Every host finds every other by name. Lines that others wrote are left alone, but for names of the inventory that they give
 * another address: the first line of a name wins, and some resolvers take both, so such a name is taken off such a line.
 * What the host's resolver then says of each name is looked at in every run.
 */
export const hostsFile = role<HostsFileParams>({
  name: 'hosts-file',
  tasks(params) {
    const entries = hostsEntries(params)
    return [
      task('names of all hosts', names({ entries, exclusive: true })),
      task('every name leads to its address', resolves({ entries, elsewhere: [...(params.elsewhere ?? [])] })),
    ]
  },
})

/** One for each address: its name, its short name, aliases; no name twice. */
export function hostsEntries({ hosts, aliases = [] }: HostsFileParams): { address: string; names: string[] }[] {
  const lines = new Map<string, Set<string>>()
  const add = (address: string, names: readonly string[]): void => {
    const line = lines.get(address) ?? new Set()
    lines.set(address, line)
    for (const name of names) line.add(name)
  }
  for (const { name, address } of hosts) if (isRemote(address)) add(address, hostNames(name))
  for (const { address, names } of aliases) add(address, names)
  return [...lines].map(([address, names]) => ({ address, names: [...names] }))
}

const isRemote = (address: string): boolean => isIP(address) !== 0 && !address.startsWith('127.') && address !== '::1'
