// What a host has of the packages that were named, and what it should have. Pure: answers in, versions out.
import { TaskFailure } from '../../engine/module.ts'
import { all, always, installedPackage, map, type PackageAnswer, type Probe } from '../../engine/probe.ts'
import type { DnfInput } from './dnf-params.ts'
import {
  type FileOnHost,
  filesProbe,
  type Group,
  groupsProbe,
  type Listed,
  metadataProbe,
  patternsProbe,
  readFiles,
  readGroups,
  readPatterns,
  readUpdates,
  updatesProbe,
} from './dnf-questions.ts'
import { anyVersion, type PackageSpec, versionFits } from './package-spec.ts'
import { type RpmSpec, rpmSpecs } from './rpm-spec.ts'
import { compareRpmVersions } from './rpm-version.ts'

/** Packages on the host. */
export interface DnfState {
  /** By what was named: the installed version, `installed` for groups and patterns, null where it is not there. */
  readonly packages: Readonly<Record<string, string | null>>
  /** Whether the metadata were refreshed; only asked with `updateCache`. */
  readonly metadata?: 'fresh' | 'old' | undefined
}

export type DnfFound = DnfState & { readonly found: DnfAnswers }

export interface DnfAnswers {
  readonly manager: PackageAnswer['manager']
  readonly answers: Readonly<Record<string, PackageAnswer>>
  readonly updates: readonly Listed[] | undefined
  readonly patterns: ReturnType<typeof readPatterns>
  readonly groups: ReadonlyMap<string, Group> | undefined
  readonly files: Readonly<Record<string, FileOnHost | undefined>>
}

/** Stands for the version that is not known before the metadata are fetched. */
const newest = 'latest'

/** What is asked besides of packages by name; each undefined where there is nothing to ask. */
export function dnfQuestions(input: DnfInput) {
  const specs = rpmSpecs(input.name ?? [])
  const texts = (kind: RpmSpec['kind']) => specs.filter((spec) => spec.kind === kind).map(({ text }) => text)
  const [patterns, files] = [texts('glob'), texts('file')]
  const moving = specs.filter(({ kind }) => kind === 'glob' || kind === 'package').map(({ text }) => text)
  return {
    updates:
      input.state === 'latest' && moving.length > 0
        ? updatesProbe([...repositoryOptions(input), ...advisoryOptions(input)], moving)
        : undefined,
    patterns: patterns.length > 0 ? patternsProbe(repositoryOptions(input), patterns) : undefined,
    groups: texts('group').length > 0 ? groupsProbe(repositoryOptions(input)) : undefined,
    files: files.length > 0 ? filesProbe(files) : undefined,
    paths: files,
  }
}

export function dnfProbe(input: DnfInput): Probe<DnfFound> {
  const specs = rpmSpecs(input.name ?? [])
  const names = specs.flatMap((spec) =>
    spec.kind === 'package' ? spec.readings.map(({ name }) => name) : spec.kind === 'url' ? [spec.name] : [],
  )
  const asked = dnfQuestions(input)
  const own = input.rpm ? [input.rpm.name] : []
  const unique = [...new Set([...names, ...own, 'rpm'])]
  const found: Probe<DnfAnswers> = map(
    all({
      answers: all(Object.fromEntries(unique.map((name) => [name, installedPackage(name)]))),
      updates: asked.updates ? map(asked.updates, readUpdates) : always(undefined),
      patterns: asked.patterns ? map(asked.patterns, readPatterns) : always({ installed: [], available: [] }),
      groups: asked.groups ? map(asked.groups, readGroups) : always(undefined),
      files: asked.files ? map(asked.files, readFiles) : always([]),
    }),
    (answers) => ({
      ...answers,
      manager: answers.answers.rpm!.manager,
      files: Object.fromEntries(asked.paths.map((path, index) => [path, answers.files[index]])),
    }),
  )
  const metadata = input.updateCache ? metadataProbe(input.cacheValidTime ?? 3600) : always(undefined)
  return map(all({ found, metadata }), (answers) => ({
    ...answers,
    packages: Object.fromEntries([
      ...specs.map((spec) => [spec.text, present(spec, input, answers.found)] as const),
      ...(input.rpm ? [[input.src!, versionOf(answers.found.answers[input.rpm.name])] as const] : []),
    ]),
  }))
}

/** @throws TaskFailure where a newer version is installed than the one asked for, or the host has neither dnf nor yum. */
export function dnfDesired(input: DnfInput, { found, packages }: DnfFound): DnfState {
  const specs = rpmSpecs(input.name ?? [])
  if (found.manager !== 'dnf' && found.manager !== 'yum')
    throw new TaskFailure(
      `the host has no dnf and no yum${found.manager === 'none' ? '' : `: its packages are ${found.manager}'s`}`,
      "package({ … }) takes the host's own manager",
    )
  if (found.manager === 'yum' && specs.some(({ kind }) => kind === 'group'))
    throw new TaskFailure('groups are installed by dnf, and the host has yum', 'name the packages of the group')
  const wanted = specs.map((spec) => [spec.text, wish(spec, input, found, packages[spec.text] ?? null)] as const)
  const own = input.rpm ? [[input.src!, fileWish(input.rpm, input, packages[input.src!] ?? null)] as const] : []
  return {
    packages: Object.fromEntries([...wanted, ...own]),
    ...(input.updateCache && { metadata: 'fresh' as const }),
  }
}

/** Options that decide what dnf can see. */
export const repositoryOptions = ({ disablerepo, enablerepo, exclude }: DnfInput): string[] => [
  ...[disablerepo ?? []].flat().map((name) => `--disablerepo=${name}`),
  ...[enablerepo ?? []].flat().map((name) => `--enablerepo=${name}`),
  ...[exclude ?? []].flat().map((name) => `--exclude=${name}`),
]

/** Options that choose among updates. */
export const advisoryOptions = ({ security, bugfix }: DnfInput): string[] => [
  ...(security ? ['--security'] : []),
  ...(bugfix ? ['--bugfix'] : []),
]

/** What a text means on this host: the version of a package, unless a package is called like the whole of it. */
export function readingOf({ readings }: Extract<RpmSpec, { kind: 'package' }>, { answers }: DnfAnswers): PackageSpec {
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

function present(spec: RpmSpec, input: DnfInput, found: DnfAnswers): string | null {
  if (spec.kind === 'group') return found.groups?.get(spec.id)?.installed ? anyVersion : null
  if (spec.kind === 'file') return newestOf(found.files[spec.text]?.installed ?? [])
  if (spec.kind === 'url') return versionOf(found.answers[spec.name])
  if (spec.kind === 'glob') return presentPattern(spec.text, input, found)
  const { name, version } = readingOf(spec, found)
  const answer = found.answers[name]!
  if (version === undefined) return input.state === 'absent' ? versionOf(answer) : answer.version
  const fitting = fits(answer, version)
  if (input.state === 'absent') return fitting ?? null
  return fitting ?? (standsBeside(name) ? null : versionOf(answer))
}

function presentPattern(pattern: string, { state }: DnfInput, { patterns, updates }: DnfAnswers): string | null {
  const matches = globPattern(pattern)
  const installed = patterns.installed.filter((name) => matches.test(name))
  if (state === 'absent') return installed.length > 0 ? installed.join(', ') : null
  const missing = patterns.available?.filter((name) => matches.test(name) && !patterns.installed.includes(name))
  const outdated = state === 'latest' && (!updates || updates.some(({ name }) => matches.test(name)))
  return missing?.length === 0 && installed.length > 0 && !outdated ? anyVersion : null
}

function wish(spec: RpmSpec, input: DnfInput, found: DnfAnswers, has: string | null): string | null {
  if (input.state === 'absent') return null
  if (spec.kind === 'group' || spec.kind === 'glob') return anyVersion
  if (spec.kind === 'file') return fileWish(found.files[spec.text], input, has)
  if (spec.kind === 'url')
    return spec.version === undefined
      ? (has ?? anyVersion)
      : fileWish({ name: spec.name, version: spec.version }, input, has)
  const { name, version } = readingOf(spec, found)
  if (version === undefined) {
    if (input.state !== 'latest' || has === null) return has ?? anyVersion
    if (!found.updates) return newest
    const newer = found.updates.find((each) => each.name === name || `${each.name}.${each.arch}` === name)?.version
    // in a dry run it may be one that was only planned
    return newer === undefined || has === anyVersion || compareRpmVersions(has, newer) >= 0 ? has : newer
  }
  if (has !== null && versionFits(has, version, 'dnf')) return has
  if (has !== null && !input.allowDowngrade && isOlder(version, has))
    throw new TaskFailure(
      `${name} is installed at ${has}, which is newer than ${version}`,
      'allowDowngrade: true goes back',
    )
  return version
}

/** A file asks for its version or a newer one: what it brings may have updated itself since. */
function fileWish(file: Pick<FileOnHost, 'name' | 'version'> | undefined, input: DnfInput, has: string | null): string {
  if (!file) return has ?? anyVersion
  if (has === null) return file.version
  const exact = input.allowDowngrade || standsBeside(file.name)
  return (exact ? compareRpmVersions(has, file.version) === 0 : compareRpmVersions(has, file.version) >= 0)
    ? has
    : file.version
}

/** Whether a version that was asked for, with `*` for any rest and perhaps without its epoch, is before the installed one. */
export const isOlder = (asked: string, installed: string): boolean =>
  compareRpmVersions(
    asked.replace(/[.-]?\*.*$/, ''),
    asked.includes(':') ? installed : installed.replace(/^\d+:/, ''),
  ) < 0

const fits = ({ version, others = [], provider }: PackageAnswer, wanted: string): string | undefined =>
  provider === undefined && version !== null
    ? [version, ...others].find((each) => versionFits(each, wanted, 'dnf'))
    : undefined

/** Of a package that is really called so; the newest, where it is there in several versions. */
const versionOf = (answer: PackageAnswer | undefined): string | null =>
  !answer || answer.version === null || answer.provider !== undefined
    ? null
    : newestOf([answer.version, ...(answer.others ?? [])])

const newestOf = (versions: readonly string[]): string | null => [...versions].sort(compareRpmVersions).at(-1) ?? null

const globPattern = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^$(){}|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
