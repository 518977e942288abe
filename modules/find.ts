// find: files of the host that match, for tasks that depend on them.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import { map, script } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type FoundFile, findScript, readFound } from './common/find-script.ts'
import { looking } from './common/looking.ts'
import { pathParam } from './common/params.ts'
import { type PatternParam, patternParam, regExp } from './common/patterns.ts'
import { bytesOf, bytesParam, secondsOf, secondsParam } from './common/quantities.ts'

/** Parameters of `find`. */
export interface FindParams {
  /** Absolute paths of the folders to look in. One that is not there is told in `skipped`. */
  paths: string | readonly string[]
  /** Wildcards for names: `'*.log'`, `['*.pem', '*.crt']`. Default: any. */
  patterns?: string | readonly string[]
  /** A regular expression that the whole name must match, in place of `patterns`. JavaScript's syntax. Default: none. */
  regexp?: PatternParam
  /** Wildcards for names that are left out. */
  excludes?: string | readonly string[]
  /** What is looked for. Default `'file'`. */
  type?: 'file' | 'directory' | 'link' | 'any'
  /** Changed at least this long ago: seconds, or `'30m'`, `'2h'`, `'7d'`, `'4w'`. Default: none. */
  olderThan?: number | string
  /** Changed at most this long ago. Default: none. */
  newerThan?: number | string
  /** At least this large: bytes, or `'64k'`, `'10m'`, `'2g'`. Default: none. */
  minSize?: number | string
  /** At most this large. Default: none. */
  maxSize?: number | string
  /** Look in folders within folders, too. Default false. */
  recurse?: boolean
  /** With `recurse`: how many levels; 1 is what lies in `paths`. Default: all. */
  depth?: number
  /** Take names that begin with a dot. Default false; folders are looked into whatever they are called. */
  hidden?: boolean
  /** An extended regular expression (`grep -E`) that a line of the file must match. Default: none. */
  contains?: string
  /** Look into folders that links lead to. Default false. */
  follow?: boolean
  /** Sum each file. Default false. */
  sha256?: boolean
}

/** What `register` receives. */
export interface FindResult {
  /** Sorted by path. */
  readonly files: readonly FoundFile[]
  /** Of `paths`, those that are no folders. */
  readonly skipped: readonly string[]
}

const namesParam = z.union([z.string().min(1), z.array(z.string().min(1)).readonly()])

/**
 * Looks for files by name, kind, age, size and content. Changes nothing; finding nothing is no failure.
 *
 * @example old logs, removed
 * ```ts
 * task('old logs', find({ paths: '/var/log/app', patterns: '*.log.*', olderThan: '14d' })).register(({ files }) =>
 *   files.map(({ path }) => task(`no ${path}`, file({ path, state: 'absent' }))),
 * )
 * ```
 * @example large files that mention a host, anywhere below two folders
 * ```ts
 * task('mentions', find({ paths: ['/etc', '/opt'], recurse: true, minSize: '1k', contains: 'db1[.]example' }))
 * ```
 */
export const find = defineModule<FindParams, FindResult, FindResult>({
  name: 'find',
  params: z
    .strictObject({
      paths: z.union([pathParam, z.array(pathParam).readonly()]),
      patterns: namesParam.optional(),
      regexp: patternParam.optional(),
      excludes: namesParam.optional(),
      type: z.enum(['file', 'directory', 'link', 'any']).optional(),
      olderThan: secondsParam.optional(),
      newerThan: secondsParam.optional(),
      minSize: bytesParam.optional(),
      maxSize: bytesParam.optional(),
      recurse: z.boolean().optional(),
      depth: z.int().min(1).optional(),
      hidden: z.boolean().optional(),
      contains: z.string().min(1).optional(),
      follow: z.boolean().optional(),
      sha256: z.boolean().optional(),
    })
    .refine(({ patterns, regexp }) => patterns === undefined || regexp === undefined, {
      error: 'give either patterns or regexp',
    })
    .refine(({ depth, recurse }) => depth === undefined || recurse === true, {
      path: ['depth'],
      error: 'needs recurse: true',
    }),
  subject: ({ paths }) => [paths].flat().join(', '),
  probe: (params) =>
    map(script(findScript(params), { reads: [params.paths].flat().map(fileResource) }), ({ stdout }) => {
      const { now, files, skipped } = readFound(stdout)
      return { files: files.filter((file) => matches(params, file, now)), skipped }
    }),
  ...looking,
  result: (_params, found) => found,
})

/** What find itself was not asked. */
function matches(params: FindParams, { path, size, mtime, type }: FoundFile, now: number): boolean {
  const { regexp, olderThan, newerThan, minSize, maxSize } = params
  const name = path.slice(path.lastIndexOf('/') + 1)
  const age = now - mtime
  const whole = regexp === undefined ? undefined : regExp(regexp)
  return (
    (whole === undefined || new RegExp(`^(?:${whole.source})$`, whole.flags).test(name)) &&
    (olderThan === undefined || age >= secondsOf(olderThan)) &&
    (newerThan === undefined || age <= secondsOf(newerThan)) &&
    (minSize === undefined || (type === 'file' && size >= bytesOf(minSize))) &&
    (maxSize === undefined || (type === 'file' && size <= bytesOf(maxSize)))
  )
}
