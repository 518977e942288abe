// releaseFile: which package of a release of cri-dockerd a host takes. Plain data; fetches nothing.

/** What a host runs: facts.os, or the same by hand. */
export interface CriDockerdSystem {
  /** ID in /etc/os-release: `rocky`, `ubuntu`. */
  readonly id: string
  readonly family: 'debian' | 'redhat'
  readonly majorVersion: string
  /** `focal`; empty where the distribution has none. */
  readonly codename: string
  /** `uname -m`. */
  readonly arch: string
}

/** Where its project has them. */
const project = 'https://github.com/Mirantis/cri-dockerd/releases/download'

/**
 * The file's name and address; undefined where the project has no package for such a host.
 *
 * @param release as the project counts: `0.2.5`.
 * @param system what the host runs.
 * @param mirror address below which a folder for each release lies. Default: the project's own.
 */
export function releaseFile(
  release: string,
  { id, family, majorVersion, codename, arch }: CriDockerdSystem,
  mirror: string = project,
): { readonly name: string; readonly url: string } | undefined {
  if (arch !== 'x86_64' || (family === 'debian' && codename === '')) return undefined
  // one program for all: that of 8 runs on later releases, too
  const name =
    family === 'redhat'
      ? `cri-dockerd-${release}-3.el${majorVersion === '7' ? '7' : '8'}.x86_64.rpm`
      : `cri-dockerd_${release}.3-0.${id}-${codename}_amd64.deb`
  return { name, url: `${mirror.replace(/\/+$/, '')}/v${release}/${name}` }
}
