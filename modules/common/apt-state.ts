// What a host has of the packages that an apt task is about: what is asked, and what the answers mean. Wants nothing.
import { all, always, installedPackage, map, type PackageAnswer, type Probe } from '../../engine/probe.ts'
import { archivesProbe } from './apt-archives.ts'
import { aptCandidates } from './apt-candidates.ts'
import { type DebState, debProbe } from './apt-deb.ts'
import { expand, type GlobMatches, globProbe, isGlob } from './apt-globs.ts'
import { defaultListsAge, listsProbe } from './apt-lists.ts'
import type { AptInput } from './apt-params.ts'
import { type AptPlan, aptPlan } from './apt-plan.ts'
import { plannedCall } from './apt-planned-call.ts'
import { type PackageSpec, specsOf } from './package-spec.ts'

/** Packages on the host. */
export interface AptState {
  /** Versions by name; null where it is not installed. */
  readonly packages: Readonly<Record<string, string | null>>
  /** Whether the package lists are fresh; only asked with `updateCache: true`. */
  readonly lists?: 'fresh' | 'old' | undefined
  /** Fetched packages that are to go; only asked with `autoclean` and `clean`. */
  readonly archives?: readonly string[] | undefined
  /** Whether dpkg has ended what it began; only asked where all packages are looked at. */
  readonly dpkg?: 'complete' | 'interrupted' | undefined
}

/** The same, and what was asked to tell it. */
export type AptAnswers = AptState & {
  readonly answers: Readonly<Record<string, PackageAnswer>>
  readonly candidates: Readonly<Record<string, string>>
  readonly globs?: GlobMatches
  readonly plan?: AptPlan | undefined
  readonly deb?: DebState | undefined
}

/** Asks for the packages, and for whatever else the task is about. */
export function aptProbe(params: AptInput): Probe<AptAnswers> {
  const specs = params.name === undefined ? [] : specsOf(params.name)
  const names = specs.map(({ name }) => name).filter((name) => !isGlob(name))
  const globs = specs.map(({ name }) => name).filter(isGlob)
  const args = plannedCall(params)
  return map(
    all({
      answers: all(Object.fromEntries((args ? [] : names).map((name) => [name, installedPackage(name)]))),
      candidates:
        params.state === 'latest'
          ? aptCandidates(
              specs.map(({ name }) => name),
              params.defaultRelease,
            )
          : always<Record<string, string>>({}),
      globs: globProbe(args ? [] : globs),
      lists: params.updateCache
        ? map(listsProbe(params.cacheValidTime ?? defaultListsAge), ({ stdout }) => listsState(stdout))
        : always(undefined),
      plan: args ? aptPlan(args) : always(undefined),
      deb: params.source ? debProbe(params.source) : always(undefined),
      archives: params.autoclean || params.clean ? archivesProbe(params) : always(undefined),
    }),
    (found) => stateOf(params, specs, found),
  )
}

type Found = Omit<AptAnswers, 'packages'> & { readonly globs: GlobMatches }

function stateOf(params: AptInput, specs: readonly PackageSpec[], found: Found): AptAnswers {
  const { plan, deb, globs } = found
  const answers = { ...globs.installed, ...found.answers }
  const named = expand(specs, globs).map(
    ({ name }) => [name, answers[name] && versionOf(answers[name], params)] as const,
  )
  const changed = Object.entries(plan?.changes ?? {}).map(([name, { from }]) => [name, from] as const)
  return {
    ...found,
    answers,
    packages: Object.fromEntries(
      plan ? changed : deb ? [[deb.name, deb.installed]] : named.map(([name, v]) => [name, v ?? null]),
    ),
    dpkg: plan && (plan.interrupted ? 'interrupted' : 'complete'),
  }
}

/** The version; where a package was removed and is to be purged, what is left of it. */
const versionOf = ({ version, residual }: PackageAnswer, { state, purge }: AptInput): string | null =>
  version ?? (state === 'absent' && purge && residual ? 'configuration files' : null)

const listsState = (stdout: string) => (stdout.trim() === 'fresh' ? ('fresh' as const) : ('old' as const))
