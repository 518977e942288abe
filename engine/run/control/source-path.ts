// Where a relative source lies: in the role's folder, its files/ or templates/, then the playbook's. Reads no content.
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { closest, TsplayError } from '../../error.ts'

/** A source that exists. */
export interface FoundSource {
  readonly path: string
  readonly type: 'file' | 'directory'
}

/** @throws TsplayError naming every place looked at, or what is there instead of `wanted`. */
export async function findSource(
  src: string,
  dirs: readonly string[],
  kind: 'files' | 'templates',
  wanted?: FoundSource['type'],
): Promise<FoundSource> {
  const candidates = path.isAbsolute(src)
    ? [src]
    : dirs.flatMap((dir) => [path.join(dir, kind, src), path.join(dir, src)])
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => undefined)
    if (!found) continue
    const type = found.isDirectory() ? 'directory' : 'file'
    if (wanted === undefined || wanted === type) return { path: candidate, type }
    throw new TsplayError(`source '${src}' is a ${type}, not a ${wanted}`, { place: { file: candidate } })
  }
  const near = await nearby(src, candidates)
  throw new TsplayError(
    `source '${src}' was not found; looked at ${candidates.map((candidate) => path.relative(process.cwd(), candidate) || candidate).join(', ')}`,
    {
      hint:
        near === undefined
          ? 'relative sources are looked up in the role, then beside the playbook'
          : `did you mean '${near}'?`,
    },
  )
}

async function nearby(src: string, candidates: readonly string[]): Promise<string | undefined> {
  const folders = [...new Set(candidates.map((candidate) => path.dirname(candidate)))]
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [] as string[])))
  return closest(path.basename(src), names.flat())
}
