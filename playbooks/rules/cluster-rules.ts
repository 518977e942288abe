// What must hold of a cluster's inventory before any host is touched. Which variable says what is known here, and only here.
import type { Finding, LintRule } from 'tsplay'
import type { cluster } from '../cluster.ts'
import { ownedAddressFindings } from './failover.ts'
import { nameFindings } from './names.ts'
import { networkFindings } from './networks.ts'
import { componentPorts, nodePortFindings } from './ports.ts'

type Rule = LintRule<typeof cluster>

const networks: Rule = ({ vars: { network }, hosts }) =>
  networkFindings({
    pods: { value: network.podCidr, variable: 'network.podCidr' },
    services: { value: network.serviceCidr, variable: 'network.serviceCidr' },
    ...(network.dns !== undefined && { dns: { value: network.dns, variable: 'network.dns' } }),
    hosts,
  })

const nodePorts: Rule = ({ vars: { network, api } }) =>
  nodePortFindings(network.nodePorts, 'network.nodePorts', [
    ...componentPorts,
    { port: api.port, by: 'the load balancer or an API server' },
  ])

/** Every name is a line of /etc/hosts on every host. */
const names: Rule = ({ vars: { api, extraHosts }, hosts, groups }) => {
  const address = api.vip ?? groups.lb[0]?.address
  return nameFindings([
    ...hosts.map(({ name, address }) => ({ name, address })),
    ...(address === undefined ? [] : [{ name: api.name, address, variable: 'api.name' }]),
    ...extraHosts.flatMap((line) =>
      line.names.map((name) => ({ name, address: line.address, variable: 'extraHosts' })),
    ),
  ])
}

/** What balances the API belongs to nobody else. */
const virtualAddress: Rule = ({ vars: { api }, hosts }) =>
  api.vip === undefined ? [] : ownedAddressFindings(api.vip, hosts, 'api.vip')

/** Fewer masters than a majority needs can lose none of them. */
const quorum: Rule = ({ groups: { masters } }) => [
  masters.length % 2 === 0 && masters.length > 0
    ? ({
        level: 'warning',
        rule: 'quorum',
        message: `${masters.length} members of etcd can lose as few as ${masters.length - 1} can`,
        hint: 'have an odd number of masters',
      } satisfies Finding)
    : false,
]

/** Without masters there is no cluster, and nobody whom certificates could be made for. */
const masters: Rule = ({ groups }) => [
  groups.masters.length === 0 && {
    level: 'error',
    rule: 'no-masters',
    message: 'the inventory has no masters',
    hint: "put hosts into the group 'masters'",
  },
]

export const clusterRules: readonly Rule[] = [masters, quorum, networks, nodePorts, names, virtualAddress]
