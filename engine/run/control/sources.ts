// Source files as contents: small ones in memory, large ones hashed once and streamed again for every host.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises'
import path from 'node:path'
import { contentOf } from '../../content.ts'
import { TsplayError } from '../../error.ts'
import type { SourceEntry, SourceFile } from '../../module.ts'

/** Larger files are not held in memory. */
const memoryLimit = 1024 * 1024

/** @throws TsplayError where the file cannot be read. */
export async function readSource(file: string): Promise<SourceFile> {
  try {
    const { size, mode } = await stat(file)
    const content = size <= memoryLimit ? contentOf(await readFile(file)) : await streamed(file)
    return { path: file, content, mode: octal(mode) }
  } catch (error) {
    throw new TsplayError(`source '${file}' cannot be read: ${(error as Error).message}`, {
      place: { file },
      hint: 'its owner and mode decide who may read it',
    })
  }
}

/** Everything below a folder, sorted; parents before what is in them. @throws TsplayError */
export async function readFolder(
  folder: string,
  read: (file: string) => Promise<SourceFile>,
): Promise<readonly SourceEntry[]> {
  const walk = async (below: string): Promise<SourceEntry[]> => {
    const names = (await readdir(path.join(folder, below))).sort()
    const entries: SourceEntry[] = []
    for (const name of names) {
      const relative = path.posix.join(below, name)
      const full = path.join(folder, relative)
      const found = await lstat(full)
      if (found.isSymbolicLink()) entries.push({ type: 'link', path: relative, target: await readlink(full) })
      else if (found.isDirectory())
        entries.push({ type: 'directory', path: relative, mode: octal(found.mode) }, ...(await walk(relative)))
      else if (found.isFile()) entries.push({ type: 'file', path: relative, file: await read(full) })
      else
        throw new TsplayError(`'${full}' is neither a file, a folder nor a link`, {
          hint: 'sockets, pipes and devices cannot be copied',
        })
    }
    return entries
  }
  return walk('')
}

/** Pieces in which a large file is read: the fewer, the less each costs on its way to a host. */
const piece = { highWaterMark: 512 * 1024 }

/**
 * Summed once, however many hosts it goes to: each sending makes sure that the file is still the one that was summed,
 * by its identity, size and time of change.
 */
async function streamed(file: string): Promise<SourceFile['content']> {
  const before = await identity(file)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, piece)) hash.update(chunk as Buffer)
  const unchanged = async (): Promise<void> => {
    if ((await identity(file)).text !== before.text) throw new Error(`${file} was changed while it was read`)
  }
  await unchanged()
  return {
    kind: 'content',
    sha256: hash.digest('hex'),
    size: before.size,
    secret: false,
    vouched: true,
    async *stream() {
      await unchanged()
      yield* createReadStream(file, piece) as AsyncIterable<Uint8Array>
      await unchanged()
    },
  }
}

async function identity(file: string): Promise<{ text: string; size: number }> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
  return { text: [dev, ino, size, mtimeNs, ctimeNs].join(' '), size: Number(size) }
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')
