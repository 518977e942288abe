// A folder with all that is in it: asked in one round trip, sent as one stream of what differs, each file renamed into place.
import path from 'node:path'
import { type Content, contentOnHost } from '../../engine/content.ts'
import { type Change, type Desired, type SourceEntry, TaskFailure } from '../../engine/module.ts'
import { type Prediction, will } from '../../engine/prediction.ts'
import { all, always, file, link, map, type Probe, type StatAnswer, stat } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import { desiredAttributes, type FileAttributes } from './file-attributes.ts'
import { tarOf } from './tar.ts'

/** A tree to be written: the entries with absolute paths on the host, parents first. */
export interface TreeWriting {
  readonly root: string
  readonly entries: readonly SourceEntry[]
  readonly files: FileAttributes
  readonly directories: FileAttributes
  /** Take the source's modes where no mode is given. */
  readonly preserve: boolean
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
}

export interface TreeState {
  readonly entries: Readonly<Record<string, TreeEntryState | null>>
}

export const treeProbe = ({ entries }: TreeWriting): Probe<TreeState> =>
  map(
    all(
      Object.fromEntries(entries.map((entry) => [entry.path, entryProbe(entry)])) as Record<
        string,
        Probe<TreeEntryState | null>
      >,
    ),
    (found) => ({ entries: found }),
  )

function entryProbe(entry: SourceEntry): Probe<TreeEntryState | null> {
  const wanted = entry.type === 'file' ? entry.file.content : undefined
  const content = wanted ? file(entry.path, { unless: wanted.sha256 }) : always(null)
  const target = entry.type === 'link' ? link(entry.path) : always(null)
  return map(all({ found: stat(entry.path), content, target }), ({ found, content, target }): TreeEntryState | null =>
    found === null
      ? null
      : {
          type: found.type,
          mode: found.mode,
          owner: found.owner,
          group: found.group,
          content: content === null ? null : content.sha256 === wanted?.sha256 ? wanted : contentOnHost(content),
          target,
          stat: found,
        },
  )
}

export function desiredTree(writing: TreeWriting, { entries: actual }: TreeState): Desired<TreeState> {
  return {
    entries: Object.fromEntries(
      writing.entries.map((entry) => [entry.path, desiredEntry(writing, entry, actual[entry.path] ?? null)]),
    ),
  }
}

function desiredEntry(
  { files, directories, preserve }: TreeWriting,
  entry: SourceEntry,
  actual: TreeEntryState | null,
): TreeEntryState {
  if (actual && (actual.type === 'directory') !== (entry.type === 'directory')) {
    throw new TaskFailure(`${entry.path} is a ${actual.type} on the host and a ${entry.type} in the source`)
  }
  if (entry.type === 'link') return { type: 'link', target: entry.target }
  const params = entry.type === 'file' ? files : directories
  const own = entry.type === 'file' ? entry.file.mode : entry.mode
  const attributes = desiredAttributes(
    { ...params, ...(params.mode === undefined && preserve && { mode: own }) },
    actual?.stat ?? null,
    entry.type,
  )
  // a link in the place of a file is replaced by the file
  return { type: entry.type, ...(entry.type === 'file' && { content: entry.file.content }), ...attributes }
}

/** Folders first, then all new contents in one archive, then links and attributes: few processes, however many files. */
export function treeScript(writing: TreeWriting, { from, to }: Change<TreeState>): Script {
  const wanted = (to?.entries ?? {}) as Readonly<Record<string, TreeEntryState>>
  const differing = writing.entries.filter(({ path: at }) => differs(from.entries[at] ?? null, wanted[at]!))
  const made = differing
    .filter((entry) => entry.type === 'directory' && from.entries[entry.path] == null)
    .map((entry) => entry.path)
  const written = differing.filter(
    (entry): entry is Extract<SourceEntry, { type: 'file' }> =>
      entry.type === 'file' && contentDiffers(from.entries[entry.path] ?? null, wanted[entry.path]!),
  )
  const links = differing.filter((entry): entry is Extract<SourceEntry, { type: 'link' }> => entry.type === 'link')
  return sh.join(
    [
      sh`umask 022`,
      ...chunks(made).map((paths) => sh`mkdir -p -- ${paths}`),
      written.length > 0 && sendFiles(writing.root, written, from, wanted),
      ...links.map(({ path: at, target }) => sh`ln -sfn -- ${target} ${at}`),
      ...attributeScripts('mode', 'chmod', writing.entries, from, wanted, written),
      ...attributeScripts('owner', 'chown', writing.entries, from, wanted, []),
      ...attributeScripts('group', 'chgrp', writing.entries, from, wanted, []),
    ],
    ' &&\n',
  )
}

const differs = (actual: TreeEntryState | null, wanted: TreeEntryState): boolean =>
  actual === null ||
  actual.type !== wanted.type ||
  contentDiffers(actual, wanted) ||
  (wanted.target !== undefined && wanted.target !== actual.target)

const contentDiffers = (actual: TreeEntryState | null, { content }: TreeEntryState): boolean =>
  content != null && (actual?.type !== 'file' || actual.content?.sha256 !== content.sha256)

/** Unpacks beside the tree, on its file system, one folder per destination: a rename then moves all files of a folder at once. */
function sendFiles(
  root: string,
  files: readonly Extract<SourceEntry, { type: 'file' }>[],
  from: TreeState,
  wanted: Readonly<Record<string, TreeEntryState>>,
): Script {
  const folders = [...new Set(files.map((entry) => path.posix.dirname(entry.path)))]
  const archive = tarOf(
    files.map((entry) => ({
      name: `${folders.indexOf(path.posix.dirname(entry.path))}/${path.posix.basename(entry.path)}`,
      mode: wanted[entry.path]?.mode ?? from.entries[entry.path]?.mode ?? '0644',
      content: entry.file.content,
    })),
  )
  const moves = folders.flatMap((folder, index) => {
    const names = files
      .filter((entry) => path.posix.dirname(entry.path) === folder)
      .map((entry) => `./${path.posix.basename(entry.path)}`)
    return chunks(names).map((some) => sh`(cd -- "$_t"/${index} && mv -f -- ${some} ${`${folder}/`})`)
  })
  return sh`_t=${path.posix.dirname(root).replace(/\/$/, '')}/.tsplay.$$
trap 'rm -rf -- "$_t"' EXIT
trap 'exit 143' HUP INT TERM
if ! command -v tar >/dev/null 2>&1; then echo 'copying a folder needs tar on the host' >&2; exit 1; fi
rm -rf -- "$_t" && mkdir -m 0700 -- "$_t" && (cd -- "$_t" && mkdir -- ${folders.map((_, index) => String(index))}) || exit 1
${archive} | (cd -- "$_t" && tar -xpf -) || exit 1
sync
${sh.join(moves, ' &&\n')}`
}

/** One process for all paths that get the same value. */
function attributeScripts(
  key: 'mode' | 'owner' | 'group',
  program: string,
  entries: readonly SourceEntry[],
  from: TreeState,
  wanted: Readonly<Record<string, TreeEntryState>>,
  done: readonly SourceEntry[],
): Script[] {
  const byValue = new Map<string, string[]>()
  for (const entry of entries) {
    const value = wanted[entry.path]?.[key]
    if (value === undefined || entry.type === 'link' || done.includes(entry)) continue
    const replaced = contentDiffers(from.entries[entry.path] ?? null, wanted[entry.path]!)
    if (!replaced && from.entries[entry.path]?.[key] === value) continue
    byValue.set(value, [...(byValue.get(value) ?? []), entry.path])
  }
  return [...byValue].flatMap(([value, paths]) =>
    chunks(paths).map((some) => sh`${sh.raw(program)} -- ${value} ${some}`),
  )
}

/** Argument lists that fit into one process's arguments everywhere. */
function chunks(paths: readonly string[]): string[][] {
  const result: string[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const each of paths) {
    if (bytes + each.length > 96 * 1024) {
      result.push([])
      bytes = 0
    }
    result.at(-1)!.push(each)
    bytes += each.length + 3
  }
  return result
}

export const predictTree = ({ entries }: TreeWriting, { to }: Change<TreeState>): readonly Prediction[] =>
  entries.map((entry) => {
    const wanted = (to?.entries?.[entry.path] ?? {}) as Partial<TreeEntryState>
    return will.be(entry.path, {
      type: entry.type,
      ...(wanted.mode !== undefined && { mode: wanted.mode }),
      ...(wanted.owner !== undefined && { owner: wanted.owner }),
      ...(wanted.group !== undefined && { group: wanted.group }),
      ...(entry.type === 'file' && { content: entry.file.content }),
      ...(entry.type === 'link' && { target: entry.target }),
    })
  })
