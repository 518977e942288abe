// stat: what is at a path, for tasks that depend on it.
import { z } from 'zod'
import { defineModule } from '../engine/module.ts'
import {
  type Algorithm,
  all,
  always,
  digest,
  link,
  map,
  type StatAnswer,
  script,
  stat as statOf,
  target,
} from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { algorithmParam } from './common/digests.ts'
import { looking } from './common/looking.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `stat`. */
export interface StatParams {
  /** Absolute path. */
  path: string
  /** Look at what a link leads to. Default false: at the link itself. */
  follow?: boolean
  /** How a file is summed; false: not at all, which is quicker for large ones. Default `'sha256'`. */
  checksum?: Algorithm | false
}

/** What `register` receives. Where nothing is at the path, `exists` is false and all else undefined. */
export interface StatResult {
  readonly exists: boolean
  readonly type?: StatAnswer['type']
  /** Four octal digits. */
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  readonly uid?: number
  readonly gid?: number
  /** Bytes. */
  readonly size?: number
  /** Seconds since 1970 of the last change of the content. */
  readonly mtime?: number
  /** Hex digest of a file that may be read, by `checksum`. */
  readonly checksum?: string
  /** The same, where it is a sha256. */
  readonly sha256?: string
  /** Where a link points, as written. */
  readonly linkTarget?: string
  /** Whether whoever the task runs as may read it. Links are followed. */
  readonly readable?: boolean
  readonly writable?: boolean
  readonly executable?: boolean
}

/**
 * Looks at a path and tells what is there. Changes nothing, and a path where nothing is is no failure.
 *
 * @example tasks that depend on a file
 * ```ts
 * task('admin.conf', stat({ path: '/etc/kubernetes/admin.conf' })).register((conf) => [
 *   !conf.exists && task('init', command({ cmd: ['kubeadm', 'init'] })),
 * ])
 * ```
 * @example its digest by another algorithm, behind a link
 * ```ts
 * task('kernel', stat({ path: '/vmlinuz', follow: true, checksum: 'sha512' }))
 * ```
 */
export const stat = defineModule<StatParams, { readonly found: StatResult }, StatResult>({
  name: 'stat',
  params: z.strictObject({
    path: pathParam,
    follow: z.boolean().optional(),
    checksum: z.union([algorithmParam, z.literal(false)]).optional(),
  }),
  subject: ({ path }) => path,
  probe: ({ path, follow = false, checksum = 'sha256' }) =>
    map(
      all({
        stat: follow ? target(path) : statOf(path),
        sum: checksum === false ? always(null) : digest(path, checksum),
        link: follow ? always(null) : link(path),
        may: script(sh`for _t in r w x; do if [ -$_t ${path} ]; then printf y; else printf n; fi; done`, {
          reads: [fileResource(path)],
        }),
      }),
      ({ stat, sum, link, may }) => ({
        found: stat === null ? { exists: false } : resultOf(stat, stat.type === 'file' ? sum : null, link, may.stdout),
      }),
    ),
  ...looking,
  result: (_params, { found }) => found,
})

const resultOf = (
  { type, mode, owner, group, uid, gid, size, mtime }: StatAnswer,
  sum: string | null,
  link: string | null,
  may: string,
): StatResult => ({
  exists: true,
  ...{ type, mode, owner, group, uid, gid, size, mtime },
  ...(sum !== null && { checksum: sum, ...(sum.length === 64 && { sha256: sum }) }),
  ...(link !== null && { linkTarget: link }),
  readable: may[0] === 'y',
  writable: may[1] === 'y',
  executable: may[2] === 'y',
})
