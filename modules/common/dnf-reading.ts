// Names and versions of packages against what rpm has. Pure.
import type { PackageAnswer } from '../../engine/probe.ts'
import { type PackageSpec, versionFits } from './package-spec.ts'
import type { RpmSpec } from './rpm-spec.ts'
import { compareRpmVersions } from './rpm-version.ts'

/** What a text means on this host: the version of a package, unless a package is called like the whole of it. */
export function readingOf(
  { readings }: Extract<RpmSpec, { kind: 'package' }>,
  answers: Readonly<Record<string, PackageAnswer>>,
): PackageSpec {
  const isReal = ({ name }: PackageSpec) => answers[name]!.version !== null && answers[name]!.provider === undefined
  return (
    readings.find(
      (each) => isReal(each) && (each.version === undefined || fits(answers[each.name]!, each.version) !== undefined),
    ) ??
    readings.find((each) => each.version === undefined && isReal(each)) ??
    readings[0]!
  )
}

/** Kernels stand beside each other: an older one is installed, and no newer one goes. */
export const standsBeside = (name: string): boolean =>
  /^kernel(-(ml|lt|core|modules|devel|uek|rt|debug)\b.*)?$/.test(name)

/** Whether a version that was asked for, with `*` for any rest and perhaps without its epoch, is before the installed one. */
export const isOlder = (asked: string, installed: string): boolean =>
  compareRpmVersions(
    asked.replace(/[.-]?\*.*$/, ''),
    asked.includes(':') ? installed : installed.replace(/^\d+:/, ''),
  ) < 0

/** The installed version that is the one asked for. */
export const fits = ({ version, others = [], provider }: PackageAnswer, wanted: string): string | undefined =>
  provider === undefined && version !== null
    ? [version, ...others].find((each) => versionFits(each, wanted, 'dnf'))
    : undefined

/** Of a package that is really called so; the newest, where it is there in several versions. */
export const versionOf = (answer: PackageAnswer | undefined): string | null =>
  !answer || answer.version === null || answer.provider !== undefined
    ? null
    : newestOf([answer.version, ...(answer.others ?? [])])

export const newestOf = (versions: readonly string[]): string | null =>
  [...versions].sort(compareRpmVersions).at(-1) ?? null
