// What a lab is: a name, a subnet and its hosts. Plain data; knows nothing of the machine it will run on.
import { TsplayError } from '../error.ts'
import { imageNames, type LabImage } from './images.ts'
import { addressIn, parseSubnet } from './subnet.ts'

/** A lab: real throw-away hosts on this machine, on a network of their own. */
export interface LabSpec {
  /** Short lower-case name; labs of different names and subnets can stand side by side. */
  readonly name: string
  /** IPv4 network of the hosts, as `10.77.0.0/24`. Its first address is the gateway: this machine. */
  readonly subnet: string
  readonly hosts: readonly LabHostSpec[]
  /** What hosts are that do not say so themselves. Default `debian`. */
  readonly image?: LabImage
  /** Debian packages that every host has from its first boot, besides the minimal system and sshd. */
  readonly packages?: readonly string[]
}

/** A host of a lab: its host name and its address in the lab's subnet. */
export interface LabHostSpec {
  readonly name: string
  readonly address: string
  /** What the host is. Default: what the lab says. */
  readonly image?: LabImage
}

/** The spec itself, once everything in it can be used as part of paths, names and scripts. */
export function checkSpec(spec: LabSpec): LabSpec {
  const wrong = problem(spec)
  if (wrong) throw new TsplayError(`lab '${spec.name}': ${wrong}`)
  return spec
}

const namePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const packagePattern = /^[a-z0-9][a-z0-9+.-]+$/

function problem({ name, subnet, hosts, packages = [], image: common = 'debian' }: LabSpec): string | undefined {
  if (!namePattern.test(name)) return 'the name must be lower-case letters, digits and inner dashes'
  const network = parseSubnet(subnet)
  if (!network) return `'${subnet}' is not an IPv4 subnet such as 10.77.0.0/24`
  for (const host of hosts) {
    if (!namePattern.test(host.name))
      return `host name '${host.name}' must be lower-case letters, digits and inner dashes`
    if (!addressIn(network, host.address)) return `${host.name}: ${host.address} is no address in ${subnet}`
    const image = host.image ?? common
    if (!imageNames().includes(image))
      return `${host.name}: there is no image '${image}', but ${imageNames().join(', ')}`
    if (host.address === network.gateway) return `${host.name}: ${host.address} is the gateway, this machine's own`
  }
  const bad = packages.find((each) => !packagePattern.test(each))
  if (bad !== undefined) return `'${bad}' is not a package name`
  const twice = repeated(hosts.flatMap((host) => [host.name, host.address]))
  return twice === undefined ? undefined : `'${twice}' is given to two hosts`
}

const repeated = (values: readonly string[]) => values.find((value, index) => values.indexOf(value) !== index)
