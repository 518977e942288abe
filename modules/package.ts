// package: packages by whichever manager the host has. What only one manager can do stands in its own module.
import { z } from 'zod'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, installedPackage, map, type PackageAnswer, type Probe } from '../engine/probe.ts'
import { type Script, sh } from '../engine/script.ts'
import { aptCandidates } from './common/apt-candidates.ts'
import { aptScript } from './common/apt-script.ts'
import { readUpdates, updatesProbe } from './common/dnf-questions.ts'
import { anyVersion, type PackageSpec, packageParam, specsOf, wantedVersion } from './common/package-spec.ts'

/** Parameters of `package`. */
export interface PackageParams {
  /** One package or several, by the names of the host's distribution: `nginx`, `nginx=1.22*`. */
  name: string | string[]
  /** `latest`: at the newest version that the host's lists know, by apt, dnf or yum; one on hold is left. Default `present`. */
  state?: 'present' | 'absent' | 'latest'
}

/** Packages on the host. */
export interface PackageState {
  /** Versions by name; null where it is not installed. */
  readonly packages: Readonly<Record<string, string | null>>
}

/**
 * Packages are installed, or not, by whichever manager the host has: apt, dnf, yum, zypper or apk.
 *
 * @example the same name everywhere
 * ```ts
 * task('tools', pkg({ name: ['jq', 'tree'] }))
 * ```
 * @example a name that differs from one family to the next
 * ```ts
 * task('old', pkg({ name: host.vars.family === 'debian' ? 'apache2' : 'httpd', state: 'absent' }))
 * ```
 */
const packageModule = defineModule<PackageParams, State>({
  name: 'package',
  params: z.strictObject({
    name: packageParam(/^[A-Za-z0-9][A-Za-z0-9+._-]*(:[a-z0-9-]+)?$/),
    state: z.enum(['present', 'absent', 'latest']).optional(),
  }),
  subject: ({ name }) => [name].flat().join(', '),
  probe: ({ name, state }) =>
    map(
      all({
        found: all(Object.fromEntries(specsOf(name).map((spec) => [spec.name, installedPackage(spec.name)]))),
        newest: state === 'latest' ? newestOf(specsOf(name).map((spec) => spec.name)) : always(undefined),
      }),
      ({ found, newest }) => ({
        packages: Object.fromEntries(
          specsOf(name).map((spec) => [spec.name, versionOf(spec, found[spec.name]!, state)]),
        ),
        manager: Object.values(found)[0]?.manager ?? 'none',
        ...(newest && { newest }),
        held: Object.keys(found).filter((each) => found[each]!.held),
      }),
    ),
  desired({ name, state }, { packages, manager, newest, held = [] }) {
    if (manager === 'none' && specsOf(name).length > 0)
      throw new TaskFailure('the host has no package manager that is known: apt, dnf, yum, zypper, apk')
    if (state === 'latest' && (manager === 'apk' || manager === 'zypper'))
      throw new TaskFailure(`${manager} is not asked for the latest versions`, "give the version: 'jq=1.7*'")
    const wanted = (spec: PackageSpec): string | null => {
      if (state === 'absent') return null
      const present = packages[spec.name] ?? null
      if (state !== 'latest' || spec.version !== undefined) return wantedVersion(spec, present, manager)
      if (held.includes(spec.name)) return present
      return newest?.[spec.name] ?? present ?? anyVersion
    }
    return { packages: Object.fromEntries(specsOf(name).map((spec) => [spec.name, wanted(spec)])) }
  },
  apply({ name, state }, { from, to }) {
    const differing = specsOf(name).filter((spec) => to?.packages?.[spec.name] !== from.packages[spec.name])
    return state === 'absent' ? remove(from.manager, differing) : install(from.manager, differing)
  },
  predict: (_params, { from, to }) =>
    Object.entries(to?.packages ?? {}).map(([name, version]) =>
      will.havePackage(name, version, { enables: from.manager === 'apt' }),
    ),
})

export { packageModule as package }

type State = PackageState & {
  readonly manager: PackageAnswer['manager']
  /** Only asked with `latest`. */
  readonly newest?: Readonly<Record<string, string>>
  readonly held?: readonly string[]
}

/** Newer versions by name, from apt's lists or from what dnf has cached; a dnf that has cached nothing will find what is latest. */
const newestOf = (names: readonly string[]): Probe<Record<string, string>> =>
  map(all({ apt: aptCandidates(names), updates: updatesProbe([], names) }), ({ apt, updates }) => {
    const listed = updates.code === 127 ? [] : readUpdates(updates)
    const newer = listed
      ? listed.map(({ name, version }) => [name, version] as const)
      : names.map((name) => [name, 'latest'] as const)
    return { ...Object.fromEntries(newer), ...apt }
  })

/** What another package provides is there, but neither in a version of its own nor to be removed by this name. */
const versionOf = (
  { version: wanted }: PackageSpec,
  { version, provider }: PackageAnswer,
  state?: string,
): string | null => (provider !== undefined && (wanted !== undefined || state === 'absent') ? null : version)

const aptOptions = { listsAge: 3600, lockTimeout: 60 }

function install(manager: PackageAnswer['manager'], specs: readonly PackageSpec[]): Script {
  const joined = (separator: string) =>
    specs.map(({ name, version }) => (version === undefined ? name : `${name}${separator}${version}`))
  if (manager === 'apt') return aptScript(specs, [], aptOptions)
  if (manager === 'apk') return sh`apk add -- ${joined('=')}`
  if (manager === 'zypper') return sh`zypper --non-interactive install -- ${joined('=')}`
  return sh`${manager} -y -q install -- ${joined('-')}`
}

function remove(manager: PackageAnswer['manager'], specs: readonly PackageSpec[]): Script {
  const names = specs.map(({ name }) => name)
  if (manager === 'apt') return aptScript([], names, aptOptions)
  if (manager === 'apk') return sh`apk del -- ${names}`
  if (manager === 'zypper') return sh`zypper --non-interactive remove -- ${names}`
  return sh`${manager} -y -q remove -- ${names}`
}
