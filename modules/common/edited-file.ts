// A text file of the host that is changed in place: read whole, edited by a pure function, replaced at once.
import path from 'node:path'
import { z } from 'zod'
import { type Content, contentOf, contentOnHost, contentText } from '../../engine/content.ts'
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
  /** A command that must succeed before the file is replaced; `%s` in it is the new file's path. */
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
 * The state after `edit`, which is given the text (empty for a file that is to be made) and gives the new one; undefined
 * means that nothing is to be done, also where the file is missing. `create`: make the file where it is missing.
 */
export function desiredEdit(
  params: EditParams,
  actual: EditedState,
  create: boolean,
  edit: (text: string) => string | undefined,
): Desired<EditedState> {
  const { path: at } = params
  if (actual.type === null) {
    const text = create ? edit('') : undefined
    if (!create) throw new TaskFailure(`${at} does not exist`, 'create: true makes it, where the module has that')
    if (!actual.parent)
      throw new TaskFailure(
        `${path.posix.dirname(at)} is not a directory on the host`,
        'make it first with directory({ path })',
      )
    return text === undefined
      ? {}
      : { type: 'file', content: contentOf(text), ...desiredAttributes(params, null, 'file') }
  }
  if (actual.type !== 'file') throw new TaskFailure(`${at} is a ${actual.type}, not a file`)
  const text = actual.content && contentText(actual.content)
  if (text == null) throw new TaskFailure(`${at} cannot be edited as text: it is larger than 100 KiB or no UTF-8`)
  const edited = edit(text) ?? text
  return { ...(edited !== text && { content: contentOf(edited) }), ...desiredAttributes(params, actual.stat, 'file') }
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
  })

/** The copy that `backup` asked for. */
export interface EditResult {
  readonly backupFile?: string
}

export function editResult(_params: EditParams, _actual: EditedState, output?: Output): EditResult {
  const backupFile = /^backup=(.*)$/m.exec(output?.stdout ?? '')?.[1]
  return backupFile === undefined ? {} : { backupFile }
}

export const editTouches = ({ path: at }: EditParams): readonly string[] => [fileResource(at)]

export const predictEdit = ({ path: at }: EditParams, { to }: Change<EditedState>): readonly Prediction[] => [
  will.be(at, {
    type: 'file',
    ...(to?.content && { content: to.content }),
    ...(to?.mode != null && { mode: to.mode }),
    ...(to?.owner != null && { owner: to.owner }),
    ...(to?.group != null && { group: to.group }),
  }),
]
