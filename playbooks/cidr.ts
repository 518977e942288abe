// Networks and addresses as numbers: what is in what. Knows nothing of clusters.

/** A network, `10.96.0.0/12`. */
export interface Cidr {
  readonly family: 4 | 6
  /** The address as it is written, host bits and all. */
  readonly written: bigint
  /** First and last address. */
  readonly first: bigint
  readonly last: bigint
  readonly prefix: number
}

/** An IP address or a network; an address is a network of one. Undefined where the text is neither. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length, more] = text.split('/')
  const found = parseAddress(address)
  if (!found || more !== undefined || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined
  const bits = found.family === 4 ? 32 : 128
  const prefix = length === undefined ? bits : Number(length)
  if (prefix > bits) return undefined
  const hosts = (1n << BigInt(bits - prefix)) - 1n
  return { family: found.family, written: found.value, first: found.value & ~hosts, last: found.value | hosts, prefix }
}

/** The networks of a cluster of both families stand behind one another: `10.244.0.0/16,fd01::/48`. The first is the main one. */
export const networksIn = (text: string): string[] => text.split(',')

/** Whether no bit of the written address lies behind the prefix. */
export const isAligned = ({ written, first }: Cidr): boolean => written === first

export const overlap = (a: Cidr, b: Cidr): boolean => a.family === b.family && a.first <= b.last && b.first <= a.last

export const contains = (outer: Cidr, inner: Cidr): boolean =>
  outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last

/** Whether two texts mean one address, however each is written; names are the same without regard to capitals. */
export const isSameAddress = (a: string, b: string): boolean => addressKey(a) === addressKey(b)

/** Equal for what means the same. */
export function addressKey(text: string): string {
  const found = parseCidr(text)
  return found ? formatCidr(found) : text.toLowerCase()
}

/** The network as it should be written: without host bits. */
export const formatCidr = ({ family, first, prefix }: Cidr): string => `${formatAddress(family, first)}/${prefix}`

/** An address of a network, counted from its first. @throws RangeError where the network is too small */
export function addressAt({ family, first, last }: Cidr, index: number): string {
  const address = first + BigInt(index)
  if (index < 0 || address > last) throw new RangeError(`the network has no address ${index}`)
  return formatAddress(family, address)
}

/** An address in the spelling in which resolvers print it: IPv6 has many. What cannot be read stays as it is. */
export function plainAddress(text: string): string {
  const found = parseAddress(text)
  return found ? formatAddress(found.family, found.value) : text
}

function parseAddress(text: string): { family: 4 | 6; value: bigint } | undefined {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (four) {
    const parts = four.slice(1).map(Number)
    if (parts.some((part) => part > 255)) return undefined
    return { family: 4, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) }
  }
  if (!/^[0-9a-f:]*:[0-9a-f:]*$/i.test(text)) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const count = head!.length + (tail?.length ?? 0)
  if (tail === undefined ? count !== 8 : count > 7) return undefined
  const all = [...head!, ...Array.from({ length: 8 - count }, () => '0'), ...(tail ?? [])]
  if (all.some((part) => !/^[0-9a-f]{1,4}$/i.test(part))) return undefined
  return { family: 6, value: all.reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n) }
}

function formatAddress(family: 4 | 6, value: bigint): string {
  const size = family === 4 ? 8n : 16n
  const count = family === 4 ? 4 : 8
  const parts = Array.from(
    { length: count },
    (_, index) => (value >> (size * BigInt(count - 1 - index))) & ((1n << size) - 1n),
  )
  if (family === 4) return parts.join('.')
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]`).hostname.slice(1, -1)
}
