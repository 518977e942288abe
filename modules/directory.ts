// directory: a directory with its parents, mode and owner, and with recurse those of all that is in it.
import { posix } from 'node:path'
import { z } from 'zod'
import { type Change, defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import {
  all,
  always,
  map,
  type StatAnswer,
  stat,
  type TreeAnswer,
  type TreeEntry,
  target,
  tree,
} from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import {
  type AttributeState,
  desiredAttributes,
  type FileAttributes,
  fileAttributeParams,
  setAttributes,
} from './common/file-attributes.ts'
import { setManyAttributes } from './common/many-attributes.ts'
import { pathParam } from './common/params.ts'

/** Parameters of `directory`. */
export interface DirectoryParams extends FileAttributes {
  /** Absolute path. Parents that are missing are made with mode 0755. A link to a directory is followed. */
  path: string
  /**
   * Mode, owner and group are those of everything in it, too, however deep; of links the owner only, and not of what they
   * lead to. `X` in a symbolic mode means: for folders, and files that somebody may execute. Default false.
   */
  recurse?: boolean
}

/** What is at the path. */
export interface DirectoryState extends AttributeState {
  readonly type: StatAnswer['type']
  readonly stat: StatAnswer
  /** What is in it, by path, where that matters. */
  readonly below: Readonly<Record<string, BelowState>>
}

interface BelowState {
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  readonly entry?: TreeEntry
}

/**
 * A directory exists with this mode and owner. Fails where something else is at the path.
 *
 * @example a directory with its parents
 * ```ts
 * task('data', directory({ path: '/var/lib/app/data', mode: '0750', owner: 'app', group: 'app' }))
 * ```
 *
 * @example everything in it is its owner's, and nobody else may write
 * ```ts
 * task('web root', directory({ path: '/srv/www', owner: 'www-data', mode: 'u=rwX,go=rX', recurse: true }))
 * ```
 */
export const directory = defineModule<DirectoryParams, DirectoryState | null>({
  name: 'directory',
  params: z
    .strictObject({ path: pathParam, ...fileAttributeParams, recurse: z.boolean().optional() })
    .refine(({ recurse, mode, owner, group }) => !recurse || (mode ?? owner ?? group) !== undefined, {
      error: 'says how deep mode, owner and group go: give one of them',
      path: ['recurse'],
    })
    .refine(({ path, recurse }) => !recurse || posix.normalize(path).replace(/^\/+$/, '') !== '', {
      error: 'the whole host is not given one mode or owner',
      path: ['path'],
    }),
  subject: ({ path }) => path,
  // a link to a directory is as good as the directory; one that leads nowhere is in the way
  probe: ({ path, recurse }) =>
    map(
      all({ own: stat(path), leads: target(path), below: recurse ? tree(path) : always(null) }),
      ({ own, leads, below }) => {
        const found = leads ?? own
        if (found === null) return null
        const { type, mode, owner, group } = found
        return { type, mode, owner, group, stat: found, below: belowOf(path, below) }
      },
    ),
  desired(params, actual) {
    if (actual && actual.type !== 'directory') {
      throw new TaskFailure(
        `${params.path} is a ${actual.type}, not a directory`,
        "remove it first: file({ path, state: 'absent' })",
      )
    }
    const below = Object.entries(actual?.below ?? {}).flatMap(([path, state]) => {
      const wished = wishedBelow(params, state)
      return wished ? [[path, wished] as const] : []
    })
    return {
      type: 'directory',
      ...desiredAttributes(params, actual?.stat ?? null, 'directory'),
      ...(below.length > 0 && { below: Object.fromEntries(below) }),
    }
  },
  apply: ({ path }, change) =>
    sh.join(
      [
        change.from === null && sh`mkdir -p ${change.to?.mode === undefined ? [] : ['-m', change.to.mode]} -- ${path}`,
        ...below(change),
        // with the dot a link is followed
        setAttributes(`${path}/.`, change),
      ],
      ' &&\n',
    ),
  touches: ({ path }) => [fileResource(path)],
  predict: ({ path }, { from, to }) => {
    const { below = {}, ...own } = to ?? {}
    return [
      will.be(path, { ...own, type: 'directory', follows: true } as Parameters<typeof will.be>[1]),
      ...Object.entries(below).map(([at, attributes]) =>
        will.be(at, { ...attributes, type: from!.below[at]!.entry!.type as 'file' | 'directory' | 'link' }),
      ),
    ]
  },
})

const belowOf = (path: string, answer: TreeAnswer): DirectoryState['below'] =>
  Object.fromEntries(
    Object.entries(answer ?? {})
      .filter(([name]) => name !== '')
      .map(([name, entry]) => [
        posix.join(path, name),
        { mode: entry.mode, owner: entry.owner, group: entry.group, entry },
      ]),
  )

/** What differs of one of them; undefined where nothing does. */
function wishedBelow({ mode, ...owners }: FileAttributes, { entry, ...state }: BelowState): BelowState | undefined {
  const kind = entry!.type === 'directory' ? 'directory' : 'file'
  const params = entry!.type === 'link' || mode === undefined ? owners : { ...owners, mode }
  const wished = desiredAttributes(params, entry!, kind)
  const differs = Object.entries(wished).filter(([key, value]) => state[key as keyof typeof state] !== value)
  return differs.length === 0 ? undefined : Object.fromEntries(differs)
}

/** Set-id bits, which go with a change of the owner, are set again. */
function below({ from, to }: Change<DirectoryState | null>): Script[] {
  return setManyAttributes(
    Object.entries(to?.below ?? {}).map(([path, { mode, owner, group }]) => {
      const { entry } = from!.below[path]!
      const kept = (owner ?? group) !== undefined && entry!.type === 'file' && /^[2-7]/.test(entry!.mode)
      const wanted = mode ?? (kept ? entry!.mode : undefined)
      return {
        path,
        ...(wanted !== undefined && { mode: wanted }),
        ...(owner !== undefined && { owner }),
        ...(group !== undefined && { group }),
      }
    }),
  )
}
