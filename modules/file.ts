// file: a path that should be gone, be there, or be touched.
import { posix } from 'node:path'
import { z } from 'zod'
import { type Change, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, always, map, type StatAnswer, stat, target } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import {
  type AttributeState,
  desiredAttributes,
  type FileAttributes,
  fileAttributeParams,
  setAttributes,
} from './common/file-attributes.ts'
import { accessedProbe, type FileTimes, fileTimeParams, secondsOf, setTime } from './common/file-times.ts'
import { pathParam } from './common/params.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `file`. */
export interface FileParams extends FileAttributes, FileTimes {
  /** Absolute path. */
  path: string
  /**
   * `absent`: nothing is there; a folder goes with all that is in it, a link goes and not what it leads to.
   * `file` (default): something is there already, and gets this mode and owner. `touch`: as the command; always changed
   * where a time is `'now'`. Both follow a link.
   */
  state?: 'absent' | 'file' | 'touch'
}

interface FileState {
  /** null where nothing is there that is wanted. */
  readonly type: StatAnswer['type'] | null
  readonly mode: string | null
  readonly owner: string | null
  readonly group: string | null
  readonly touched: boolean
  /** Seconds since 1970; null for a time that does not matter. */
  readonly times: { readonly modified?: number | null; readonly accessed?: number | null }
  /** Whether the path is a link (the rest is then about what it leads to), and whether there is a folder to make it in. */
  readonly place: { readonly linked: boolean; readonly parent: boolean }
  readonly stat: StatAnswer | null
}

/**
 * A path is absent, present with mode and owner, or touched.
 *
 * @example a folder goes with all that is in it
 * ```ts
 * task('no cache', file({ path: '/var/cache/app', state: 'absent' }))
 * ```
 *
 * @example an empty file that is made once
 * ```ts
 * task('log', file({ path: '/var/log/app.log', state: 'touch', modificationTime: 'preserve', accessTime: 'preserve', owner: 'app', mode: '0640' }))
 * ```
 */
export const file = defineModule<FileParams, FileState | null>({
  name: 'file',
  params: z
    .strictObject({
      path: pathParam,
      state: z.enum(['absent', 'file', 'touch']).optional(),
      ...fileAttributeParams,
      ...fileTimeParams,
    })
    .refine(({ path, state }) => state !== 'absent' || posix.normalize(path).replace(/^\/+$/, '') !== '', {
      error: 'the root folder is not removed',
      path: ['path'],
    }),
  subject: ({ path }) => path,
  // removing concerns the link itself, all else what it leads to
  probe: ({ path, state, ...times }) =>
    map(
      all({
        own: stat(path),
        leads: state === 'absent' ? always(null) : target(path),
        parent: state === 'touch' ? target(posix.dirname(path)) : always(null),
        accessed: accessedProbe(path, times),
      }),
      ({ own, leads, parent, accessed }) => {
        const found = leads ?? own
        if (found === null && state === 'absent') return null
        return {
          type: found?.type ?? null,
          mode: found?.mode ?? null,
          owner: found?.owner ?? null,
          group: found?.group ?? null,
          touched: false,
          times: { modified: found?.mtime ?? null, accessed },
          place: { linked: leads !== null && own?.type === 'link', parent: parent?.type === 'directory' },
          stat: found,
        }
      },
    ),
  desired(params, actual) {
    const { path, state = 'file' } = params
    if (state === 'absent' || actual === null) return null
    if (state === 'file' && actual.type === null)
      throw new TaskFailure(`${path} does not exist`, "state: 'touch' makes an empty file; copy and template write one")
    if (state === 'file' && actual.type === 'link') throw new TaskFailure(`${path} is a link that leads nowhere`)
    if (actual.type === null && !actual.place.parent) {
      const folder = posix.dirname(path)
      throw new TaskFailure(
        `${folder} is not a directory on the host`,
        `make it first: directory({ path: '${folder}' })`,
      )
    }
    const { access, modification } = timesOf(params)
    const [accessed, modified] = [secondsOf(access), secondsOf(modification)]
    return {
      ...(actual.type === null && { type: 'file' }),
      ...([access, modification].includes('now') && { touched: true }),
      ...((modified ?? accessed) !== undefined && {
        times: { ...(modified !== undefined && { modified }), ...(accessed !== undefined && { accessed }) },
      }),
      ...desiredAttributes(params, actual.stat, actual.type === 'directory' ? 'directory' : 'file'),
    }
  },
  apply(params, change) {
    const { path, state } = params
    if (state === 'absent') return sh`rm -rf -- ${path.replace(/(.)\/+$/, '$1')}`
    const linked = change.from?.place.linked ?? false
    const attributes = setAttributes(linked ? sh.raw('"$_p"') : path, change as Change<AttributeState>)
    const resolved = linked && attributes.parts.length > 0 && sh`_p=$(readlink -f -- ${path})`
    return sh.join([touch(params, change), resolved, attributes], ' &&\n')
  },
  touches: ({ path }) => [fileResource(path)],
  predict: (params, { from, to }) =>
    to === null
      ? [will.beAbsent(params.path)]
      : [
          will.be(params.path, {
            ...attributesOf(to),
            type: from?.type === 'directory' ? 'directory' : 'file',
            follows: true,
            ...(to.times?.modified != null && { mtime: to.times.modified }),
          }),
          ...(to.times?.accessed == null
            ? []
            : [willAnswer(accessedProbe(params.path, params), { code: 0, stdout: String(to.times.accessed) })]),
        ],
})

const timesOf = ({ state, accessTime, modificationTime }: FileParams): { access: string; modification: string } => {
  const usual = state === 'touch' ? 'now' : 'preserve'
  return { access: accessTime ?? usual, modification: modificationTime ?? usual }
}

/** Makes the file where it is missing, and sets its times. */
function touch(params: FileParams, { from, to }: Change<FileState | null>): Script {
  const { path } = params
  const { access, modification } = timesOf(params)
  const now = [access === 'now' && '-a', modification === 'now' && '-m'].filter((flag) => flag !== false)
  const { accessed, modified } = to?.times ?? {}
  return sh.join(
    [
      from?.type == null ? sh`touch -- ${path}` : now.length > 0 && sh`touch -c ${now} -- ${path}`,
      accessed != null && setTime('-a', accessed, path),
      modified != null && setTime('-m', modified, path),
    ],
    ' &&\n',
  )
}

const attributesOf = ({ mode, owner, group }: Partial<Nullable<AttributeState>>) => ({
  ...(mode != null && { mode }),
  ...(owner != null && { owner }),
  ...(group != null && { group }),
})

type Nullable<T> = { readonly [Key in keyof T]: T[Key] | null | undefined }
