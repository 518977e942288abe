// base-packages: what is at hand on every host. Upgrades nothing that is there.
import { role, task } from 'tsplay'
import { apt, package as packages } from 'tsplay/modules'

export interface BasePackagesParams {
  /** Family of the host's distribution, as facts name it. */
  family: string
  /** Names by family. */
  names: { readonly debian: string[]; readonly redhat: string[] }
}

/** Packages are installed; services that come with them are started by whoever needs them. */
export const basePackages = role<BasePackagesParams>({
  name: 'base-packages',
  tasks: ({ family, names }) => [
    family === 'debian'
      ? task('packages', apt({ name: names.debian, startServices: false }))
      : task('packages', packages({ name: names.redhat })),
  ],
})
