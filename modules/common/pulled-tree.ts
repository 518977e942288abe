// A folder of a host on its way to the control side: what is where, what has to travel, and how it is kept when it arrives.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { checkFolders } from '../../engine/archive-paths.ts'
import { type Change, type Desired, type Receiver, type SourceEntry, TaskFailure } from '../../engine/module.ts'
import { map, type Probe, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { type Script, sh } from '../../engine/script.ts'
import { wildcardPicks } from '../../engine/wildcard.ts'
import { type FoundFile, findScript, readFound } from './find-script.ts'

export interface Pull {
  /** On the host. */
  readonly src: string
  /** On the control side. */
  readonly dest: string
  readonly exclude: readonly string[]
  readonly removes: boolean
  /** What is on the control side. */
  readonly local: readonly SourceEntry[]
  /** Paths on the control side that are left alone. */
  readonly kept: readonly string[]
}

/** One path. What a link's mode is does not matter. */
export interface PulledEntry {
  readonly type: 'file' | 'directory' | 'link'
  readonly mode?: string
  readonly sha256?: string
  readonly target?: string
}

type Entries = Readonly<Record<string, PulledEntry | null>>

/** The control side is what is; the host what should be. */
export interface PullState {
  readonly entries: Entries
  /** By path below the folder; null where the host has none. */
  readonly there: Entries | null
  /** Why it cannot be pulled. */
  readonly problem?: string
}

export const pullProbe = ({ src, exclude, local }: Pull): Probe<PullState> =>
  map(
    script(findScript({ paths: src, type: 'any', recurse: true, hidden: true, sha256: true }), {
      reads: [fileResource(src)],
    }),
    ({ stdout }) => {
      const { files, skipped } = readFound(stdout)
      const entries = Object.fromEntries(local.map((entry) => [entry.path, entryOf(entry)]))
      if (skipped.length > 0) return { entries, there: null }
      const isLeftOut = wildcardPicks(exclude)
      const found = files
        .map((file) => ({ ...file, path: path.posix.relative(src, file.path) }))
        .filter((file) => !isLeftOut(file.path))
      const problem = problemWith(src, found)
      return {
        entries,
        there: Object.fromEntries(found.map((file) => [file.path, hostEntry(file)])),
        ...(problem !== undefined && { problem }),
      }
    },
  )

const entryOf = (entry: SourceEntry): PulledEntry =>
  entry.type === 'file'
    ? { type: 'file', mode: entry.file.mode, sha256: entry.file.content.sha256 }
    : entry.type === 'link'
      ? { type: 'link', target: entry.target }
      : { type: 'directory', ...(entry.mode !== undefined && { mode: entry.mode }) }

const hostEntry = ({ type, mode, sha256 = '', linkTarget = '' }: FoundFile): PulledEntry =>
  type === 'link'
    ? { type, target: linkTarget }
    : type === 'directory'
      ? { type, mode }
      : { type: 'file', mode, sha256 }

/** A host may say anything: no path of its leads out of the folder it is kept in. */
function problemWith(src: string, files: readonly FoundFile[]): string | undefined {
  for (const { path: name, type, sha256 } of files) {
    if (name === '' || name.startsWith('/') || name.split('/').includes('..')) return `'${name}' leads out of ${src}`
    if (name.includes('\ufffd')) return `'${src}/${name}' is no name in UTF-8`
    if (type === 'other') return `${src}/${name} is neither a file, a folder nor a link`
    if (type === 'file' && sha256 === undefined) return `${src}/${name} may not be read`
  }
  try {
    checkFolders(src, new Map(files.map(({ path: name, type }) => [name, type])))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** @throws TaskFailure where the host has no such folder, or what is in it cannot be kept. */
export function desiredPull({ src, removes, kept }: Pull, { entries, there, problem }: PullState): Desired<PullState> {
  if (problem !== undefined) throw new TaskFailure(problem, 'exclude leaves it out')
  if (there === null) throw new TaskFailure(`${src} is not a directory on the host`)
  const stays = (name: string): boolean => kept.some((each) => each.startsWith(`${name}/`))
  const gone = removes ? Object.keys(entries).filter((name) => there[name] === undefined && !stays(name)) : []
  return { entries: { ...there, ...Object.fromEntries(gone.map((name) => [name, null])) } }
}

/** Prints each file that travels: its length, a newline, its bytes. */
export const pullScript = ({ src }: Pull, change: Change<PullState>): Script => {
  const files = travelling(change).map((name) => path.posix.join(src, name))
  return sh`for _p in ${files}; do
  _z=$(wc -c < "$_p") || exit 1
  printf '%s\n' "$((_z))" && cat < "$_p" || exit 1
done`
}

function travelling({ from, to }: Change<PullState>): string[] {
  return Object.entries(to?.entries ?? {}).flatMap(([name, wanted]) => {
    const before = from.entries[name]
    return wanted?.type === 'file' && (before?.type !== 'file' || before.sha256 !== wanted.sha256) ? [name] : []
  })
}

/** Keeps what has arrived. A file changes at once or not at all; the folder does not. */
export async function receivePull(
  { dest, local }: Pull,
  change: Change<PullState>,
  output: Uint8Array,
  control: Receiver,
): Promise<void> {
  const wanted = Object.entries(change.to?.entries ?? {})
  const arrived = framed(output, travelling(change))
  for (const [name, bytes] of arrived)
    if (createHash('sha256').update(bytes).digest('hex') !== change.to?.entries?.[name]?.sha256)
      throw new Error(`${name} was changed while it was fetched: try again`)
  await control.folder(dest)
  // deepest first
  for (const [name, entry] of [...wanted].reverse()) {
    const before = change.from.entries[name]
    if (before && before.type !== entry?.type) await control.remove(path.posix.join(dest, name))
  }
  const contents = new Map(local.map((entry) => [entry.path, entry]))
  for (const [name, entry] of wanted) {
    const before = change.from.entries[name]
    const at = path.posix.join(dest, name)
    const mode = entry?.mode !== undefined ? { mode: entry.mode } : {}
    const same = before?.type === entry?.type && before?.mode === entry?.mode && before?.target === entry?.target
    if (entry?.type === 'link' && !same) await control.link(at, entry.target ?? '')
    if (entry?.type === 'directory' && !same) await control.folder(at, mode)
    const bytes = arrived.get(name)
    if (bytes) await control.save(at, bytes, mode)
    // only its mode differs
    else if (entry?.type === 'file' && !same) await control.save(at, await bytesOf(contents.get(name)), mode)
  }
}

async function bytesOf(entry: SourceEntry | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  if (entry?.type === 'file') for await (const chunk of entry.file.content.stream()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function framed(output: Uint8Array, names: readonly string[]): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  let offset = 0
  for (const name of names) {
    const end = output.indexOf(10, offset)
    const size = Number(Buffer.from(output.subarray(offset, end)).toString())
    if (end < 0 || !Number.isInteger(size) || end + 1 + size > output.length)
      throw new Error(`${name} did not arrive whole`)
    files.set(name, output.subarray(end + 1, end + 1 + size))
    offset = end + 1 + size
  }
  return files
}
