// Inventories and patterns as fast-check makes them: the same ones each time, unless CONFORMANCE_SEED says otherwise.
import fc from 'fast-check'

/** An inventory as files, and patterns to ask of it. */
export interface Case {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  /** What is given with -i, in order. */
  readonly inventories: readonly string[]
  readonly patterns: readonly string[]
}

const seed = Number(process.env.CONFORMANCE_SEED ?? 20261121)

/** So many inventories of one format. */
export const generatedCases = (format: 'ini' | 'yaml', count: number): Case[] =>
  fc.sample(inventory(format), { seed, numRuns: count }).map((shape, index) => ({
    name: `${format} ${index + 1}: ${shape.groups.length} groups`,
    ...rendered(shape),
  }))

const groupNames = ['web', 'db', 'app', 'cache', 'prod', 'stage', 'eu-west', 'all_in']
const hostPatterns = [
  'h1',
  'h2',
  'web1',
  'web2.example.org',
  'db-1',
  'n[1:3]',
  'x[01:07:3]',
  'y[a:c]',
  'p[1:2]-[a:b]',
  '10.0.0.[8:11]',
  'far:2222',
  'fe80::7',
  '[fe80::8]:2200',
  'h3',
]
/** A host of each of them. */
const hostNames = [
  'h1',
  'h2',
  'web1',
  'web2.example.org',
  'db-1',
  'n2',
  'x04',
  'yb',
  'p1-b',
  '10.0.0.9',
  'far',
  'fe80::7',
  'fe80::8',
  'h3',
]

/**
 * What stands behind `=` in an INI file: on a host's line quoted for its words, below [group:vars] as it is. Sets, bytes and
 * complex numbers are missing: ansible-inventory reads them and then cannot print them.
 */
const iniValues = [
  '1',
  '01',
  '0755',
  '1.10',
  '1e3',
  '-3',
  '+4',
  '1_000',
  '0x1F',
  '0o17',
  '.5',
  '5.',
  'true',
  'True',
  'False',
  'no',
  'None',
  'null',
  "''",
  '""',
  '[]',
  '{}',
  '[1, 2]',
  "['a', 'b']",
  "{'a': 1, 'b': [True, None]}",
  '(1, 2)',
  '(1)',
  '(1,)',

  'a=b',
  'a,b',
  '10.0.0.1',
  '1:30',
  '2001-12-14',
  'C:\\temp',
  "'it''s'",
  '"q"',
  "'\\x41\\n'",
  "r'\\n'",
  "'a' 'b'",
  '[1, 2',
  '{{ other }}',
  'http://h:80/?a=b',
  '~/x',
  '*',
  '&a',
  '- 1',
  'yes',
  'é',
  '1 # c',
  "'a' # c",
  '12345',
  '5-3',

  '-0',
  '007',
  '00',
  '1__0',
  '_1',
  '0_7',

  "u'é'",
  '"""a"""',

  '[[1], {"a": (1, 2)}]',
  '{1: 2}',
  'not True',
  '0b101',
  "'a\\qb'",
]

/** Plain and other scalars of YAML, and values in flow style. */
const yamlValues = [
  '1',
  '01',
  '0755',
  '0o755',
  '08',
  '1.10',
  '1e3',
  '1.5e+3',
  '-3',
  '+4',
  '1_000',
  '0x1F',
  '0b11',
  '.5',
  '-.5',
  '5.',
  'yes',
  'No',
  'ON',
  'y',
  'true',
  'True',
  'TRUE',
  'tRue',
  '~',
  'null',
  'Null',
  '',
  '"yes"',
  "'0755'",
  '"a\\tb"',
  "'it''s'",
  '[1, two, 0755, yes]',
  '{a: 1, b: [x, no]}',
  '{a: {b: {c: 017}}}',
  '2001-12-14',
  '1:30',
  '190:20:30',
  '1:60',
  '01:30',
  '"{{ other }}"',
  'a b',
  'a: b'.replace(': ', ':'),
  'http://h:80/?a=b',
  '!!str 12',
  '!!int "7"',
  '!!float 3',
  '!unsafe "{{ x }}"',
  '|-\n{indent}first\n{indent}second',
  '>-\n{indent}first\n{indent}second',
  '"é"',
  '- 1'.replace('- ', '-'),
  '0',
  '-0',
  '00',
  '1__0',
  '12e03',
  '0.',
  '[]',
  '{}',
]

const key = fc.constantFrom('k1', 'k2', 'k3', 'weight', 'with_underscore')
const subset = <T>(items: readonly T[], most: number): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...items), { maxLength: most })
const varsOf = (values: readonly string[], most: number): fc.Arbitrary<[string, string][]> =>
  fc.uniqueArray(
    fc.oneof(
      { weight: 6, arbitrary: fc.tuple(key, fc.constantFrom(...values)) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('ansible_user'), fc.constantFrom('root', 'deploy')) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('ansible_port'), fc.constantFrom('22', '2222')) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('ansible_host'), fc.constantFrom('10.1.0.1', 'a.example.org')) },
    ),
    { maxLength: most, selector: ([name]) => name },
  )

interface Group {
  readonly name: string
  readonly hosts: readonly { readonly pattern: string; readonly vars: readonly [string, string][] }[]
  readonly vars: readonly [string, string][]
  /** Positions among the groups behind this one: no cycles. */
  readonly children: readonly number[]
  readonly priority: number | undefined
}

interface Shape {
  readonly format: 'ini' | 'yaml'
  readonly groups: readonly Group[]
  readonly loose: readonly string[]
  readonly allVars: readonly [string, string][]
  readonly groupVars: readonly {
    readonly of: string
    readonly ext: string
    readonly vars: readonly [string, string][]
  }[]
  readonly hostVars: readonly { readonly of: string; readonly vars: readonly [string, string][] }[]
  readonly patterns: readonly PatternShape[]
}

const groupOf = (values: readonly string[]): fc.Arbitrary<Omit<Group, 'name'>> =>
  fc.record({
    hosts: fc.uniqueArray(fc.record({ pattern: fc.constantFrom(...hostPatterns), vars: varsOf(values, 3) }), {
      maxLength: 4,
      selector: ({ pattern }) => pattern,
    }),
    vars: varsOf(values, 3),
    children: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
    priority: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined, freq: 4 }),
  })

/** A term of a pattern; names are chosen among those that the inventory has. */
interface Term {
  readonly kind: 'group' | 'host' | 'text' | 'position'
  readonly index: number
}

const term: fc.Arbitrary<Term> = fc.record({
  kind: fc.constantFrom<Term['kind']>('group', 'group', 'host', 'text', 'position'),
  index: fc.nat({ max: 1000 }),
})

/** Globs that would match the names `all` and `ungrouped` are missing: for Ansible they mean every host, for tsplay hosts. */
const texts = [
  'all',
  '*',
  'web*',
  '*.example.org',
  'h?',
  '[hn]*',
  'n[12]*',
  '~(web|db).*',
  '~h[12]$',
  '~n\\d',
  'ungrouped',
  '10.0.0.*',
  'x0?',
]
const positions = ['[0]', '[-1]', '[0:1]', '[1:]', '[0:0]']

interface PatternShape {
  readonly plain: readonly Term[]
  readonly more: readonly (readonly [string, Term])[]
  readonly separator: string
}

const patternShape: fc.Arbitrary<PatternShape> = fc.record({
  plain: fc.array(term, { minLength: 1, maxLength: 3 }),
  more: fc.array(fc.tuple(fc.constantFrom('&', '!'), term), { maxLength: 2 }),
  separator: fc.constantFrom(':', ','),
})

function patternText({ groups, loose }: Shape, { plain, more, separator }: PatternShape): string {
  const present = new Set([...loose, ...groups.flatMap(({ hosts }) => hosts.map(({ pattern }) => pattern))])
  const hosts = hostNames.filter((name, index) => present.has(hostPatterns[index]!) && !name.includes('::'))
  const pick = (items: readonly string[], index: number): string => items[index % items.length] ?? 'all'
  const text = ({ kind, index }: Term): string =>
    kind === 'host'
      ? pick(hosts, index)
      : kind === 'text'
        ? pick(texts, index)
        : pick(
            groups.map(({ name }) => name),
            index,
          ) + (kind === 'position' ? pick(positions, index) : '')
  return [...plain.map(text), ...more.map(([operator, one]) => operator + text(one))].join(separator)
}

const inventory = (format: 'ini' | 'yaml'): fc.Arbitrary<Shape> => {
  const values = format === 'ini' ? iniValues : yamlValues
  return fc
    .record({
      names: fc.shuffledSubarray(groupNames, { minLength: 1, maxLength: 6 }),
      groups: fc.array(groupOf(values), { minLength: 6, maxLength: 6 }),
      loose: subset(hostPatterns, 2),
      allVars: varsOf(values, 2),
      groupVars: fc.uniqueArray(
        fc.record({
          of: fc.constantFrom('all', 'ungrouped', ...groupNames),
          ext: fc.constantFrom('', '.yml', '.yaml', '.json', '/a.yml'),
          vars: varsOf(
            yamlValues.filter((value) => !value.includes('{indent}')),
            3,
          ),
        }),
        { maxLength: 3, selector: ({ of }) => of },
      ),
      hostVars: fc.uniqueArray(
        fc.record({
          of: fc.constantFrom(...hostNames),
          vars: varsOf(
            yamlValues.filter((value) => !value.includes('{indent}')),
            2,
          ),
        }),
        { maxLength: 2, selector: ({ of }) => of },
      ),
      patterns: fc.array(patternShape, { minLength: 3, maxLength: 3 }),
    })
    .map(({ names, groups, ...rest }) => ({
      format,
      ...rest,
      groups: names.map((name, index) => ({ name, ...groups[index]! })),
    }))
}

function rendered(shape: Shape): Omit<Case, 'name'> {
  const hosts: Record<string, string> =
    shape.format === 'ini' ? { 'hosts.ini': ini(shape) } : { 'hosts.yml': yaml(shape) }
  const files: Record<string, string> = { ...hosts }
  for (const { of, ext, vars } of shape.groupVars)
    if (vars.length > 0) files[`group_vars/${of}${ext}`] = flat(vars, ext)
  for (const { of, vars } of shape.hostVars) if (vars.length > 0) files[`host_vars/${of}.yml`] = flat(vars, '.yml')
  return {
    files,
    inventories: Object.keys(hosts),
    patterns: shape.patterns.map((pattern) => patternText(shape, pattern)),
  }
}

const flat = (vars: readonly [string, string][], ext: string): string =>
  ext === '.json'
    ? `{${vars.map(([name, value]) => `"${name}": ${JSON.stringify(value)}`).join(', ')}}\n`
    : vars.map(([name, value]) => `${name}: ${value}\n`).join('')

const childrenOf = ({ groups }: Shape, index: number): string[] =>
  groups[index]!.children.flatMap((step) => groups[index + step]?.name ?? [])

/** As the field's files look: hosts first, then nesting, then variables. Words of a host's line are quoted for a shell. */
function ini(shape: Shape): string {
  const word = (text: string): string => (/^[\w.:,/+~-]*$/.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`)
  const lines = [...shape.loose]
  for (const [index, group] of shape.groups.entries()) {
    lines.push('', `[${group.name}]  # group ${index}`)
    for (const { pattern, vars } of group.hosts)
      lines.push([pattern, ...vars.map(([name, value]) => `${name}=${word(value)}`)].join('  '))
    const children = childrenOf(shape, index)
    if (children.length > 0) lines.push(`[${group.name}:children]`, ...children)
    const priority: [string, string][] =
      group.priority === undefined ? [] : [['ansible_group_priority', `${group.priority}`]]
    const vars = [...priority, ...group.vars]
    if (vars.length > 0) lines.push(`[${group.name}:vars]`, ...vars.map(([name, value]) => `${name} = ${value}`))
  }
  if (shape.allVars.length > 0) lines.push('[all:vars]', ...shape.allVars.map(([name, value]) => `${name}=${value}`))
  return `${lines.join('\n')}\n`
}

/** Everything below `all`, groups within groups where they are first children. */
function yaml(shape: Shape): string {
  const mapping = (vars: readonly [string, string][], indent: string): string[] =>
    vars.map(([name, value]) => `${indent}${name}: ${value.replaceAll('{indent}', `${indent}  `)}`)
  const section = (title: string, lines: readonly string[], indent: string): string[] =>
    lines.length === 0 ? [] : [`${indent}${title}:`, ...lines]
  const quoted = (text: string): string => (/^\[|::/.test(text) ? `'${text}'` : text)
  const hostLines = (hosts: Group['hosts'], indent: string): string[] =>
    hosts.flatMap(({ pattern, vars }) => [`${indent}${quoted(pattern)}:`, ...mapping(vars, `${indent}  `)])
  const groupLines = shape.groups.flatMap((group, index) => {
    const priority: [string, string][] =
      group.priority === undefined ? [] : [['ansible_group_priority', `${group.priority}`]]
    return [
      `    ${group.name}:`,
      ...section('hosts', hostLines(group.hosts, '        '), '      '),
      ...section('vars', mapping([...priority, ...group.vars], '        '), '      '),
      ...section(
        'children',
        childrenOf(shape, index).map((child) => `        ${child}:`),
        '      ',
      ),
    ]
  })
  return `${[
    '---',
    'all:',
    ...section('vars', mapping(shape.allVars, '    '), '  '),
    ...section(
      'hosts',
      shape.loose.map((pattern) => `    ${quoted(pattern)}:`),
      '  ',
    ),
    ...section('children', groupLines, '  '),
  ].join('\n')}\n`
}
