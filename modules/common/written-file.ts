// A file that is written as a whole: compared by digest, replaced at once or not at all. Used by copy and template.
import path from 'node:path'
import { z } from 'zod'
import { type Content, contentOnHost } from '../../engine/content.ts'
import { type Change, type Desired, TaskFailure } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { all, always, file, map, type Probe, type StatAnswer, stat, target } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { desiredAttributes, type FileAttributes, fileAttributeParams } from './file-attributes.ts'
import { makeFolders, predictFolders } from './new-folders.ts'
import { replaceFile } from './replace-file.ts'

/** Parameters of whatever writes a whole file. */
export interface WriteParams extends FileAttributes {
  /** Keep a copy of the file that is replaced, beside it, named by the time. Default false. */
  backup?: boolean
  /** False: leave a file that is there as it is. Default true. */
  force?: boolean
  /**
   * A command that must succeed before the file is replaced; `%s` in it is the new file's path: `visudo -cf %s`. It runs
   * in the host's shell. Default: no check.
   */
  validate?: string
  /** False: a link at the path is replaced by the file. Default true: what it leads to is written, and the link stays. */
  follow?: boolean
}

/** The schema's share. */
export const writeParams = {
  ...fileAttributeParams,
  backup: z.boolean().optional(),
  force: z.boolean().optional(),
  validate: z.string().includes('%s', { error: 'validate needs %s where the path of the new file goes' }).optional(),
  follow: z.boolean().optional(),
} satisfies Record<string, z.ZodType>

/** What is at the destination. `path` is where the file goes: inside of `dest` where that is a folder. */
export interface WrittenState {
  readonly path: string
  readonly type: StatAnswer['type'] | null
  readonly content: Content | null
  readonly mode: string | null
  readonly owner: string | null
  readonly group: string | null
  /** The whole answer, for numeric owners and symbolic modes. */
  readonly stat: StatAnswer | null
  /** Whether there is a folder to write into. */
  readonly parent: boolean
  /** What is there in the folder's place. */
  readonly inTheWay?: StatAnswer['type']
}

/** What is to be written where. `inside`: the name that the file gets where `dest` is a folder. */
export interface Writing {
  readonly params: WriteParams
  readonly dest: string
  readonly content: Content
  readonly inside: string | undefined
  /** The folder that `dest` names with a slash at its end is made with these attributes where it is missing. */
  readonly folder?: FileAttributes
  /** A file of the host that has the content. */
  readonly copyOf?: string
  /** The script prints what the file is in the end, for a result. */
  readonly reports?: boolean
}

export function writtenProbe({ dest, content, inside, params: { follow = true } }: Writing): Probe<WrittenState> {
  const within = inside === undefined ? undefined : path.posix.join(dest, inside)
  const at = dest.endsWith('/') ? within! : dest
  return map(
    all({
      found: spot(at, content, follow),
      inside: within === undefined || within === at ? always(undefined) : spot(within, content, follow),
    }),
    ({ found, inside }) => (found.stat?.type === 'directory' && inside ? inside : found),
  )
}

const spot = (at: string, content: Content, follow: boolean): Probe<WrittenState> =>
  map(
    all({
      target: target(at),
      own: stat(at),
      answer: file(at, { unless: content.sha256 }),
      parent: target(path.posix.dirname(at)),
    }),
    ({ target, own, answer, parent }) => {
      // a link that leads nowhere is replaced by a file
      const found = follow || target?.type === 'directory' ? (target ?? (own?.type === 'link' ? null : own)) : own
      return {
        path: at,
        type: found?.type ?? null,
        content:
          answer === null || found?.type !== 'file'
            ? null
            : answer.sha256 === content.sha256
              ? content
              : contentOnHost(answer, { secret: content.secret }),
        mode: found?.mode ?? null,
        owner: found?.owner ?? null,
        group: found?.group ?? null,
        stat: found,
        parent: parent?.type === 'directory',
        ...(parent && parent.type !== 'directory' && { inTheWay: parent.type }),
      }
    },
  )

/** @throws TaskFailure where something else is in the way, or the folder is missing. */
export function desiredWritten({ params, content, folder }: Writing, actual: WrittenState): Desired<WrittenState> {
  if (actual.type === 'directory')
    throw new TaskFailure(`${actual.path} is a directory`, 'dest needs the name of the file as well')
  const replaceable = params.follow === false && actual.type === 'link'
  if (actual.type !== null && actual.type !== 'file' && !replaceable)
    throw new TaskFailure(`${actual.path} is not a regular file`)
  if (!actual.parent && (folder === undefined || actual.inTheWay)) {
    const parent = path.posix.dirname(actual.path)
    throw new TaskFailure(
      `${parent} is not a directory on the host, so nothing can be written to ${actual.path}`,
      actual.inTheWay
        ? `it is a ${actual.inTheWay}: remove it first, file({ path: '${parent}', state: 'absent' })`
        : `make it first: directory({ path: '${parent}' })`,
    )
  }
  if (actual.type !== null && params.force === false) return {}
  const attributes = desiredAttributes(params, replaceable ? null : actual.stat, 'file')
  return { ...(!actual.parent && { parent: true }), type: 'file', content, ...attributes }
}

/** Replaces the file where its content differs, else sets what differs. */
export const writeScript = (
  { params, content, folder, copyOf, reports }: Writing,
  change: Change<WrittenState>,
): Script => {
  const { from, to } = change
  const kept = from.type === 'file' ? from : undefined
  const write = replaceFile(from.path, {
    content: change.has('content') || change.has('type') ? content : undefined,
    mode: to?.mode ?? kept?.mode ?? '0644',
    owner: to?.owner ?? kept?.owner ?? null,
    group: to?.group ?? kept?.group ?? null,
    ...(params.backup && kept && { backup: true }),
    ...(params.validate !== undefined && { validate: params.validate }),
    ...(params.follow === false && { follow: false }),
    ...(copyOf !== undefined && { copyOf }),
    ...(reports && { report: true }),
  })
  return change.has('parent') && folder ? sh.join([makeFolders(path.posix.dirname(from.path), folder), write]) : write
}

export const predictWritten = (
  { content, params, folder }: Writing,
  { from, to, has }: Change<WrittenState>,
): readonly Prediction[] => [
  ...(has('parent') && folder ? predictFolders(path.posix.dirname(from.path), folder) : []),
  will.be(from.path, {
    type: 'file',
    content,
    follows: params.follow !== false,
    ...(to?.mode != null && { mode: to.mode }),
    ...(to?.owner != null && { owner: to.owner }),
    ...(to?.group != null && { group: to.group }),
  }),
]

export const writtenResources = ({ dest }: Writing): readonly string[] => [fileResource(dest)]
