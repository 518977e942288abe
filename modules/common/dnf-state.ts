// What a host has of the packages that were named: what is asked, and what the answers mean.
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
  type VersionLocks,
  versionLocksProbe,
} from './dnf-questions.ts'
import { fits, newestOf, readingOf, standsBeside, versionOf } from './dnf-reading.ts'
import { anyVersion } from './package-spec.ts'
import { type RpmSpec, rpmSpecs } from './rpm-spec.ts'

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
  /** What keeps packages at their versions; only asked with `allowChangeLocked`. */
  readonly locks: VersionLocks | undefined
}

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
      locks: input.allowChangeLocked ? versionLocksProbe : always(undefined),
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

function present(spec: RpmSpec, input: DnfInput, found: DnfAnswers): string | null {
  if (spec.kind === 'group') return found.groups?.get(spec.id)?.installed ? anyVersion : null
  if (spec.kind === 'file') return newestOf(found.files[spec.text]?.installed ?? [])
  if (spec.kind === 'url') return versionOf(found.answers[spec.name])
  if (spec.kind === 'glob') return presentPattern(spec.text, input, found)
  const { name, version } = readingOf(spec, found.answers)
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

const globPattern = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^$(){}|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
