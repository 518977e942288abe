// What a dry run's later probes find: answers as they will be once planned changes are made.
import { createHash } from 'node:crypto'
import { type Content, contentOf, diffLimit } from './content.ts'
import type { GroupEntry, UserEntry } from './question/accounts.ts'
import type { DigestAnswer, DigestKey } from './question/digest.ts'
import type { FileAnswer } from './question/file.ts'
import { globMatches } from './question/glob.ts'
import type { KernelModuleAnswer } from './question/kernel-module.ts'
import type { PackageAnswer } from './question/package.ts'
import type { Question } from './question/question.ts'
import type { StatAnswer } from './question/stat.ts'
import { normaliseSysctl, sysctlName } from './question/sysctl.ts'
import { type TreeAnswer, type TreeEntry, type TreeKey, treeWith, treeWithout } from './question/tree.ts'
import { type UnitAnswer, type UnitScope, unitName } from './question/unit.ts'

/** One planned change, as it alters answers. */
export interface Prediction {
  /** The answer once the change is made, given the one before it. */
  answer(question: Question<unknown>, before: unknown): unknown
  /** True where more may change than can be told (a package's files, whatever a command does). */
  readonly opaque?: boolean
}

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

const at = (
  kind: string,
  matches: (key: never) => boolean,
  update: (before: never, key: never) => unknown,
): Prediction => ({
  answer: (question, before) =>
    question.kind.name === kind && matches(question.key as never)
      ? update(before as never, question.key as never)
      : before,
})

const both = (...predictions: Prediction[]): Prediction => ({
  answer: (question, before) => predictions.reduce((answer, prediction) => prediction.answer(question, answer), before),
  opaque: predictions.some((prediction) => prediction.opaque),
})

const each = (kinds: readonly string[], matches: (key: string) => boolean, update: () => unknown): Prediction =>
  both(...kinds.map((kind) => at(kind, matches, update)))

/** Builders of predictions, one per kind of thing. */
export const will = {
  /** A file, directory or link at `path`. A directory brings the folders it is in. */
  be(named: string, file: PredictedFile): Prediction {
    const path = plain(named)
    const stays = (before: StatAnswer | null): boolean => file.follows === true && before?.type === 'link'
    const parent = (key: string): boolean =>
      file.type === 'directory' && path.startsWith(key === '/' ? key : `${plain(key)}/`)
    return both(
      at(
        'stat',
        (key: string) => plain(key) === path,
        (before: StatAnswer | null) => (stays(before) ? before : statOf(file)(before)),
      ),
      at('target', (key: string) => plain(key) === path && file.type !== 'link', statOf(file)),
      ...['stat', 'target'].map((kind) =>
        at(kind, parent, (before: StatAnswer | null) => before ?? statOf({ type: 'directory' })(null)),
      ),
      at(
        'file',
        (key: { path: string }) => plain(key.path) === path,
        (before: FileAnswer | null, key: { unless?: string }) =>
          file.type !== 'file' ? null : file.content ? fileAnswer(file.content, key.unless) : (before ?? emptyFile),
      ),
      at(
        'digest',
        (key: DigestKey) => plain(key.path) === path,
        (before: DigestAnswer, key: DigestKey) =>
          file.type !== 'file' ? null : file.content ? digestOf(file.content, key) : (before ?? digestOf(nothing, key)),
      ),
      at(
        'link',
        (key: string) => plain(key) === path,
        (before: string | null) => (file.type === 'link' ? (file.target ?? before) : file.follows ? before : null),
      ),
      at(
        'glob',
        (pattern: string) => globMatches(pattern, path),
        (before: readonly string[]) => (before.includes(path) ? before : [...before, path]),
      ),
      at(
        'tree',
        (key: TreeKey) => isIn(path, plain(key.path)),
        (before: TreeAnswer, key: TreeKey) =>
          // what a link leads to is not known
          key.files === 'contents' && file.type === 'link'
            ? before
            : treeWith(before, key, path, treeEntryOf(file), file.type === 'directory' ? newFolder : undefined),
      ),
      unitFile(path, file),
    )
  },

  /** Nothing at `path`, nor below it. */
  beAbsent(path: string): Prediction {
    const gone = (key: string) => plain(key) === plain(path) || key.startsWith(`${plain(path)}/`)
    return both(
      at('stat', gone, () => null),
      at('target', gone, () => null),
      ...['file', 'digest'].map((kind) =>
        at(
          kind,
          (key: { path: string }) => gone(key.path),
          () => null,
        ),
      ),
      at('link', gone, () => null),
      at(
        'glob',
        () => true,
        (before: readonly string[]) => before.filter((each) => !gone(each)),
      ),
      at(
        'tree',
        (key: TreeKey) => isIn(plain(path), plain(key.path)),
        (before: TreeAnswer, key: TreeKey) => treeWithout(before, key, plain(path)),
      ),
      at(
        'tree',
        (key: TreeKey) => gone(key.path),
        () => null,
      ),
    )
  },

  /**
   * A package at a version, or absent. What it brings with it (files, users, units) cannot be told, but for one thing:
   * Debian's packages enable the unit that is called as they are (`enables`).
   */
  havePackage(name: string, version: string | null, { enables = false }: { enables?: boolean } = {}): Prediction {
    return {
      ...both(
        at(
          'package',
          (key: string) => key === name,
          (before: PackageAnswer): PackageAnswer => ({ ...before, version }),
        ),
        // a unit that is not there yet may come with the package, stopped until a task starts it
        at(
          'unit',
          () => version !== null,
          (before: UnitAnswer, key: { name: string }): UnitAnswer => {
            if (!isUnknown(before)) return before
            const enabled = enables && unitName(key.name) === unitName(name)
            return { ...before, systemd: true, load: 'loaded', ...(enabled && { enabled: 'enabled' }) }
          },
        ),
      ),
      opaque: true,
    }
  },

  /** A systemd unit's state; what is left out stays. */
  beUnit(
    name: string,
    state: Partial<Pick<UnitAnswer, 'active' | 'enabled' | 'load' | 'needsReload'>>,
    scope: UnitScope = 'system',
  ): Prediction {
    return at(
      'unit',
      (key: { name: string; scope?: UnitScope }) =>
        unitName(key.name) === unitName(name) && (key.scope ?? 'system') === scope,
      (before: UnitAnswer) => ({ ...before, ...state }),
    )
  },

  /** A live sysctl value. */
  haveSysctl(key: string, value: string): Prediction {
    return at(
      'sysctl',
      (other: string) => other === sysctlName(key),
      () => normaliseSysctl(value),
    )
  },

  /** A user as given, or none. */
  haveUser(name: string, user: UserEntry | null): Prediction {
    return each(
      ['user', 'local-user'],
      (key) => key === name,
      () => user,
    )
  },

  /** A group as given, or none. */
  haveGroup(name: string, group: GroupEntry | null): Prediction {
    return each(
      ['group', 'local-group'],
      (key) => key === name,
      () => group,
    )
  },

  /** A kernel module, loaded or not. */
  loadModule(name: string, loaded: boolean): Prediction {
    return at(
      'module',
      (key: string) => key.replaceAll('-', '_') === name.replaceAll('-', '_'),
      (before: KernelModuleAnswer) => ({ ...before, loaded, available: before.available || loaded }),
    )
  },

  /** Changes that nobody can foresee. */
  changeAnything: { answer: (_question: unknown, before: unknown) => before, opaque: true } as Prediction,
}

/** A path without slashes at its end. */
const plain = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)

const statOf =
  (file: PredictedFile) =>
  (before: StatAnswer | null): StatAnswer => ({
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

const isIn = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)

const newFolder: TreeEntry = statOf({ type: 'directory' })(null)

const treeEntryOf =
  (file: PredictedFile) =>
  (before: TreeEntry | null): TreeEntry => {
    if (file.follows && before?.type === 'link') return before
    const { sha256: _sha256, content: _content, secret: _secret, target: _target, ...attributes } = before ?? newFolder
    const entry = statOf(file)(before && attributes)
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

const emptyFile: FileAnswer = {
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  content: new Uint8Array(),
}

const nothing = contentOf('')

/** By another algorithm only what is held in memory can be summed: that of others is not known. */
const digestOf = (content: Content, { algorithm }: DigestKey): string =>
  algorithm === 'sha256'
    ? content.sha256
    : content.bytes
      ? createHash(algorithm).update(content.bytes).digest('hex')
      : 'not known yet'

const fileAnswer = (content: Content, unless: string | undefined): FileAnswer => ({
  sha256: content.sha256,
  ...(content.sha256 !== unless && content.bytes && content.size <= diffLimit && { content: content.bytes }),
  ...(content.secret && { secret: true }),
})

/** A unit that systemd has not loaded: there is none, or one of which no more is known than that it may come with a package. */
const isUnknown = ({ load, enabled }: UnitAnswer): boolean => load === 'not-found' || enabled === ''

/** A unit file that is written makes its unit known, stopped and disabled, or one to be reloaded. */
function unitFile(path: string, { type }: PredictedFile): Prediction {
  const name = /^\/(?:etc|run|usr\/lib|lib)\/systemd\/system\/([^/]+)$/.exec(path)?.[1]
  return at(
    'unit',
    (key: { name: string }) => type === 'file' && name !== undefined && unitName(key.name) === name,
    (before: UnitAnswer) =>
      isUnknown(before) ? { ...before, load: 'loaded', enabled: 'disabled' } : { ...before, needsReload: true },
  )
}
