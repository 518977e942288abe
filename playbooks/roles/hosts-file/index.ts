// hosts-file: every host of the inventory in /etc/hosts, in a block of its own; other lines are left alone.
import { isIP } from 'node:net'
import { role, task } from 'tsplay'
import { blockInFile } from 'tsplay/modules'

export interface HostsFileParams {
  /** Hosts by name; those without an IP address, and this machine's own, are left out. */
  hosts: readonly { readonly name: string; readonly address: string }[]
  /** Names that an address has besides. */
  aliases?: readonly { readonly address: string; readonly names: readonly string[] }[]
}

/** Every host finds every other by name. */
export const hostsFile = role<HostsFileParams>({
  name: 'hosts-file',
  tasks: (params) => [
    task(
      'names of all hosts',
      blockInFile({
        path: '/etc/hosts',
        marker: '# {mark} TSPLAY hosts',
        block: hostsBlock(params),
        create: true,
      }),
    ),
  ],
})

/** One line for each address: `address name short-name alias …`, no name twice. */
export function hostsBlock({ hosts, aliases = [] }: HostsFileParams): string {
  const lines = new Map<string, Set<string>>()
  const add = (address: string, names: readonly string[]): void => {
    const line = lines.get(address) ?? new Set()
    lines.set(address, line)
    for (const name of names) line.add(name)
  }
  for (const { name, address } of hosts) if (isRemote(address)) add(address, [name, name.split('.', 1)[0]!])
  for (const { address, names } of aliases) add(address, names)
  return [...lines].map(([address, names]) => `${[address, ...names].join(' ')}\n`).join('')
}

const isRemote = (address: string): boolean => isIP(address) !== 0 && !address.startsWith('127.') && address !== '::1'
