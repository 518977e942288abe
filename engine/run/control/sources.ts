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
    const content = size <= memoryLimit ? contentOf(await readFile(file)) : await streamed(file, size)
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

async function streamed(file: string, size: number): Promise<SourceFile['content']> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return {
    kind: 'content',
    sha256: hash.digest('hex'),
    size,
    secret: false,
    stream: () => createReadStream(file, { highWaterMark: 256 * 1024 }),
  }
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')
