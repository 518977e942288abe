// Repositories besides the distribution's: docker, Kubernetes, EPEL. Plain data; each mirror is a parameter.
import type { System } from './distribution.ts'
import type { Repository } from './index.ts'

const isDebian = ({ id }: System): boolean => id === 'debian' || id === 'ubuntu'

const trimmed = (address: string): string => address.replace(/\/+$/, '')

/**
 * Docker's own packages.
 *
 * @param system what the host runs.
 * @param mirror address below which `linux/` lies. Default: docker's own.
 */
export function dockerRepository(system: System, mirror = 'https://download.docker.com'): Repository {
  const base = trimmed(mirror)
  if (isDebian(system)) {
    const uris = `${base}/linux/${system.id}`
    return { apt: { name: 'docker', uris, suites: system.codename, components: 'stable', key: `${uris}/gpg` } }
  }
  return {
    yum: {
      ...{ name: 'docker-ce-stable', file: 'docker-ce', description: 'Docker CE Stable' },
      baseurl: `${base}/linux/centos/$releasever/$basearch/stable`,
      ...{ gpgcheck: true, gpgkey: `${base}/linux/centos/gpg` },
    },
  }
}

/**
 * kubelet, kubeadm and kubectl in the packages of their own project, a repository for each minor version.
 *
 * @param system what the host runs.
 * @param options.version minor version, such as `1.25`; leave it out for `baseurl`.
 * @param options.baseurl another place, such as a mirror of the packages from before there was one for each version.
 * @param options.gpgkey keys of that place. Default: the one beside its metadata.
 * @param options.repoGpgcheck yum looks at the signature of the metadata, too, and apt does in any case. Default: whatever the
 *   host is set to: packages are signed, and not every mirror passes on a signature that fits what it has.
 */
export function kubernetesRepository(
  system: System,
  {
    version,
    baseurl,
    gpgkey,
    repoGpgcheck,
  }: { version: string; repoGpgcheck?: boolean } & Partial<Record<'baseurl' | 'gpgkey', string | string[]>>,
): Repository {
  const home = `https://pkgs.k8s.io/core:/stable:/v${version}`
  if (isDebian(system)) {
    const uris = [baseurl ?? `${home}/deb/`].flat()
    return {
      apt: { name: 'kubernetes', uris, suites: '/', key: [gpgkey ?? `${trimmed(uris[0]!)}/Release.key`].flat()[0]! },
    }
  }
  const places = [baseurl ?? `${home}/rpm/`].flat()
  return {
    yum: {
      ...{ name: 'kubernetes', description: 'Kubernetes', baseurl: places, gpgcheck: true },
      gpgkey: gpgkey ?? `${trimmed(places[0]!)}/repodata/repomd.xml.key`,
      ...(repoGpgcheck !== undefined && { repoGpgcheck }),
    },
  }
}

/**
 * EPEL, for the RHEL family.
 *
 * @param system what the host runs.
 * @param mirror address below which a folder for each release lies. Default: the project's own; of release 7, which has
 *   ended, its archive.
 */
export function epelRepository({ majorVersion }: System, mirror?: string): Repository {
  const isArchived = majorVersion === '7'
  const base = trimmed(mirror ?? `https://dl.fedoraproject.org/pub/${isArchived ? 'archive/epel' : 'epel'}`)
  return {
    yum: {
      ...{ name: 'epel', description: 'Extra Packages for Enterprise Linux', gpgcheck: true },
      baseurl: `${base}/${isArchived ? '7' : `${majorVersion}/Everything`}/$basearch`,
      gpgkey: `${base}/RPM-GPG-KEY-EPEL-${majorVersion}`,
    },
  }
}
