// A small text file that a module keeps in step with what it sets live: asked and compared as a whole.
import path from 'node:path'
import { type Content, contentOf, contentOnHost, contentText } from '../../engine/content.ts'
import { file, map, type Probe } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import { replaceFile } from './replace-file.ts'

/** The file's content; null where there is none. */
export const configFile = (at: string, options: { unless?: Content } = {}): Probe<Content | null> =>
  map(file(at, { ...(options.unless && { unless: options.unless.sha256 }) }), (answer) =>
    answer === null ? null : answer.sha256 === options.unless?.sha256 ? options.unless : contentOnHost(answer),
  )

/** The lines of a small text file; none where there is none. */
export const linesOf = (content: Content | null): string[] => {
  const text = content ? (contentText(content) ?? '') : ''
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/** A text of lines, each ended by a newline. */
export const contentOfLines = (lines: readonly string[]): Content =>
  contentOf(lines.map((line) => `${line}\n`).join(''))

/** Replaces the file by `content`, at once or not at all; its mode is 0644 by default. Its folder is made where it is missing. */
export const writeConfigFile = (at: string, content: Content, { mode = '0644' }: { mode?: string } = {}): Script => sh`(
mkdir -p -- ${path.posix.dirname(at)} || exit 1
${replaceFile(at, { content, mode, owner: null, group: null })}
) || exit 1`
