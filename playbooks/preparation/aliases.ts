// Names of the API in /etc/hosts: where a host finds it. Pure.
import type { Host } from 'tsplay'
import type { ClusterContext } from '../cluster.ts'

/**
 * The API's name belongs to the virtual address, else to the load balancer. Without one, whoever runs another says where it is
 * in `extraHosts`, or a name server does. Masters that cannot reach themselves through it go to their own API server.
 */
export function aliasesOf({
  vars: { api },
  host,
  balancers,
}: {
  readonly vars: Pick<ClusterContext['vars'], 'api'>
  readonly host: Pick<Host, 'address' | 'groups'>
  readonly balancers: readonly Pick<Host, 'address'>[]
}): { address: string; names: string[] }[] {
  const own = api.ownOnMasters && host.groups.includes('masters')
  const address = own ? host.address : (api.vip ?? balancers[0]?.address)
  return address === undefined || api.name === undefined ? [] : [{ address, names: [api.name] }]
}
