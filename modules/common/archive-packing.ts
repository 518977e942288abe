// Packing paths of a host into an archive, always in the same way, and comparing one with what would be packed. Replaces no file.
import path from 'node:path'
import { script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { type ArchiveFormat, formatOf, packing, programs, unpacking } from './archive-format.ts'

/** What is packed into what. */
export interface Packing {
  readonly paths: string | readonly string[]
  readonly dest: string
  readonly format?: ArchiveFormat
  readonly exclude?: readonly string[]
}

/** Ends with 0 where the archive is current, with 1 where it is not, with 3 (and why) where it cannot be made. */
export const comparedArchive = (params: Packing) =>
  script(
    sh`for _f in ${[params.paths].flat()}; do if [ ! -e "$_f" ] && [ ! -L "$_f" ]; then printf '%s does not exist\n' "$_f"; exit 3; fi; done
for _f in ${programs[formatOf(params)!]}; do command -v "$_f" >/dev/null 2>&1 || { printf 'the host has no %s\n' "$_f"; exit 3; }; done
${needsGnu(params) ? sh`tar --version 2>/dev/null | grep -q GNU || { echo "the host's tar packs one folder as a whole: exclude, and paths of several folders, need GNU tar"; exit 3; }` : sh.empty}
[ -f ${params.dest} ] || exit 1
${stream(params)}
[ "$(_stream 2>/dev/null | sha256sum)" = "$(${unpacking[formatOf(params)!]} < ${params.dest} 2>/dev/null | sha256sum)" ]`,
    { reads: [params.dest, ...[params.paths].flat()].map(fileResource) },
  )

/** Writes the archive to standard output. Both ends of the pipe must succeed. */
export const packArchive = (params: Packing): Script => sh`(
${stream(params)}
exec 5>&1
_s=$({ { _stream; printf '%s' "$?" >&4; } | ${packing[formatOf(params)!]} >&5; } 4>&1) && [ "$_s" = 0 ] )`

/** The folders that the paths are in. */
export const foldersOf = ({ paths }: Pick<Packing, 'paths'>): Set<string> =>
  new Set([paths].flat().map((each) => path.posix.dirname(path.posix.normalize(each).replace(/(.)\/$/, '$1'))))

const needsGnu = (params: Packing): boolean =>
  formatOf(params) !== 'zip' && ((params.exclude ?? []).length > 0 || foldersOf(params).size > 1)

/** Defines `_stream`: what is packed, without compression. Nothing in it but the files decides what it is, byte by byte. */
function stream({ paths, exclude = [], ...params }: Packing): Script {
  const all = [paths].flat().map((each) => path.posix.normalize(each).replace(/(.)\/$/, '$1'))
  const [only] = all
  const zip = formatOf(params) === 'zip'
  // a name that begins with a dash is none of an option
  const roots = all.map((each) => [path.posix.dirname(each), `./${path.posix.basename(each)}`] as const)
  const named = (own: boolean): Script =>
    zip
      ? sh`cd -- ${own ? only! : roots[0]![0]} && zip -q -r -X - ${own ? ['.'] : roots.map(([, name]) => name)} ${exclude.length > 0 ? ['-x', ...exclude.flatMap(bothWays)] : []}`
      : sh`tar -cf - "$@" ${exclude.map((each) => `--exclude=${each}`)} ${own ? ['-C', only!, '.'] : inFolders(roots)}`
  return sh`_stream() (
  if tar --version 2>/dev/null | grep -q GNU; then set -- --sort=name --format=posix --pax-option=delete=atime,delete=ctime; else set --; fi
  ${all.length === 1 ? sh`if [ -d ${only!} ]; then ${named(true)}; else ${named(false)}; fi` : named(false)}
)`
}

/** The folder is named once for all that follow, as busybox wants it. */
const inFolders = (roots: readonly (readonly [string, string])[]): string[] =>
  roots.flatMap(([folder, name], index) => (folder === roots[index - 1]?.[0] ? [name] : ['-C', folder, name]))

/** As zip names what is packed: with or without the dot in front, and all that is in a folder. */
const bothWays = (pattern: string): string[] => [pattern, `./${pattern}`, `${pattern}/*`]
