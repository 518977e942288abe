// base-packages: what is at hand on every host. Upgrades nothing that is there.
import { role, task } from 'tsplay'
import { apt, package as packages } from 'tsplay/modules'

export interface BasePackagesParams {
  /** Family of the host's distribution. */
  family: 'debian' | 'redhat'
  /** Names in that family. */
  names: string[]
}

/** Packages are installed; services that come with them are started by whoever needs them. */
export const basePackages = role<BasePackagesParams>({
  name: 'base-packages',
  tasks: ({ family, names }) => [
    family === 'debian'
      ? task('packages', apt({ name: names, startServices: false }))
      : task('packages', packages({ name: names })),
  ],
})
