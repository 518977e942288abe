// Where a virtual address may be: in the network of the hosts, and nobody's (B62). Asks no host.
import type { Finding } from 'tsplay'
import { contains, isSameAddress, networksIn, parseCidr } from '../cidr.ts'
import { error } from './error.ts'

/** A virtual address that is a host's own. */
export const ownedAddressFindings = (
  vip: string,
  hosts: readonly { readonly name: string; readonly address: string }[],
  variable: string,
): Finding[] =>
  hosts
    .filter(({ address }) => isSameAddress(address, vip))
    .slice(0, 1)
    .map(({ name }) =>
      error(
        'vip-host',
        `the virtual address ${vip} is the address of ${name}`,
        'it needs an address that no host has',
        variable,
      ),
    )

/** A virtual address that is in no network of the hosts, or that no host can have there. One of the other family is not judged. */
export function outsideFindings(vip: string, network: string, variable: string): Finding[] {
  const [address, net] = [parseCidr(vip), parseCidr(network)]
  if (!address || !net || address.family !== net.family) return []
  const problem = (what: string): Finding[] => [
    error('vip-network', `the virtual address ${vip} ${what}`, 'choose a free address of that network', variable),
  ]
  if (!contains(net, address)) return problem(`is not in the hosts' network ${network}: nobody would find it`)
  if (net.family === 6 || net.prefix > 30) return []
  if (address.first === net.first) return problem(`is that of the hosts' network ${network} itself`)
  return address.last === net.last ? problem(`reaches all hosts of their network ${network}`) : []
}

/** A virtual address that would be taken for that of a pod or a service. */
export const innerFindings = (
  vip: string,
  networks: readonly { readonly what: string; readonly value: string }[],
  variable: string,
): Finding[] =>
  networks
    .flatMap(({ what, value }) => networksIn(value).map((each) => ({ what, value: each })))
    .filter(({ value }) => isInside(value, vip))
    .map(({ what, value }) =>
      error(
        'vip-network',
        `the virtual address ${vip} is in the network of the ${what}, ${value}`,
        'choose a free address of the network that the hosts are in',
        variable,
      ),
    )

function isInside(network: string, address: string): boolean {
  const [net, one] = [parseCidr(network), parseCidr(address)]
  return net !== undefined && one !== undefined && contains(net, one)
}
