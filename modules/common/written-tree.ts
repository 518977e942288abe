// A folder with all that is in it: asked in one round trip, only what differs is sent. How it is written: tree-script.
import { type Content, contentOnHost } from '../../engine/content.ts'
import { type Change, type Desired, type SourceEntry, TaskFailure } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { all, always, file, link, map, type Probe, type StatAnswer, script, stat, target } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'
import { desiredAttributes, type FileAttributes } from './file-attributes.ts'

/** A tree to be written: the entries with absolute paths on the host, parents first. */
export interface TreeWriting {
  readonly root: string
  readonly entries: readonly SourceEntry[]
  readonly files: FileAttributes
  readonly directories: FileAttributes
  /** Take the source's modes where no mode is given. */
  readonly preserve: boolean
  /** Keep a copy of each file that is replaced. */
  readonly backup: boolean
  /** False: files that are there stay as they are. */
  readonly force: boolean
  /** Give new files the times of the source's, where it tells them. Default false. */
  readonly times?: boolean
  /** A folder of the host that has all this: nothing is sent, and what is new takes the modes that it has there. */
  readonly origin?: string
}

/** One path of the tree. Absent: null. */
export interface TreeEntryState {
  readonly type: StatAnswer['type']
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  readonly content?: Content | null
  readonly target?: string | null
  readonly stat?: StatAnswer
  /** A link that leads to a folder stands for it, and nothing of that one is to change. */
  readonly elsewhere?: boolean
}

export interface TreeState {
  readonly entries: Readonly<Record<string, TreeEntryState | null>>
  /** Whether the host can unpack an archive. */
  readonly tar: boolean
}

export const treeProbe = ({ entries }: TreeWriting): Probe<TreeState> =>
  all({
    entries: all(
      Object.fromEntries(entries.map((entry) => [entry.path, entryProbe(entry)])) as Record<
        string,
        Probe<TreeEntryState | null>
      >,
    ),
    tar: map(script(sh`command -v tar >/dev/null 2>&1`, { reads: ['command:tar'] }), ({ code }) => code === 0),
  })

function entryProbe(entry: SourceEntry): Probe<TreeEntryState | null> {
  const wanted = entry.type === 'file' ? entry.file.content : undefined
  return map(
    all({
      // a link to a folder is as good as the folder; a link to a file is replaced by the file
      found: entry.type === 'directory' ? target(entry.path) : stat(entry.path),
      content: wanted ? file(entry.path, { unless: wanted.sha256 }) : always(null),
      target: entry.type === 'link' ? link(entry.path) : always(null),
    }),
    ({ found, content, target }): TreeEntryState | null =>
      found && {
        type: found.type,
        mode: found.mode,
        owner: found.owner,
        group: found.group,
        content:
          content === null || found.type !== 'file'
            ? null
            : content.sha256 === wanted?.sha256
              ? wanted
              : contentOnHost(content),
        target,
        stat: found,
      },
  )
}

/** @throws TaskFailure where a folder is in the way of a file, or a file in that of a folder. */
export const desiredTree = (writing: TreeWriting, { entries: actual }: TreeState): Desired<TreeState> => ({
  entries: Object.fromEntries(
    writing.entries.map((entry) => [entry.path, desiredEntry(writing, entry, actual[entry.path] ?? null)]),
  ),
})

function desiredEntry(writing: TreeWriting, entry: SourceEntry, actual: TreeEntryState | null): TreeEntryState {
  if (actual && (actual.type === 'directory') !== (entry.type === 'directory')) {
    throw new TaskFailure(
      `${entry.path} is a ${actual.type} on the host and a ${entry.type} in the source`,
      `remove it first: file({ path: '${entry.path}', state: 'absent' })`,
    )
  }
  if (!writing.force && actual && entry.type !== 'directory') return { type: actual.type }
  if (entry.type === 'link') return { type: 'link', target: entry.target }
  if (actual?.elsewhere) return { type: 'directory' }
  const params = entry.type === 'file' ? writing.files : writing.directories
  const own = entry.type === 'file' ? entry.file.mode : entry.mode
  const present = actual?.type === entry.type ? (actual.stat ?? null) : null
  const takesOwn = params.mode === undefined && (writing.preserve || (writing.origin !== undefined && !present))
  return {
    type: entry.type,
    ...(entry.type === 'file' && { content: entry.file.content }),
    ...desiredAttributes({ ...params, ...(takesOwn && { mode: own }) }, present, entry.type),
  }
}

export const predictTree = ({ entries }: TreeWriting, { to }: Change<TreeState>): readonly Prediction[] =>
  entries.map((entry) => {
    const { mode, owner, group, content } = (to?.entries?.[entry.path] ?? {}) as Partial<TreeEntryState>
    return will.be(entry.path, {
      type: entry.type,
      follows: entry.type === 'directory',
      ...(mode !== undefined && { mode }),
      ...(owner !== undefined && { owner }),
      ...(group !== undefined && { group }),
      ...(content && { content }),
      ...(entry.type === 'link' && { target: entry.target }),
    })
  })
