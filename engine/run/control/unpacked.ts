// What an archive holds, entry by entry with its bytes, whatever its format. Chooses and keeps nothing.

import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { createGunzip } from 'node:zlib'
import { Decompress } from 'fzstd'
import { extract } from 'tar-stream'
import bunzip2 from 'unbzip2-stream'
import { type Entry, getFileNameLowLevel, open as openZip, type ZipFile } from 'yauzl'

// its one file is a bundle in which Node finds no names to import
const { XzReadableStream } = createRequire(import.meta.url)('xz-decompress') as typeof import('xz-decompress')

/** An entry by its own name. Of a hard link `target` is the name of the entry that has its bytes. */
export interface ArchiveEntry {
  readonly type: 'file' | 'directory' | 'link' | 'hardlink' | 'other'
  readonly name: string
  /** Four octal digits. */
  readonly mode: string
  /** Seconds since 1970. */
  readonly mtime: number
  readonly target?: string
  /** Of a file. To be read before the next entry is asked for. */
  readonly bytes?: AsyncIterable<Uint8Array>
}

type Format = 'zip' | 'tar' | 'gzip' | 'bzip2' | 'xz' | 'zstd'

/** Every entry, in the archive's order. @throws Error where it is none, or damaged */
export async function* unpacked(file: string): AsyncIterable<ArchiveEntry> {
  const format = await formatOf(file)
  if (format === 'zip') yield* zipEntries(file)
  else yield* tarEntries(file, format)
}

async function formatOf(file: string): Promise<Format> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(6), 0, 6, 0)
    const hex = buffer.toString('hex')
    const found = magics.find(([magic]) => hex.startsWith(magic))
    return found?.[1] ?? 'tar'
  } finally {
    await handle.close()
  }
}

const magics: readonly (readonly [string, Format])[] = [
  ['504b0304', 'zip'],
  ['504b0506', 'zip'],
  ['1f8b', 'gzip'],
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  ['28b52ffd', 'zstd'],
]

async function* tarEntries(file: string, format: Exclude<Format, 'zip'>): AsyncIterable<ArchiveEntry> {
  const tar = extract()
  let failure: Error | undefined
  const reading = pipeline(Readable.from(decompressed(file, format)), tar as unknown as PassThrough).catch((error) => {
    failure = error as Error
  })
  try {
    for await (const entry of tar) {
      const { name, mode, mtime, type, linkname } = entry.header
      const common = { name, mode: octal(mode ?? 0o644), mtime: Math.floor((mtime?.getTime() ?? 0) / 1000) }
      if (type === 'file' || type === 'contiguous-file') yield { ...common, type: 'file', bytes: entry }
      else if (type === 'directory') yield { ...common, type }
      else if (type === 'symlink') yield { ...common, type: 'link', target: linkname ?? '' }
      else if (type === 'link') yield { ...common, type: 'hardlink', target: linkname ?? '' }
      else yield { ...common, type: 'other' }
      entry.resume()
    }
  } catch (error) {
    throw failure ?? error
  }
  await reading
  if (failure) throw failure
}

async function* decompressed(file: string, format: Exclude<Format, 'zip'>): AsyncIterable<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 })
  if (format === 'tar') yield* source as AsyncIterable<Uint8Array>
  else if (format === 'gzip') yield* source.pipe(createGunzipOf(source)) as AsyncIterable<Uint8Array>
  else if (format === 'bzip2') yield* throughBunzip2(source)
  else if (format === 'xz') yield* unxz(source)
  else yield* unzstd(source)
}

/** An error of the file reaches whoever reads the text. */
function createGunzipOf(source: Readable) {
  const gunzip = createGunzip()
  source.on('error', (error) => gunzip.destroy(error))
  return gunzip
}

async function* throughBunzip2(source: Readable): AsyncIterable<Uint8Array> {
  // its streams are of an old kind: passed through one of today's, which waits for its reader
  const out = new PassThrough()
  const old = bunzip2()
  old.on('error', (error) => out.destroy(error instanceof Error ? error : new Error(String(error))))
  source.on('error', (error) => out.destroy(error))
  source.pipe(old).pipe(out)
  yield* out as AsyncIterable<Uint8Array>
}

async function* unxz(source: Readable): AsyncIterable<Uint8Array> {
  const packed = Readable.toWeb(source) as unknown as ConstructorParameters<typeof XzReadableStream>[0]
  yield* new XzReadableStream(packed) as unknown as ReadableStream<Uint8Array>
}

async function* unzstd(source: Readable): AsyncIterable<Uint8Array> {
  const ready: Uint8Array[] = []
  const stream = new Decompress((chunk) => void ready.push(chunk))
  for await (const chunk of source) {
    stream.push(new Uint8Array(chunk as Buffer))
    yield* ready.splice(0)
  }
  stream.push(new Uint8Array(0), true)
  yield* ready.splice(0)
}

async function* zipEntries(file: string): AsyncIterable<ArchiveEntry> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    openZip(
      file,
      { lazyEntries: true, autoClose: false, validateEntrySizes: true, decodeStrings: false },
      (error, opened) => (error ? reject(error) : resolve(opened)),
    ),
  )
  try {
    for (;;) {
      const entry = await nextEntry(zip)
      if (!entry) return
      yield await zipEntry(zip, entry)
    }
  } finally {
    zip.close()
  }
}

function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      zip.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error')
      settle()
    }
    zip.once('entry', (entry: Entry) => done(() => resolve(entry)))
    zip.once('end', () => done(() => resolve(undefined)))
    zip.once('error', (error: Error) => done(() => reject(error)))
    zip.readEntry()
  })
}

async function zipEntry(zip: ZipFile, entry: Entry): Promise<ArchiveEntry> {
  const unix = entry.versionMadeBy >> 8 === 3 ? entry.externalFileAttributes >>> 16 : 0
  const kind = unix & 0o170000
  const name = nameOf(entry)
  const directory = name.endsWith('/')
  const mode = octal(unix === 0 ? (directory ? 0o755 : 0o644) : unix)
  const common = { name, mode, mtime: Math.floor(entry.getLastModDate().getTime() / 1000) }
  if (directory) return { ...common, type: 'directory' }
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o120000) return { ...common, type: 'other' }
  if (entry.isEncrypted()) throw new Error(`'${name}' is encrypted`)
  const bytes = await new Promise<Readable>((resolve, reject) =>
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
  )
  if (kind !== 0o120000) return { ...common, type: 'file', bytes }
  const target: Buffer[] = []
  for await (const chunk of bytes) target.push(chunk as Buffer)
  return { ...common, type: 'link', target: Buffer.concat(target).toString() }
}

/** Many a zip holds UTF-8 without saying so. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields }: Entry): string {
  if (isUtf8(fileNameRaw)) return fileNameRaw.toString()
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false)
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')
