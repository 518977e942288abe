// The files that say which locales a host has and which is the default, edited as text. Runs nothing.
import { type Content, contentOf, contentText } from '../../engine/content.ts'
import { contentOfLines, linesOf } from './config-file.ts'

/** `en_US.UTF-8` and `en_US.utf8` are the same. */
export const sameLocale = (a: string, b: string): boolean => normal(a) === normal(b)

const normal = (name: string): string =>
  name.replace(/\.([^@]+)/, (_dot, charset: string) => `.${charset.toLowerCase().replace(/[^a-z0-9]/g, '')}`)

/**
 * /etc/locale.gen with the locales as lines that count, or as comments; undefined where it is so. A line that is there as
 * a comment is the one that is used; others come at the end.
 */
export function generatedLines(list: Content, names: readonly string[], present: boolean): Content | undefined {
  const before = linesOf(list)
  let lines: readonly string[] = before
  for (const name of names) {
    const isOf = (line: string): boolean => sameLocale(/^\s*(?:#\s*)?(\S+)\s+\S+\s*$/.exec(line)?.[1] ?? '', name)
    const counts = (line: string): boolean => isOf(line) && !line.trim().startsWith('#')
    if (!present) lines = lines.map((line) => (counts(line) ? `# ${line.trim()}` : line))
    else if (!lines.some(counts)) {
      const at = lines.findIndex(isOf)
      const line =
        at < 0 ? `${name} ${/\.([^@]+)/.exec(name)?.[1] ?? 'ISO-8859-1'}` : lines[at]!.replace(/^\s*#\s*/, '')
      lines = at < 0 ? [...lines, line] : lines.with(at, line)
    }
  }
  return lines.join('\n') === before.join('\n') ? undefined : contentOfLines(lines)
}

/** The variables that a file of lines `LANG=…` sets. */
export function variablesIn(file: Content | null): Record<string, string> {
  const text = file ? (contentText(file) ?? '') : ''
  return Object.fromEntries(
    [...text.matchAll(/^\s*(?:export\s+)?([A-Z_]+)=(["']?)(.*?)\2\s*$/gm)].map(([, key, , value]) => [key!, value!]),
  )
}

/** The file with these variables, null for those that go. A line that sets one is replaced where it is. */
export function setVariables(file: Content | null, wanted: Readonly<Record<string, string | null>>): Content {
  const seen = new Set<string>()
  const lines = linesOf(file).flatMap((line) => {
    const key = /^\s*(?:export\s+)?([A-Z_]+)=/.exec(line)?.[1]
    if (key === undefined || !(key in wanted) || wanted[key] === undefined) return [line]
    if (wanted[key] === null || seen.has(key)) return []
    seen.add(key)
    return [variablesIn(contentOf(line))[key] === wanted[key] ? line : `${key}=${wanted[key]}`]
  })
  const added = Object.entries(wanted).flatMap(([key, value]) =>
    value === null || seen.has(key) ? [] : [`${key}=${value}`],
  )
  return contentOfLines([...lines, ...added])
}
