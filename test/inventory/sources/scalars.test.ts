import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expandRanges, HostNameError, splitPort } from '../../../engine/inventory/sources/host-range.ts'
import { pythonLiteral } from '../../../engine/inventory/sources/python-literal.ts'
import { splitWords, WordsError } from '../../../engine/inventory/sources/words.ts'
import { plainScalar } from '../../../engine/inventory/sources/yaml-scalar.ts'

describe('a plain YAML 1.1 scalar (A121)', () => {
  test.each<[string, unknown]>([
    ['', null],
    ['~', null],
    ['Null', null],
    ['nULL', 'nULL'],
    ['yes', true],
    ['On', true],
    ['FALSE', false],
    ['off', false],
    ['y', 'y'],
    ['n', 'n'],
    ['tRue', 'tRue'],
    ['0', 0],
    ['-0', 0],
    ['12', 12],
    ['+7', 7],
    ['-3', -3],
    ['1_000', 1000],
    ['0755', 493],
    ['0o755', '0o755'],
    ['08', '08'],
    ['0x1F', 31],
    ['-0x1F', -31],
    ['0b101', 5],
    ['1:30', 90],
    ['190:20:30', 685_230],
    ['-1:30', -90],
    ['1:60', '1:60'],
    ['01:30', '01:30'],
    ['1.10', 1.1],
    ['5.', 5],
    ['.5', 0.5],
    ['-.5', '-.5'],
    ['1.5e+3', 1500],
    ['1e3', '1e3'],
    ['1.5e3', '1.5e3'],
    ['1:30.5', 90.5],
    ['.inf', '.inf'],
    ['9007199254740993', '9007199254740993'],
    ['2001-12-14', '2001-12-14'],
    ['10.0.0.1', '10.0.0.1'],
    ['-', '-'],
    ['name', 'name'],
  ])('%j', (text, value) => {
    expect(plainScalar(text)).toStrictEqual(value)
  })
})

describe('a value of an INI inventory is a Python literal, or a text (A120)', () => {
  test.each<[string, unknown]>([
    ['', ''],
    ['text', 'text'],
    ['12', 12],
    ['-3', -3],
    ['+4', 4],
    ['1_000', 1000],
    ['1__0', '1__0'],
    ['0755', '0755'],
    ['00', 0],
    ['0x1F', 31],
    ['0o17', 15],
    ['0b11', 3],
    ['1.10', 1.1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1e999', '1e999'],
    ['1j', '1j'],
    ['12345678901234567891', '12345678901234567891'],
    ['True', true],
    ['False', false],
    ['None', null],
    ['true', 'true'],
    ['no', 'no'],
    ['Trueish', 'Trueish'],
    ["'a b'", 'a b'],
    ['"it\'s"', "it's"],
    ["'a' 'b'", 'ab'],
    ["'''a\nb'''", 'a\nb'],
    ["'\\x41\\n\\u00e9\\101'", 'A\néA'],
    ["'\\q'", '\\q'],
    ["r'\\n'", '\\n'],
    ["u'é'", 'é'],
    ["b'ab'", 'ab'],
    ["'\\N{BULLET}'", "'\\N{BULLET}'"],
    ["'open", "'open"],
    ['[]', []],
    ["[1, 'a', [True]]", [1, 'a', [true]]],
    ['[1, 2', '[1, 2'],
    ['[1,, 2]', '[1,, 2]'],
    ['(1, 2)', [1, 2]],
    ['(1)', 1],
    ['(1,)', [1]],
    ['()', []],
    ['{}', {}],
    ["{'a': 1, 'b': {'c': None}}", { a: 1, b: { c: null } }],
    ['{1: 2}', { 1: 2 }],
    ["{'a', 'b'}", ['a', 'b']],
    ["{'a': 1, 'b'}", "{'a': 1, 'b'}"],
    ['{[1]: 2}', '{[1]: 2}'],
    ['1 # a comment', 1],
    ["'a' # a comment", 'a'],
    ['a # no comment', 'a # no comment'],
    ['1 + 2', '1 + 2'],
    ['10.0.0.1', '10.0.0.1'],
    ['__import__("os")', '__import__("os")'],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`, `${'['.repeat(5000)}${']'.repeat(5000)}`],
  ])('%j', (text, value) => {
    expect(pythonLiteral(text)).toStrictEqual(value)
  })

  test('never fails, whatever the text', () => {
    const python = fc.array(
      fc.constantFrom(
        '[',
        ']',
        '{',
        '}',
        '(',
        ')',
        "'",
        '"',
        ',',
        ':',
        '\\',
        '1',
        'a',
        'True',
        ' ',
        '#',
        '-',
        '.',
        'e',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          python.map((parts) => parts.join('')),
        ),
        (text) => {
          expect(() => pythonLiteral(text)).not.toThrow()
        },
      ),
      { numRuns: 2000, seed: 20261121 },
    )
  })

  test('reads what JSON and Python write alike', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, stringUnit: 'grapheme-ascii' }), (value) => {
        const text = JSON.stringify(value)
        fc.pre(!/true|false|null|e[+-]?\d|-0\b/.test(text) && !/\\u|[^\x20-\x7e]/.test(text))
        fc.pre(!/\d{16}/.test(text) && !/"__proto__"/.test(text))
        expect(pythonLiteral(text)).toEqual(JSON.parse(text))
      }),
    )
  })
})

describe('words of a line', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['a b\tc', ['a', 'b', 'c']],
    ['a="b c" d=\'e f\'', ['a=b c', 'd=e f']],
    ['a\\ b "c\\"d" \'e\\f\'', ['a b', 'c"d', 'e\\f']],
    ['a"b"c', ['abc']],
    ['"" \'\'', ['', '']],
    ['"a\\b"', ['a\\b']],
    ['a b # c', ['a', 'b']],
    ['a b#c d', ['a', 'b']],
    ['a "b # c"', ['a', 'b # c']],
  ])('%j', (line, words) => {
    expect(splitWords(line, { comments: true }).map(({ text }) => text)).toEqual(words)
  })

  test('know where they begin', () => {
    expect(splitWords('  a  "b c"')).toEqual([
      { text: 'a', column: 2 },
      { text: 'b c', column: 5 },
    ])
  })

  test('have their quotes closed', () => {
    expect(() => splitWords('a "b')).toThrow(new WordsError('a " is not closed', 2))
    expect(() => splitWords("a='b")).toThrow("a ' is not closed")
    expect(() => splitWords('a\\')).toThrow('a backslash has nothing behind it')
  })
})

describe('a host’s name (A120)', () => {
  test.each<[string, string[]]>([
    ['web1', ['web1']],
    ['web[1:3]', ['web1', 'web2', 'web3']],
    ['web[01:03].x', ['web01.x', 'web02.x', 'web03.x']],
    ['web[1:7:3]', ['web1', 'web4', 'web7']],
    ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
    ['[A:C]x', ['Ax', 'Bx', 'Cx']],
    ['[x:B]', ['x', 'y', 'z', 'A', 'B']],
    ['m[:2]', ['m0', 'm1', 'm2']],
    ['a[1:2]b[x:y]', ['a1bx', 'a1by', 'a2bx', 'a2by']],
    ['10.10.10.[128:130]', ['10.10.10.128', '10.10.10.129', '10.10.10.130']],
    ['web[1]', ['web[1]']],
  ])('%s', (text, names) => {
    expect(expandRanges(text)).toEqual(names)
  })

  test.each([
    ['[1:99999999]', '[1:99999999] stands for 99999999 hosts; 100000 is the most that a range may'],
    ['a[1:1000]b[1:1000]', 'a[1:1000]b[1:1000] stands for 1000000 hosts; 100000 is the most that a range may'],
    ['[3:1]', '[3:1] ends before it begins'],
    ['[c:a]', '[c:a] ends before it begins'],
    ['[01:100]', '[01:100]: both ends of a range with leading zeros have as many digits'],
    ['[1:]', '[1:] is no range; write [1:9] or [1:9:2]'],
    ['[1:2:3:4]', '[1:2:3:4] is no range; write [1:9] or [1:9:2]'],
    ['[1:9:0]', '[1:9:0]: the step is a whole number above 0'],
    ['[1:9:x]', '[1:9:x]: the step is a whole number above 0'],
    ['[1:b]', '[1:b] goes neither from number to number nor from letter to letter'],
    ['[aa:bb]', '[aa:bb] goes neither from number to number nor from letter to letter'],
  ])('%s is refused', (text, message) => {
    expect(() => expandRanges(text)).toThrow(new HostNameError(message))
  })

  test.each<[string, { name: string; port?: number }]>([
    ['web1', { name: 'web1' }],
    ['web1:2222', { name: 'web1', port: 2222 }],
    ['web[1:3]:22', { name: 'web[1:3]', port: 22 }],
    ['web[1:3]', { name: 'web[1:3]' }],
    ['fe80::1', { name: 'fe80::1' }],
    ['[fe80::1]', { name: 'fe80::1' }],
    ['[fe80::1]:22', { name: 'fe80::1', port: 22 }],
    ['web1:', { name: 'web1:' }],
  ])('%s has its port apart', (text, found) => {
    expect(splitPort(text)).toEqual(found)
  })
})
