// The tasks that bring a kernel's packages to a host, by repository or by files. Knows neither boot loaders nor reboots.
import { type Action, type TaskList, TsplayError, task } from 'tsplay'
import { apt, directory, dnf, getUrl, rpmKey, yumRepository } from 'tsplay/modules'
import { backports, isBackports } from './backports.ts'
import { elrepo, type KernelOs, type KernelRepository, kernelPackage, releaseOf } from './sources.ts'

/** A package file. */
export interface KernelFile {
  /** Where it is: https, or http with a digest that makes that safe. */
  url: string
  /** Its sha256, 64 hex digits. */
  sha256: string
}

/** What is installed, and from where. */
export interface InstallParams {
  os: KernelOs
  arch: string
  package?: string
  version?: string
  /** Apt's release, or the id of a yum repository that is not enabled otherwise. */
  from?: string
  /** Where apt's release is to be had. */
  mirror?: string
  repository?: KernelRepository
  files: readonly KernelFile[]
  also: readonly string[]
  replaces: readonly string[]
}

const folder = '/var/cache/tsplay-kernel'

/**
 * Tasks before the installation (repositories, keys, downloads), and the installation itself.
 * @throws TsplayError for what the host's family has no use for, and for a file without its digest
 */
export function installation(params: InstallParams): { before: TaskList; install: Action } {
  const { os, from, mirror, files, replaces } = params
  refuseOthers(params)
  if (os.family === 'debian') {
    const isBrought = from !== undefined && (mirror !== undefined || isBackports(from))
    return { before: [isBrought && backports(os.id, from, mirror)], install: byApt(params) }
  }
  const repository = params.repository ?? (os.majorVersion === '7' && from === undefined ? elrepo : undefined)
  return {
    before: [
      repository && [
        task('key of the kernels', rpmKey({ key: repository.gpgkey, fingerprint: repository.fingerprint })),
        files.length === 0 && task('repository of kernels', yumRepository(asked(repository))),
      ],
      files.length > 0 && task('folder of kernels', directory({ path: folder, mode: '0755' })),
      files.map(({ url, sha256 }) =>
        task(
          `file ${fileName(url)}`,
          getUrl({ url, sha256: checked(url, sha256), dest: `${folder}/${fileName(url)}` }),
        ),
      ),
      replaces.length > 0 &&
        task('packages in the way', dnf({ name: [...replaces], state: 'absent', autoremove: false })),
    ],
    install: byDnf(params, repository),
  }
}

/** What one family has and the other has not is refused: whoever wrote it down believes that it is done. */
function refuseOthers({ os, from, mirror, repository, files, replaces }: InstallParams): void {
  const refused = (what: string, hint: string): never => {
    throw new TsplayError(what, { hint })
  }
  if (os.family !== 'debian') {
    if (mirror !== undefined)
      refused(`the mirror of a kernel is one of apt, and the host runs ${os.id}`, 'name repository, with its address')
    return
  }
  if (files.length > 0) refused('files of kernels are rpm files', "for Debian's family give package and version")
  if (repository !== undefined)
    refused(
      `the repository of a kernel is one of yum, and the host runs ${os.id}`,
      "name from, such as 'bookworm-backports', and mirror where the host's own has it not",
    )
  if (replaces.length > 0)
    refused(
      `packages in the way of a kernel are rpm packages, and the host runs ${os.id}`,
      "leave replaces out: Debian's kernels stand side by side",
    )
  if (mirror !== undefined && from === undefined)
    refused('the mirror of a kernel is named, and no release in it', "name from, such as 'bookworm-backports'")
}

/** Named without a version, what there is newest is wanted: this is only called where the running kernel will not do. */
function byApt({ os, arch, package: name = kernelPackage(os, arch), version, from, also }: InstallParams): Action {
  const isOne = version !== undefined || releaseOf(name, version, os, arch) !== undefined
  return apt({
    name: [version === undefined ? name : `${name}=${version}`, ...also],
    ...(isOne ? { state: 'present' } : { state: 'latest', updateCache: true }),
    ...(from !== undefined && { defaultRelease: from }),
  })
}

function byDnf(params: InstallParams, repository: KernelRepository | undefined): Action {
  const { os, arch, package: name = kernelPackage(os, arch), version, from, files, also } = params
  if (files.length > 0) return dnf({ name: [...files.map(({ url }) => `${folder}/${fileName(url)}`), ...also] })
  const extra = [repository?.name, from].filter((each) => each !== undefined)
  return dnf({
    name: [version === undefined ? name : `${name}=${version}`, ...also],
    state: version === undefined ? 'latest' : 'present',
    ...(extra.length > 0 && { enablerepo: extra }),
    // kernels lie beside each other: an older one than the newest installed is no downgrade
    ...(version !== undefined && { allowDowngrade: true }),
  })
}

const asked = ({ name, baseurl, gpgkey }: KernelRepository) => ({
  ...{ name, baseurl, gpgkey, gpgcheck: true },
  enabled: false,
  description: 'Kernels, for kernel-upgrade only',
})

/** A sha256 of its form. @throws TsplayError for another, since nobody else says that a file from there is the right one */
function checked(url: string, sha256: string): string {
  if (/^[0-9a-f]{64}$/i.test(sha256 ?? '')) return sha256
  throw new TsplayError(`the kernel ${url} has no sha256 of 64 hex digits`, {
    hint: 'who takes a kernel from an address without one runs whatever answers there',
  })
}

const fileName = (url: string): string => decodeURIComponent(url.replace(/[?#].*$/, '').replace(/^.*\//, ''))
