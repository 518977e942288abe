// What must hold of hosts themselves: their addresses, network, time, accounts, kernel and limits. Knows the cluster's variables, and no host.
import type { LintRule } from 'tsplay'
import type { Cluster } from '../cluster.ts'
import { cluster, isInAny } from '../preparation/groups.ts'
import { accountFindings, ownerFindings } from './accounts.ts'
import { addressFindings } from './addresses.ts'
import { gatewayFindings, prefixFindings } from './hosts.ts'
import { kernelFindings } from './kernel.ts'
import { limitFindings } from './limits.ts'
import { rebootFindings } from './reboots.ts'
import { clockFindings } from './time.ts'

type Rule = LintRule<Cluster>

const staticNetwork: Rule = ({ vars: { api, network, staticNetwork }, hosts }) => {
  if (!staticNetwork) return []
  const { prefix, gateway } = staticNetwork
  return [
    ...(network.hosts === undefined ? [] : prefixFindings(prefix, network.hosts, 'staticNetwork.prefix')),
    ...(gateway === undefined
      ? []
      : gatewayFindings(gateway, { hosts, network: network.hosts, vip: api.vip }, 'staticNetwork.gateway')),
  ]
}

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

const clocks: Rule = ({ vars: { time }, hosts }) => (time ? clockFindings({ ...time, hosts }) : [])

const addresses: Rule = ({ hosts }) => addressFindings(hosts)

const accounts: Rule = ({ vars: { accounts, kubernetes } }) => [
  ...accountFindings(accounts, 'accounts'),
  ...(kubernetes.install === 'binaries' ? ownerFindings(kubernetes.user, accounts, 'kubernetes.user') : []),
]

const kernel: Rule = ({ vars: { kernelModules, sysctl } }) =>
  kernelFindings({
    modules: { 'kernelModules.k8s': kernelModules.k8s, 'kernelModules.ipvs': kernelModules.ipvs },
    sysctl,
  })

/** In the plays that reboot hosts, masters are before the others; balancers are in none. */
const reboots: Rule = ({ vars: { kernel, rebootWhenRequired, rebootSerial: serial }, hosts, groups }) => {
  if (!kernel && !rebootWhenRequired) return []
  const rebooted = hosts.filter((host) => isInAny([...cluster, 'harbor', 'volume'], host))
  return rebootFindings({ masters: groups.masters.length, hosts: rebooted.length, serial }, 'rebootSerial')
}

/** Kernel parameters are those of masters and nodes. */
const limits: Rule = ({ vars: { limits, sysctl }, host }) => {
  const nrOpen = isInAny(cluster, host) ? sysctl['fs.nr_open'] : undefined
  return limitFindings(limits, 'limits', nrOpen === undefined ? undefined : Number(nrOpen))
}

export const hostRules: readonly Rule[] = [
  ...[addresses, staticNetwork, timeServers, clocks],
  ...[accounts, kernel, reboots, limits],
]
