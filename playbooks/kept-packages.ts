// Packages at a version that is asked for, which they keep until another one is. Knows no program.
import { type Handler, type TaskList, task } from 'tsplay'
import { apt, dnf, packageLock } from 'tsplay/modules'

/** Which packages, and of what host. */
export interface KeptPackages {
  /** Family of the host's distribution. */
  readonly family: 'debian' | 'redhat'
  /** Its major version, which the RHEL family's package that keeps versions is called by. */
  readonly majorVersion: string
  /** Packages as the family's tool is told them, with their version where it is to be kept. */
  readonly specs: string | string[]
  /** Their names alone. */
  readonly names: string | string[]
  /** Whether they are kept. Otherwise any version will do. */
  readonly keep: boolean
  /** Due where they change. */
  readonly notify: Handler
}

/** They are there, not started by themselves, and no other task brings another version of what is kept. */
export const keptPackages = (
  what: string,
  { family, majorVersion, specs, names, keep, notify }: KeptPackages,
): TaskList => [
  keep && family === 'redhat' && task('what keeps versions', dnf({ name: versionLockPackage(majorVersion) })),
  task(
    what,
    family === 'debian'
      ? apt({ name: specs, startServices: false, allowChangeHeld: keep })
      : dnf({ name: specs, allowChangeLocked: keep }),
    { notify },
  ),
  keep && task(`${what} stays in this version`, packageLock({ name: names })),
]

/**
 * The plugin of the RHEL family's package manager that keeps packages at their versions: no release has it by itself.
 *
 * @param majorVersion of the distribution: `7` has yum's, every other dnf's.
 */
const versionLockPackage = (majorVersion: string): string =>
  majorVersion === '7' ? 'yum-plugin-versionlock' : 'python3-dnf-plugin-versionlock'
