// What goes with containerd, where kubelets speak to it: versions of both, and who makes control groups. Asks no host.
import type { Finding } from 'tsplay'
import { isBefore } from '../version.ts'
import { error, warning } from './error.ts'

/** containerd as an inventory has it. */
export interface Containerd {
  readonly version?: string
  readonly cgroupDriver: string
}

interface Cluster {
  readonly kubernetes: string
  readonly install: 'binaries' | 'kubeadm'
  readonly criDockerd: boolean
}

/**
 * Why it does not go with the Kubernetes beside it. Asks no host.
 *
 * @param cluster what speaks to it, and what stands beside it.
 * @param containerd as the inventory has it.
 */
export const containerdFindings = (
  { kubernetes, install, criDockerd }: Cluster,
  { version, cgroupDriver }: Containerd,
): (Finding | false)[] => [
  criDockerd &&
    error(
      'runtime',
      'kubelets have containerd run containers: cri-dockerd would have them speak to docker',
      "leave `criDockerd` out, or set `containerRuntime` to 'docker'",
      'criDockerd',
    ),
  isBefore(kubernetes, '1.10') &&
    error(
      'runtime',
      `kubelets of Kubernetes ${kubernetes} do not speak to containerd yet`,
      "have Kubernetes 1.10 or later, or set `containerRuntime` to 'docker'",
      'containerRuntime',
    ),
  version !== undefined &&
    !isBefore(version, '2.0') &&
    isBefore(kubernetes, '1.23') &&
    error(
      'runtime',
      `containerd ${version} does not understand kubelets of Kubernetes ${kubernetes} any more`,
      'have containerd 1.7, or Kubernetes 1.23 or later',
      'containerd.version',
    ),
  version !== undefined &&
    isBefore(version, '1.6') &&
    !isBefore(kubernetes, '1.26') &&
    error(
      'runtime',
      `kubelets of Kubernetes ${kubernetes} do not speak to containerd ${version} any more`,
      'have containerd 1.6 or later, or Kubernetes 1.25',
      'containerd.version',
    ),
  cgroupDriver !== 'systemd' &&
    install === 'kubeadm' &&
    !isBefore(kubernetes, '1.22') &&
    error(
      'cgroup-driver',
      `kubeadm ${kubernetes} has kubelets leave control groups to systemd, and containerd makes them by ${cgroupDriver}`,
      "set its `cgroupDriver` to 'systemd'",
      'containerd.cgroupDriver',
    ),
  version === undefined &&
    warning(
      'unpinned',
      'hosts get whichever containerd is the newest on the day when they are set up',
      'name a version, and it is kept',
      'containerd.version',
    ),
]
