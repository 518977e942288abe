// lineInFile's edit as a pure function of the text, with the meaning of Ansible's lineinfile.
import { type PatternParam, regExp } from './patterns.ts'

/** What the line is to be. */
export interface LineEdit {
  readonly line?: string
  readonly regexp?: PatternParam
  readonly search?: string
  readonly state?: 'present' | 'absent'
  readonly insertAfter?: PatternParam
  readonly insertBefore?: PatternParam
  readonly backrefs?: boolean
  readonly firstMatch?: boolean
}

/** The text with the line in it, or without it. */
export function editLine(text: string, edit: LineEdit): string {
  const ending = /\r\n/.test(text) ? '\r\n' : '\n'
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
  const changed = edit.state === 'absent' ? without(lines, edit) : withLine(lines, edit)
  if (changed.length === lines.length && changed.every((line, index) => line === lines[index])) return text
  return changed.map((line) => line + ending).join('')
}

const matcher = ({ regexp, search, line }: LineEdit): ((candidate: string) => boolean) => {
  if (regexp !== undefined) return (candidate) => regExp(regexp, '').test(candidate)
  if (search !== undefined) return (candidate) => candidate.includes(search)
  return (candidate) => candidate === line
}

const without = (lines: readonly string[], edit: LineEdit): readonly string[] => {
  const matches = matcher(edit)
  return lines.filter((line) => !matches(line))
}

function withLine(lines: readonly string[], edit: LineEdit): readonly string[] {
  const { line = '', regexp, search, backrefs, firstMatch } = edit
  const at = position(lines, matcher(edit), firstMatch)
  if (at >= 0) {
    const text = backrefs && regexp !== undefined ? expand(line, regExp(regexp, '').exec(lines[at]!)!) : line
    return replaced(lines, at, text)
  }
  // with backrefs there is nothing to expand the line from; with a pattern the exact line may still stand elsewhere
  if (backrefs) return lines
  if ((regexp !== undefined || search !== undefined) && lines.includes(line)) return lines
  return inserted(lines, line, edit)
}

function inserted(
  lines: readonly string[],
  line: string,
  { insertAfter, insertBefore, firstMatch }: LineEdit,
): readonly string[] {
  const anchor = insertBefore ?? insertAfter
  if (anchor === 'BOF' && insertBefore !== undefined) return [line, ...lines]
  if (anchor === undefined || anchor === 'EOF') return [...lines, line]
  const at = position(lines, (candidate) => regExp(anchor, '').test(candidate), firstMatch)
  if (at < 0) return [...lines, line]
  const where = insertBefore === undefined ? at + 1 : at
  return [...lines.slice(0, where), line, ...lines.slice(where)]
}

const position = (lines: readonly string[], matches: (line: string) => boolean, first = false): number =>
  first ? lines.findIndex(matches) : lines.findLastIndex(matches)

const replaced = (lines: readonly string[], at: number, line: string): string[] => [
  ...lines.slice(0, at),
  line,
  ...lines.slice(at + 1),
]

/** `\1` and `\g<name>` stand for what the pattern's groups have matched. */
const expand = (line: string, match: RegExpExecArray): string =>
  line.replace(
    /\\(?:(\d+)|g<(\w+)>)/g,
    (_whole, number, name) =>
      (number === undefined ? (match.groups?.[name] ?? match[Number(name)]) : match[Number(number)]) ?? '',
  )
