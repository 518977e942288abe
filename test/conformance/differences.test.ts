// Where tsplay means something else than Ansible, on purpose. docs/inventories.md lists each with its reason.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Bench, withAnsible } from './agrees.ts'
import { ansibleHosts, ansibleView, open, ownHosts, ownView, refusal, written } from './compare.ts'

interface Difference {
  /** The first cell of its row in the document. */
  readonly what: string
  readonly files: Readonly<Record<string, string>>
  readonly inventories?: readonly string[]
  /** What is looked at: a pattern's hosts, or a variable of a host. */
  readonly pattern?: string
  readonly variable?: readonly [host: string, key: string]
  /** What Ansible makes of it. */
  readonly theirs: unknown
  /** What tsplay makes of it: a value, hosts, or the beginning of its error. */
  readonly ours: unknown
}

const web = { 'hosts.ini': '[web]\nweb1\nweb2\n[db]\ndb1\n' }

const differences: Difference[] = [
  {
    what: 'A name in a pattern that nobody has',
    files: web,
    pattern: 'web1:wbe',
    theirs: ['web1'],
    ours: undefined,
  },
  {
    what: 'A glob or expression that matches the words `all` or `ungrouped`',
    files: web,
    pattern: 'a*',
    theirs: ['web1', 'web2', 'db1'],
    ours: [],
  },
  {
    what: 'Colons and commas in one pattern',
    files: web,
    pattern: 'web1:db1,web2',
    theirs: ['web2'],
    ours: ['web1', 'db1', 'web2'],
  },
  {
    what: 'Positions from the end in a range',
    files: web,
    pattern: 'web[0:-1]',
    theirs: [],
    ours: ['web1', 'web2'],
  },
  {
    what: '`127.0.0.1` where no host is called so',
    files: web,
    pattern: '127.0.0.1',
    theirs: ['127.0.0.1'],
    ours: ['localhost'],
  },
  {
    what: 'A name that is a group’s and a host’s',
    files: { 'hosts.ini': '[lb]\nlb\nlb2\n' },
    pattern: 'lb',
    theirs: ['lb'],
    ours: ['lb', 'lb2'],
  },
  {
    what: 'A key twice in a YAML mapping',
    files: { 'hosts.yml': 'web: {hosts: {a: {k: 1, k: 2}}}\n' },
    variable: ['a', 'k'],
    theirs: 2,
    ours: 'not valid YAML: a key is given twice in one mapping\n  at hosts.yml:1:25',
  },
  {
    what: 'A variable twice on a line or in a section of an INI file',
    files: { 'hosts.ini': '[web]\na k=1 k=2\n' },
    variable: ['a', 'k'],
    theirs: 2,
    ours: "'k' is given twice\n  at hosts.ini:2:7",
  },
  {
    what: 'Something else than `hosts`, `children` and `vars` in a YAML group',
    files: { 'hosts.yml': 'web:\n  hosts: {a: {k: 1}}\n  host: {b: }\n' },
    variable: ['a', 'k'],
    theirs: 1,
    ours: "'host' in group 'web' is neither hosts, children nor vars\n  at hosts.yml:3:3",
  },
  {
    what: 'Hosts right below their group in YAML',
    files: { 'hosts.yml': 'web: {"a[1:2]": {k: "10.0.0.[1:2]"}}\nvars: {v: 1}\n' },
    variable: ['a2', 'k'],
    theirs: undefined,
    ours: '10.0.0.2',
  },
  {
    what: 'Lists of hosts or children in YAML',
    files: { 'hosts.yml': 'web: {hosts: [a, b], vars: {k: 1}}\n' },
    variable: ['b', 'k'],
    theirs: undefined,
    ours: 1,
  },
  {
    what: 'A broken inventory among several',
    files: { 'hosts.ini': '[web]\na k=1\n', 'broken.yml': 'web: {hosts: [\n' },
    inventories: ['hosts.ini', 'broken.yml'],
    variable: ['a', 'k'],
    theirs: 1,
    ours: 'not valid YAML',
  },
  {
    what: 'Whole numbers beyond 2⁵³',
    files: { 'hosts.ini': 'a k=12345678901234567891\n' },
    variable: ['a', 'k'],
    theirs: 12345678901234567000,
    ours: '12345678901234567891',
  },
  {
    what: 'Times and infinities in YAML',
    files: { 'hosts.yml': 'web: {hosts: {a: {k: 2001-12-14 21:59:43}}}\n' },
    variable: ['a', 'k'],
    theirs: '2001-12-14T21:59:43',
    ours: '2001-12-14 21:59:43',
  },
  {
    what: 'Passwords',
    files: { 'hosts.ini': "a ansible_ssh_pass='123456'\n" },
    variable: ['a', 'ansible_ssh_pass'],
    theirs: 123456,
    ours: '***',
  },
]

const document = path.join(import.meta.dirname, '../../docs/inventories.md')

test('every difference stands in the document with its reason, and nothing else does', () => {
  const [, table = ''] = readFileSync(document, 'utf8').split('## Where it differs from Ansible')
  const rows = [...table.matchAll(/^\| (?!-|What)(.+?) \|(.+)\|$/gm)].map((row) => [row[1], row[2]!.trim().length > 40])
  expect(rows).toEqual(differences.map(({ what }) => [what, true]))
})

withAnsible('Ansible and tsplay differ on purpose', (bench) => {
  test.each(differences.map((one) => [one.what, one] as const))('%s', async (_what, one) => {
    const { ansible, folder } = bench()
    const cwd = written({ name: one.what, patterns: [], inventories: [], ...one }, folder())
    const inventories = one.inventories ?? Object.keys(one.files)
    expect(await theirsOf({ ansible, folder }, one, inventories, cwd)).toEqual(one.theirs)
    const refused = await refusal(inventories, cwd)
    if (refused !== undefined) return expect(refused).toMatch(new RegExp(`^${literally(String(one.ours))}`))
    const inventory = await open(inventories, cwd)
    const { vars } = ownView(inventory)
    const found = one.pattern === undefined ? valueAt(vars, one.variable!) : ownHosts(inventory, one.pattern)
    expect(found).toEqual(one.ours)
  })
})

async function theirsOf(
  { ansible }: Bench,
  one: Difference,
  inventories: readonly string[],
  cwd: string,
): Promise<unknown> {
  if (one.pattern !== undefined) return (await ansibleHosts(ansible, { inventories, patterns: [one.pattern] }, cwd))[0]
  return valueAt((await ansibleView(ansible, inventories, cwd)).vars, one.variable!)
}

const valueAt = (vars: Readonly<Record<string, unknown>>, [host, key]: readonly [string, string]): unknown =>
  (vars[host] as Record<string, unknown> | undefined)?.[key]

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
