// Calls of apt-get that decide themselves which packages change, and so are planned by a simulation. Calls nothing.
import type { AptInput } from './apt-params.ts'
import { aptFlags } from './apt-script.ts'
import { type PackageSpec, specsOf } from './package-spec.ts'

/** What apt-get is called with where it decides itself which packages change; undefined where they are named. */
export function plannedCall(params: AptInput): string[] | undefined {
  const { name, state, upgrade, autoremove, deb } = params
  const purge = params.purge ? ['--purge'] : []
  const names = name === undefined ? [] : specsOf(name).map(nameAndVersion)
  if (state === 'build-dep') return ['build-dep', ...aptFlags(params), '--', ...names]
  if (state === 'fixed') return ['install', '--fix-broken', ...aptFlags(params), '--', ...names]
  if (upgrade === 'safe') return ['upgrade', '--with-new-pkgs', ...purge, ...aptFlags(params)]
  if (upgrade === 'full') return ['dist-upgrade', ...purge, ...aptFlags(params)]
  return autoremove && name === undefined && deb === undefined ? ['autoremove', ...purge] : undefined
}

const nameAndVersion = ({ name, version }: PackageSpec): string => (version === undefined ? name : `${name}=${version}`)
