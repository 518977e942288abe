// A text file of the host that is changed in place: read whole, edited by a pure function, replaced at once.
import path from 'node:path'
import { z } from 'zod'
import { type Content, contentOf, contentOnHost, contentText, diffLimit } from '../../engine/content.ts'
import { type Change, type Desired, type Output, TaskFailure } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { all, file, map, type Probe, type StatAnswer, target } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import type { Script } from '../../engine/script.ts'
import { desiredAttributes, type FileAttributes, fileAttributeParams } from './file-attributes.ts'
import { pathParam } from './params.ts'
import { replaceFile } from './replace-file.ts'

/** Parameters of whatever edits a file. */
export interface EditParams extends FileAttributes {
  /** Absolute path of the file. Through a link, what it leads to is edited and the link stays. */
  path: string
  /** Keep a copy of the file as it was, beside it, named by the time. Default false. */
  backup?: boolean
  /** A command that must succeed before the file is replaced; `%s` in it is the new file's path. Default: no check. */
  validate?: string
}

/** The schema's share. */
export const editParams = {
  path: pathParam.refine((path) => !path.endsWith('/'), { error: 'give the path of a file' }),
  ...fileAttributeParams,
  backup: z.boolean().optional(),
  validate: z.string().includes('%s', { error: 'validate needs %s where the path of the new file goes' }).optional(),
} satisfies Record<string, z.ZodType>

export interface EditedState {
  readonly type: StatAnswer['type'] | null
  readonly content: Content | null
  readonly mode: string | null
  readonly owner: string | null
  readonly group: string | null
  readonly stat: StatAnswer | null
  readonly parent: boolean
}

export const editProbe = ({ path: at }: EditParams): Probe<EditedState> =>
  map(
    all({ found: target(at), answer: file(at), parent: target(path.posix.dirname(at)) }),
    ({ found, answer, parent }) => ({
      type: found?.type ?? null,
      content: answer === null ? null : contentOnHost(answer),
      mode: found?.mode ?? null,
      owner: found?.owner ?? null,
      group: found?.group ?? null,
      stat: found,
      parent: parent?.type === 'directory',
    }),
  )

/**
 * The state after `edit`, a pure function from the text (empty for a file that is to be made) to the new one. `create`:
 * make the file where it is missing. `secret`: the edit puts a secret into it, so that it is not shown.
 * @throws TaskFailure where there is no file to edit, or each run would edit it again.
 */
export function desiredEdit(
  params: EditParams,
  actual: EditedState,
  create: boolean,
  edit: (text: string) => string,
  { secret = false }: { secret?: boolean } = {},
): Desired<EditedState> {
  if (actual.type === null) {
    checkCreation(params.path, actual, create)
    const content = contentOf(settled(params.path, '', edit), { secret })
    return { type: 'file', content, ...desiredAttributes(params, null, 'file') }
  }
  const text = textOf(params.path, actual)
  const edited = settled(params.path, text, edit)
  // what is added to a file with secrets may stand beside one
  const content = edited === text ? undefined : contentOf(edited, { secret: secret || actual.content!.secret })
  return { ...(content && { content }), ...desiredAttributes(params, actual.stat, 'file') }
}

function settled(at: string, text: string, edit: (text: string) => string): string {
  try {
    const once = edit(text)
    if (edit(once) === once) return once
  } catch (error) {
    if (error instanceof TaskFailure) throw new TaskFailure(`${at}: ${error.message}`, error.hint)
    throw error
  }
  throw new TaskFailure(
    `${at} would change with every run: the pattern matches what it has made, or leaves more to match`,
    "make it match only what is still to be done, such as '^[^#].*swap' for lines that are not commented out yet",
  )
}

function checkCreation(at: string, { parent }: EditedState, create: boolean): void {
  if (!create) throw new TaskFailure(`${at} does not exist`, 'create: true makes it, where the module has that')
  if (parent) return
  const folder = path.posix.dirname(at)
  throw new TaskFailure(`${folder} is not a directory on the host`, `make it first: directory({ path: '${folder}' })`)
}

function textOf(at: string, { type, content, stat }: EditedState): string {
  if (type !== 'file') throw new TaskFailure(`${at} is a ${type}, not a file`)
  if (!content?.bytes)
    throw new TaskFailure(
      `${at} has ${stat?.size} bytes; files of up to ${diffLimit} bytes are edited`,
      'write the whole file with template or copy, or put the lines into a file of their own',
    )
  const text = contentText(content)
  if (text === undefined) throw new TaskFailure(`${at} is no text in UTF-8, so it cannot be edited line by line`)
  return text
}

export const editScript = (
  { path: at, backup, validate }: EditParams,
  { from, to, has }: Change<EditedState>,
): Script =>
  replaceFile(at, {
    content: has('content') ? (to?.content ?? undefined) : undefined,
    mode: to?.mode ?? from.mode ?? '0644',
    owner: to?.owner ?? from.owner,
    group: to?.group ?? from.group,
    ...(backup && from.type !== null && { backup }),
    ...(validate !== undefined && { validate }),
    // the edit was made of this content, and of no other
    ...(from.content && { replaces: from.content.sha256 }),
  })

/** The copy that `backup` asked for. */
export interface EditResult {
  /** Where it is, where the file was changed. */
  readonly backupFile?: string
}

export function editResult(_params: EditParams, _actual: EditedState, output?: Output): EditResult {
  const backupFile = /^backup=([\s\S]*?)\n?$/.exec(output?.stdout ?? '')?.[1]
  return backupFile === undefined ? {} : { backupFile }
}

export const editTouches = ({ path: at }: EditParams): readonly string[] => [fileResource(at)]

/** Edits in a row are written at once, but for what is to be checked or kept in between. */
export const editRewrites = ({ path: at, backup, validate }: EditParams): string | undefined =>
  backup || validate !== undefined ? undefined : fileResource(at)

export const predictEdit = ({ path: at }: EditParams, { to }: Change<EditedState>): readonly Prediction[] => [
  will.be(at, {
    type: 'file',
    follows: true,
    ...(to?.content && { content: to.content }),
    ...(to?.mode != null && { mode: to.mode }),
    ...(to?.owner != null && { owner: to.owner }),
    ...(to?.group != null && { group: to.group }),
  }),
]
