// A rule of iptables as parameters: their schema and the words they become, in the order that iptables takes them. Runs nothing.
import { z } from 'zod'
import { nameParam } from './names.ts'

/** What a rule matches and does. */
export interface RuleParams {
  /** Match extensions by name. Those that another parameter needs (`comment`, `conntrack`, `multiport`, …) come by themselves. */
  match?: string | string[]
  /** `tcp`, `udp`, `icmp`, a number, `all`; `!` before it means any other, here and in the parameters below. */
  protocol?: string
  /** Address, network (`10.0.0.0/8`) or host name. */
  source?: string
  /** The same. */
  destination?: string
  /** Interface; `eth+` means all that begin so. */
  inInterface?: string
  /** The same. */
  outInterface?: string
  /** Port or range `80:90`; needs a protocol that has ports. */
  sourcePort?: number | string
  /** The same. */
  destinationPort?: number | string
  /** Up to 15 ports and ranges. */
  destinationPorts?: (number | string)[]
  /** The same. */
  sourcePorts?: (number | string)[]
  /** First and last address: `10.0.0.1-10.0.0.9`. */
  sourceRange?: string
  /** The same. */
  destinationRange?: string
  /** States of the connection: `NEW`, `ESTABLISHED`, `RELATED`, `INVALID`, `UNTRACKED`, `SNAT`, `DNAT`. */
  ctstate?: string | string[]
  /** Which flags of TCP are looked at, and which of them are set. */
  tcpFlags?: { flags: string[]; flagsSet: string[] }
  /** True: connections that begin; false: all others. Needs `protocol: 'tcp'`. */
  syn?: boolean
  /** `echo-request` or a number; for IPv6 as well. */
  icmpType?: string
  /** Second and further fragments; `false`: first ones and whole packets. */
  fragment?: boolean
  /** How often at most, such as `10/minute`. */
  limit?: string
  /** How many before `limit` counts. */
  limitBurst?: number
  /** Who sends: a user or a number; `!` before it for anybody else. */
  uidOwner?: string | number
  /** The same of a group. */
  gidOwner?: string | number
  /** The name of an ipset. */
  matchSet?: string
  /** What of a packet is looked up in the set: `src`, `dst`, `src,dst`, … */
  matchSetFlags?: string
  /** Mark of the packet, with a mask where one is wanted: `0x4000/0x4000`. */
  mark?: string
  /** Told from other rules by a text of up to 255 characters. */
  comment?: string
  /** What becomes of a packet: a target (`ACCEPT`, `DROP`, `MASQUERADE`, …) or a chain. */
  jump?: string
  /** The chain in which it goes on, not to come back. */
  goto?: string
  /** For `REJECT`: `icmp-port-unreachable`, `tcp-reset`, … `jump` may be left out. */
  rejectWith?: string
  /** For `DNAT`: address, address:port, or a range. */
  toDestination?: string
  /** For `SNAT`. */
  toSource?: string
  /** For `REDIRECT`, `MASQUERADE`, `DNAT`: port or range `8000-8010`. */
  toPorts?: number | string
  /** For `LOG`: up to 29 characters; `jump` may be left out. */
  logPrefix?: string
  /** For `LOG`: `warning`, `info`, 0 to 7, … */
  logLevel?: string
  /** For `TEE`: the host that gets a copy. */
  gateway?: string
  /** For `MARK`: `0x1/0x1`. */
  setMark?: string
  /** For `DSCP`: 0 to 63, or `0x…`. */
  setDscp?: string | number
  /** For `DSCP`: `EF`, `AF11`, … */
  setDscpClass?: string
}

const word = (what: string) => nameParam(/^(! ?)?[^\s!-][^\s\0]*$/, what)
const oneLine = (limit: number) =>
  nameParam(
    new RegExp(`^[^\\r\\n\\0"\\\\-][^\\r\\n\\0"\\\\]{0,${limit - 1}}$`),
    `one line of up to ${limit} characters, without quotes and backslashes`,
  )
const port = z.union([z.int().min(0).max(65535), word("a port or a range '80:90'")])
const chain = nameParam(/^[A-Za-z0-9_][^\s\0!]{0,28}$/, 'the name of a chain or target: up to 29 characters')

/** The schema's share. */
export const ruleParams = {
  match: z.union([chain, z.array(chain)]).optional(),
  protocol: word('a protocol').optional(),
  source: word('an address or a network').optional(),
  destination: word('an address or a network').optional(),
  inInterface: word('an interface').optional(),
  outInterface: word('an interface').optional(),
  sourcePort: port.optional(),
  destinationPort: port.optional(),
  destinationPorts: z.array(port).min(1).max(15).optional(),
  sourcePorts: z.array(port).min(1).max(15).optional(),
  sourceRange: word("a range '10.0.0.1-10.0.0.9'").optional(),
  destinationRange: word("a range '10.0.0.1-10.0.0.9'").optional(),
  ctstate: z.union([word('a state'), z.array(word('a state')).min(1)]).optional(),
  tcpFlags: z
    .strictObject({ flags: z.array(word('a flag')).min(1), flagsSet: z.array(word('a flag')).min(1) })
    .optional(),
  syn: z.boolean().optional(),
  icmpType: word('a type of ICMP').optional(),
  fragment: z.boolean().optional(),
  limit: word("a rate such as '10/minute'").optional(),
  limitBurst: z.int().min(1).optional(),
  uidOwner: z.union([z.int().min(0), word('a user')]).optional(),
  gidOwner: z.union([z.int().min(0), word('a group')]).optional(),
  matchSet: word('the name of a set').optional(),
  matchSetFlags: nameParam(/^(src|dst)(,(src|dst)){0,5}$/, "such as 'src' or 'src,dst'").optional(),
  mark: word('a mark').optional(),
  comment: oneLine(255).optional(),
  jump: chain.optional(),
  goto: chain.optional(),
  rejectWith: word("such as 'tcp-reset'").optional(),
  toDestination: word('an address').optional(),
  toSource: word('an address').optional(),
  toPorts: port.optional(),
  logPrefix: oneLine(29).optional(),
  logLevel: word('a level').optional(),
  gateway: word('an address').optional(),
  setMark: word('a mark').optional(),
  setDscp: z.union([z.int().min(0).max(63), word('a number')]).optional(),
  setDscpClass: word("a class such as 'EF'").optional(),
} satisfies Record<keyof RuleParams, z.ZodType>

/** Whether anything of a rule is given. */
export const isRule = (params: RuleParams): boolean =>
  Object.keys(ruleParams).some((key) => params[key as keyof RuleParams] !== undefined)

/** The rule's words. */
export function ruleWords(rule: RuleParams, version: 'ipv4' | 'ipv6'): string[] {
  const jump =
    rule.jump ??
    (rule.rejectWith !== undefined
      ? 'REJECT'
      : rule.logPrefix !== undefined || rule.logLevel !== undefined
        ? 'LOG'
        : undefined)
  const icmp = version === 'ipv6' ? '--icmpv6-type' : '--icmp-type'
  return [
    option('-p', rule.protocol),
    option('-s', rule.source),
    option('-d', rule.destination),
    [rule.match ?? []].flat().flatMap((name) => ['-m', name]),
    rule.tcpFlags ? ['--tcp-flags', rule.tcpFlags.flags.join(','), rule.tcpFlags.flagsSet.join(',')] : [],
    option('-i', rule.inInterface),
    option('-o', rule.outInterface),
    rule.fragment === undefined ? [] : rule.fragment ? ['-f'] : ['!', '-f'],
    option('--sport', rule.sourcePort),
    option('--dport', rule.destinationPort),
    using(rule, 'multiport', [option('--sports', list(rule.sourcePorts))]),
    // each multiport takes one of the two
    using(rule.sourcePorts ? {} : rule, 'multiport', [option('--dports', list(rule.destinationPorts))]),
    rule.syn === undefined ? [] : rule.syn ? ['--syn'] : ['!', '--syn'],
    option(icmp, rule.icmpType),
    using(rule, 'conntrack', [option('--ctstate', list(rule.ctstate))], 'state'),
    using(rule, 'iprange', [option('--src-range', rule.sourceRange), option('--dst-range', rule.destinationRange)]),
    using(rule, 'limit', [option('--limit', rule.limit), option('--limit-burst', rule.limitBurst)]),
    using(rule, 'owner', [option('--uid-owner', rule.uidOwner), option('--gid-owner', rule.gidOwner)]),
    using(rule, 'set', [
      rule.matchSet === undefined ? [] : [...option('--match-set', rule.matchSet), rule.matchSetFlags ?? 'src'],
    ]),
    using(rule, 'mark', [option('--mark', rule.mark)]),
    using(rule, 'comment', [rule.comment === undefined ? [] : ['--comment', rule.comment]]),
    jump === undefined ? [] : ['-j', jump],
    option('-g', rule.goto),
    option('--reject-with', rule.rejectWith),
    option('--to-destination', rule.toDestination),
    option('--to-source', rule.toSource),
    option('--to-ports', rule.toPorts),
    rule.logPrefix === undefined ? [] : ['--log-prefix', rule.logPrefix],
    option('--log-level', rule.logLevel),
    option('--gateway', rule.gateway),
    option('--set-mark', rule.setMark),
    option('--set-dscp', rule.setDscp),
    option('--set-dscp-class', rule.setDscpClass),
  ].flat()
}

const list = (values: readonly (string | number)[] | string | undefined): string | undefined =>
  values === undefined ? undefined : [values].flat().join(',')

/** `! x` stands before the option, as iptables has it. */
function option(name: string, value: string | number | undefined): string[] {
  if (value === undefined) return []
  const text = String(value)
  return text.startsWith('!') ? ['!', name, text.slice(1).trimStart()] : [name, text]
}

/** The options of an extension, which is named before them unless the user has done so. */
function using(rule: RuleParams, extension: string, options: readonly string[][], instead = ''): string[] {
  const words = options.flat()
  const named = [rule.match ?? []].flat()
  if (words.length === 0 || named.includes(extension)) return words
  // the older `state` has its own word for the same
  if (instead !== '' && named.includes(instead)) return words.map((word) => (word === '--ctstate' ? '--state' : word))
  return ['-m', extension, ...words]
}
