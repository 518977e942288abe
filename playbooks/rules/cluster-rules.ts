// What must hold of a cluster's inventory before any host is touched. Which variable says what is known here, and only here.
import type { LintContext, LintRule } from 'tsplay'
import { addressAt, networksIn, parseCidr } from '../cidr.ts'
import type { Cluster } from '../cluster.ts'
import { memberOf } from '../credentials/binary.ts'
import { apiServerHosts } from '../credentials/cluster.ts'
import { viewOf } from '../credentials/view.ts'
import { hostNames } from '../host-names.ts'
import { aliasesOf, extraLinesOf } from '../preparation/aliases.ts'
import { portsOf } from '../preparation/ports.ts'
import { numberFindings } from './addresses.ts'
import { balancer, virtualAddress } from './endpoint.ts'
import { familyFindings } from './families.ts'
import { hostRules } from './host-rules.ts'
import { hostNetworkFindings } from './hosts.ts'
import { apiNameFindings, certificateFindings, domainFindings, memberFindings, nameFindings } from './names.ts'
import { networkFindings } from './networks.ts'
import { labelFindings, nodeNameFindings } from './nodes.ts'
import { componentPorts, nodePortFindings, sharedPortFindings, type UsedPort } from './ports.ts'
import { mirror } from './repositories.ts'
import { criDockerdSource, versions } from './runtime.ts'

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

const networks: Rule = ({ vars: { network, kubernetes }, hosts, groups }) => {
  const pods = { value: network.podCidr, variable: 'network.podCidr' }
  const services = { value: network.serviceCidr, variable: 'network.serviceCidr' }
  return [
    ...networkFindings({
      ...{ pods, services, hosts, nodes: new Set([...groups.masters, ...groups.nodes].map(({ name }) => name)).size },
      ...(network.dns !== undefined && { dns: { value: network.dns, variable: 'network.dns' } }),
    }),
    ...familyFindings(pods, services, kubernetes.version),
    ...(network.hosts === undefined
      ? []
      : hostNetworkFindings(hosts, network.hosts, [
          { ...pods, what: 'pods' },
          { ...services, what: 'services' },
        ])),
  ]
}

const ports: Rule = ({ vars, host, groups }) => [
  ...nodePortFindings(vars.network.nodePorts, 'network.nodePorts', [...componentPorts, ...apiPorts(vars.api, groups)]),
  ...sharedPortFindings(host.name, portsOf({ vars, host }), 'api'),
]

/** Those that hosts with node ports listen on: balancers of their own have none. */
function apiPorts(
  { port, serverPort }: LintContext<Cluster>['vars']['api'],
  { masters, nodes, lb }: LintContext<Cluster>['groups'],
): UsedPort[] {
  const members = new Set([...masters, ...nodes].map(({ name }) => name))
  const balances = serverPort === undefined || lb.some(({ name }) => members.has(name))
  return [
    ...(balances ? [{ port, by: 'the load balancer or an API server' }] : []),
    ...(serverPort === undefined || (balances && serverPort === port)
      ? []
      : [{ port: serverPort, by: 'an API server' }]),
  ]
}

/** Every name is in a line of /etc/hosts on every host, that of a host as short as people type it, too. */
const names: Rule = (context) => {
  const { vars, hosts, groups } = context
  return [
    ...nameFindings([
      ...hosts.flatMap(({ name, address }) => hostNames(name).map((each) => ({ name: each, address, host: name }))),
      ...aliasesOf(context).flatMap(({ address, names }) => names.map((name) => ({ name, address, variable: 'api' }))),
      ...extraLinesOf(context).flatMap((line) =>
        line.names.map((name) => ({ name, address: line.address, variable: 'extraHosts' })),
      ),
    ]),
    ...nodeNameFindings([...groups.masters, ...groups.nodes]),
    ...numberFindings([
      ...groups.masters.map((host) => ({ ...host, why: 'etcd listens on IP addresses alone' })),
      ...(vars.api.name === undefined || vars.api.vip !== undefined
        ? []
        : groups.lb.slice(0, 1).map((host) => ({ ...host, why: '/etc/hosts leads to IP addresses alone' }))),
    ]),
    ...labelFindings(groups.nodes),
    ...apiNameFindings(vars.api.name, 'api.name'),
    ...domainFindings(
      vars.network.clusterDomain,
      [
        ...(vars.api.name === undefined ? [] : [{ name: vars.api.name, what: 'the name of the API' }]),
        ...hosts.map(({ name }) => ({ name, what: 'a host' })),
      ],
      'network.clusterDomain',
    ),
    ...memberFindings(groups.masters.map(memberOf)),
  ]
}

/** What the API is reached by, from outside and by pods, stands in the certificate of its servers; where it is computed, it does. */
const certificate: Rule = (context) => {
  const { vars, groups } = context
  const { name, vip } = vars.api
  const services = parseCidr(networksIn(vars.network.serviceCidr)[0]!)
  const reached = [
    ...[name, vip].filter((each) => each !== undefined),
    ...groups.masters.map(({ address }) => address),
    ...(services && services.first !== services.last ? [addressAt(services, 1)] : []),
    'kubernetes.default.svc',
  ]
  return certificateFindings(
    apiServerHosts(viewOf(context)),
    reached.map((each) => ({ name: each, address: each, variable: 'api.certificateHosts' })),
  )
}

/** A playbook that puts files in place, and one that leaves that to kubeadm, undo each other's work. */
const installedBy =
  (install: 'binaries' | 'kubeadm'): Rule =>
  ({ vars: { kubernetes } }) => [
    kubernetes.install !== install && {
      level: 'error',
      rule: 'install',
      message: `the inventory leaves Kubernetes to ${told[kubernetes.install]}, and the playbook is for ${told[install]}`,
      hint: 'name the playbook of its system: --playbook playbooks/systems/s3.ts for a role alone',
      variable: 'kubernetes.install',
    },
  ]

const told = { binaries: 'files put in place one by one', kubeadm: 'kubeadm' }

/** The rules of a playbook that has Kubernetes installed in this way. */
export const clusterRules = (install: 'binaries' | 'kubeadm'): readonly Rule[] => [
  installedBy(install),
  ...[masters, quorum, networks, ports, names, certificate],
  ...[virtualAddress, balancer, versions, criDockerdSource, mirror],
  ...hostRules,
]
