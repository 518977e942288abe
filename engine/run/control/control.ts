// The control side as a module's `prepare` sees it. Reads sources and renders templates, each once a run; writes nothing.
import path from 'node:path'
import type { Control, RunFacts, SourceEntry, SourceFile, Store } from '../../module.ts'
import type { Host } from '../../site.ts'
import { readArchive } from './archive.ts'
import { downloadFile } from './download.ts'
import { presentFile, presentFolder } from './present.ts'
import { type Compiled, compileTemplate, renderTemplate } from './render.ts'
import { findSource } from './source-path.ts'
import { readFolder, readSource } from './sources.ts'

/** What a run has read so far, shared by all its hosts. */
export interface ControlCache {
  readonly files: Map<string, Promise<SourceFile>>
  readonly folders: Map<string, Promise<readonly SourceEntry[]>>
  readonly templates: Map<string, Promise<Compiled>>
  readonly downloads: Map<string, Promise<SourceFile>>
  readonly archives: Map<string, Promise<readonly SourceEntry[]>>
}

export const createControlCache = (): ControlCache => ({
  files: new Map(),
  folders: new Map(),
  templates: new Map(),
  downloads: new Map(),
  archives: new Map(),
})

/** A control side that looks relative sources up in `dirs`, nearest first. */
export function createControl(options: {
  readonly check: boolean
  readonly verbosity?: number
  readonly host: Pick<Host, 'name' | 'address'>
  readonly store: Store
  readonly facts: RunFacts
  readonly dirs: readonly string[]
  readonly cache: ControlCache
}): Control {
  const { check, verbosity = 0, host, store, facts, dirs, cache } = options
  return {
    check,
    verbosity,
    host,
    store,
    facts,
    async file(src) {
      const { path: found } = await findSource(src, dirs, 'files', 'file')
      return remembered(cache.files, found, () => readSource(found))
    },
    async tree(src) {
      const { path: found } = await findSource(src, dirs, 'files', 'directory')
      return remembered(cache.folders, found, () =>
        readFolder(found, (file) => remembered(cache.files, file, () => readSource(file))),
      )
    },
    async isFolder(src) {
      return (await findSource(src, dirs, 'files')).type === 'directory'
    },
    present: (file) => presentFile(path.resolve(dirs.at(-1) ?? '', file)),
    presentTree: (folder) => presentFolder(path.resolve(dirs.at(-1) ?? '', folder)),
    download(download) {
      // secrets print as ***, so what they are is part of the key only by name: within a run a name has one value
      return remembered(cache.downloads, JSON.stringify(download), () => downloadFile(download))
    },
    archive(file, pick) {
      const key = JSON.stringify([file.path, file.content.sha256, pick])
      return remembered(cache.archives, key, () => readArchive(file, pick))
    },
    async render(src, vars) {
      const { path: found } = await findSource(src, dirs, 'templates', 'file')
      const compiled = await remembered(cache.templates, found, () => compileTemplate(found, dirs))
      return renderTemplate(found, compiled, vars)
    },
  }
}

/** Reads once, also when several hosts ask at the same time. A failure is not kept: a later play may make the source. */
function remembered<T>(cache: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const known = cache.get(key)
  if (known) return known
  const reading = read()
  cache.set(key, reading)
  reading.catch(() => cache.delete(key))
  return reading
}
