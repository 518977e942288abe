// A cluster as its certificates see it, from the inventory's variables and groups. Pure.
import type { ClusterContext } from '../cluster.ts'
import type { ClusterView } from './cluster.ts'

export const viewOf = ({ vars, groups }: Pick<ClusterContext, 'vars' | 'groups'>): ClusterView => ({
  ...{ masters: groups.masters, nodes: groups.nodes, balancers: groups.lb },
  ...{ api: vars.api, serviceCidr: vars.network.serviceCidr, clusterDomain: vars.network.clusterDomain },
  ...{ kubernetesVersion: vars.kubernetes.version, apiServerHosts: vars.api.certificateHosts },
})
