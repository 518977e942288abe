// iniFile's edit as a pure function of the text, with the meaning of Ansible's ini_file: options in the first section of a name.
import { insertLines, linesOfText, type TextLine, textOfLines } from './text-lines.ts'

/** What a section or an option is to be. */
export interface IniEdit {
  /** Undefined: what stands before the first section. */
  readonly section?: string
  /** Undefined: the section itself. */
  readonly option?: string
  /** null: the option's name alone. */
  readonly values: readonly (string | null)[]
  readonly state?: 'present' | 'absent'
  readonly exclusive?: boolean
  readonly noExtraSpaces?: boolean
  readonly ignoreSpaces?: boolean
  readonly modifyInactiveOption?: boolean
}

/** The text with the option in it, or without it. What is not edited stays as it is, comments and all. */
export function editIni(text: string, edit: IniEdit): string {
  const lines = linesOfText(text)
  const place = findSection(lines, edit.section)
  return textOfLines(edit.state === 'absent' ? without(lines, place, edit) : withOption(lines, place, edit))
}

/** A section's lines; `header` is -1 for what stands before the first section. */
interface Section {
  readonly header: number
  readonly first: number
  readonly end: number
}

function findSection(lines: readonly TextLine[], name: string | undefined): Section | undefined {
  const header = name === undefined ? -1 : lines.findIndex(({ text }) => sectionName(text) === name.trim())
  if (name !== undefined && header < 0) return undefined
  const next = lines.findIndex(({ text }, index) => index > header && text.startsWith('['))
  return { header, first: header + 1, end: next < 0 ? lines.length : next }
}

const sectionName = (text: string): string | undefined => /^\[\s*(.*?)\s*\]/.exec(text)?.[1]

function without(lines: readonly TextLine[], place: Section | undefined, edit: IniEdit): readonly TextLine[] {
  if (!place) return lines
  const { option, exclusive = true, values } = edit
  if (option === undefined) return [...lines.slice(0, Math.max(place.header, 0)), ...lines.slice(place.end)]
  const goes = optionsIn(lines, place, option).filter(
    ({ active, value }) => active && (exclusive || values.includes(value)),
  )
  return lines.filter((_line, index) => !goes.some(({ at }) => at === index))
}

function withOption(lines: readonly TextLine[], place: Section | undefined, edit: IniEdit): readonly TextLine[] {
  const { section, option, exclusive = true, modifyInactiveOption = true } = edit
  if (!place) {
    const added = option === undefined ? [] : edit.values.map((value) => written(option, value, edit))
    return insertLines(lines, lines.length, [`[${section}]`, ...added])
  }
  if (option === undefined) return lines
  const present = optionsIn(lines, place, option)
  const kept = new Map<OptionLine, string | null>()
  const missing = [...edit.values]
  const claim = (line: OptionLine, index: number): void => {
    kept.set(line, missing[index]!)
    missing.splice(index, 1)
  }
  // an option that is in force comes before one that is commented out, and the value it has before any other
  for (const active of modifyInactiveOption ? [true, false] : [true]) {
    const lines = present.filter((line) => line.active === active)
    for (const line of lines) if (missing.includes(line.value)) claim(line, missing.indexOf(line.value))
    if (exclusive) for (const line of lines) if (!kept.has(line) && missing.length > 0) claim(line, 0)
  }
  const goes = new Set(present.filter((line) => exclusive && line.active && !kept.has(line)).map(({ at }) => at))
  const texts = new Map([...kept].map(([line, value]) => [line.at, rewritten(line, value, option, edit)]))
  const added = missing.map((value) => written(option, value, edit))
  const changed = lines.map((line, index) => (texts.has(index) ? { ...line, text: texts.get(index)! } : line))
  if (added.length > 0) return insertLines(changed, endOf(lines, place), added)
  // there is something to remove only where there is nothing to add
  return changed.filter((_line, index) => !goes.has(index))
}

/** A line that sets the option, or did before it was commented out. */
interface OptionLine {
  readonly at: number
  readonly text: string
  readonly indent: string
  readonly active: boolean
  readonly value: string | null
}

const optionsIn = (lines: readonly TextLine[], { first, end }: Section, option: string): OptionLine[] =>
  lines.slice(first, end).flatMap(({ text }, index) => {
    const [, indent = '', comment, rest] = /^([ \t]*)([#;]?)[ \t]*(.*)$/.exec(text) ?? []
    if (rest === undefined || !rest.startsWith(option)) return []
    const [, equals, value = ''] = /^[ \t]*(?:(=)[ \t]*(.*?)[ \t]*)?$/.exec(rest.slice(option.length)) ?? ['none']
    if (equals === undefined && rest.slice(option.length).trim() !== '') return []
    return [{ at: first + index, text, indent, active: comment === '', value: equals === undefined ? null : value }]
  })

/** New lines follow the last one of the section that is neither blank nor a comment. */
function endOf(lines: readonly TextLine[], { first, end }: Section): number {
  const last = lines.slice(first, end).findLastIndex(({ text }) => !/^[ \t]*([#;].*)?$/.test(text))
  return first + last + 1
}

function rewritten(line: OptionLine, value: string | null, option: string, edit: IniEdit): string {
  if (edit.ignoreSpaces && line.active && line.value === value) return line.text
  return `${line.active ? line.indent : ''}${written(option, value, edit)}`
}

const written = (option: string, value: string | null, { noExtraSpaces }: IniEdit): string => {
  if (value === null) return option
  return `${option}${noExtraSpaces ? '=' : ' = '}${value}`.trimEnd()
}
