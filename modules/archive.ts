// archive: an archive on the host, made of paths of the host.
import path from 'node:path'
import { z } from 'zod'
import { contentOnHost } from '../engine/content.ts'
import { type Desired, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, map, type StatAnswer, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { formatOf } from './common/archive-format.ts'
import { comparedArchive, foldersOf, packArchive } from './common/archive-packing.ts'
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

interface ArchiveState extends AttributeState {
  readonly type: StatAnswer['type'] | null
  /** Whether the archive holds what the paths hold now. */
  readonly current: boolean
  readonly stat: StatAnswer | null
  readonly parent: boolean
  /** Why it cannot be told, or made. */
  readonly problem?: string
}

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
        compared: comparedArchive(params),
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
      ...((has('type') || has('current')) && { made: packArchive(params) }),
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
    return [made ? { ...planned, opaque: true } : planned, willAnswer(comparedArchive(params), { code: 0, stdout: '' })]
  },
})
