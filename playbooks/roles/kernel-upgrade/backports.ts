// Backports: newer packages for a release, from the mirror that the host has the release from. Knows nothing of kernels.
import { type TaskItem, task } from 'tsplay'
import { aptRepository } from 'tsplay/modules'
import { aptSuite } from './apt-suite.ts'

/** Whether a name of apt's `-t` is that of backports, which every mirror of the distribution has beside the release. */
export const isBackports = (suite: string): boolean => /^[a-z]+-backports(-sloppy)?$/.test(suite)

/**
 * The suite is among the host's sources: in a file of its own, unless another has it, signed by the distribution. Packages
 * of backports are taken only where they are asked for, so that nothing else changes.
 *
 * @param id the distribution: `debian`, `ubuntu`.
 * @param suite name of the suite: `bookworm-backports`.
 * @param mirror address below which `dists/` lies. Default: that of the host's release.
 */
export function backports(id: string, suite: string, mirror: string | undefined): TaskItem {
  const place = { suite, file: `/etc/apt/sources.list.d/${suite}.sources` }
  return task(
    `where ${suite} is`,
    aptSuite({ ...place, ...(mirror !== undefined && { mirror: mirror.replace(/\/+$/, '') }) }),
  ).register(({ missing }) => [
    missing &&
      task(
        `source of ${suite}`,
        aptRepository({
          name: suite,
          suites: suite,
          ...missing,
          signedBy: `/usr/share/keyrings/${id}-archive-keyring.gpg`,
        }),
      ),
  ])
}
