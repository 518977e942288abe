// Names of packages with wildcards, as a shell has them: what they mean on a host is what its apt knows.
import { TaskFailure } from '../../engine/module.ts'
import type { Prediction } from '../../engine/prediction.ts'
import { all, always, map, type PackageAnswer, type Probe, type ScriptAnswer, script } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'
import { aptAside, aptFiles } from './apt-plan.ts'
import { type PackageSpec, specsOf } from './package-spec.ts'
import { asksWith } from './will-answer.ts'

/** Whether a name stands for several. */
export const isGlob = (name: string): boolean => /[*?[]/.test(name)

/** What the host has and knows under names with wildcards. */
export interface GlobMatches {
  /** By glob: the packages it means. */
  readonly names: Readonly<Record<string, readonly string[]>>
  /** What is installed of them. */
  readonly installed: Readonly<Record<string, PackageAnswer>>
}

/** Real packages only: what is merely provided by others is no match. */
export const globProbe = (globs: readonly string[]): Probe<GlobMatches> =>
  globs.length === 0
    ? always({ names: {}, installed: {} })
    : map(
        all(globs.map((glob) => map(globScript(glob), ({ stdout }) => readMatches(stdout)))),
        (found): GlobMatches => ({
          names: Object.fromEntries(globs.map((glob, index) => [glob, Object.keys(found[index]!)])),
          installed: Object.assign({}, ...found) as Record<string, PackageAnswer>,
        }),
      )

/** The packages a spec means, each with the version it asks for. */
export const expand = (specs: readonly PackageSpec[], { names }: GlobMatches): PackageSpec[] => {
  const expanded = specs.flatMap((spec) =>
    isGlob(spec.name) ? (names[spec.name] ?? []).map((name) => ({ ...spec, name })) : [spec],
  )
  // what is named outright goes before what a glob says of it
  const first = new Map<string, PackageSpec>()
  for (const spec of [...specs.filter(({ name }) => !isGlob(name)), ...expanded])
    if (!first.has(spec.name)) first.set(spec.name, spec)
  return [...first.values()]
}

/** What was named, wildcards replaced by what they mean. @throws TaskFailure where they mean nothing, unless it is to be absent. */
export function namedSpecs(
  { name = [], state }: { readonly name?: string | string[]; readonly state?: string },
  { globs }: { readonly globs?: GlobMatches },
): PackageSpec[] {
  const specs = specsOf(name)
  const unknown = specs.find(({ name }) => isGlob(name) && !globs?.names[name]?.length)
  if (unknown && state !== 'absent')
    throw new TaskFailure(
      `no package that the host knows is called '${unknown.name}'`,
      'are its package lists fresh? updateCache: true',
    )
  return globs ? expand(specs, globs) : specs
}

/** Whatever glob is asked about, its answer knows of these packages. */
export const globsWillKnow = (changed: Readonly<Record<string, Partial<PackageAnswer>>>): Prediction => ({
  answer(question, before) {
    if (!asksWith(question, globMark)) return before
    const { code, stdout } = before as ScriptAnswer
    const matches = Object.entries(readMatches(stdout)).map(([name, answer]): [string, PackageAnswer] => [
      name,
      { ...answer, ...(Object.hasOwn(changed, name) && changed[name]) },
    ])
    return { code, stdout: matches.map(([name, answer]) => `${name}\n${dpkgLine(name, answer)}`).join('') }
  },
})

const dpkgLine = (name: string, { version, held, residual }: PackageAnswer): string =>
  version === null && !residual
    ? ''
    : `\t${name}\t${version ?? ''}\t${held ? 'hold' : 'install'} ${version === null ? 'config-files' : 'installed'}\n`

/** First the names, one a line; then, each behind a tab, what dpkg knows of them. */
export const globScript = (glob: string) =>
  script(
    sh`: packages by wildcard
command -v apt-cache >/dev/null 2>&1 || exit 0
${aptAside}
_n=$(apt-cache pkgnames ${/^[^*?[]*/.exec(glob)![0]} | grep -x -e ${globPattern(glob)} | sort -u)
[ -n "$_n" ] || exit 0
printf '%s\n' "$_n"
dpkg-query -W -f '\t\${Package}\t\${Version}\t\${db:Status-Want} \${db:Status-Status}\n' -- $_n 2>/dev/null
:`,
    { reads: aptFiles },
  )

/** How the question begins, by which it is known. */
const globMark = ': packages by wildcard'

/** A basic regular expression that means the same. */
const globPattern = (glob: string): string =>
  glob.replace(/\[!/g, '[^').replace(/\./g, '\\.').replaceAll('*', '.*').replaceAll('?', '.')

function readMatches(output: string): Record<string, PackageAnswer> {
  const found: Record<string, PackageAnswer> = {}
  for (const line of output.split('\n')) {
    const [first, name, version, status = ''] = line.split('\t')
    if (first) found[first] = { manager: 'apt', version: null, held: false, residual: false }
    else if (name && found[name]?.version === null)
      found[name] = {
        manager: 'apt',
        version: status.endsWith(' installed') ? version! : null,
        held: status.startsWith('hold'),
        residual: status.endsWith(' config-files'),
      }
  }
  return found
}
