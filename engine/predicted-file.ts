// A path as it will be, and the answer it gives to each kind of question about a path. Which path it is, it does not know.
import { createHash } from 'node:crypto'
import { type Content, contentOf, diffLimit } from './content.ts'
import type { DigestAnswer, DigestKey } from './question/digest.ts'
import type { FileAnswer } from './question/file.ts'
import type { StatAnswer } from './question/stat.ts'
import type { TreeEntry } from './question/tree.ts'

/** A path as it will be. What is left out stays, or takes the default of a new file. */
export interface PredictedFile {
  readonly type: 'file' | 'directory' | 'link'
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  readonly content?: Content
  /** Seconds since 1970. */
  readonly mtime?: number
  /** Where a link points. */
  readonly target?: string
  /** A link that is at the path stays, and what it leads to becomes this. */
  readonly follows?: boolean
}

/** What `stat` answers. */
export const statOf = (file: PredictedFile, before: StatAnswer | null): StatAnswer => ({
  uid: 0,
  gid: 0,
  mtime: 0,
  mode: file.type === 'directory' ? '0755' : '0644',
  owner: 'root',
  group: 'root',
  ...before,
  ...(file.mode !== undefined && { mode: file.mode }),
  ...(file.owner !== undefined && { owner: file.owner }),
  ...(file.group !== undefined && { group: file.group }),
  ...(file.mtime !== undefined && { mtime: file.mtime }),
  type: file.type,
  size: file.content?.size ?? before?.size ?? 0,
})

/** A folder of which nothing is said. */
export const newFolder: TreeEntry = statOf({ type: 'directory' }, null)

/** What `file` answers. */
export function fileOf(
  { type, content }: PredictedFile,
  before: FileAnswer | null,
  { unless }: { unless?: string },
): FileAnswer | null {
  if (type !== 'file') return null
  if (!content) return before ?? { sha256: nothing.sha256, content: new Uint8Array() }
  return {
    sha256: content.sha256,
    ...(content.sha256 !== unless && content.bytes && content.size <= diffLimit && { content: content.bytes }),
    ...(content.secret && { secret: true }),
  }
}

/** What `digest` answers. */
export function digestOf({ type, content }: PredictedFile, before: DigestAnswer, key: DigestKey): DigestAnswer {
  if (type !== 'file') return null
  return content ? digestOfContent(content, key) : (before ?? digestOfContent(nothing, key))
}

/** What `link` answers. */
export const linkOf = ({ type, target, follows }: PredictedFile, before: string | null): string | null =>
  type === 'link' ? (target ?? before) : follows ? before : null

/** What `tree` answers of the path. */
export function treeEntryOf(file: PredictedFile, before: TreeEntry | null): TreeEntry {
  if (file.follows && before?.type === 'link') return before
  const { sha256: _sha256, content: _content, secret: _secret, target: _target, ...attributes } = before ?? newFolder
  const entry = statOf(file, before && attributes)
  if (file.type === 'link') return { ...entry, ...(file.target !== undefined && { target: file.target }) }
  if (file.type === 'directory') return entry
  // of a file that is there and of which nothing is said, the content stays
  if (!file.content && before?.type === 'file') return { ...before, ...entry }
  const { sha256, bytes, secret } = file.content ?? nothing
  return {
    ...entry,
    sha256,
    ...(bytes && bytes.length <= diffLimit && { content: bytes }),
    ...(secret && { secret }),
  }
}

const nothing = contentOf('')

/** By another algorithm only what is held in memory can be summed: that of others is not known. */
const digestOfContent = (content: Content, { algorithm }: DigestKey): string =>
  algorithm === 'sha256'
    ? content.sha256
    : content.bytes
      ? createHash(algorithm).update(content.bytes).digest('hex')
      : 'not known yet'
