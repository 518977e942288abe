// Ports of a host's own programs, by the units that have them. Pure.
import type { ClusterContext } from '../cluster.ts'
import type { WantedPort } from '../roles/preflight/ports.ts'
import { isBefore } from '../version.ts'
import { cluster } from './groups.ts'

/**
 * What a host's programs listen on, as soon as they run.
 * @param containers groups whose hosts run containers: masters and nodes among them have a kubelet. Default: both.
 */
export function portsOf(
  { vars, host }: Pick<ClusterContext, 'vars' | 'host'>,
  containers: readonly string[] = cluster,
): Required<WantedPort>[] {
  const { api, kubernetes } = vars
  const isIn = (group: string): boolean => host.groups.includes(group)
  const of = (unit: string, ...ports: readonly number[]): Required<WantedPort>[] =>
    // what kubeadm sets up are containers of the kubelet
    ports.map((port) => ({ port, unit: kubernetes.install === 'kubeadm' ? 'kubelet' : unit }))
  return [
    ...(isIn('masters')
      ? [
          ...of('kube-apiserver', api.serverPort ?? api.port),
          ...of('etcd', 2379, 2380),
          ...of('kube-controller-manager', ...controllerManagerPorts(kubernetes)),
          ...of('kube-scheduler', ...schedulerPorts(kubernetes)),
        ]
      : []),
    ...(cluster.some((group) => containers.includes(group) && isIn(group))
      ? [...of('kubelet', 10_248, 10_250), ...of('kube-proxy', 10_249, 10_256)]
      : []),
    ...(isIn('lb') ? [{ port: api.port, unit: api.balancer }] : []),
  ]
}

type Installed = ClusterContext['vars']['kubernetes']

/** The one without TLS first, which later releases do not open any more, and kubeadm's from 1.19 on. */
const controllerManagerPorts = ({ version, install }: Installed): number[] => [
  ...(isBefore(version, install === 'kubeadm' ? '1.19' : '1.22') ? [10_252] : []),
  ...(isBefore(version, '1.12') ? [] : [10_257]),
]

const schedulerPorts = ({ version, install }: Installed): number[] => [
  ...(isBefore(version, install === 'kubeadm' ? '1.19' : '1.23') ? [10_251] : []),
  ...(isBefore(version, '1.13') ? [] : [10_259]),
]
