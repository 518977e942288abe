// The text of -a: what Ansible reads in it, and what is refused.
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseArgs } from '../../../engine/cli/adhoc/parse-args.ts'
import { TsplayError } from '../../../engine/error.ts'

const named = (text: string) => parseArgs('copy', text, { freeForm: false }).named
const free = (text: string) => parseArgs('shell', text, { freeForm: true })

/** Arguments, and what they say. */
const table: readonly [text: string, args: Record<string, string>][] = [
  ['src=a dest=b', { src: 'a', dest: 'b' }],
  [`k=v k2="v 2"`, { k: 'v', k2: 'v 2' }],
  [`k='a b' j="c  d"`, { k: 'a b', j: 'c  d' }],
  ['k=', { k: '' }],
  [`k=""`, { k: '' }],
  ['mode=u=rw,go=', { mode: 'u=rw,go=' }],
  ['line=net.ipv4.ip_forward=1', { line: 'net.ipv4.ip_forward=1' }],
  [`line="a \\"b\\" c"`, { line: 'a "b" c' }],
  [`line="it's"`, { line: "it's" }],
  [`line='say "hi"'`, { line: 'say "hi"' }],
  ['a=x"b c"d', { a: 'x"b c"d' }],
  ["regexp='^a\\.b' line='\\1 c'", { regexp: '^a\\.b', line: '\\1 c' }],
  ['block="a\\nb\\tc"', { block: 'a\nb\tc' }],
  ['p=C:\\\\x', { p: 'C:\\x' }],
  ['a=\\x41\\u00e9', { a: 'Aé' }],
  ['  a=1   b=2\n c=3 ', { a: '1', b: '2', c: '3' }],
  ['a=1 \\\n  b=2', { a: '1', b: '2' }],
  ['content={"a":{"b":1}}', { content: '{"a":{"b":1}}' }],
  ['name=a,b,c', { name: 'a,b,c' }],
  ['content=ünïcode☃', { content: 'ünïcode☃' }],
  ['', {}],
]

/** Commands with options among them, and what they say. */
const freeTable: readonly [text: string, args: Record<string, string>, rest: string | undefined][] = [
  ['date', {}, 'date'],
  [
    'systemctl stop firewalld &&  systemctl disable firewalld',
    {},
    'systemctl stop firewalld &&  systemctl disable firewalld',
  ],
  ['creates=/x make install', { creates: '/x' }, 'make install'],
  ['make install creates=/x chdir="/a b"', { creates: '/x', chdir: '/a b' }, 'make install'],
  ['dd if=/dev/zero of=/f bs=1', {}, 'dd if=/dev/zero of=/f bs=1'],
  ['A=1 B=2 env', {}, 'A=1 B=2 env'],
  [`sh -c "echo chdir=/x"`, {}, `sh -c "echo chdir=/x"`],
  ['echo a\\=b', {}, 'echo a\\=b'],
  ['docker ps --format {{.Names}}', {}, 'docker ps --format {{.Names}}'],
  [`docker inspect -f '{{json .State}}' x`, {}, `docker inspect -f '{{json .State}}' x`],
  ['{ date; id; }', {}, '{ date; id; }'],
  ['awk "{ print }"', {}, 'awk "{ print }"'],
  ['stdin="a b" cat', { stdin: 'a b' }, 'cat'],
  ['creates=/x', { creates: '/x' }, undefined],
  ['', {}, undefined],
]

describe('name=value words (A140)', () => {
  test.each(table)('%j', (text, args) => {
    expect(named(text)).toEqual(args)
  })

  test.each([
    [`k="v`, /the quote at character 3 of -a is not closed/],
    ["a=it's", /the quote at character 5/],
    ['src=a b', /"b" is not name=value/],
    ['=x', /"=x" is not name=value/],
    ['a\\=b', /is not name=value/],
    ['a=1 a=2', /'a' is given twice/],
    ['@vars.yml', /not read from files/],
    ['src={{ inventory_hostname }}.pem', /'\{\{ inventory_hostname \}\}' is a template/],
    ['a={{ x | default(1) }}', /is a template/],
    ['a="{{ hostvars[x].y }}"', /is a template/],
    ['a="{% if x %}1{% endif %}"', /is a template/],
    ['{"a": 1', /not name=value|not closed/],
    ['{a: 1}', /is in braces and is not JSON/],
    ['{"a": "\\u0000"}', /NUL/],
    ['{"a": "{{ x }}"}', /is a template/],
    ['a=\0', /NUL/],
  ])('%j is refused, with what to do', (text, message) => {
    expect(() => named(text)).toThrow(message)
    expect(() => named(text)).toThrow(TsplayError)
  })

  test('a JSON object keeps its types', () => {
    expect(named(' {"src": "a b", "force": true, "list": ["x"], "n": 5} ')).toEqual({
      src: 'a b',
      force: true,
      list: ['x'],
      n: 5,
    })
  })
})

describe('free form (A140)', () => {
  test.each(freeTable)('%j', (text, args, rest) => {
    expect(free(text)).toEqual({ named: args, ...(rest !== undefined && { text: rest }) })
  })

  test('keeps the lines of a script as they are', () => {
    const script = 'cat <<EOF\n  indented\n\n\ttab\nEOF'
    expect(free(script).text).toBe(script)
  })

  test.each([
    ["echo it's", /not closed/],
    ['echo {{ ansible_hostname }}', /is a template/],
    ['creates=/a creates=/b x', /given twice/],
  ])('%j is refused', (text, message) => {
    expect(() => free(text)).toThrow(message)
  })
})

describe('any text at all', () => {
  const pieces = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '"',
      "'",
      '\\',
      '=',
      ' ',
      '\n',
      '\t',
      '{',
      '}',
      '{{',
      '}}',
      '{%',
      'k=v',
      '__proto__=x',
      'constructor=1',
      '\\x',
      '\\U00ffffff',
      '@',
      'creates=/x',
      '\0',
    ),
  )
  const anyText = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''))

  test.each([false, true])('is read or refused with a hint, never a bug (free form: %s)', (freeForm) => {
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          const { named } = parseArgs('m', text, { freeForm })
          expect(Object.getPrototypeOf(named)).toBe(Object.prototype)
        } catch (error) {
          expect(error).toBeInstanceOf(TsplayError)
          expect((error as TsplayError).message).toMatch(/^m: /)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('as long as a command line may be, in no time', () => {
    const started = Date.now()
    for (const unit of ['a=1 ', '"', '\\', '\t', '= ', '{{', '{{ a', '{{a|', '=', "k='", '\\x', ' \\'])
      for (const freeForm of [true, false])
        try {
          parseArgs('m', unit.repeat(131_072 / unit.length), { freeForm })
        } catch (error) {
          expect(error).toBeInstanceOf(TsplayError)
        }
    expect(Date.now() - started).toBeLessThan(5000)
  })

  test('what was quoted comes out as it was', () => {
    const name = fc.stringMatching(/^[a-z_]{1,8}$/)
    const value = fc.string({ unit: 'grapheme' }).filter((text) => !/[\0]|\{\{|\{%/.test(text) && text === text.trim())
    const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
    // behind a backslash no quote ends a value, as in Ansible
    const fits = (text: string): boolean => !text.endsWith('\\') && !/\\'|\\"/.test(text)
    fc.assert(
      fc.property(fc.dictionary(name, value.filter(fits), { noNullPrototype: true }), (args) => {
        const text = Object.entries(args).map(([key, each]) => `${key}=${quoted(each)}`)
        expect(named(text.join(' '))).toEqual(args)
      }),
      { numRuns: 1000 },
    )
  })
})

const python = ['/usr/bin/python3', 'python3'].find(
  (program) => spawnSync(program, ['-c', 'from ansible.parsing.splitter import parse_kv']).status === 0,
)

describe.skipIf(python === undefined)(
  `beside ansible-core's own parser${python === undefined ? ' (skipped: this machine has no ansible-core)' : ''}`,
  () => {
    const program = `
import json, sys
from ansible.parsing.splitter import parse_kv
out = []
for free, text in json.load(sys.stdin):
    try: out.append(parse_kv(text, check_raw=free))
    except Exception as e: out.append(None)
print(json.dumps(out))`
    const theirs = (cases: readonly (readonly [boolean, string])[]): (Record<string, string> | null)[] => {
      const { stdout, stderr } = spawnSync(python!, ['-c', program], {
        input: JSON.stringify(cases),
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      })
      if (stdout === '') throw new Error(stderr)
      return JSON.parse(stdout)
    }
    const spaced = (text = ''): string => text.replace(/\s+/g, ' ').trim()
    const ours = (free: boolean, text: string): Record<string, string> | null => {
      try {
        const { named, text: rest } = parseArgs('m', text, { freeForm: free })
        return { ...(named as Record<string, string>), ...(rest !== undefined && { _raw_params: spaced(rest) }) }
      } catch {
        return null
      }
    }

    test('the tables above are read alike', () => {
      const cases = [
        ...table.map(([text]) => [false, text] as const),
        ...freeTable.filter(([text]) => !text.includes('{')).map(([text]) => [true, text] as const),
      ].filter(([, text]) => text !== '' && text === text.trim())
      const expected = theirs(cases).map((each) =>
        each?._raw_params ? { ...each, _raw_params: spaced(each._raw_params.replaceAll('\\=', '=')) } : each,
      )
      const got = cases
        .map(([free, text]) => ours(free, text))
        .map((each) => (each?._raw_params ? { ...each, _raw_params: each._raw_params.replaceAll('\\=', '=') } : each))
      expect(got).toEqual(expected)
    })

    test('of 8000 generated texts those are read alike that both can read', () => {
      const piece = fc.constantFrom(
        ' ',
        ' ',
        '  ',
        'a',
        'src',
        '=',
        '=',
        '"',
        '"',
        "'",
        "'",
        '\\',
        '/x',
        'creates',
        'é',
        '1,2',
        '\\n',
        '\\1',
        '#',
        '$',
        '|',
      )
      const cases = fc.sample(
        fc.tuple(
          fc.boolean(),
          fc.array(piece, { minLength: 1, maxLength: 16 }).map((parts) => parts.join('')),
        ),
        { numRuns: 8000, seed: 42 },
      )
      const expected = theirs(cases)
      const differing: unknown[] = []
      let read = 0
      cases.forEach(([free, text], index) => {
        const [mine, other] = [ours(free, text), expected[index]]
        // words without a name are refused here and later there; names given twice are refused here only; a lone
        // backslash, blanks at the ends and escapes in a command are left to the shell
        if (text !== text.trim() || /(^| )\\( |$)/.test(text) || (free && /\\[n'"]|(^| )=/.test(text))) return
        const stray = !free && other?._raw_params !== undefined
        if (mine === null && (stray || other === null || /(\S+)=.*\1=/.test(text))) return
        const raw = other?._raw_params
        const theirs = other && {
          ...other,
          ...(raw !== undefined && { _raw_params: spaced(raw.replaceAll('\\=', '=')) }),
        }
        const own = mine && {
          ...mine,
          ...(mine._raw_params !== undefined && { _raw_params: mine._raw_params.replaceAll('\\=', '=') }),
        }
        read++
        if (JSON.stringify(sorted(own)) !== JSON.stringify(sorted(theirs))) differing.push({ text, free, own, theirs })
      })
      expect(differing).toEqual([])
      expect(read).toBeGreaterThan(500)
    })
  },
)

const sorted = (record: object | null | undefined) => record && Object.entries(record).sort()
