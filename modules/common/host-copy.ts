// What copy takes from the host itself: a file or a folder that is there, compared and copied without leaving it.
import path from 'node:path'
import { type Content, contentOf, contentOnHost } from '../../engine/content.ts'
import { changeOf } from '../../engine/difference.ts'
import { type Change, type Desired, type Output, type SourceEntry, TaskFailure } from '../../engine/module.ts'
import type { Prediction } from '../../engine/prediction.ts'
import {
  all,
  always,
  type FileAnswer,
  file,
  map,
  type Probe,
  type StatAnswer,
  type TreeAnswer,
  type TreeEntry,
  target,
  tree,
} from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import type { Script } from '../../engine/script.ts'
import { treeScript } from './tree-script.ts'
import { type WriteResult, writeResult } from './write-result.ts'
import {
  desiredWritten,
  predictWritten,
  type Writing,
  type WrittenState,
  writeScript,
  writtenProbe,
} from './written-file.ts'
import { desiredTree, predictTree, type TreeEntryState, type TreeState, type TreeWriting } from './written-tree.ts'

/** What is copied, and where it goes: a file as `file` says, a folder as `tree` does, but for content and entries. */
export interface HostCopy {
  readonly src: string
  readonly file: Omit<Writing, 'content'>
  readonly tree: Omit<TreeWriting, 'entries' | 'origin'>
  /** The sha256 that a file must have. */
  readonly checksum?: string
}

/** What is at both ends. */
export interface HostCopyState {
  readonly source: {
    readonly stat: StatAnswer | null
    readonly file: FileAnswer | null
    readonly tree: TreeAnswer
  }
  readonly destination: WrittenState
  readonly entries: Readonly<Record<string, TreeEntryState | null>>
}

export const hostCopyProbe = ({ src, file: writing, tree: { root } }: HostCopy): Probe<HostCopyState> =>
  map(
    all({
      source: all({
        stat: target(src),
        file: src.endsWith('/') ? always(null) : file(src),
        tree: tree(src, { files: 'digests' }),
      }),
      destination: src.endsWith('/') ? always(undefined) : writtenProbe({ ...writing, content: contentOf('') }),
      root: target(root),
      there: tree(root, { files: 'digests', like: src }),
    }),
    ({ source, destination, root: rootStat, there }) => ({
      source,
      destination: destination as WrittenState,
      entries: Object.fromEntries(
        Object.keys(source.tree ?? {}).map((name) => [
          path.posix.join(root, name),
          stateOf(name === '' ? rootStat : (there?.[name] ?? null), source.tree?.[name]?.type),
        ]),
      ),
    }),
  )

function stateOf(entry: TreeEntry | null, wanted: StatAnswer['type'] | undefined): TreeEntryState | null {
  if (entry === null) return null
  // a link to a folder is as good as the folder; that one's mode and owner are somebody else's
  if (wanted === 'directory' && entry.toFolder) return { type: 'directory', elsewhere: true }
  return {
    type: entry.type,
    mode: entry.mode,
    owner: entry.owner,
    group: entry.group,
    content: entry.sha256 === undefined ? null : contentOnHost({ sha256: entry.sha256 }),
    target: entry.target ?? null,
    stat: entry,
  }
}

type Known = { readonly file: Writing } | { readonly tree: TreeWriting }

/** What is to be written, now that the source is known. @throws TaskFailure where it cannot be copied. */
function known(copy: HostCopy, { source: { stat, file: found, tree: entries } }: HostCopyState): Known {
  const { src, checksum, file: writing } = copy
  if (stat === null)
    throw new TaskFailure(`${src} does not exist on the host`, 'without remoteSrc, src is a path of the control side')
  if (stat.type === 'directory') {
    if (writing.params.validate !== undefined || checksum !== undefined)
      throw new TaskFailure(`${src} is a folder; validate and checksum are for a single file`)
    return { tree: { ...copy.tree, origin: src, entries: entriesOf(copy, entries ?? {}) } }
  }
  if (found === null) throw new TaskFailure(`${src} is neither a file nor a folder`)
  if (checksum !== undefined && found.sha256 !== checksum)
    throw new TaskFailure(`${src} has the sha256 ${found.sha256}, not ${checksum}`)
  const { mode, ...params } = writing.params
  const wanted = copy.tree.preserve ? stat.mode : mode
  return {
    file: {
      ...writing,
      params: { ...params, ...(wanted !== undefined && { mode: wanted }) },
      content: { ...contentOnHost(found), size: stat.size },
      copyOf: src,
    },
  }
}

function entriesOf({ src, tree: { root } }: HostCopy, found: NonNullable<TreeAnswer>): SourceEntry[] {
  return Object.keys(found)
    .sort()
    .map((name): SourceEntry => {
      const entry = found[name]!
      const at = path.posix.join(root, name)
      if (entry.type === 'other')
        throw new TaskFailure(`${path.posix.join(src, name)} is neither a file, a folder nor a link`)
      if (entry.type === 'link') return { type: 'link', path: at, target: entry.target ?? '' }
      if (entry.type === 'directory') return { type: 'directory', path: at, mode: entry.mode }
      const content: Content = { ...contentOnHost({ sha256: entry.sha256 ?? '' }), size: entry.size }
      return { type: 'file', path: at, file: { path: path.posix.join(src, name), mode: entry.mode, content } }
    })
}

export function desiredHostCopy(copy: HostCopy, actual: HostCopyState): Desired<HostCopyState> {
  const wanted = known(copy, actual)
  return 'file' in wanted
    ? { destination: desiredWritten(wanted.file, actual.destination) as WrittenState }
    : { entries: desiredTree(wanted.tree, treeState(actual))!.entries! }
}

export function hostCopyScript(copy: HostCopy, { from, to }: Change<HostCopyState>): Script {
  const wanted = known(copy, from)
  return 'file' in wanted
    ? writeScript(wanted.file, changeOf(from.destination, to!.destination!))
    : treeScript(wanted.tree, changeOf(treeState(from), { entries: to!.entries! }))
}

export function predictHostCopy(copy: HostCopy, { from, to }: Change<HostCopyState>): readonly Prediction[] {
  const wanted = known(copy, from)
  return 'file' in wanted
    ? predictWritten(wanted.file, changeOf(from.destination, to!.destination!))
    : predictTree(wanted.tree, changeOf(treeState(from), { entries: to!.entries! }))
}

export const hostCopyResources = ({ src, file: { dest } }: HostCopy): readonly string[] => [src, dest].map(fileResource)

const treeState = ({ entries }: HostCopyState): TreeState => ({ entries, tar: false })

/** What `register` receives. */
export function hostCopyResult(copy: HostCopy, actual: HostCopyState, output?: Output): Partial<WriteResult> {
  const wanted = known(copy, actual)
  return 'file' in wanted ? writeResult(wanted.file, actual.destination, output) : { dest: wanted.tree.root }
}
