// What must hold of what runs containers, and of the versions that go with it. Knows the cluster's variables, and no host.
import type { LintRule } from 'tsplay'
import type { Cluster } from '../cluster.ts'
import { criDockerdPackage } from '../preparation/cri-dockerd.ts'
import { cluster, isInAny } from '../preparation/groups.ts'
import { saidSystem } from '../preparation/system.ts'
import { error, warning } from './error.ts'
import { versionFindings } from './versions.ts'

type Rule = LintRule<Cluster>

/** Versions that do not go together, and settings of one runtime where kubelets have another. */
export const versions: Rule = ({ vars, host, hosts }) => {
  const { kubernetes, docker, criDockerd, os, repositories, containerRuntime, containerd } = vars
  // an archive has its version in its name
  const archived = docker?.from === 'archive' ? /docker-(\d+\.\d+\.\d+)/.exec(docker.url)?.[1] : undefined
  const version = docker?.from === 'package' ? docker.version : archived
  // image registries and volume servers have docker, whatever kubelets speak to
  const used = containerRuntime === 'docker' || hosts.some(isAlone)
  return [
    ...versionFindings({
      ...{ kubernetes: kubernetes.version, install: kubernetes.install, criDockerd: criDockerd !== undefined },
      ...(docker &&
        used && {
          docker: {
            pinned: docker.from === 'archive' || version !== undefined,
            ...(version !== undefined && { version }),
            ...(docker.cgroupDriver !== undefined && { cgroupDriver: docker.cgroupDriver }),
          },
        }),
      ...(containerRuntime === 'containerd' && { containerd }),
      ...(os && { os }),
      kubelet: isInAny(cluster, host),
      ownRepository: repositories.kubernetes !== undefined && repositories.kubernetes.baseurl === undefined,
    }),
    docker !== undefined &&
      !used &&
      warning(
        'runtime',
        'kubelets have containerd run containers, and no other host runs any: docker is installed nowhere',
        "leave `docker` out, or set `containerRuntime` to 'docker'",
        'docker',
      ),
  ]
}

const isAlone = (host: { readonly groups: readonly string[] }): boolean =>
  isInAny(['harbor', 'volume'], host) && !isInAny(cluster, host)

/** Which file a host takes is known, and somebody vouches for it, before any host is touched. */
export const criDockerdSource: Rule = ({ vars, host }) => {
  const { criDockerd, containerRuntime } = vars
  if (!criDockerd || containerRuntime !== 'docker' || !isInAny(cluster, host)) return []
  const [variable, system] = ['criDockerd.source', saidSystem(vars)]
  // what only the host tells is looked at by preflight
  if ('release' in criDockerd.source && !system) return []
  const found = criDockerdPackage(criDockerd.source, () => system!)
  if ('problem' in found) return [error('cri-dockerd', found.problem, found.hint, variable)]
  return [
    'url' in found.source &&
      found.source.sha256 === 'unverified' &&
      warning(
        'cri-dockerd',
        `hosts install ${found.source.url} as root, and nobody vouches for what comes`,
        'give its sha256 in place of the word',
        variable,
      ),
  ]
}
