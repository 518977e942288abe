// Names of the API in /etc/hosts: where a host finds it. Pure.
import type { ClusterContext } from '../cluster.ts'

/** A line of /etc/hosts. */
export interface Line {
  readonly address: string
  readonly names: readonly string[]
}

type Known = Pick<ClusterContext, 'vars' | 'host' | 'groups'>

/**
 * The API's name belongs to the virtual address, else to the load balancer. Without one, whoever runs another says where it is
 * in `extraHosts`, or a name server does. Masters that cannot reach themselves through it go to their own API server.
 */
export function aliasesOf(context: Known): Line[] {
  const { api } = context.vars
  const address = isOwn(context) ? context.host.address : (api.vip ?? context.groups.lb[0]?.address)
  return address === undefined || api.name === undefined ? [] : [{ address, names: [api.name] }]
}

/** Lines besides: `extraHosts`, without the API's name on hosts that go to their own server in place of its balancer. */
export function extraLinesOf(context: Known): Line[] {
  const { api, extraHosts } = context.vars
  if (!isOwn(context)) return extraHosts
  return extraHosts
    .map((line) => ({ ...line, names: line.names.filter((name) => name !== api.name) }))
    .filter(({ names }) => names.length > 0)
}

/** Rules that do not look at the host are not called for each: it is only looked at where it matters. */
const isOwn = (context: Known): boolean => context.vars.api.ownOnMasters && context.host.groups.includes('masters')
