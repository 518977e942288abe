// What a host should have of the packages that an apt task is about. Pure: what it has in, versions out.
import { type Desired, TaskFailure } from '../../engine/module.ts'
import { namedSpecs } from './apt-globs.ts'
import type { AptInput } from './apt-params.ts'
import type { AptAnswers } from './apt-state.ts'
import { anyVersion, type PackageSpec, wantedVersion } from './package-spec.ts'

/** @throws TaskFailure where the host has no apt, apt cannot do it, or a newer version is installed than a .deb's. */
export function aptDesired(params: AptInput, actual: AptAnswers): Desired<AptAnswers> {
  const { answers, plan, deb } = actual
  const other = Object.values(answers).find(({ manager }) => manager !== 'apt')
  if (other) {
    throw new TaskFailure(
      `the host has no apt${other.manager === 'none' ? '' : `: its packages are ${other.manager}'s`}`,
      "package({ … }) takes the host's own manager",
    )
  }
  if (plan?.failure !== undefined && !plan.interrupted) throw new TaskFailure(plan.failure, hintFor(plan.failure))
  if (deb?.failure !== undefined) throw new TaskFailure(deb.failure)
  if (deb?.older && !params.allowDowngrade)
    throw new TaskFailure(
      `${deb.name} ${deb.installed} is installed, which is newer than ${deb.version}`,
      'allowDowngrade: true takes the older one',
    )
  return {
    packages: wantedPackages(params, actual),
    ...(params.updateCache && { lists: 'fresh' as const }),
    ...(actual.archives && { archives: [] }),
    ...(plan && { dpkg: 'complete' as const }),
  }
}

function wantedPackages(params: AptInput, actual: AptAnswers): Record<string, string | null> {
  const { answers, candidates, packages, plan, deb } = actual
  if (plan) return Object.fromEntries(Object.entries(plan.changes).map(([name, { to }]) => [name, to]))
  if (deb) return { [deb.name]: deb.version ?? anyVersion }
  const version = (spec: PackageSpec): string | null => {
    const present = packages[spec.name] ?? null
    if (params.state === 'absent' || (params.onlyUpgrade && present === null)) return null
    if (params.state !== 'latest' || spec.version !== undefined) return wantedVersion(spec, present, 'apt')
    const stays = answers[spec.name]?.held && !params.allowChangeHeld
    return stays ? present : (candidates[spec.name] ?? present ?? anyVersion)
  }
  return Object.fromEntries(namedSpecs(params, actual).map((spec) => [spec.name, version(spec)]))
}

function hintFor(failure: string): string | undefined {
  if (/deb-src/.test(failure)) return "aptRepository({ types: ['deb-src'], … }) brings the sources"
  if (/unmet dependencies|--fix-broken/i.test(failure))
    return "apt({ state: 'fixed' }) puts right what was left half installed"
  return undefined
}
