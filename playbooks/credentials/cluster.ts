// What certificates and kubeconfigs need to know of a cluster, and what its API server is called. Knows no inventory file.
import { isIPv6 } from 'node:net'
import { addressAt, networksIn, parseCidr } from '../cidr.ts'

/** A host as others reach it. */
export interface Machine {
  readonly name: string
  /** IP address. */
  readonly address: string
}

export interface Master extends Machine {
  /** `etcdName`: the name of its etcd member, where it is not that of the host. */
  readonly vars?: { readonly etcdName?: string | undefined }
}

/** A cluster as its inventory describes it. */
export interface ClusterView {
  readonly masters: readonly Master[]
  /** Hosts that are workers. Masters may be among them. */
  readonly nodes: readonly Machine[]
  /** Load balancers with an address of their own, in front of the API servers. */
  readonly balancers: readonly Machine[]
  /** Where clients find the API: a DNS name, a virtual address, or both. */
  readonly api: { readonly name?: string | undefined; readonly vip?: string | undefined; readonly port: number }
  /** Network of the services, `10.96.0.0/12`; the first of two is that of the API. */
  readonly serviceCidr: string
  /** Domain of the services, `cluster.local`, with or without a dot at its end. */
  readonly clusterDomain: string
  /** Version of Kubernetes, `1.18.3`. */
  readonly kubernetesVersion: string
  /** Names and addresses in the certificate of the API servers. Default: all that they are reached by. */
  readonly apiServerHosts?: readonly string[] | undefined
}

/** The URL of the API, through whatever balances it. */
export function apiUrl({ api }: ClusterView): string {
  const host = api.name ?? api.vip ?? ''
  return `https://${isIPv6(host) ? `[${host}]` : host}:${api.port}`
}

/**
 * Whatever a client may call an API server, each once: the service by its names and address, every master, each balancer,
 * the name and virtual address of the API, loopback. One certificate made of them is good on any master.
 */
export function apiServerHosts(cluster: ClusterView): string[] {
  const { masters, balancers, api, serviceCidr } = cluster
  if (cluster.apiServerHosts) return [...cluster.apiServerHosts]
  return [
    ...new Set([
      '127.0.0.1',
      ...[...masters, ...balancers].flatMap(({ address, name }) => [address, name]),
      ...[api.name ?? [], api.vip ?? []].flat(),
      ...serviceAddress(serviceCidr),
      ...serviceNames(cluster),
    ]),
  ]
}

/** The API's own address among the services; a network of one address, which no API server takes, has none. */
function serviceAddress(serviceCidr: string): string[] {
  const net = parseCidr(networksIn(serviceCidr)[0]!)!
  return net.first === net.last ? [] : [addressAt(net, 1)]
}

/** Clients refuse a name in a certificate that ends with a dot, also where the cluster's domain is written with one. */
function serviceNames({ clusterDomain }: ClusterView): string[] {
  const domain = clusterDomain.replace(/\.$/, '')
  const service = 'kubernetes.default.svc'
  return ['kubernetes', 'kubernetes.default', service, `${service}.${domain.split('.', 1)[0]}`, `${service}.${domain}`]
}
