// What a dry run finds of a user's file that is yet to be written.
import path from 'node:path'
import { contentText } from '../../engine/content.ts'
import type { Change } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import type { UserEntry } from '../../engine/probe.ts'
import { homeAnswer, type UserFile, type UserFileState } from './user-file.ts'
import { willAnswer } from './will-answer.ts'

/** What later probes of a dry run find. */
export function predictUserFile(wanted: UserFile, { from, to }: Change<UserFileState>): Prediction[] {
  const { path: at, user } = from.found
  const after = { ...from, ...to } as UserFileState
  return [
    ...(to?.folder
      ? [
          will.be(path.posix.dirname(at), {
            type: 'directory',
            ...(after.folderMode !== null && { mode: after.folderMode }),
            ...(after.folderOwner !== null && { owner: after.folderOwner }),
          }),
        ]
      : []),
    will.be(at, {
      type: 'file',
      follows: true,
      ...(after.content && { content: after.content }),
      ...(after.mode !== null && { mode: after.mode }),
      ...(after.owner !== null && { owner: after.owner }),
    }),
    ...(wanted.path === undefined
      ? [willAnswer(homeAnswer(wanted), { code: 0, stdout: answerOf(after, user, at, wanted) })]
      : []),
  ]
}

function answerOf(after: UserFileState, user: UserEntry | null, at: string, { inHome }: UserFile): string {
  const line = (type: string, mode: string | null, owner: string | null) =>
    mode === null ? '-' : `${type} ${mode} ${owner === user?.name ? (user?.uid ?? -1) : -1} ${owner ?? ''}`
  return [
    at.slice(0, -inHome.length - 1),
    line('directory', after.folderMode, after.folderOwner),
    line('file', after.mode, after.owner),
    after.content ? (contentText(after.content) ?? '') : '',
  ].join('\n')
}
