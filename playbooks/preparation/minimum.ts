// The least that a host must have for what it is meant for: what the inventory says, else what its programs cannot do without. Pure.
import type { ClusterContext } from '../cluster.ts'
import type { Wants } from '../roles/preflight/problems.ts'
import { cluster, isInAny } from './groups.ts'

/** @param containers groups whose hosts run containers */
export function minimumOf(
  { vars, host }: Pick<ClusterContext, 'vars' | 'host'>,
  containers: readonly string[],
): Pick<Wants, 'cpus' | 'memoryMb' | 'diskMb'> {
  const { minimum, kubernetes } = vars
  return {
    // with less, kubeadm refuses a master
    ...(kubernetes.install === 'kubeadm' && host.groups.includes('masters') && { cpus: 2, memoryMb: 1700 }),
    // room for the images of a node's own programs
    ...(isInAny(containers, host) && { diskMb: { [imagesOf(vars, isInAny(cluster, host))]: 2048 } }),
    ...minimum,
  }
}

/** Image registries and volume servers run docker, whatever kubelets speak to. */
function imagesOf({ containerRuntime, docker }: ClusterContext['vars'], hasKubelet: boolean): string {
  if (containerRuntime === 'containerd' && hasKubelet) return '/var/lib/containerd'
  const folder = docker?.other?.['data-root']
  return typeof folder === 'string' ? folder : '/var/lib/docker'
}
