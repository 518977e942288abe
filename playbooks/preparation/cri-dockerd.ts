// Which package of cri-dockerd a host takes, by what the inventory says and what the host runs. Fetches nothing.
import type { ClusterContext } from '../cluster.ts'
import type { CriDockerdParams } from '../roles/cri-dockerd/index.ts'
import { releaseFile } from '../roles/cri-dockerd/release.ts'
import type { System } from './system.ts'

/** What the role is to be given, or why there is nothing. */
export type CriDockerdPackage =
  | { readonly source: CriDockerdParams['source'] }
  | { readonly problem: string; readonly hint: string }

type Source = NonNullable<ClusterContext['vars']['criDockerd']>['source']

/**
 * @param source what the inventory says.
 * @param system what the host runs; only asked for where that decides.
 */
export function criDockerdPackage(source: Source, system: () => System): CriDockerdPackage {
  if (!('release' in source)) return { source }
  const own = system()
  const file = releaseFile(source.release, own, source.mirror)
  if (!file)
    return {
      problem: `the project of cri-dockerd has no package for ${own.id} ${own.majorVersion} on ${own.arch}`,
      hint: "name a package of a repository that hosts have as `criDockerd.source`: { name: 'cri-dockerd' }",
    }
  const sha256 = source.sha256[file.name]
  if (sha256 !== undefined) return { source: { url: file.url, sha256 } }
  return {
    problem: `nobody vouches for ${file.name}, which hosts would install as root: its checksum is not given, and its project signs no file`,
    hint: `fetch ${file.url} once, and give what sha256sum says of it in \`criDockerd.source\`: sha256: { '${file.name}': '…' }; or name a package of a repository that hosts have: { name: 'cri-dockerd' }`,
  }
}
