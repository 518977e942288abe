// Compiled code keeps the lines of what was written, but not the columns: these are looked up in its source map.
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { loaderOf } from './loader.ts'

/** The column, from 1, in the file as written; undefined where it cannot be told. */
export function writtenColumn(file: string, line: number, column: number): number | undefined {
  // the loader wraps a file into a function that begins on its first line
  if (line === 1) return undefined
  try {
    const source = readFileSync(file, 'utf8')
    const code = loaderOf(file).transform({ filename: file, source, ts: true, async: true })
    const map = /\/\/# sourceMappingURL=data:[^,]*;base64,([\w+/=]+)/.exec(code)?.[1]
    if (map === undefined) return undefined
    const entry = new SourceMap(JSON.parse(Buffer.from(map, 'base64').toString())).findEntry(line - 1, column - 1)
    if (!('originalLine' in entry) || entry.originalLine !== line - 1) return undefined
    // a call of something imported is mapped to its bracket: the name before it is where the call begins
    const before = source.split('\n')[line - 1]!.slice(0, entry.originalColumn)
    return before.length - /[\w$]*$/.exec(before)![0].length + 1
  } catch {
    return undefined // the file is gone or has changed meanwhile
  }
}
