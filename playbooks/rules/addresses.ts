// Addresses of hosts: that they are some, each another, and written in one way. Asks no host.
import { isIP } from 'node:net'
import type { Finding } from 'tsplay'
import { addressKey, parseCidr } from '../cidr.ts'

interface Machine {
  readonly name: string
  readonly address: string
}

/** Addresses that are none, that programs read in two ways, or that two hosts have: whoever speaks to one speaks to the other. */
export function addressFindings(hosts: readonly Machine[]): Finding[] {
  const first = new Map<string, string>()
  return hosts.flatMap(({ name, address }): Finding[] => {
    const key = addressKey(address)
    const other = first.get(key)
    if (other === undefined) first.set(key, name)
    const problem = other === undefined ? misspelt(address) : shared(address, other)
    if (!problem) return []
    const [message, hint] = problem
    return [{ ...{ level: 'error', rule: 'host-address', host: name }, message: `${name} has ${message}`, hint }]
  })
}

/** Hosts that need an address where others may have a name: what listens there, and what stands in a line of /etc/hosts. */
export const numberFindings = (hosts: readonly (Machine & { readonly why: string })[]): Finding[] =>
  hosts
    .filter(({ address }) => isIP(address) === 0 && parseCidr(address) === undefined && !isMeantAsOne(address))
    .map(({ name, address, why }) => ({
      ...{ level: 'error', rule: 'host-address', host: name },
      message: `${name} is reached as '${address}', and ${why}`,
      hint: 'give the host its IP address as `address`',
    }))

const shared = (address: string, other: string): [string, string] => [
  `the address of ${other}, ${address}`,
  'give each its own; a machine that is to be several things is one host in several groups',
]

function misspelt(address: string): [string, string] | undefined {
  const isAddress = isIP(address) !== 0 || (parseCidr(address) !== undefined && !address.includes('/'))
  if (!isAddress && isMeantAsOne(address))
    return [`'${address}' as its address, which is none`, 'four numbers up to 255; a port of its own stands in `port`']
  return isAddress && /(^|\.)0\d/.test(address)
    ? [`the address ${address}, whose numbers with zeros in front some programs take for octal ones`, 'leave them out']
    : undefined
}

/** What no name is written with. */
const isMeantAsOne = (address: string): boolean => /^[\d.]+$|[:/]/.test(address)
