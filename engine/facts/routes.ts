// IPv4 addresses as the kernel's own tables tell them, for hosts without the ip tool. Pure.
import { type Script, sh } from '../script.ts'

/** Prints `route <line of /proc/net/route>` and `local <address>` for each of the host's own addresses. */
export const routesScript = (root: string): Script =>
  sh`head -n 512 ${`${root}/proc/net/route`} 2>/dev/null | sed 's/^/route /'
grep -B 1 '/32 host LOCAL' ${`${root}/proc/net/fib_trie`} 2>/dev/null | sed -n 's/^ *|-- /local /p'`

/** A route that needs no gateway, or the default one. */
export interface Route {
  readonly interface: string
  readonly network: number
  readonly mask: number
  readonly metric: number
}

/** What {@link routesScript} has printed. */
export function readRoutes(lines: readonly string[]): { routes: readonly Route[]; addresses: readonly string[] } {
  const routes = lines.flatMap((line): Route[] => {
    const [, name, destination, , , , , metric, mask] =
      /^route (\S+)\s+([0-9A-F]{8})\s+([0-9A-F]{8})\s+(\S+)\s+(\S+)\s+(\S+)\s+(\d+)\s+([0-9A-F]{8})/.exec(line) ?? []
    return mask === undefined
      ? []
      : [{ interface: name!, network: hex(destination!), mask: hex(mask), metric: Number(metric) }]
  })
  const addresses = lines.filter((line) => line.startsWith('local ')).map((line) => line.slice('local '.length).trim())
  return { routes, addresses: [...new Set(addresses)] }
}

/** The route of the network that an address lies in, the narrowest first; undefined where there is none. */
export const networkOf = (address: string, routes: readonly Route[]): Route | undefined =>
  routes
    .filter(({ network, mask }) => mask !== 0 && (number(address) & mask) >>> 0 === network)
    .sort((a, b) => b.mask - a.mask)[0]

/** The default route with the lowest metric. */
export const defaultRoute = (routes: readonly Route[]): Route | undefined =>
  routes.filter(({ network, mask }) => network === 0 && mask === 0).sort((a, b) => a.metric - b.metric)[0]

/** Length of a prefix by its mask. */
export const prefixOf = (mask: number): number => mask.toString(2).replace(/0+$/, '').length

// the kernel prints addresses in the order in which a little-endian machine holds them
const hex = (text: string): number => Number.parseInt(text.match(/../g)!.reverse().join(''), 16)

const number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
