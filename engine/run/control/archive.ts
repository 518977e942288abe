// Archives of the control side, unpacked once into the cache folder: one file with all contents, one that says what lies where.
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { type FileHandle, open, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { checkFolders, foldersOf, pathPicker, plainName } from '../../archive-paths.ts'
import { type Content, diffLimit } from '../../content.ts'
import { TsplayError } from '../../error.ts'
import type { SourceEntry, SourceFile } from '../../module.ts'
import type { ArchivePick } from '../../transfer.ts'
import { cacheFolder, placeFile, placeText } from './cache-folder.ts'
import { type ArchiveEntry, unpacked } from './unpacked.ts'

/** A file's bytes within the contents. */
interface Place {
  readonly at: number
  readonly size: number
  readonly sha256: string
}

interface Listed {
  readonly type: 'file' | 'directory' | 'link'
  /** None: a folder that the archive does not name. */
  readonly mode?: string
  readonly mtime: number
  readonly target?: string
  readonly place?: Place
}

/** What is in the archive, sorted; parents before what is in them. @throws TsplayError */
export async function readArchive(file: SourceFile, pick: ArchivePick): Promise<readonly SourceEntry[]> {
  const key = createHash('sha256')
    .update(JSON.stringify([1, file.content.sha256, pick]))
    .digest('hex')
  const base = path.join(cacheFolder(), 'archives', key)
  const list = (await known(base)) ?? (await unpack(file, pick, base).catch((error) => refuse(file, error)))
  return Object.entries(list)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, listed]) => entryOf(name, listed, base, file))
}

type Listing = Readonly<Record<string, Listed>>

async function known(base: string): Promise<Listing | undefined> {
  try {
    const { size, entries } = JSON.parse(await readFile(`${base}.json`, 'utf8')) as { size: number; entries: Listing }
    return (await stat(`${base}.data`)).size === size ? entries : undefined
  } catch {
    return undefined // not unpacked yet, or someone has tidied up
  }
}

function refuse(file: SourceFile, error: unknown): never {
  if (error instanceof TsplayError) throw error
  throw new TsplayError(`archive '${file.path}' cannot be unpacked: ${(error as Error).message}`, {
    place: { file: file.path },
    hint: 'what can be unpacked are tar (also with gzip, bzip2, xz or zstd) and zip',
  })
}

async function unpack(file: SourceFile, pick: ArchivePick, base: string): Promise<Listing> {
  const pathOf = pathPicker(file.path, pick)
  const found = new Map<string, Listed>()
  /** What hard links may refer to, by the archive's own names. */
  const named = new Map<string, Listed>()
  const size = await placeFile(`${base}.data`, async (temporary) => {
    const data = await open(temporary, 'wx', 0o600)
    try {
      let end = 0
      for await (const entry of unpacked(file.path)) {
        const at = pathOf(entry.name)
        if (at === undefined) continue
        const listed = await listedOf(file, entry, data, end, named)
        end += entry.type === 'file' ? listed.place!.size : 0
        found.set(at, listed)
        named.set(plainName(entry.name), listed)
      }
      return end
    } finally {
      await data.close()
    }
  })
  checkFolders(file.path, new Map([...found].map(([at, { type }]) => [at, type])))
  for (const folder of [...found.keys()].flatMap(foldersOf))
    if (!found.has(folder)) found.set(folder, { type: 'directory', mtime: 0 })
  const entries = Object.fromEntries(found)
  await placeText(`${base}.json`, JSON.stringify({ size, entries }))
  return entries
}

async function listedOf(
  file: SourceFile,
  { type, name, mode, mtime, target, bytes }: ArchiveEntry,
  data: FileHandle,
  end: number,
  named: ReadonlyMap<string, Listed>,
): Promise<Listed> {
  if (type === 'other')
    throw new TsplayError(`archive '${file.path}': '${name}' is neither a file, a folder nor a link`, {
      hint: `exclude: ['${name}']`,
    })
  if (type === 'file') return { type, mode, mtime, place: await append(data, end, bytes!) }
  if (type !== 'hardlink') return { type, mode, mtime, ...(target !== undefined && { target }) }
  const other = named.get(plainName(target ?? ''))
  if (other) return other
  throw new TsplayError(`archive '${file.path}': '${name}' is a hard link to '${target}', which is not unpacked`, {
    hint: `include that as well, or exclude: ['${name}']`,
  })
}

async function append(data: FileHandle, at: number, bytes: AsyncIterable<Uint8Array>): Promise<Place> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of bytes) {
    hash.update(chunk)
    await data.write(chunk, 0, chunk.length, at + size)
    size += chunk.length
  }
  return { at, size, sha256: hash.digest('hex') }
}

function entryOf(
  name: string,
  { type, mode, mtime, target, place }: Listed,
  base: string,
  file: SourceFile,
): SourceEntry {
  if (type === 'directory') return { type, path: name, ...(mode !== undefined && { mode }) }
  if (type === 'link') return { type, path: name, target: target ?? '' }
  return {
    type,
    path: name,
    file: { path: `${file.path}: ${name}`, mode: mode ?? '0644', mtime, content: contentAt(`${base}.data`, place!) },
  }
}

function contentAt(data: string, { at, size, sha256 }: Place): Content {
  return {
    kind: 'content',
    sha256,
    size,
    secret: false,
    // read when it is looked at: most of what is in an archive never is
    get bytes() {
      return size <= diffLimit ? bytesAt(data, at, size) : undefined
    },
    async *stream() {
      if (size > 0) yield* createReadStream(data, { start: at, end: at + size - 1 }) as AsyncIterable<Uint8Array>
    },
  } as Content
}

function bytesAt(data: string, at: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  const file = openSync(data, 'r')
  try {
    readSync(file, bytes, 0, size, at)
    return bytes
  } finally {
    closeSync(file)
  }
}
