// What a host should have of the packages that were named. Pure: what it has in, versions out.
import { TaskFailure } from '../../engine/module.ts'
import type { DnfInput } from './dnf-params.ts'
import type { FileOnHost } from './dnf-questions.ts'
import { isOlder, readingOf, standsBeside } from './dnf-reading.ts'
import type { DnfAnswers, DnfFound, DnfState } from './dnf-state.ts'
import { anyVersion, versionFits } from './package-spec.ts'
import { type RpmSpec, rpmSpecs } from './rpm-spec.ts'
import { compareRpmVersions } from './rpm-version.ts'

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

/** Stands for the version that is not known before the metadata are fetched. */
const newest = 'latest'

function wish(spec: RpmSpec, input: DnfInput, found: DnfAnswers, has: string | null): string | null {
  if (input.state === 'absent') return null
  if (spec.kind === 'group' || spec.kind === 'glob') return anyVersion
  if (spec.kind === 'file') return fileWish(found.files[spec.text], input, has)
  if (spec.kind === 'url')
    return spec.version === undefined
      ? (has ?? anyVersion)
      : fileWish({ name: spec.name, version: spec.version }, input, has)
  const { name, version } = readingOf(spec, found.answers)
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
