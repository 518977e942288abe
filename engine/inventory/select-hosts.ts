// Which hosts a pattern means.
import { suggest, TsplayError } from '../error.ts'
import type { Host, Pattern } from '../site.ts'
import { all } from './group-tree.ts'
import type { Inventory } from './resolve-inventory.ts'
import { splitPattern, type Term } from './split-pattern.ts'

/** A pattern as text, as `pattern('…')`, or several, which add up. */
export type HostPattern = string | Pattern | readonly (string | Pattern)[]

/**
 * The hosts of a pattern, each once: those of its plain terms in their order (all where there is none), less those that are
 * not in every `&` term, less those in a `!` term. A term is `~` and a regular expression, or a group, a host or a glob that
 * may end in a position (`[0]`, `[-1]`) or a range of positions that includes its end (`[1:3]`, `[2:]`).
 * Empty where the pattern is right and nothing fits it.
 * @throws TsplayError for a name that is neither a group nor a host, and for a bad regular expression
 */
export function selectHosts(inventory: Inventory, pattern: HostPattern): Host[] {
  const isName = (text: string): boolean => inventory.groups.has(text) || inventory.hosts.has(text)
  const terms = ([pattern].flat() as (string | Pattern)[]).flatMap((one) =>
    splitPattern(typeof one === 'string' ? one : one.pattern, isName),
  )
  if (terms.length === 0) throw new TsplayError('the host pattern is empty', { hint: "'all' means every host" })
  const of = (operator: Term['operator']): Host[][] =>
    terms.filter((term) => term.operator === operator).map(({ text }) => hostsOf(inventory, text))
  const wanted = of('')
  const [kept, dropped] = [of('&').map((hosts) => new Set(hosts)), new Set(of('!').flat())]
  const start = wanted.length > 0 ? wanted.flat() : hostsOf(inventory, all)
  return [...new Set(start)].filter((host) => kept.every((hosts) => hosts.has(host)) && !dropped.has(host))
}

const loopback = new Set(['localhost', '127.0.0.1', '::1'])

function hostsOf(inventory: Inventory, text: string): Host[] {
  const { groups, hosts, localhost } = inventory
  const exact = groups.get(text) ?? hosts.get(text)
  if (exact) return [exact].flat()
  if (text.startsWith('~')) return matching(inventory, regex(text))
  const [, base, index, from, to] = /^(.+)\[(?:(-?\d+)|(-?\d*):(-?\d*))\]$/.exec(text) ?? []
  if (base !== undefined) return positions(hostsOf(inventory, base), index, from, to)
  if (text === '*') return hostsOf(inventory, all)
  if (/[*?[]/.test(text)) return matching(inventory, glob(text))
  if (loopback.has(text)) return [localhost]
  throw new TsplayError(`'${text}' is neither a group nor a host of inventory '${inventory.name}'`, {
    hint: suggest(text, [...groups.keys(), ...hosts.keys()]),
  })
}

function positions(hosts: readonly Host[], index?: string, from?: string, to?: string): Host[] {
  if (index !== undefined) return [hosts.at(Number(index)) ?? []].flat()
  const end = to === '' || to === undefined ? hosts.length - 1 : Number(to)
  return hosts.slice(from === '' ? 0 : Number(from), end < 0 ? hosts.length + end + 1 : end + 1)
}

/** Hosts of the groups that match, then hosts that match themselves. */
const matching = ({ groups, hosts }: Inventory, expression: RegExp): Host[] => [
  ...[...groups].filter(([name]) => name !== all && expression.test(name)).flatMap(([, members]) => members),
  ...[...hosts.values()].filter(({ name }) => expression.test(name)),
]

/** Matches from the start of a name, as Ansible's does. */
function regex(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text.slice(1)})`)
  } catch (error) {
    throw new TsplayError(`'${text}' is not a regular expression: ${(error as Error).message.replace(/^.*: /, '')}`)
  }
}

/** `*`, `?`, `[abc]`, `[!abc]`. */
function glob(text: string): RegExp {
  const source = text.replace(/\[(!?)([^\]]+)\]|[\s\S]/g, (part, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\^\]]/g, '\\$&')}]`
    if (part === '*') return '.*'
    return part === '?' ? '.' : part.replace(/[.+^${}()|[\]\\/-]/g, '\\$&')
  })
  try {
    return new RegExp(`^${source}$`)
  } catch {
    throw new TsplayError(`'${text}' is not a glob`, { hint: 'a glob has *, ? and sets such as [abc] or [a-f]' })
  }
}
