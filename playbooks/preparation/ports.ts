// Ports of a host's own programs, by the units that have them. Pure.
import type { ClusterContext } from '../cluster.ts'
import type { WantedPort } from '../roles/preflight/ports.ts'

export function portsOf({ vars, host }: Pick<ClusterContext, 'vars' | 'host'>): Required<WantedPort>[] {
  const { api, kubernetes } = vars
  const ports: Required<WantedPort>[] = []
  const add = (group: string, port: number, unit: string): void => {
    if (host.groups.includes(group)) ports.push({ port, unit })
  }
  // what kubeadm sets up are containers of the kubelet
  const kubeadm = kubernetes.install === 'kubeadm'
  add('masters', api.serverPort ?? api.port, kubeadm ? 'kubelet' : 'kube-apiserver')
  for (const port of [2379, 2380]) add('masters', port, kubeadm ? 'kubelet' : 'etcd')
  add('nodes', 10_250, 'kubelet')
  add('lb', api.port, api.balancer)
  return ports
}
