// What questions about paths find once something is put there, or taken away. Touches no path.
import { answerTo, type Prediction, together } from './predicted-answers.ts'
import { digestOf, fileOf, linkOf, newFolder, type PredictedFile, statOf, treeEntryOf } from './predicted-file.ts'
import { unitFileWillBe } from './predicted-unit.ts'
import type { DigestAnswer, DigestKey } from './question/digest.ts'
import type { FileAnswer } from './question/file.ts'
import { globMatches } from './question/glob.ts'
import type { StatAnswer } from './question/stat.ts'
import { type TreeAnswer, type TreeKey, treeWith, treeWithout } from './question/tree.ts'

/** A file, directory or link at a path. */
export function pathWillBe(named: string, file: PredictedFile): Prediction {
  const path = plain(named)
  const stays = (before: StatAnswer | null): boolean => file.follows === true && before?.type === 'link'
  const parent = (key: string): boolean =>
    file.type === 'directory' && path.startsWith(key === '/' ? key : `${plain(key)}/`)
  return together(
    answerTo(
      'stat',
      (key: string) => plain(key) === path,
      (before: StatAnswer | null) => (stays(before) ? before : statOf(file, before)),
    ),
    answerTo(
      'target',
      (key: string) => plain(key) === path && file.type !== 'link',
      (before: StatAnswer | null) => statOf(file, before),
    ),
    ...['stat', 'target'].map((kind) => answerTo(kind, parent, (before: StatAnswer | null) => before ?? newFolder)),
    answerTo(
      'file',
      (key: { path: string }) => plain(key.path) === path,
      (before: FileAnswer | null, key: { unless?: string }) => fileOf(file, before, key),
    ),
    answerTo(
      'digest',
      (key: DigestKey) => plain(key.path) === path,
      (before: DigestAnswer, key: DigestKey) => digestOf(file, before, key),
    ),
    answerTo(
      'link',
      (key: string) => plain(key) === path,
      (before: string | null) => linkOf(file, before),
    ),
    answerTo(
      'glob',
      (pattern: string) => globMatches(pattern, path),
      (before: readonly string[]) => (before.includes(path) ? before : [...before, path]),
    ),
    answerTo(
      'tree',
      (key: TreeKey) => isIn(path, plain(key.path)),
      (before: TreeAnswer, key: TreeKey) =>
        // what a link leads to is not known
        key.files === 'contents' && file.type === 'link'
          ? before
          : treeWith(
              before,
              key,
              path,
              (entry) => treeEntryOf(file, entry),
              file.type === 'directory' ? newFolder : undefined,
            ),
    ),
    unitFileWillBe(path, file),
  )
}

/** Nothing at a path, nor below it. */
export function pathWillBeAbsent(path: string): Prediction {
  const gone = (key: string) => plain(key) === plain(path) || key.startsWith(`${plain(path)}/`)
  return together(
    answerTo('stat', gone, () => null),
    answerTo('target', gone, () => null),
    ...['file', 'digest'].map((kind) =>
      answerTo(
        kind,
        (key: { path: string }) => gone(key.path),
        () => null,
      ),
    ),
    answerTo('link', gone, () => null),
    answerTo(
      'glob',
      () => true,
      (before: readonly string[]) => before.filter((each) => !gone(each)),
    ),
    answerTo(
      'tree',
      (key: TreeKey) => isIn(plain(path), plain(key.path)),
      (before: TreeAnswer, key: TreeKey) => treeWithout(before, key, plain(path)),
    ),
    answerTo(
      'tree',
      (key: TreeKey) => gone(key.path),
      () => null,
    ),
  )
}

/** A path without slashes at its end. */
const plain = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)

const isIn = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
