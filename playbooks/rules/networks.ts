// What the networks of a cluster must be: written without host bits, apart from one another and from the hosts. Asks no host.
import type { Finding } from 'tsplay'
import { addressAt, type Cidr, contains, formatCidr, isAligned, networksIn, overlap, parseCidr } from '../cidr.ts'
import type { Named, Report } from './named.ts'
import { podSizeFindings, serviceSizeFindings } from './network-sizes.ts'

/** The networks of a cluster, each with the variable that says it. */
export interface Networks {
  readonly pods: Named
  readonly services: Named
  /** Address of the cluster's DNS service. Default: none is fixed. */
  readonly dns?: Named
  /** Addresses of hosts, by name. */
  readonly hosts: readonly { readonly name: string; readonly address: string }[]
  /** How many hosts run pods. Default: it does not matter. */
  readonly nodes?: number
}

/** A network whose address has host bits set means another one than it seems to (B58). Of both families, each is judged by itself. */
export function networkFindings({ pods, services, dns, hosts, nodes = 0 }: Networks): Finding[] {
  const found: Finding[] = []
  const error: Report = (rule, variable, message, hint) => {
    found.push({ level: 'error', rule, message, hint, variable })
  }
  const [podNets, serviceNets] = [partsOf(pods), partsOf(services)]
  for (const each of podNets) formFindings('pods', each, hosts, error)
  for (const each of serviceNets) formFindings('services', each, hosts, error)
  for (const pod of podNets)
    for (const service of serviceNets)
      if (pod.net && service.net && overlap(pod.net, service.net))
        error(
          'cidr-overlap',
          pods.variable,
          `the network of the pods, ${pod.value}, and that of the services, ${service.value}, overlap`,
          'an address must tell which of the two it belongs to: choose networks that are apart',
        )
  for (const { net, value, variable } of serviceNets) if (net) serviceSizeFindings(net, { value, variable }, error)
  const known = serviceNets.flatMap(({ net }) => net ?? [])
  if (dns && known.length === serviceNets.length) dnsFindings(dns, known, services, error)
  return [
    ...found,
    ...podNets.flatMap(({ net, value, variable }) => (net ? podSizeFindings(net, { value, variable }, nodes) : [])),
  ]
}

/** One of the networks that a variable names. */
interface Part extends Named {
  readonly net: Cidr | undefined
}

const partsOf = ({ value, variable }: Named): Part[] =>
  networksIn(value).map((each) => ({ value: each, variable, net: parseCidr(each) }))

function formFindings(what: string, { value, variable, net }: Part, hosts: Networks['hosts'], error: Report): void {
  if (!net)
    error('cidr', variable, `the network of the ${what}, '${value}', is no network`, 'write it as 10.244.0.0/16')
  else if (!isAligned(net))
    error(
      'cidr-host-bits',
      variable,
      `the network of the ${what}, ${value}, has host bits set: it is ${formatCidr(net)}`,
      `write ${formatCidr(net)} if that is meant; ${value.split('/')[0]} may want a longer prefix`,
    )
  for (const { name, address } of net ? hosts : [])
    if (inside(net!, address))
      error(
        'cidr-hosts',
        variable,
        `the network of the ${what}, ${value}, holds the address of ${name}, ${address}`,
        'hosts would be taken for pods or services: choose a network that none of them is in',
      )
}

function dnsFindings(dns: Named, nets: readonly Cidr[], services: Named, error: Report): void {
  const [main] = nets
  const net = nets.find((each) => inside(each, dns.value))
  if (!net)
    error(
      'dns-address',
      dns.variable,
      `the address of the cluster's DNS, ${dns.value}, is not in the network of the services, ${services.value}`,
      `choose one of it${example(main!)}`,
    )
  else if (net === main && net.first !== net.last && parseCidr(dns.value)!.first === net.first + 1n)
    error(
      'dns-address',
      dns.variable,
      `the address of the cluster's DNS, ${dns.value}, is that of the API: the first of the services' network`,
      `choose another${example(net)}`,
    )
}

/** The tenth, where there is one. */
const example = (net: Cidr): string => (net.last - net.first < 10n ? '' : `, such as ${addressAt(net, 10)}`)

function inside(net: Cidr, address: string): boolean {
  const one = parseCidr(address)
  return one !== undefined && contains(net, one)
}
