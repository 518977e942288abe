// A path as messages show it.
import { isAbsolute, relative } from 'node:path'

/** Relative to the working folder where the path lies below it, else as it is. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short
}
