// Arithmetic on IPv4 networks. Pure; knows no interfaces.

/** An IPv4 network: `base` is its first number, `gateway` the first address that a host may have. */
export interface Subnet {
  readonly base: number
  readonly prefix: number
  readonly gateway: string
  /** In canonical form: `10.77.0.0/24`. */
  readonly cidr: string
}

/** Reads `10.77.0.0/24`; undefined where it is no network with room for hosts. */
export function parseSubnet(cidr: string): Subnet | undefined {
  const [address = '', length = ''] = cidr.split('/')
  const number = parseAddress(address)
  const prefix = Number(length)
  if (number === undefined || !/^\d{1,2}$/.test(length) || prefix < 8 || prefix > 30) return undefined
  const base = number - (number % size(prefix))
  return { base, prefix, gateway: formatAddress(base + 1), cidr: `${formatAddress(base)}/${prefix}` }
}

/** Whether a host may have this address: inside, and neither the network's own nor its broadcast address. */
export function addressIn({ base, prefix }: Subnet, address: string): boolean {
  const number = parseAddress(address)
  return number !== undefined && number > base && number < base + size(prefix) - 1
}

/** Whether two networks share an address. */
export const overlap = (a: Subnet, b: Subnet): boolean =>
  a.base < b.base + size(b.prefix) && b.base < a.base + size(a.prefix)

/**
 * The hardware address that goes with an IPv4 address. A host keeps it over reboots, as a real one does: with a new one
 * at every boot the others would talk to the old one until their neighbour tables expire.
 */
export const hardwareAddress = (address: string): string =>
  ['02', '74', ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':')

const size = (prefix: number) => 2 ** (32 - prefix)

function parseAddress(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

const formatAddress = (number: number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
