// apt: packages of Debian and its kin.
import { defineModule } from '../engine/module.ts'
import { aptChange } from './common/apt-change.ts'
import { debSource } from './common/apt-deb.ts'
import { aptDesired } from './common/apt-desired.ts'
import { type AptInput, aptParams } from './common/apt-params.ts'
import { aptPredictions } from './common/apt-predictions.ts'
import { type AptAnswers, aptProbe } from './common/apt-state.ts'

/** Parameters of `apt`. At least one says what is to be done: `name`, `deb`, `upgrade`, `autoremove`, `updateCache`, … */
export interface AptParams {
  /**
   * One package or several: `nginx`, `nginx=1.22.1-9`, `nginx=1.22*`, `libc6:i386`; with wildcards all that the host's
   * lists know, or with `absent` all that are installed: `php8.2-*`. Default: none.
   */
  name?: string | string[]
  /**
   * `latest`: at the newest version that the host's lists know; one on hold is left. `build-dep`: what is needed to build
   * them from source is installed. `fixed`: what was left half installed, or misses what it depends on, is put right; needs
   * no name. Default `present`.
   */
  state?: 'present' | 'absent' | 'latest' | 'build-dep' | 'fixed'
  /** Install this package: an absolute path on the host, an address that the host fetches, or a file of the control side. Default: none. */
  deb?: string
  /** All packages at their newest versions. `safe`: none is removed; `full`: others may be, where they are in the way. Default: none is upgraded. */
  upgrade?: 'safe' | 'full'
  /**
   * Default: the package lists are refreshed where something is to be installed and they are older than `cacheValidTime`,
   * or than the sources. True: wherever they are older, which is a change of its own. False: never.
   */
  updateCache?: boolean
  /** Seconds. Default 3600. */
  cacheValidTime?: number
  /** With `absent` and `autoremove`: remove configuration files as well. Default false. */
  purge?: boolean
  /**
   * Remove packages that were only installed for others and that none needs any more; with `name`, `deb` or `upgrade`
   * together with another change, else by itself. Default false.
   */
  autoremove?: boolean
  /** Remove fetched packages that cannot be fetched any more. Default false. */
  autoclean?: boolean
  /** Remove all fetched packages. Default false. */
  clean?: boolean
  /** Take versions from this release: `bookworm-backports`. Default: what apt prefers. */
  defaultRelease?: string
  /** Install recommended packages. Default: what the host is set to (for Debian: yes). */
  installRecommends?: boolean
  /** Leave alone what is not installed. Default false. */
  onlyUpgrade?: boolean
  /** Let the version asked for be older than the installed one. Default false: that is a failure. */
  allowDowngrade?: boolean
  /** Change packages that are on hold, too, which ends the hold. Default false: another version is a failure, `latest` leaves them. */
  allowChangeHeld?: boolean
  /** What dpkg is told, without the dashes. Default `force-confdef`, `force-confold`: changed configuration files are kept. */
  dpkgOptions?: string[]
  /** Seconds to wait for another apt or dpkg to end. Default 60. */
  lockTimeout?: number
  /** False: services that come with the packages are not started. Default true. */
  startServices?: boolean
}

/**
 * Packages are installed, or not. Asks nobody, waits for other package managers, and keeps configuration files that were
 * changed.
 *
 * @example one version, with its services left alone until they are configured
 * ```ts
 * task('nginx', apt({ name: 'nginx=1.22*', startServices: false, installRecommends: false }))
 * ```
 * @example everything at its newest version, and what is not needed any more removed
 * ```ts
 * task('upgrade', apt({ upgrade: 'full', updateCache: true, autoremove: true, purge: true }))
 * ```
 */
export const apt = defineModule<AptParams, AptAnswers, object, AptInput>({
  name: 'apt',
  params: aptParams,
  subject: ({ name, deb, upgrade }) =>
    name !== undefined ? [name].flat().join(', ') : (deb ?? (upgrade ? `${upgrade} upgrade` : 'packages')),
  async prepare(params, control) {
    return params.deb === undefined ? params : { ...params, source: await debSource(params.deb, control) }
  },
  probe: aptProbe,
  desired: aptDesired,
  apply: aptChange,
  predict: aptPredictions,
})
