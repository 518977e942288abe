// archive: an archive on the host, made of paths of the host.
import path from 'node:path'
import { z } from 'zod'
import { contentOnHost } from '../engine/content.ts'
import { type Desired, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, map, type StatAnswer, script, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import {
  type AttributeState,
  desiredAttributes,
  type FileAttributes,
  fileAttributeParams,
} from './common/file-attributes.ts'
import { pathParam } from './common/params.ts'
import { replaceFile } from './common/replace-file.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `archive`. */
export interface ArchiveParams extends FileAttributes {
  /** Absolute paths of files and folders. A single folder is packed by what is in it, all else by its own name. */
  paths: string | readonly string[]
  /** Absolute path of the archive. */
  dest: string
  /** `'tar'`, `'gz'`, `'xz'`, `'bz2'`, `'zst'` (of a tar) or `'zip'`, which holds what links lead to. Default: what the ending of `dest` says. */
  format?: 'tar' | 'gz' | 'xz' | 'bz2' | 'zst' | 'zip'
  /** Wildcards for what is left out, by its path in the archive. Default: nothing. */
  exclude?: readonly string[]
}

/** What `register` receives. */
export interface ArchiveResult {
  /** The archive. */
  readonly dest: string
}

type Format = NonNullable<ArchiveParams['format']>

interface ArchiveState extends AttributeState {
  readonly type: StatAnswer['type'] | null
  /** Whether the archive holds what the paths hold now. */
  readonly current: boolean
  readonly stat: StatAnswer | null
  readonly parent: boolean
  /** Why it cannot be told, or made. */
  readonly problem?: string
}

/** By the ending of a name. */
const endings: readonly (readonly [RegExp, Format])[] = [
  [/\.zip$/, 'zip'],
  [/\.(tar\.gz|tgz)$/, 'gz'],
  [/\.(tar\.xz|txz)$/, 'xz'],
  [/\.(tar\.bz2|tbz2?)$/, 'bz2'],
  [/\.(tar\.zst|tzst)$/, 'zst'],
  [/\.tar$/, 'tar'],
]

const formatOf = ({ format, dest }: Pick<ArchiveParams, 'format' | 'dest'>): Format | undefined =>
  format ?? endings.find(([ending]) => ending.test(dest))?.[1]

/**
 * An archive holds what some paths hold. It is made anew where what it holds is not, byte by byte, what would be packed now:
 * names, content, modes, owners and times.
 *
 * @example a backup beside what it is of
 * ```ts
 * task('backup', archive({ paths: '/etc/kubernetes', dest: '/var/backups/kubernetes.tar.gz', mode: '0600' }))
 * ```
 * @example several paths, without what is large
 * ```ts
 * task('logs', archive({ paths: ['/var/log/app', '/etc/app.conf'], dest: '/tmp/logs.tar.xz', exclude: ['*.core'] }))
 * ```
 */
export const archive = defineModule<ArchiveParams, ArchiveState, ArchiveResult>({
  name: 'archive',
  params: z
    .strictObject({
      paths: z.union([pathParam, z.array(pathParam).min(1).readonly()]),
      dest: pathParam.refine((dest) => !dest.endsWith('/'), { error: 'needs the name of the archive' }),
      format: z.enum(['tar', 'gz', 'xz', 'bz2', 'zst', 'zip']).optional(),
      exclude: z.array(z.string().min(1)).readonly().optional(),
      ...fileAttributeParams,
    })
    .refine((params) => formatOf(params) !== undefined, {
      path: ['format'],
      error: 'is needed where dest does not end like .tar.gz or .zip',
    })
    .refine(
      ({ paths, dest }) =>
        [paths]
          .flat()
          .every((each) => !`${path.posix.normalize(dest)}/`.startsWith(`${path.posix.normalize(`${each}/`)}`)),
      { path: ['dest'], error: 'lies in what is packed: it would be another one each time' },
    )
    .refine(({ paths, ...params }) => formatOf(params) !== 'zip' || foldersOf({ paths }).size === 1, {
      path: ['paths'],
      error: 'a zip takes paths of one folder; a .tar.gz takes any',
    })
    .refine(
      ({ paths }) => new Set([paths].flat().map((each) => path.posix.basename(each))).size === [paths].flat().length,
      {
        path: ['paths'],
        error: 'two paths have the same name, and would be one in the archive',
      },
    ),
  subject: ({ dest }) => dest,
  probe: (params) =>
    map(
      all({
        found: target(params.dest),
        parent: target(path.posix.dirname(params.dest)),
        compared: compared(params),
      }),
      ({ found, parent, compared: { code, stdout } }) => ({
        type: found?.type ?? null,
        current: found?.type === 'file' && code === 0,
        mode: found?.mode ?? '',
        owner: found?.owner ?? '',
        group: found?.group ?? '',
        stat: found,
        parent: parent?.type === 'directory',
        ...(code === 3 && { problem: stdout.trim() }),
      }),
    ),
  desired({ dest, ...params }, { type, parent, problem, stat }): Desired<ArchiveState> {
    if (problem !== undefined) throw new TaskFailure(problem)
    if (type !== null && type !== 'file') throw new TaskFailure(`${dest} is a ${type}, not a file`)
    if (!parent)
      throw new TaskFailure(
        `${path.posix.dirname(dest)} is not a directory on the host`,
        `make it first: directory({ path: '${path.posix.dirname(dest)}' })`,
      )
    return { type: 'file', current: true, ...desiredAttributes(params, stat, 'file') }
  },
  apply: (params, { from, to, has }) =>
    replaceFile(params.dest, {
      content: undefined,
      ...((has('type') || has('current')) && { made: pack(params) }),
      mode: to?.mode ?? (from.stat ? from.mode : '0644'),
      owner: to?.owner ?? from.stat?.owner ?? null,
      group: to?.group ?? from.stat?.group ?? null,
    }),
  result: ({ dest }) => ({ dest }),
  touches: ({ dest }) => [fileResource(dest)],
  predict: (params, { to, has }) => {
    const made = has('type') || has('current')
    const planned = will.be(params.dest, {
      type: 'file',
      follows: true,
      ...(made && { content: contentOnHost({ sha256: 'not known yet' }) }),
      ...(to?.mode !== undefined && { mode: to.mode }),
      ...(to?.owner !== undefined && { owner: to.owner }),
      ...(to?.group !== undefined && { group: to.group }),
    })
    // later tasks know no more of it than that it is there
    return [made ? { ...planned, opaque: true } : planned, willAnswer(compared(params), { code: 0, stdout: '' })]
  },
})

/** Ends with 0 where the archive is current, with 1 where it is not, with 3 (and why) where it cannot be made. */
const compared = (params: ArchiveParams) =>
  script(
    sh`for _f in ${[params.paths].flat()}; do if [ ! -e "$_f" ] && [ ! -L "$_f" ]; then printf '%s does not exist\n' "$_f"; exit 3; fi; done
for _f in ${programs[formatOf(params)!]}; do command -v "$_f" >/dev/null 2>&1 || { printf 'the host has no %s\n' "$_f"; exit 3; }; done
${needsGnu(params) ? sh`tar --version 2>/dev/null | grep -q GNU || { echo "the host's tar packs one folder as a whole: exclude, and paths of several folders, need GNU tar"; exit 3; }` : sh.empty}
[ -f ${params.dest} ] || exit 1
${stream(params)}
[ "$(_stream 2>/dev/null | sha256sum)" = "$(${unpacking[formatOf(params)!]} < ${params.dest} 2>/dev/null | sha256sum)" ]`,
    { reads: [params.dest, ...[params.paths].flat()].map(fileResource) },
  )

const needsGnu = (params: ArchiveParams): boolean =>
  formatOf(params) !== 'zip' && ((params.exclude ?? []).length > 0 || foldersOf(params).size > 1)

const foldersOf = ({ paths }: Pick<ArchiveParams, 'paths'>): Set<string> =>
  new Set([paths].flat().map((each) => path.posix.dirname(path.posix.normalize(each).replace(/(.)\/$/, '$1'))))

/** Writes the archive to standard output. Both ends of the pipe must succeed. */
const pack = (params: ArchiveParams): Script => sh`(
${stream(params)}
exec 5>&1
_s=$({ { _stream; printf '%s' "$?" >&4; } | ${packing[formatOf(params)!]} >&5; } 4>&1) && [ "$_s" = 0 ] )`

/** Defines `_stream`: what is packed, without compression. Nothing in it but the files decides what it is, byte by byte. */
function stream({ paths, exclude = [], ...params }: ArchiveParams): Script {
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

const programs: Readonly<Record<Format, readonly string[]>> = {
  tar: ['tar'],
  gz: ['tar', 'gzip'],
  xz: ['tar', 'xz'],
  bz2: ['tar', 'bzip2'],
  zst: ['tar', 'zstd'],
  zip: ['zip'],
}

const packing: Readonly<Record<Format, Script>> = {
  tar: sh`cat`,
  gz: sh`gzip -nc`,
  xz: sh`xz -c`,
  bz2: sh`bzip2 -c`,
  zst: sh`zstd -qc`,
  zip: sh`cat`,
}

const unpacking: Readonly<Record<Format, Script>> = {
  tar: sh`cat`,
  gz: sh`gzip -dc`,
  xz: sh`xz -dc`,
  bz2: sh`bzip2 -dc`,
  zst: sh`zstd -dqc`,
  zip: sh`cat`,
}
