// lineInFile's edit as a pure function of the text, with the meaning of Ansible's lineinfile.
import { groupsOf, type PatternParam, regExp } from './patterns.ts'
import { endingOf, insertLines, linesOfText, type TextLine, textOfLines } from './text-lines.ts'

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

/** The text with the line in it, or without it. What is not edited stays as it is, line endings and all. */
export function editLine(text: string, edit: LineEdit): string {
  const lines = linesOfText(text)
  return textOfLines(edit.state === 'absent' ? without(lines, edit) : withLine(lines, edit))
}

function without(lines: readonly TextLine[], edit: LineEdit): readonly TextLine[] {
  const matches = matcher(edit) ?? (({ text }: TextLine) => text === edit.line)
  return lines.filter((line) => !matches(line))
}

function withLine(lines: readonly TextLine[], edit: LineEdit): readonly TextLine[] {
  const { line = '', regexp, backrefs, firstMatch } = edit
  const matches = matcher(edit)
  const at = matches ? indexOf(lines, matches, firstMatch) : -1
  if (at >= 0) {
    const filled = backrefs && regexp !== undefined
    return replaced(lines, at, filled ? expandGroups(line, regExp(regexp).exec(lines[at]!.text)!) : line)
  }
  // without a match there is nothing to fill the groups from
  if (backrefs) return lines
  // what is there stays where it is; only a last line gets the newline that it lacks
  const same = lines.findLastIndex(({ text }) => text === line)
  return same >= 0 ? replaced(lines, same, line) : insertLines(lines, placeFor(lines, edit), [line])
}

const replaced = (lines: readonly TextLine[], at: number, text: string): readonly TextLine[] =>
  lines.map((line, index) => (index === at ? { text, end: line.end || endingOf(lines) } : line))

/** Where new lines go: to the end where nothing says otherwise, or nothing matches. */
export function placeFor(
  lines: readonly TextLine[],
  { insertAfter, insertBefore, firstMatch }: Pick<LineEdit, 'insertAfter' | 'insertBefore' | 'firstMatch'>,
): number {
  const anchor = insertAfter ?? insertBefore
  if (anchor === 'BOF') return 0
  if (anchor === undefined || anchor === 'EOF') return lines.length
  const pattern = regExp(anchor)
  const at = indexOf(lines, ({ text }) => pattern.test(text), firstMatch)
  if (at < 0) return lines.length
  return insertAfter === undefined ? at : at + 1
}

function matcher({ regexp, search }: LineEdit): ((line: TextLine) => boolean) | undefined {
  if (search !== undefined) return ({ text }) => text.includes(search)
  if (regexp === undefined) return undefined
  const pattern = regExp(regexp)
  return ({ text }) => pattern.test(text)
}

const indexOf = (lines: readonly TextLine[], matches: (line: TextLine) => boolean, first = false): number =>
  first ? lines.findIndex(matches) : lines.findLastIndex(matches)

const reference = /\\(?:(\d{1,2})|g<(\w+)>)/g

/** `\1` and `\g<name>` stand for what the pattern's groups have matched. */
const expandGroups = (line: string, match: RegExpExecArray): string =>
  line.replace(reference, (_whole, number, name) => match.groups?.[name] ?? match[Number(number ?? name)] ?? '')

/** The first reference in `line` to a group that `regexp` does not have. */
export function unknownGroup(line: string, regexp: PatternParam): string | undefined {
  const { count, names } = groupsOf(regexp)
  const found = [...line.matchAll(reference)].find(
    ([, number, name = '']) => !(Number(number ?? name) <= count || names.includes(name)),
  )
  return found?.[0]
}
