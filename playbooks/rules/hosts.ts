// What hosts must be called and where they must be, for a cluster to know them. Asks no host.
import { isIP } from 'node:net'
import type { Finding } from 'tsplay'
import {
  addressKey,
  type Cidr,
  contains,
  formatCidr,
  isAligned,
  isSameAddress,
  networksIn,
  overlap,
  parseCidr,
} from '../cidr.ts'

interface Machine {
  readonly name: string
  readonly address: string
}

/** Nodes are objects of the cluster, named by what DNS calls a subdomain. */
export const nodeNameFindings = (hosts: readonly Machine[]): Finding[] =>
  hosts
    .filter(({ name }) => !isSubdomain(name))
    .map(({ name }) => ({
      level: 'error',
      rule: 'node-name',
      message: `'${name}' cannot be the name of a node`,
      hint: 'nodes have names of small letters, digits, hyphens and dots',
      host: name,
    }))

/** What DNS calls a subdomain, as Kubernetes has it: small letters. */
export const isSubdomain = (name: string): boolean =>
  name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)

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
    .filter(({ address }) => isIP(address) === 0 && parseCidr(address) === undefined && !/^[\d.]+$|[:/]/.test(address))
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
  if (!isAddress && /^[\d.]+$|[:/]/.test(address))
    return [`'${address}' as its address, which is none`, 'four numbers up to 255; a port of its own stands in `port`']
  return isAddress && /(^|\.)0\d/.test(address)
    ? [`the address ${address}, whose numbers with zeros in front some programs take for octal ones`, 'leave them out']
    : undefined
}

/** The network that hosts share: what it holds, and what must be apart from it. */
export function hostNetworkFindings(
  hosts: readonly Machine[],
  network: string,
  inside: readonly { readonly value: string; readonly variable: string; readonly what: string }[],
): Finding[] {
  const net = parseCidr(network)
  const error = (rule: string, message: string, hint: string, variable = 'network.hosts'): Finding => ({
    ...{ level: 'error', rule, message, hint, variable },
  })
  if (!net) return [error('cidr', `the network of the hosts, '${network}', is no network`, 'write it as 172.31.0.0/21')]
  const outside = hosts.filter(({ address }) => {
    const own = parseCidr(address)
    return own !== undefined && !contains(net, own)
  })
  return [
    ...(isAligned(net)
      ? []
      : [
          error(
            'cidr-host-bits',
            `the network of the hosts, ${network}, has host bits set: it is ${formatCidr(net)}`,
            `write ${formatCidr(net)} if that is meant`,
          ),
        ]),
    ...outside.map(
      ({ name, address }): Finding => ({
        ...{ level: 'error', rule: 'host-network', host: name },
        message: `${name} has the address ${address}, which is not in the hosts' network ${network}`,
        hint: 'is the address right, or `network.hosts`?',
      }),
    ),
    ...inside.flatMap(({ value, variable, what }) => {
      if (!networksIn(value).some((each) => isOverlapped(net, each))) return []
      return [
        error(
          'cidr-overlap',
          `the network of the ${what}, ${value}, overlaps that of the hosts, ${network}`,
          'hosts would be taken for pods or services: choose networks that are apart',
          variable,
        ),
      ]
    }),
  ]
}

function isOverlapped(net: Cidr, text: string): boolean {
  const other = parseCidr(text)
  return other !== undefined && overlap(net, other)
}

/** What a host's own file says of its network, and what the inventory says of it. */
export function prefixFindings(prefix: number, network: string, variable: string): Finding[] {
  const net = parseCidr(network)
  if (!net || net.prefix === prefix) return []
  return [
    {
      ...{ level: 'error', rule: 'host-prefix', variable },
      message: `hosts are given a network of ${prefix} bits, and theirs, ${network}, has ${net.prefix}`,
      hint: `with a prefix of ${net.prefix} they reach all of it, and nothing else, without their router`,
    },
  ]
}

/** A router that hosts cannot reach, or that is one of them, or the virtual address that they share. */
export function gatewayFindings(
  gateway: string,
  {
    hosts,
    network,
    vip,
  }: { readonly hosts: readonly Machine[]; readonly network: string | undefined; readonly vip?: string | undefined },
  variable: string,
): Finding[] {
  const [address, net] = [parseCidr(gateway), network === undefined ? undefined : parseCidr(network)]
  const error = (message: string, hint: string): Finding => ({
    ...{ level: 'error', rule: 'host-gateway', message, hint, variable },
  })
  const shared = vip === undefined ? [] : [{ name: 'the virtual address of the API', address: vip }]
  const host = [...hosts, ...shared].find((each) => isSameAddress(each.address, gateway))
  return [
    ...(host
      ? [error(`the router of the hosts, ${gateway}, is ${host.name}`, 'is one of the two addresses wrong?')]
      : []),
    ...(address && net && !contains(net, address)
      ? [
          error(
            `the router of the hosts, ${gateway}, is not in their network ${network}: they would not reach it`,
            'name its address in that network',
          ),
        ]
      : []),
  ]
}

/** Labels that no node takes: a name, with or without a domain before it, and a value of the same characters. */
export const labelFindings = (
  nodes: readonly { readonly name: string; readonly vars: { readonly labels: Readonly<Record<string, string>> } }[],
): Finding[] =>
  nodes.flatMap(({ name, vars }) =>
    Object.entries(vars.labels)
      .filter(([key, value]) => !isLabelName(key) || !(value === '' || isWord(value)))
      .map(
        ([key, value]): Finding => ({
          ...{ level: 'error', rule: 'node-label', host: name, variable: 'labels' },
          message: `'${key}=${value}' cannot be a label of a node`,
          hint: 'names and values have up to 63 letters, digits, hyphens, dots and underscores, and begin and end with one of the first two',
        }),
      ),
  )

const isWord = (text: string): boolean => text.length <= 63 && /^[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/.test(text)

function isLabelName(key: string): boolean {
  const [name = '', domain, ...more] = key.split('/').reverse()
  return more.length === 0 && isWord(name) && (domain === undefined || isSubdomain(domain))
}
