// What must hold of the address that the API is reached by, whoever balances it. Knows the cluster's variables, and no host.
import type { LintRule } from 'tsplay'
import { isSameAddress } from '../cidr.ts'
import type { Cluster } from '../cluster.ts'
import { hostNames } from '../host-names.ts'
import { portsOf } from '../preparation/ports.ts'
import { deafBearerFindings, failoverFindings } from './failover.ts'
import { innerFindings, outsideFindings, ownedAddressFindings } from './virtual-address.ts'

type Rule = LintRule<Cluster>

/** What balances the API belongs to nobody else, and moves when its bearer fails. */
export const virtualAddress: Rule = ({ vars, hosts, groups }) => {
  const { api, keepalived, network } = vars
  const given = [...groups.masters, ...groups.lb].filter((each) => each.vars.vipPriority !== undefined)
  if (api.vip === undefined)
    return [
      keepalived !== undefined && {
        ...{ level: 'error', rule: 'failover-address', variable: 'keepalived' },
        message: 'hosts are to share a virtual address, and none is named',
        hint: 'name it as `api.vip`, or leave `keepalived` out',
      },
    ]
  const itself = [
    ...ownedAddressFindings(api.vip, hosts, 'api.vip'),
    ...(network.hosts === undefined
      ? innerFindings(
          api.vip,
          [
            { what: 'pods', value: network.podCidr },
            { what: 'services', value: network.serviceCidr },
          ],
          'api.vip',
        )
      : outsideFindings(api.vip, network.hosts, 'api.vip')),
  ]
  if (!keepalived)
    return [
      ...itself,
      given[0] !== undefined && {
        ...{ level: 'warning', rule: 'failover-unused', variable: 'vipPriority', host: given[0].name },
        message: 'hosts have priorities for the virtual address, and nobody moves it',
        hint: 'say so with `keepalived`, or leave each `vipPriority` out',
      },
    ]
  const bearers = [...new Map(given.map((host) => [host.name, host])).values()]
  return [
    ...itself,
    ...failoverFindings({
      ...{ vip: api.vip, weight: keepalived.weight },
      hosts: bearers.map(({ name, vars: { vipPriority } }) => ({ name, priority: vipPriority! })),
      variables: { weight: 'keepalived.weight', priority: 'vipPriority' },
    }),
    ...deafBearerFindings(
      bearers.map((host) => ({ name: host.name, ports: portsOf({ vars, host }).map(({ port }) => port) })),
      api.port,
      'vipPriority',
    ),
    bearers.length === 0 && {
      level: 'error',
      rule: 'failover-hosts',
      message: `no host bears the virtual address ${api.vip}`,
      hint: 'give masters or load balancers a `vipPriority`',
      variable: 'keepalived',
    },
  ]
}

/** A balancer of somebody else's may send no connection back to the host that it comes from (B13). */
export const balancer: Rule = ({ vars: { api, extraHosts }, groups, hosts }) => [
  api.vip === undefined &&
    groups.lb.length === 0 &&
    !api.ownOnMasters &&
    !isHosts(api.name, hosts, extraHosts) &&
    groups.masters.some(({ groups }) => groups.includes('nodes')) && {
      level: 'warning',
      rule: 'balancer-loop',
      message: `masters are nodes, and reach the API at ${api.name}, a balancer that the inventory does not know: some clouds' balancers send no connection back to the host that it comes from`,
      hint: 'with `ownOnMasters: true` each master goes to its own API server',
      variable: 'api.ownOnMasters',
    },
  api.ownOnMasters &&
    api.serverPort !== undefined &&
    api.serverPort !== api.port && {
      level: 'error',
      rule: 'own-port',
      message: `masters reach the API at themselves, by port ${api.port}, and their own servers listen on ${api.serverPort}`,
      hint: 'have both the same port: leave `serverPort` out',
      variable: 'api.serverPort',
    },
]

/** Whether a name is a host's own, or leads to one by a line of /etc/hosts: then there is no balancer on the way. */
function isHosts(
  name: string | undefined,
  hosts: readonly { readonly name: string; readonly address: string }[],
  lines: readonly { readonly address: string; readonly names: readonly string[] }[],
): boolean {
  const own = hosts.flatMap((host) => [...hostNames(host.name), host.address])
  const leads = lines.filter(({ names }) => names.some((each) => isSameAddress(each, name ?? '')))
  return [name ?? '', ...leads.map(({ address }) => address)].some((each) =>
    own.some((other) => isSameAddress(each, other)),
  )
}
