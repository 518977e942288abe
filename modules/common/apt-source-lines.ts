// Lines of the host's .list files: which are there, and how a file reads with one more or one less.
import path from 'node:path'
import { TaskFailure } from '../../engine/module.ts'
import { map, type Probe, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { sh } from '../../engine/script.ts'
import { parseSourceLine } from './apt-sources.ts'

/** The lines of each file, by its path, in apt's order. */
export type SourceFiles = Readonly<Record<string, readonly string[]>>

/** One grep for all files. */
export const sourceFilesScript = script(
  sh`set -- /etc/apt/sources.list /etc/apt/sources.list.d/*.list
for _p do shift; if [ -f "$_p" ]; then set -- "$@" "$_p"; fi; done
[ $# -eq 0 ] || { printf '%s\n' "$@"; echo --; grep '' /dev/null "$@"; }; :`,
  { reads: ['/etc/apt/sources.list', '/etc/apt/sources.list.d'].map(fileResource) },
)

export const sourceFilesProbe: Probe<SourceFiles> = map(sourceFilesScript, ({ stdout }) => readSourceFiles(stdout))

/** The answer that a host with these files gives. */
export const sourceFilesAnswer = (files: SourceFiles) => ({
  code: 0,
  stdout: Object.keys(files).length === 0 ? '' : `${Object.keys(files).join('\n')}\n--\n${linesOf(files)}`,
})

const linesOf = (files: SourceFiles): string =>
  Object.entries(files)
    .flatMap(([file, lines]) => lines.map((line) => `${file}:${line}\n`))
    .join('')

export function readSourceFiles(output: string): SourceFiles {
  const lines = output.replace(/\n$/, '').split('\n')
  const end = lines.indexOf('--')
  if (end < 0) return {}
  const files = Object.fromEntries(lines.slice(0, end).map((file): [string, string[]] => [file, []]))
  for (const line of lines.slice(end + 1)) {
    const colon = line.indexOf(':')
    files[line.slice(0, colon)]?.push(line.slice(colon + 1))
  }
  return files
}

/** Whether a file has the source, and it is not commented out. */
export const hasSource = (files: SourceFiles, source: string): boolean =>
  Object.values(files).some((lines) => lines.some((line) => parseSourceLine(line)?.text === source))

/** The files with the source: where it stands commented out it is enabled there, else it is added to `file`. */
export function withSource(files: SourceFiles, source: string, file: string): SourceFiles {
  if (hasSource(files, source)) return files
  for (const [at, lines] of Object.entries(files)) {
    const index = lines.findIndex((line) => parseSourceLine(line.replace(/^\s*#+/, ''))?.text === source)
    if (index >= 0) return { ...files, [at]: lines.with(index, source) }
  }
  return { ...files, [file]: [...(files[file] ?? []), source] }
}

/** The files without the source, wherever it is. */
export const withoutSource = (files: SourceFiles, source: string): SourceFiles =>
  Object.fromEntries(
    Object.entries(files).map(([at, lines]) => [at, lines.filter((line) => parseSourceLine(line)?.text !== source)]),
  )

/** Files whose lines differ, with the new ones; null: nothing is left, and it is no file that Debian itself brings. */
export function changedFiles(
  before: SourceFiles,
  after: SourceFiles,
): [file: string, lines: readonly string[] | null][] {
  const changed = Object.entries(after).filter(([file, lines]) => lines.join('\n') !== before[file]?.join('\n'))
  return changed.map(([file, lines]) => {
    if (before[file]?.some((line) => line.includes('\uFFFD')))
      throw new TaskFailure(`${file} holds bytes that are not UTF-8, and writing it would spoil them`)
    return [file, lines.length === 0 && path.posix.basename(file) !== 'sources.list' ? null : lines]
  })
}
