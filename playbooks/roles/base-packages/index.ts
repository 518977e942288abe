// base-packages: what is at hand on every host. Upgrades nothing that is there unless it is told to.
import { role, task } from 'tsplay'
import { apt, package as packages } from 'tsplay/modules'
import { upgraded } from './upgraded.ts'

export interface BasePackagesParams {
  /** Family of the host's distribution. */
  family: 'debian' | 'redhat'
  /** Names in that family. */
  names: string[]
  /** What they are called together. Default `packages`. */
  what?: string
  /** All packages of the host at their newest versions, before these. Default false. */
  upgrade?: boolean
}

/** Packages are installed; services that come with them are started by whoever needs them. */
export const basePackages = role<BasePackagesParams>({
  name: 'base-packages',
  tasks: ({ family, names, what = 'packages', upgrade = false }) => [
    // what is kept at a version (docker, a kernel that was chosen) stays there
    upgrade &&
      (family === 'debian'
        ? task('every package is upgraded', apt({ upgrade: 'safe' }))
        : task('every package is upgraded', upgraded({}))),
    family === 'debian'
      ? task(what, apt({ name: names, startServices: false }))
      : task(what, packages({ name: names })),
  ],
})
