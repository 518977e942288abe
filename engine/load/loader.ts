// The loader of TypeScript files, set up the same way wherever it is used.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { createJiti, type Jiti } from 'jiti'

/** A loader for a file and all that it imports; `modules` stand in for packages of these names. */
export const loaderOf = (file: string, modules: Readonly<Record<string, object>> = {}): Jiti =>
  createJiti(file, {
    fsCache: cacheFolder(file),
    interopDefault: false,
    sourceMaps: true,
    virtualModules: standIns(modules),
  })

/** Marked as ES modules, so that a default import of them is their default export. */
const standIns = (modules: Readonly<Record<string, object>>): Record<string, object> =>
  Object.assign(
    Object.create(null),
    Object.fromEntries(Object.entries(modules).map(([name, module]) => [name, { __esModule: true, ...module }])),
  )

/** Never a folder that other users of the machine may write to: what lies in it is executed. */
function cacheFolder(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) return join(folder, 'node_modules', '.cache', 'tsplay')
    if (folder === dirname(folder)) break
  }
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tsplay', 'loaded')
}
