// Names of the API in /etc/hosts: where a host finds it. Pure.
import type { ClusterContext } from '../cluster.ts'

/**
 * The API's name belongs to the virtual address, else to the load balancer. Without one, whoever runs another says where it is
 * in `extraHosts`, or a name server does. Masters that cannot reach themselves through it go to their own API server.
 */
export function aliasesOf(
  context: Pick<ClusterContext, 'vars' | 'host' | 'groups'>,
): { address: string; names: string[] }[] {
  const { api } = context.vars
  const own = api.ownOnMasters && context.host.groups.includes('masters')
  const address = own ? context.host.address : (api.vip ?? context.groups.lb[0]?.address)
  return address === undefined || api.name === undefined ? [] : [{ address, names: [api.name] }]
}
