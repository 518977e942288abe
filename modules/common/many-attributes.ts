// Mode, owner and group of many paths with few processes.
import { type Script, sh } from '../../engine/script.ts'
import { wordChunks } from './word-chunks.ts'

/** What one path is to get; what is left out stays. */
export interface AttributeChange {
  readonly path: string
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
}

/**
 * One process for all paths that get the same value; links themselves and not what they lead to. Owners come first, as
 * changing them clears set-id bits, and what is deepest: a folder may be closed by its new mode.
 */
export const setManyAttributes = (changes: readonly AttributeChange[]): Script[] => [
  ...byValue(changes, 'owner').flatMap(([value, paths]) => runs(sh`chown -h -- ${value}`, paths)),
  ...byValue(changes, 'group').flatMap(([value, paths]) => runs(sh`chgrp -h -- ${value}`, paths)),
  ...byValue(changes, 'mode').flatMap(([value, paths]) => runs(sh`chmod -- ${value}`, paths)),
]

const runs = (command: Script, paths: readonly string[]): Script[] =>
  wordChunks(paths).map((some) => sh`${command} ${some} || exit 1`)

function byValue(changes: readonly AttributeChange[], key: 'mode' | 'owner' | 'group'): [string, string[]][] {
  const found = new Map<string, string[]>()
  for (const change of [...changes].sort((a, b) => (a.path < b.path ? 1 : -1))) {
    const value = change[key]
    if (value !== undefined) found.set(value, [...(found.get(value) ?? []), change.path])
  }
  return [...found]
}
