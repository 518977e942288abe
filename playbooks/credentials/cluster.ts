// What certificates and kubeconfigs need to know of a cluster, and what its API server is called. Knows no inventory file.
import { isIPv6 } from 'node:net'

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
  /** Network of the services, `10.96.0.0/12`. */
  readonly serviceCidr: string
  /** Domain of the services, `cluster.local`, with or without a dot at its end. */
  readonly clusterDomain: string
  /** Version of Kubernetes, `1.18.3`. */
  readonly kubernetesVersion: string
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
  return [
    ...new Set([
      '127.0.0.1',
      ...[...masters, ...balancers].flatMap(({ address, name }) => [address, name]),
      ...[api.name ?? [], api.vip ?? []].flat(),
      firstAddress(serviceCidr),
      ...serviceNames(cluster),
    ]),
  ]
}

/** Clients refuse a name in a certificate that ends with a dot, also where the cluster's domain is written with one. */
function serviceNames({ clusterDomain }: ClusterView): string[] {
  const domain = clusterDomain.replace(/\.$/, '')
  const service = 'kubernetes.default.svc'
  return ['kubernetes', 'kubernetes.default', service, `${service}.${domain.split('.', 1)[0]}`, `${service}.${domain}`]
}

/** The first address of a network, which the service of the API gets: `10.96.0.1` of `10.96.0.0/12`. */
export function firstAddress(cidr: string): string {
  const [address = '', length = ''] = cidr.split('/')
  const bits = isIPv6(address) ? 128n : 32n
  const host = bits - BigInt(length)
  return textOf(((numberOf(address) >> host) << host) + 1n, bits)
}

function numberOf(address: string): bigint {
  if (!isIPv6(address)) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean))
  const groups = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail]
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

function textOf(address: bigint, bits: bigint): string {
  const [width, parts] = bits === 32n ? [8n, 4] : [16n, 8]
  const numbers = Array.from({ length: parts }, (_, index) =>
    Number((address >> (width * BigInt(parts - 1 - index))) & ((1n << width) - 1n)),
  )
  if (bits === 32n) return numbers.join('.')
  return new URL(`http://[${numbers.map((number) => number.toString(16)).join(':')}]/`).hostname.slice(1, -1)
}
