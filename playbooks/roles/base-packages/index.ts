// base-packages: what is at hand on every host. Upgrades nothing that is there.
import { role, task } from 'tsplay'
import { apt, package as packages } from 'tsplay/modules'

export interface BasePackagesParams {
  /** Family of the host's distribution. */
  family: 'debian' | 'redhat'
  /** Names in that family. */
  names: string[]
  /** What they are called together. Default `packages`. */
  what?: string
}

/** Packages are installed; services that come with them are started by whoever needs them. */
export const basePackages = role<BasePackagesParams>({
  name: 'base-packages',
  tasks: ({ family, names, what = 'packages' }) => [
    family === 'debian'
      ? task(what, apt({ name: names, startServices: false }))
      : task(what, packages({ name: names })),
  ],
})
