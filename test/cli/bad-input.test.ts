// What users get wrong: one clear message with place and hint, exit 1, and no host touched.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inventoryOf, type Project, playbookOf, project } from '../support/cli.ts'

let site: Project
let touched: string
beforeEach(() => {
  site = project()
  touched = path.join(site.dir, 'touched')
})
afterEach(() => site.remove())

/** Runs a playbook whose first task leaves a trace, and expects that it was not run. */
async function refused(args: readonly string[] = []): Promise<string> {
  const { code, stdout, stderr } = await site.tsplay(['run', 'book.ts', '-i', 'home', ...args])
  expect(stderr).not.toContain('    at ')
  expect(existsSync(touched)).toBe(false)
  expect(stdout).toBe('')
  expect(code).toBe(1)
  return stderr
}

const book = (tasks: string, hosts?: string): string =>
  site.write('book.ts', playbookOf(`task('touch', shell({ cmd: ': > ${touched}' })),\n${tasks}`, hosts))

describe('a playbook', () => {
  test('with a misspelt parameter: the right one, and where it is called', async () => {
    book("task('d', directory({ path: '/tmp/x', mod: '0755' })),")
    expect(await refused()).toMatch(
      /directory: unknown parameter 'mod'\n {2}at book\.ts:7:\d+\n {2}hint: did you mean 'mode'\?/,
    )
  })

  test('with a number for a mode', async () => {
    book("task('d', directory({ path: '/tmp/x', mode: 644 as never })),")
    expect(await refused()).toMatch(/parameter 'mode': write the mode as a text of octal digits.*\n {2}at book\.ts:7/)
  })

  test('with a group that does not exist: the right one, and where the play is', async () => {
    book('', "'wbe' as never")
    expect(await refused()).toMatch(
      /play 'main': 'wbe' is neither a group nor a host .*\n {2}at book\.ts:5:\d+\n {2}hint: did you mean 'web'\?/,
    )
  })

  test('whose function reads a variable that does not exist', async () => {
    book('(vars as never as { nothing: { here: string } }).nothing.here,')
    expect(await refused()).toMatch(/play 'main', host w1: TypeError: Cannot read .*\n {2}at book\.ts:7/)
  })

  test('that does not parse', async () => {
    site.write('book.ts', 'export default (\n')
    expect(await refused()).toMatch(/at book\.ts:\d/)
  })

  test('without a default export', async () => {
    site.write('book.ts', 'export const x = 1\n')
    expect(await refused()).toMatch(/book\.ts has no default export[\s\S]*hint: write export default playbook/)
  })

  test('that is not there: the nearest name', async () => {
    book('')
    const { code, stderr } = await site.tsplay(['run', 'bok.ts', '-i', 'home'])
    expect(stderr).toMatch(/there is no playbook 'bok\.ts'\n {2}hint: did you mean 'book\.ts'\?/)
    expect(code).toBe(1)
  })

  test('with an entry in a task list that is no task', async () => {
    book("'install nginx' as never,")
    expect(await refused()).toMatch(/entry 2 of a task list is "install nginx" \(string\), not a task/)
  })

  test('with a command that only a shell would understand (B15)', async () => {
    book("task('limits', command({ cmd: 'echo x >> /etc/security/limits.conf' })),")
    expect(await refused()).toMatch(/'>' means something to a shell only.*use shell/)
  })
})

describe('sources', () => {
  // hosts that are never reached: with local ones a playbook may make its own sources
  beforeEach(() => {
    site.write(
      'inventories/home.ts',
      inventoryOf("{ web: { hosts: { w1: { transport: 'ssh', address: '192.0.2.1' } } } }"),
    )
  })

  test('that are missing: where they were looked for, and the nearest name', async () => {
    site.write('files/nginx.conf', 'x')
    book("task('send', copy({ src: 'ngnix.conf', dest: '/etc/nginx.conf' })),")
    expect(await refused()).toMatch(
      /task 'send', host w1: source 'ngnix\.conf' was not found[\s\S]*did you mean 'nginx\.conf'/,
    )
  })

  test('that are folders where a file is needed', async () => {
    mkdirSync(path.join(site.dir, 'templates/conf'), { recursive: true })
    book("task('render', template({ src: 'conf', dest: '/etc/conf' })),")
    expect(await refused()).toMatch(/'conf' is a (directory|folder), not a file/)
  })

  test('that use an undefined variable: the template’s line, and the nearest name', async () => {
    site.write('templates/a.ejs', 'first\nname = <%= nam %>\n')
    book("task('render', template({ src: 'a.ejs', dest: '/etc/a', vars: { name: 'x' } })),")
    expect(await refused()).toMatch(/variable 'nam' is not defined\n {2}at .*a\.ejs:2\n {2}hint: did you mean 'name'\?/)
  })

  test('that print nothing where a value is undefined', async () => {
    site.write('templates/a.ejs', '<%= host.port %>\n')
    book("task('render', template({ src: 'a.ejs', dest: '/etc/a', vars: { host: {} } })),")
    expect(await refused()).toMatch(/template: the value is undefined\n {2}at .*a\.ejs:1/)
  })
})

describe('an inventory', () => {
  const inventory = (groups: string, rest?: string): string =>
    site.write('inventories/home.ts', inventoryOf(groups, rest))
  beforeEach(() => {
    book('')
  })

  test('that is not there: the nearest name', async () => {
    const { code, stderr } = await site.tsplay(['run', 'book.ts', '-i', 'hme'])
    expect(stderr).toMatch(/there is no inventory 'hme'\n {2}hint: did you mean 'home'\?/)
    expect(code).toBe(1)
  })

  test('that is not named at all', async () => {
    const { code, stderr } = await site.tsplay(['run', 'book.ts'])
    expect(stderr).toMatch(/which inventory\?\n {2}hint: name one with -i/)
    expect(code).toBe(1)
  })

  test('with a group that the site does not have', async () => {
    inventory('{ web: {}, wbe: { hosts: { w1: {} } } } as never')
    expect(await refused()).toMatch(
      /unknown group 'wbe'\n {2}at inventories\/home\.ts:5:\d+\n {2}hint: did you mean 'web'\?/,
    )
  })

  test('with a variable that the group does not have', async () => {
    inventory("{ web: { hosts: { w1: { address: '127.0.0.1', wieght: 3 } } } } as never")
    expect(await refused()).toMatch(/'wieght'[\s\S]*at inventories\/home\.ts:5:\d+[\s\S]*did you mean 'weight'/)
  })

  test('with a variable of the wrong type', async () => {
    inventory("{ web: { hosts: { w1: { address: '127.0.0.1', weight: 'heavy' } } } } as never")
    expect(await refused()).toMatch(/'weight'[\s\S]*expected number[\s\S]*at inventories\/home\.ts:5:\d+/)
  })

  test('with a host defined twice in different ways', async () => {
    inventory("{ web: { hosts: { w1: { address: '10.0.0.1' } } }, db: { hosts: { w1: { address: '10.0.0.2' } } } }")
    expect(await refused()).toMatch(/w1[\s\S]*10\.0\.0\.1[\s\S]*10\.0\.0\.2|w1[\s\S]*10\.0\.0\.2[\s\S]*10\.0\.0\.1/)
  })

  test('with two hosts at one address', async () => {
    inventory(
      "{ web: { hosts: { w1: { transport: 'ssh', address: '10.0.0.1' }, w2: { transport: 'ssh', address: '10.0.0.1' } } } }",
    )
    expect(await refused()).toMatch(/w1[\s\S]*w2[\s\S]*10\.0\.0\.1|10\.0\.0\.1[\s\S]*w[12]/)
  })

  test('with a lab host that has no address', async () => {
    inventory("{ web: { hosts: { w1: { transport: 'ssh' } } } }", "lab: { subnet: '10.99.0.0/24' },")
    expect(await refused()).toMatch(/w1[\s\S]*address/)
  })

  test('with a cycle of groups: the way round', async () => {
    inventory("{ web: { children: ['db'] }, db: { children: ['web'] } }")
    expect(await refused()).toMatch(/web → db → web|db → web → db/)
  })
})

describe('the command line', () => {
  beforeEach(() => {
    book("task('other', debug({ message: 'x' }), { tags: 'deploy' }),")
  })

  test('with an unknown tag: the nearest', async () => {
    expect(await refused(['--tags', 'deplyo'])).toMatch(
      /no task in book\.ts has the tag 'deplyo'\n {2}hint: did you mean 'deploy'\?/,
    )
  })

  test('with an unknown role: the nearest', async () => {
    site.write(
      'book.ts',
      playbookOf(
        "role({ name: 'etcd', tasks: () => [] })(), role({ name: 'web', tasks: () => [debug({ message: 'x' })] })(),",
      ),
    )
    const { code, stderr } = await site.tsplay(['role', 'wbe', '--playbook', 'book.ts', '-i', 'home'])
    expect(stderr).toMatch(/no role 'wbe' in book\.ts\n {2}hint: did you mean 'web'\?/)
    expect(code).toBe(1)
  })

  test('with an unknown host in --limit (A125)', async () => {
    expect(await refused(['--limit', 'w9'])).toMatch(/'w9' is neither a group nor a host/)
  })

  test('with a --limit that leaves no host (A125)', async () => {
    expect(await refused(['--limit', 'web:!web'])).toMatch(/--limit 'web:!web' leaves no hosts/)
  })

  test('with an unknown flag: the nearest', async () => {
    expect(await refused(['--chek'])).toMatch(/unknown option '--chek'\n\(Did you mean --check\?\)/)
  })

  test('with a number of forks that is none', async () => {
    expect(await refused(['-f', 'many'])).toMatch(/'many' is not a whole number above 0/)
  })

  test('with an extra variable that the site does not have', async () => {
    expect(await refused(['-e', 'gretting=x'])).toMatch(/'gretting'[\s\S]*did you mean 'greeting'/)
  })

  test('with an extra variable of the wrong type', async () => {
    expect(await refused(['-e', 'listen=http'])).toMatch(/'listen'[\s\S]*expected number/)
  })

  test('with -e @file that is not there', async () => {
    expect(await refused(['-e', '@nothing.yml'])).toMatch(/-e @nothing\.yml: ENOENT/)
  })

  test.each([
    ['hosts.toml', '[web]\n', 'TOML inventories are not read'],
    ['hosts.yml', 'all: [\n', 'not valid YAML'],
    ['hosts.ini', '[web\n', "'[web' is no section\n  at hosts.ini:1:1"],
    ['hosts.json', '{"web": 1}\n', "group 'web' is '1', not a mapping\n  at hosts.json:1:9"],
    ['hosts.ini', '[web]\nw[1:99999999]\n', 'is the most that a range may\n  at hosts.ini:2:1'],
    ['hosts', 'a\0b', "'hosts' is not a text file"],
  ])('with an inventory %s of %j', async (file, text, message) => {
    writeFileSync(path.join(site.dir, file), text)
    const { code, stderr } = await site.tsplay(['run', 'book.ts', '-i', file])
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect(code).toBe(1)
  })
})
