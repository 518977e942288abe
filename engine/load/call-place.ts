// Where in the user's code an error comes from, read off its stack.
import { fileURLToPath } from 'node:url'
import type { Place } from '../error.ts'
import { shownPath } from './shown-path.ts'
import { writtenColumn } from './written-column.ts'

/**
 * The first frame of the error's stack that is neither tsplay's own, nor of a package, nor of node; undefined where there
 * is none. Paths are shown relative to `cwd`.
 */
export function callPlace(error: unknown, cwd = process.cwd()): Place | undefined {
  const stack = error instanceof Error ? error.stack : undefined
  for (const text of stack?.split('\n') ?? []) {
    const [, at, line, column] = /^\s+at (?:.*\()?((?:file:\/\/)?\/.*?):(\d+):(\d+)\)?$/.exec(text) ?? []
    if (at === undefined) continue
    const file = at.startsWith('file://') ? fileURLToPath(at.replace(/[?#].*$/, '')) : at
    if (isForeign(file)) continue
    // what the loader compiled goes by its plain path, what node loads itself by a URL
    const isCompiled = file === at && /\.[cm]?tsx?$/.test(file)
    return {
      file: shownPath(file, cwd),
      line: Number(line),
      column: isCompiled ? writtenColumn(file, Number(line), Number(column)) : Number(column),
    }
  }
  return undefined
}

const own = ['engine/', 'modules/'].map((folder) => fileURLToPath(new URL(`../../${folder}`, import.meta.url)))

const isForeign = (file: string): boolean =>
  file.includes('/node_modules/') || own.some((folder) => file.startsWith(folder))
