// Versions that do not go together, although each is right by itself. Asks no host.
import type { Finding } from 'tsplay'
import { isBefore } from '../version.ts'
import { type Containerd, containerdFindings } from './containerd.ts'
import { error, warning } from './error.ts'

export interface Versions {
  readonly kubernetes: string
  readonly install: 'binaries' | 'kubeadm'
  /** docker, where it runs containers; `pinned`: it is the same on every host. */
  readonly docker?: { readonly version?: string; readonly pinned: boolean; readonly cgroupDriver?: string }
  /** containerd, where kubelets speak to it: then not to docker. */
  readonly containerd?: Containerd
  readonly criDockerd: boolean
  /** Whether there is a kubelet, for whom all of this is. Default: there is. */
  readonly kubelet?: boolean
  /** What hosts run, where the inventory says so. */
  readonly os?: { readonly id: string; readonly version?: string }
  /** Packages of Kubernetes come from its project's own place. */
  readonly ownRepository: boolean
}

/** Each by what is, why that does not work, and what does. */
export function versionFindings(versions: Versions): Finding[] {
  const { kubernetes, docker, os, ownRepository, kubelet = true } = versions
  const system = os && `${os.id} ${os.version ?? ''}`.trim()
  return [
    ...(kubelet ? kubeletFindings(versions, system) : []),
    hasOnlyCgroups2(os) &&
      docker?.version !== undefined &&
      isBefore(docker.version, '20.10') &&
      error(
        'control-groups',
        `docker ${docker.version} does not know the control groups of ${system}`,
        'have docker 20.10 or later, or an older release of the system',
        'docker.version',
      ),
    docker?.pinned === false &&
      warning(
        'unpinned',
        'hosts get whichever docker is the newest on the day when they are set up',
        'name a version, and it is kept',
        'docker.version',
      ),
    ownRepository &&
      isBefore(kubernetes, '1.24') &&
      error(
        'kubernetes-repository',
        `the project's own repository has no packages of Kubernetes ${kubernetes}: it begins with 1.24`,
        'name a mirror that has them, as `repositories.kubernetes.baseurl`',
        'repositories.kubernetes',
      ),
  ].filter((each) => each !== false)
}

/** What is nobody's business but a kubelet's. */
function kubeletFindings(versions: Versions, system: string | undefined): (Finding | false)[] {
  const { kubernetes, install, docker, containerd, criDockerd, os } = versions
  return [
    ...(containerd ? containerdFindings(versions, containerd) : []),
    docker !== undefined &&
      !containerd &&
      !criDockerd &&
      !isBefore(kubernetes, '1.24') &&
      error(
        'runtime',
        `kubelets of Kubernetes ${kubernetes} do not speak to docker any more`,
        'have `criDockerd` stand between the two, or Kubernetes 1.23',
        'kubernetes.version',
      ),
    criDockerd &&
      !containerd &&
      docker === undefined &&
      error(
        'runtime',
        'cri-dockerd stands between kubelets and docker, and hosts have no docker',
        'say which with `docker`, or leave `criDockerd` out',
        'criDockerd',
      ),
    criDockerd &&
      !containerd &&
      isBefore(kubernetes, '1.24') &&
      warning(
        'runtime',
        `kubelets of Kubernetes ${kubernetes} speak to docker themselves: cri-dockerd has nothing to do`,
        'leave `criDockerd` out',
        'criDockerd',
      ),
    docker !== undefined &&
      !containerd &&
      docker.cgroupDriver !== 'systemd' &&
      !(docker.cgroupDriver === undefined && choosesSystemd(docker, os)) &&
      install === 'kubeadm' &&
      !isBefore(kubernetes, '1.22') &&
      error(
        'cgroup-driver',
        `kubeadm ${kubernetes} has kubelets leave control groups to systemd, and docker ${docker.cgroupDriver === undefined ? 'is not told to' : `makes them by ${docker.cgroupDriver}`}`,
        "set its `cgroupDriver` to 'systemd'",
        'docker.cgroupDriver',
      ),
    hasOnlyCgroups2(os) &&
      isBefore(kubernetes, '1.19') &&
      error(
        'control-groups',
        `kubelets of Kubernetes ${kubernetes} do not know the control groups of ${system}`,
        'have Kubernetes 1.19 or later, or an older release of the system',
        'kubernetes.version',
      ),
  ]
}

/** docker has systemd make control groups of the second version, unless it is told otherwise. */
const choosesSystemd = ({ version }: NonNullable<Versions['docker']>, os: Versions['os']): boolean =>
  hasOnlyCgroups2(os) && (version === undefined || !isBefore(version, '20.10'))

/** Releases that bring up systemd with the second version of control groups and no other. */
const firstWithCgroups2: Readonly<Record<string, string>> = {
  ...{ centos: '9', rhel: '9', rocky: '9', almalinux: '9', debian: '11', ubuntu: '21.10' },
}

const hasOnlyCgroups2 = (os: Versions['os']): boolean =>
  os?.version !== undefined && !isBefore(os.version, firstWithCgroups2[os.id] ?? '9999')
