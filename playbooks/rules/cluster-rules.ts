// What must hold of a cluster's inventory before any host is touched. Which variable says what is known here, and only here.
import type { LintRule } from 'tsplay'
import type { Cluster } from '../cluster.ts'
import { apiServerHosts } from '../credentials/cluster.ts'
import { viewOf } from '../credentials/view.ts'
import { aliasesOf } from '../preparation/aliases.ts'
import { portsOf } from '../preparation/ports.ts'
import { failoverFindings, outsideFindings, ownedAddressFindings } from './failover.ts'
import { hostNetworkFindings, nodeNameFindings, prefixFindings } from './hosts.ts'
import { certificateFindings, nameFindings } from './names.ts'
import { networkFindings } from './networks.ts'
import { componentPorts, nodePortFindings, sharedPortFindings } from './ports.ts'
import { versionFindings } from './versions.ts'

type Rule = LintRule<Cluster>

/** Without masters there is no cluster, and nobody whom certificates could be made for. */
const masters: Rule = ({ groups }) => [
  groups.masters.length === 0 && {
    level: 'error',
    rule: 'no-masters',
    message: 'the inventory has no masters',
    hint: "put hosts into the group 'masters'",
  },
]

/** Fewer masters than a majority needs can lose none of them. */
const quorum: Rule = ({ groups: { masters } }) => [
  masters.length % 2 === 0 &&
    masters.length > 0 && {
      level: 'warning',
      rule: 'quorum',
      message: `${masters.length} members of etcd can lose as few as ${masters.length - 1} can`,
      hint: 'have an odd number of masters',
    },
]

const networks: Rule = ({ vars: { network }, hosts }) => {
  const pods = { value: network.podCidr, variable: 'network.podCidr' }
  const services = { value: network.serviceCidr, variable: 'network.serviceCidr' }
  return [
    ...networkFindings({
      ...{ pods, services, hosts },
      ...(network.dns !== undefined && { dns: { value: network.dns, variable: 'network.dns' } }),
    }),
    ...(network.hosts === undefined
      ? []
      : hostNetworkFindings(hosts, network.hosts, [
          { ...pods, what: 'pods' },
          { ...services, what: 'services' },
        ])),
  ]
}

const staticNetwork: Rule = ({ vars: { network, staticNetwork } }) =>
  network.hosts === undefined || !staticNetwork
    ? []
    : prefixFindings(staticNetwork.prefix, network.hosts, 'staticNetwork.prefix')

const ports: Rule = ({ vars, host }) => [
  ...nodePortFindings(vars.network.nodePorts, 'network.nodePorts', [
    ...componentPorts,
    ...new Map(
      [
        { port: vars.api.port, by: 'the load balancer or an API server' },
        ...(vars.api.serverPort === undefined ? [] : [{ port: vars.api.serverPort, by: 'an API server' }]),
      ].map((each) => [each.port, each]),
    ).values(),
  ]),
  ...sharedPortFindings(host.name, portsOf({ vars, host }), 'api'),
]

/** Every name is a line of /etc/hosts on every host. */
const names: Rule = ({ vars, host, hosts, groups }) => [
  ...nameFindings([
    ...hosts.map(({ name, address }) => ({ name, address })),
    ...aliasesOf({ vars, host, balancers: groups.lb }).flatMap(({ address, names }) =>
      names.map((name) => ({ name, address, variable: 'api' })),
    ),
    ...vars.extraHosts.flatMap((line) =>
      line.names.map((name) => ({ name, address: line.address, variable: 'extraHosts' })),
    ),
  ]),
  ...nodeNameFindings([...groups.masters, ...groups.nodes]),
]

/** What the API is reached by stands in the certificate of its servers; where that is computed, it always does. */
const certificate: Rule = (context) => {
  const { vars, groups } = context
  const { name, vip } = vars.api
  const reached = [...[name, vip].filter((each) => each !== undefined), ...groups.masters.map(({ address }) => address)]
  return certificateFindings(
    apiServerHosts(viewOf(context)),
    reached.map((each) => ({ name: each, address: each, variable: 'api.certificateHosts' })),
  )
}

/** What balances the API belongs to nobody else, and moves when its bearer fails. */
const virtualAddress: Rule = ({ vars: { api, keepalived, network }, hosts, groups }) => {
  if (api.vip === undefined) return []
  if (!keepalived)
    return [
      ...ownedAddressFindings(api.vip, hosts, 'api.vip'),
      ...(network.hosts === undefined ? [] : outsideFindings(api.vip, network.hosts, 'api.vip')),
    ]
  const bearers = new Map(
    [...groups.masters, ...groups.lb].flatMap(({ name, address, vars: { vipPriority } }) =>
      vipPriority === undefined ? [] : [[name, { name, address, priority: vipPriority }]],
    ),
  )
  return [
    ...failoverFindings({
      ...{ vip: api.vip, weight: keepalived.weight, hosts: [...bearers.values()] },
      ...(network.hosts !== undefined && { network: network.hosts }),
      variables: { vip: 'api.vip', weight: 'keepalived.weight', priority: 'vipPriority' },
    }),
    bearers.size === 0 && {
      level: 'error',
      rule: 'failover-hosts',
      message: `no host bears the virtual address ${api.vip}`,
      hint: 'give masters or load balancers a `vipPriority`',
      variable: 'keepalived',
    },
  ]
}

/** A balancer of somebody else's may send no connection back to the host that it comes from (B13). */
const balancer: Rule = ({ vars: { api }, groups }) => [
  api.vip === undefined &&
    groups.lb.length === 0 &&
    !api.ownOnMasters &&
    groups.masters.some(({ groups }) => groups.includes('nodes')) && {
      level: 'warning',
      rule: 'balancer-loop',
      message: `masters are nodes, and reach the API at ${api.name}, a balancer that the inventory does not know: some clouds' balancers send no connection back to the host that it comes from`,
      hint: 'with `ownOnMasters: true` each master goes to its own API server',
      variable: 'api',
    },
]

const timeServers: Rule = ({ vars: { time }, groups }) => [
  time?.servers !== undefined &&
    groups[time.servers].length === 0 && {
      level: 'error',
      rule: 'time-servers',
      message: `hosts are to have the time from the group '${time.servers}', which has no hosts`,
      hint: 'name another group, or leave `servers` out: then every host asks the world',
      variable: 'time.servers',
    },
]

const versions: Rule = ({ vars: { kubernetes, docker, criDockerd, os, repositories } }) => {
  // an archive has its version in its name
  const archived = docker?.from === 'archive' ? /docker-(\d+\.\d+\.\d+)/.exec(docker.url)?.[1] : undefined
  const version = docker?.from === 'package' ? docker.version : archived
  return versionFindings({
    ...{ kubernetes: kubernetes.version, install: kubernetes.install, criDockerd: criDockerd !== undefined },
    ...(docker && {
      docker: {
        pinned: docker.from === 'archive' || version !== undefined,
        ...(version !== undefined && { version }),
        ...(docker.cgroupDriver !== undefined && { cgroupDriver: docker.cgroupDriver }),
      },
    }),
    ...(os && { os }),
    ownRepository: repositories.kubernetes !== undefined && repositories.kubernetes.baseurl === undefined,
  })
}

export const clusterRules: readonly Rule[] = [
  ...[masters, quorum, networks, staticNetwork, ports, names, certificate],
  ...[virtualAddress, balancer, timeServers, versions],
]
