// The edits of lineInFile, blockInFile and replace as pure functions of the text: tables and laws.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BlockEdit, editBlock } from '../../modules/common/edit-block.ts'
import { editLine, type LineEdit } from '../../modules/common/edit-line.ts'
import { replaceAll } from '../../modules/replace.ts'

const lineText = fc.string({ unit: fc.constantFrom('a', 'b', '#', ' ', '=', '\t', 'ü', '\\', '$', '1'), maxLength: 5 })
const ending = fc.constantFrom('\n', '\r\n')
/** Texts of few different lines, so that lines match, with mixed endings and perhaps none at the end. */
const anyText = fc
  .tuple(fc.array(fc.tuple(lineText, ending), { maxLength: 8 }), lineText)
  .map(([lines, last]) => lines.map(([text, end]) => text + end).join('') + last)

const anchor = fc.constantFrom<string | RegExp>('EOF', 'BOF', '^a', '=', /B/i, 'nothing like it')

describe('editLine (M04)', () => {
  it.each<[string, string, LineEdit, string]>([
    ['adds a line at the end', 'a\nb\n', { line: 'c' }, 'a\nb\nc\n'],
    ['adds it once (B12)', 'a\nc\n', { line: 'c' }, 'a\nc\n'],
    ['makes the first line of an empty file', '', { line: 'c' }, 'c\n'],
    ['ends the last line first', 'a', { line: 'c' }, 'a\nc\n'],
    ['ends the line where it is the last', 'a\nc', { line: 'c' }, 'a\nc\n'],
    ['replaces the last line that matches', 'x=1\ny\nx=2\n', { line: 'x=3', regexp: '^x=' }, 'x=1\ny\nx=3\n'],
    ['or the first', 'x=1\ny\nx=2\n', { line: 'x=3', regexp: '^x=', firstMatch: true }, 'x=3\ny\nx=2\n'],
    ['replaces by a text that the line holds', 'a.b\n', { line: 'new', search: '.b' }, 'new\n'],
    ['takes search for no pattern', 'axb\n', { line: 'new', search: 'a.b' }, 'axb\nnew\n'],
    ['adds where the pattern matches nothing', 'a\n', { line: 'x=3', regexp: '^x=' }, 'a\nx=3\n'],
    [
      'adds nothing where the line is there and the pattern does not match it',
      'on\n',
      { line: 'on', regexp: '^off' },
      'on\n',
    ],
    ['inserts after the last match', 'a\nb\na\nc\n', { line: 'x', insertAfter: '^a' }, 'a\nb\na\nx\nc\n'],
    ['inserts after the first', 'a\nb\na\n', { line: 'x', insertAfter: '^a', firstMatch: true }, 'a\nx\nb\na\n'],
    ['inserts before the last match', 'a\nb\na\nc\n', { line: 'x', insertBefore: /^a/ }, 'a\nb\nx\na\nc\n'],
    ['inserts at the beginning', 'a\n', { line: 'x', insertBefore: 'BOF' }, 'x\na\n'],
    ['inserts at the end where the place is not found', 'a\n', { line: 'x', insertAfter: 'zz' }, 'a\nx\n'],
    ['inserts after a last line without an ending', 'a', { line: 'x', insertAfter: '^a' }, 'a\nx\n'],
    [
      'looks for the place only where the pattern matches nothing',
      'y\nx=1\n',
      { line: 'x=2', regexp: '^x', insertAfter: 'y' },
      'y\nx=2\n',
    ],
    ['fills in groups', 'a=1 # c\n', { line: '\\1=2\\2', regexp: '^(a)=1(.*)', backrefs: true }, 'a=2 # c\n'],
    ['fills in groups by name', 'k=v\n', { line: '\\g<k>=x', regexp: '^(?<k>\\w+)=v', backrefs: true }, 'k=x\n'],
    ['does nothing with backrefs where nothing matches', 'a\n', { line: 'x\\1', regexp: '(z)', backrefs: true }, 'a\n'],
    ['leaves references alone without backrefs', 'a\n', { line: '\\1 $1', regexp: '^a' }, '\\1 $1\n'],
    ['removes every line that matches', 'a\nb\na1\n', { state: 'absent', regexp: '^a' }, 'b\n'],
    ['removes every such line', 'a\nb\na\n', { state: 'absent', line: 'a' }, 'b\n'],
    ['removes by a text', 'a.b\nc\n', { state: 'absent', search: '.b' }, 'c\n'],
    ['keeps the endings of a file from elsewhere', 'a\r\nb\r\n', { line: 'c' }, 'a\r\nb\r\nc\r\n'],
    ['replaces under the ending that the line has', 'a\r\nb\n', { line: 'c', regexp: 'b' }, 'a\r\nc\n'],
    ['ignores case where the pattern says so', 'Port 22\n', { line: 'Port 23', regexp: '(?i)^port' }, 'Port 23\n'],
    ['takes lines for lines: $ is before the ending', 'a\r\nab\n', { line: 'x', regexp: '^a$' }, 'x\r\nab\n'],
    ['keeps the mark at the beginning of a file', '\uFEFFa\n', { line: 'b' }, '\uFEFFa\nb\n'],
  ])('%s', (_name, text, edit, wanted) => {
    expect(editLine(text, edit)).toBe(wanted)
    expect(editLine(wanted, edit)).toBe(wanted)
  })

  it('edits once: a second run finds nothing to do (B12)', () => {
    fc.assert(
      fc.property(anyText, lineText, anchor, fc.boolean(), fc.boolean(), (text, line, place, before, firstMatch) => {
        const edit: LineEdit = { line, firstMatch, ...(before ? { insertBefore: place } : { insertAfter: place }) }
        const once = editLine(text, edit)
        expect(editLine(once, edit)).toBe(once)
      }),
    )
  })

  it('edits once also by a pattern, where that matches the line', () => {
    fc.assert(
      fc.property(anyText, lineText, fc.boolean(), (text, rest, firstMatch) => {
        for (const found of [{ regexp: '^a' }, { search: 'a' }]) {
          const edit: LineEdit = { line: `a${rest}`, firstMatch, ...found }
          const once = editLine(text, edit)
          expect(editLine(once, edit)).toBe(once)
        }
      }),
    )
  })

  it('leaves every other line as it is, ending and all', () => {
    fc.assert(
      fc.property(anyText, lineText, (text, line) => {
        const lines = (whole: string) => whole.split(/(?<=\n)/).filter((each) => each.trimEnd() !== line.trimEnd())
        const before = lines(text)
        const after = lines(editLine(text, { line }))
        const last = before.length - 1
        expect(after.slice(0, last)).toEqual(before.slice(0, last))
      }),
    )
  })

  it('leaves nothing that matches when it removes', () => {
    fc.assert(
      fc.property(anyText, lineText, (text, line) => {
        expect(editLine(text, { state: 'absent', line }).split(/\r?\n/).slice(0, -1)).not.toContain(line)
      }),
    )
  })
})

describe('editBlock (M05)', () => {
  const marker = '# {mark} X'
  const block = (edit: Partial<BlockEdit> = {}): BlockEdit => ({ block: 'one\ntwo', marker, ...edit })
  const around = { prependNewline: true, appendNewline: true }
  const written = '# BEGIN X\none\ntwo\n# END X\n'

  it.each<[string, string, Partial<BlockEdit>, string]>([
    ['adds a block at the end', 'a\n', {}, `a\n${written}`],
    [
      'takes a newline at the end of the block for the end of its last line',
      'a\n',
      { block: 'one\ntwo\n' },
      `a\n${written}`,
    ],
    ['ends the last line first', 'a', {}, `a\n${written}`],
    ['is all that an empty file holds', '', {}, written],
    ['replaces the block where it is', 'a\n# BEGIN X\nold\n# END X\nb\n', {}, `a\n${written}b\n`],
    ['inserts at the beginning', 'a\n', { insertBefore: 'BOF' }, `${written}a\n`],
    ['inserts after the last match', 'a\nb\na\nc\n', { insertAfter: '^a' }, `a\nb\na\n${written}c\n`],
    ['inserts before the last match', 'a\nb\na\nc\n', { insertBefore: '^a' }, `a\nb\n${written}a\nc\n`],
    ['leaves blocks of other markers alone', '# BEGIN Y\n# END Y\n', {}, `# BEGIN Y\n# END Y\n${written}`],
    ['removes the block', `a\n${written}b\n`, { state: 'absent' }, 'a\nb\n'],
    ['removes the block where the new one is empty', `a\n${written}b\n`, { block: '' }, 'a\nb\n'],
    ['has nothing to remove', 'a', { state: 'absent' }, 'a'],
    ['speaks the endings of the file', 'a\r\n', {}, `a\r\n${written.replaceAll('\n', '\r\n')}`],
    ['replaces the last of several blocks', `${written}# BEGIN X\n# END X\n`, {}, `${written}${written}`],
    ['speaks of other words where asked', 'a\n', { markerBegin: '<', markerEnd: '>' }, 'a\n# < X\none\ntwo\n# > X\n'],
    ['takes $ in such a word as it is', '', { markerBegin: '$&', markerEnd: '$1' }, '# $& X\none\ntwo\n# $1 X\n'],
    ['has blank lines around it where asked', 'a\nb\n', { ...around, insertAfter: '^a' }, `a\n\n${written}\nb\n`],
    ['has none where the file ends', 'a\n', around, `a\n\n${written}`],
    ['has none where the file begins', 'a\n', { ...around, insertBefore: 'BOF' }, `${written}\na\n`],
    ['uses blank lines that are there', 'a\n\nb\n', { ...around, insertBefore: '^b' }, `a\n\n${written}\nb\n`],
    ['gives blank lines to a block that is there', `a\n${written}b\n`, around, `a\n\n${written}\nb\n`],
    ['leaves the blank lines when it goes', `a\n\n${written}\nb\n`, { ...around, state: 'absent' }, 'a\n\n\nb\n'],
    ['keeps empty lines', '', { block: '\n\na\n\n' }, '# BEGIN X\n\n\na\n\n# END X\n'],
  ])('%s', (_name, text, edit, wanted) => {
    expect(editBlock(text, block(edit))).toBe(wanted)
    expect(editBlock(wanted, block(edit))).toBe(wanted)
  })

  it.each([
    ['# BEGIN X\na\n', 'line 1 begins a block'],
    ['a\n# END X\n', 'line 2 ends a block'],
    ['# END X\n# BEGIN X\n', 'line 2 begins a block'],
    ['# BEGIN X\na\n# END X\nb\n# END X\n', 'line 5 ends a block'],
    ['# BEGIN X\n# END X\n# BEGIN X\nb\n', 'line 3 begins a block'],
  ])('touches nothing where markers are damaged: %j', (text, message) => {
    expect(() => editBlock(text, block())).toThrow(message)
  })

  it('edits once, and takes away all that it has added (B03)', () => {
    const lines = fc.array(lineText, { minLength: 1, maxLength: 4 }).map((all) => all.join('\n'))
    fc.assert(
      fc.property(anyText, lines, anchor, fc.boolean(), (text, wanted, place, before) => {
        fc.pre(wanted !== '')
        const edit = block({ block: wanted, ...(before ? { insertBefore: place } : { insertAfter: place }) })
        const once = editBlock(text, edit)
        expect(editBlock(once, edit)).toBe(once)
        const without = editBlock(once, block({ state: 'absent' }))
        expect([text, `${text}\n`, `${text}\r\n`]).toContain(without)
      }),
    )
  })
})

describe('replaceAll (M06)', () => {
  it.each<[string, string, Parameters<typeof replaceAll>[1], string]>([
    ['replaces every match', 'a b a\n', { regexp: 'a', replace: 'c' }, 'c b c\n'],
    ['removes what matches', 'a=1\nb=2\n', { regexp: '^a=.*\\n' }, 'b=2\n'],
    ['matches ^ and $ at every line', 'a\na\n', { regexp: /^a$/, replace: 'b' }, 'b\nb\n'],
    ['fills in groups', 'k = v\n', { regexp: '^(\\w+) = (?<value>\\w+)$', replace: '$1=$<value>' }, 'k=v\n'],
    [
      'writes a dollar sign before a name as it is (B23)',
      'x\n',
      { regexp: 'x', replace: 'PATH=$PATH:${HOME}' },
      'PATH=$PATH:${HOME}\n',
    ],
    ['only behind a place', 'a\n[s]\na\n', { regexp: 'a', replace: 'b', after: '^\\[s\\]' }, 'a\n[s]\nb\n'],
    ['only before a place', 'a\n[s]\na\n', { regexp: 'a', replace: 'b', before: '^\\[s\\]' }, 'b\n[s]\na\n'],
    [
      'only between two places',
      'a\n<\na\n>\na\n',
      { regexp: 'a', replace: 'b', after: '<', before: '>' },
      'a\n<\nb\n>\na\n',
    ],
    ['nothing where the place is not there', 'a\n', { regexp: 'a', replace: 'b', after: 'zz' }, 'a\n'],
    [
      'comments swap out of fstab, once, and no line that only holds the word (B11)',
      '/dev/sda2\tnone\tswap\tsw 0 0\n# swap was on sda1\n/swapdata /x ext4 defaults 0 0\n',
      { regexp: /^([^#\s]\S*\s+\S+\s+swap\s.*)$/, replace: '# $1' },
      '# /dev/sda2\tnone\tswap\tsw 0 0\n# swap was on sda1\n/swapdata /x ext4 defaults 0 0\n',
    ],
  ])('%s', (_name, text, edit, wanted) => {
    expect(replaceAll(text, edit)).toBe(wanted)
    expect(replaceAll(wanted, edit)).toBe(wanted)
  })

  it('replaces once, where the pattern does not match what it makes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const edit = { regexp: /^([^#\s].*)$/, replace: '#$1' }
        const once = replaceAll(text, edit)
        expect(replaceAll(once, edit)).toBe(once)
      }),
    )
  })
})
