import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { mustEnd, sections } from './lines.ts'
import { endingOf, featureTable } from './table.ts'
import { idsIn, namedIn } from './titles.ts'

const root = path.join(import.meta.dirname, '../..')
const named = namedIn(path.join(root, 'test'))
const lines = sections.flatMap((section) => section.lines)

describe('docs/features.md', () => {
  test('is what `npm run features` writes', () => {
    expect(readFileSync(path.join(root, 'docs/features.md'), 'utf8')).toBe(featureTable(named))
  })

  test('has every line that has to be there, once', () => {
    const numbers = (letter: string, from: number, to: number): string[] =>
      Array.from(
        { length: to - from + 1 },
        (_, index) => `${letter}${`${from + index}`.padStart(letter === 'A' ? 3 : 2, '0')}`,
      )
    const wanted = [
      ...[numbers('A', 1, 65), numbers('A', 80, 87), numbers('A', 100, 108), numbers('A', 120, 126)],
      ...[
        numbers('A', 130, 133),
        numbers('A', 140, 142),
        numbers('A', 150, 156),
        numbers('M', 1, 18),
        numbers('X', 1, 17),
      ],
    ].flat()
    expect(lines.map(({ id }) => id)).toEqual(wanted)
  })

  test('has no line open that has to end, but those that say so: a test names it, or a mark says why not', () => {
    const open = lines.filter((line) => endingOf(line, named.get(line.id) ?? []) === 'open' && line.open === undefined)
    expect(open.map(({ id }) => id)).toEqual([])
  })

  test('knows every line that a title of a test names', () => {
    const known = new Set(lines.map(({ id }) => id))
    expect([...named].filter(([id]) => !known.has(id))).toEqual([])
  })

  test('gives each line one mark at most, and puts none off that has to end', () => {
    for (const { id, typescript, different, later, open } of lines) {
      const marks = [typescript, different, later, open].filter((mark) => mark !== undefined)
      expect(marks.length, id).toBeLessThanOrEqual(1)
      expect(mustEnd(id) ? later : open, id).toBeUndefined()
    }
  })

  test('links to files that are there, and promises nothing in a voice of its own', () => {
    const page = featureTable(named)
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!)
    expect(links.length).toBeGreaterThan(100)
    expect(links.filter((link) => !existsSync(path.join(root, 'docs', link)))).toEqual([])
    for (const row of page.match(/^\| [A-Z]\d+ .*$/gm) ?? [])
      expect(row).toMatch(
        /^\| [AMX]\d+ \| .+ \| (?:supported|\*\*(?:done by TypeScript|different on purpose|later|open)\*\*: .+|later) \| .* \|$/,
      )
  })
})

describe('ids in titles', () => {
  test.each([
    ["test('runs once (A031)', () => {})", ['A031']],
    ['describe("both (A031, X17)", () => {})', ['A031', 'X17']],
    ["test('beside rules and faults (R4, A140, B20)', fn)", ['A140']],
    ["['a row of a table (A131)', [], ['plain']],", ['A131']],
    ["test(`with ${'a value'} (M01)`, fn)", ['M01']],
    ['// X01: does not compile', ['X01']],
    ["test('two groups (A001) in one (A002)', fn)", ['A001', 'A002']],
  ])('are found in %j', (source, ids) => {
    expect(idsIn(source)).toEqual(ids)
  })

  test.each([
    '// a comment about it (A031)',
    'call(A031)',
    "test('rule (R4)', fn)",
    "test('A031 without parentheses', fn)",
  ])('are none in %j', (source) => {
    expect(idsIn(source)).toEqual([])
  })
})
