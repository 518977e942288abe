// What must hold of hosts themselves: their network, time, kernel and limits. Knows the cluster's variables, and no host.
import type { LintRule } from 'tsplay'
import type { Cluster } from '../cluster.ts'
import { gatewayFindings, prefixFindings } from './hosts.ts'
import { kernelFindings } from './kernel.ts'
import { limitFindings } from './limits.ts'

type Rule = LintRule<Cluster>

const staticNetwork: Rule = ({ vars: { network, staticNetwork }, hosts }) => {
  if (!staticNetwork) return []
  const { prefix, gateway } = staticNetwork
  return [
    ...(network.hosts === undefined ? [] : prefixFindings(prefix, network.hosts, 'staticNetwork.prefix')),
    ...(gateway === undefined
      ? []
      : gatewayFindings(gateway, { hosts, network: network.hosts }, 'staticNetwork.gateway')),
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

const kernel: Rule = ({ vars: { kernelModules, sysctl } }) =>
  kernelFindings({
    modules: { 'kernelModules.k8s': kernelModules.k8s, 'kernelModules.ipvs': kernelModules.ipvs },
    sysctl,
  })

const limits: Rule = ({ vars }) => limitFindings(vars.limits, 'limits')

export const hostRules: readonly Rule[] = [staticNetwork, timeServers, kernel, limits]
