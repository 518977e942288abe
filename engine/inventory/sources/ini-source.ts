// An INI inventory in Ansible's shape: [group], [group:children], [group:vars], hosts with variables behind them.
import { suggest, TsplayError } from '../../error.ts'
import { foreignStatements, portStatements } from '../foreign-statements.ts'
import { ungrouped } from '../group-tree.ts'
import { type InventorySource, type SourceBuilder, sourceBuilder } from '../inventory-source.ts'
import type { Placed, Statement } from '../variables.ts'
import { namesOf } from './host-names.ts'
import { warnOfMode } from './mode-warning.ts'
import { pythonLiteral } from './python-literal.ts'
import type { TextFile } from './text-file.ts'
import { splitWords, type Word, WordsError } from './words.ts'

/** A line that says something, without the blanks around it. */
interface Line {
  readonly text: string
  readonly number: number
  /** The place of a 0-based column of `text`. */
  readonly at: (column?: number) => Placed
}

/** @throws TsplayError with line and column */
export function iniSource(file: TextFile, name: string): InventorySource {
  const builder = sourceBuilder()
  const declared = new Set([ungrouped, 'all'])
  const pending: { readonly group: string; readonly what: string; readonly place: Placed }[] = []
  const sections = new Map<string, number>()
  const children: Child[] = []
  let section: Section = { group: ungrouped, kind: 'hosts' }
  let given = new Set<string>()
  for (const line of linesOf(file)) {
    const header = sectionOf(line)
    if (header) {
      section = header
      given = new Set()
      if (header.kind === 'vars')
        pending.push({ group: header.group, what: `[${header.group}:vars]`, place: line.at(1) })
      else declared.add(header.group)
      if (!sections.has(header.group)) sections.set(header.group, line.number)
      builder.group(header.group, line.at(1))
    } else if (section.kind === 'hosts') hosts(line, section.group, builder)
    else if (section.kind === 'vars') variable(line, section.group, builder, given)
    else children.push(childOf(line, section.group))
  }
  pending.push(...children)
  const unknown = pending.find(({ group }) => !declared.has(group))
  if (unknown)
    throw new TsplayError(`${unknown.what}: there is no group '${unknown.group}' in this file`, {
      place: unknown.place(),
      hint: suggest(unknown.group, declared),
    })
  // a group joins its parent when both are known: one that is named before its own section stands behind those named after
  const known = ({ group, line }: Child): number => Math.max(line, sections.get(group) ?? 0)
  for (const { parent, group, place } of children.sort((one, other) => known(one) - known(other)))
    builder.child(parent, group, place)
  return builder.build({ name, path: file.path })
}

function* linesOf({ path, text }: TextFile): Iterable<Line> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  for (const [index, whole] of lines.entries()) {
    const line = whole.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const indent = whole.indexOf(line)
    yield {
      text: line,
      number: index + 1,
      at:
        (column = 0) =>
        () => ({ file: path, line: index + 1, column: indent + column + 1 }),
    }
  }
}

interface Section {
  readonly group: string
  readonly kind: 'hosts' | 'children' | 'vars'
}

const kinds = ['hosts', 'children', 'vars'] as const

function sectionOf({ text, at }: Line): Section | undefined {
  const [, group, kind = 'hosts'] = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:[#;].*)?$/.exec(text) ?? []
  if (group === undefined) {
    // what begins with a range is a host: [a:c].example.org
    if (!/^\[[^\]]*\]?\s*$/.test(text)) return undefined
    throw new TsplayError(`'${text}' is no section`, {
      place: at()(),
      hint: 'write [group], [group:children] or [group:vars], without blanks',
    })
  }
  const known = kinds.find((each) => each === kind)
  if (!known)
    throw new TsplayError(`[${group}:${kind}]: there are no sections of this kind`, {
      place: at(group.length + 2)(),
      hint: suggest(kind, kinds),
    })
  return { group, kind: known }
}

function hosts(line: Line, group: string, builder: SourceBuilder): void {
  const [first, ...rest] = wordsOf(line)
  if (!first) return
  if (first.text === '---')
    throw new TsplayError("'---' is no host", {
      place: line.at(first.column)(),
      hint: 'YAML goes into a file that ends in .yml',
    })
  const place = line.at(first.column)
  const { names, port } = namesOf(first.text, place)
  const by = `host '${first.text}' of group '${group}'`
  const keys = new Set<string>()
  const statements = rest.flatMap((word): Statement[] => {
    const { key, text } = pair(word, line)
    refuseTwice(key, keys, line.at(word.column))
    return said(key, text, by, line.at(word.column), builder)
  })
  for (const host of names) builder.host(group, host, place, [...portStatements(port, by, place), ...statements])
}

function wordsOf(line: Line): Word[] {
  try {
    return splitWords(line.text, { comments: true })
  } catch (error) {
    if (!(error instanceof WordsError)) throw error
    throw new TsplayError(error.message, { place: line.at(error.column)() })
  }
}

function pair({ text, column }: Word, line: Line): { key: string; text: string } {
  const equals = text.indexOf('=')
  if (equals > 0) return { key: text.slice(0, equals), text: text.slice(equals + 1) }
  throw new TsplayError(`'${text}' is neither a variable nor a comment`, {
    place: line.at(column)(),
    hint: 'behind a host stand variables: key=value, with quotes around values that have blanks',
  })
}

function variable(line: Line, group: string, builder: SourceBuilder, given: Set<string>): void {
  const equals = line.text.indexOf('=')
  if (equals <= 0) {
    throw new TsplayError(`'${line.text}' is no variable`, { place: line.at()(), hint: 'write key=value' })
  }
  const [key, text] = [line.text.slice(0, equals).trim(), line.text.slice(equals + 1).trim()]
  refuseTwice(key, given, line.at())
  builder.vars(group, said(key, text, `the vars of group '${group}'`, line.at(), builder))
}

function refuseTwice(key: string, given: Set<string>, place: Placed): void {
  if (given.has(key))
    throw new TsplayError(`'${key}' is given twice`, {
      place: place(),
      hint: 'of two values the second would win silently: keep one',
    })
  given.add(key)
}

function said(key: string, text: string, by: string, place: Placed, builder: SourceBuilder): Statement[] {
  const value = pythonLiteral(text)
  warnOfMode(key, text, place, builder)
  return foreignStatements({ key, value, text: typeof value === 'string' ? value : text, by, place })
}

interface Child {
  readonly parent: string
  readonly group: string
  readonly what: string
  readonly place: Placed
  readonly line: number
}

function childOf(line: Line, parent: string): Child {
  const [, group] = /^([^:\]\s]+)\s*(?:[#;].*)?$/.exec(line.text) ?? []
  if (group === undefined)
    throw new TsplayError(`'${line.text}' is no name of a group`, {
      place: line.at()(),
      hint: `below [${parent}:children] stand names of groups, one on a line`,
    })
  return { parent, group, what: `[${parent}:children]`, place: line.at(), line: line.number }
}
