import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { formatError, TsplayError } from '../../engine/error.ts'
import * as tsplay from '../../engine/index.ts'
import { callPlace } from '../../engine/load/call-place.ts'
import { loadDefault } from '../../engine/load/load-file.ts'
import { directory } from '../../modules/directory.ts'
import { project } from './project.ts'

const modules = { tsplay, 'tsplay/modules': { directory }, zod: z }

/** The message, place and hint that loading the first of these files ends with. */
async function failure(
  files: Record<string, string>,
  path = Object.keys(files)[0]!,
  what: 'playbook' | 'inventory' = 'playbook',
) {
  const cwd = project(files)
  const error = await loadDefault(path, what, { modules, cwd }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TsplayError)
  return formatError(error as TsplayError).replaceAll(cwd, '<cwd>')
}

const header = "import { play, playbook, site } from 'tsplay'\nimport { z } from 'zod'\n"
const world = 'const world = site({ vars: z.object({}), groups: {} })\n'

describe('a file that loads', () => {
  test('shares tsplay, its modules and zod with this process wherever it lies', async () => {
    const cwd = project({
      'site.ts': `${header}export const world = site({ vars: z.object({ a: z.string() }), groups: {} })`,
      'playbooks/all.ts': `import { playbook, play, z as zod } from 'tsplay'
import { directory } from 'tsplay/modules'
import { z } from 'zod'
import { world } from '../site.ts'
enum Mode { Private = '0700' }
if (zod !== z) throw new Error('another zod')
export default playbook(world, [
  play({ name: 'one', hosts: 'all', tasks: () => [directory({ path: '/opt', mode: Mode.Private })] }),
])`,
    })
    const loaded = await loadDefault('playbooks/all.ts', 'playbook', { modules, cwd })
    expect(loaded.plays.map(({ spec }) => spec.name)).toEqual(['one'])
    expect(loaded.site.vars).toBeInstanceOf(z.ZodObject)
    const [action] = loaded.plays[0]!.spec.tasks({} as never) as unknown as [{ module: unknown }]
    expect(action.module).toBe(directory.module)
  })

  test('knows its own folder, waits for what it awaits and may import without an extension, node and CommonJS', async () => {
    const cwd = project({
      'book.ts': `${header}import { basename } from 'node:path'
import fs from 'node:fs'
import half from './half.cjs'
import { name } from './name'
${world}const later = await Promise.resolve(basename(import.meta.dirname) === basename(process.cwd()) ? 'x' : name + half.value)
if (typeof fs.readFileSync !== 'function') throw new Error('no default export of node:fs')
export default playbook(world, [play({ name: later, hosts: 'all', tasks: () => [] })])`,
      'half.cjs': 'module.exports = { value: 7 }',
      'name.ts': "export const name: string = 'n'",
    })
    const loaded = await loadDefault('book.ts', 'playbook', { modules, cwd })
    expect(loaded.plays[0]!.spec.name).toBe('n7')
  })

  test('is the same object for two files that import it', async () => {
    const cwd = project({
      'site.ts': `${header}export const world = site({ vars: z.object({}), groups: {} })`,
      'book.ts':
        "import { playbook } from 'tsplay'\nimport { world } from './site.ts'\nexport default playbook(world, [])",
      'hosts.ts':
        "import { inventory } from 'tsplay'\nimport { world } from './site.ts'\nexport default inventory(world, { vars: {}, groups: {} })",
    })
    const [book, hosts] = [
      await loadDefault('book.ts', 'playbook', { modules, cwd }),
      await loadDefault('hosts.ts', 'inventory', { modules, cwd }),
    ]
    expect(hosts.site).toBe(book.site)
  })

  test('leaves nothing behind in a project without node_modules', async () => {
    const cwd = project({ 'book.ts': `${header}${world}export default playbook(world, [])` })
    await loadDefault('book.ts', 'playbook', { modules, cwd })
    expect(readdirSync(cwd)).toEqual(['book.ts'])
  })
})

describe('a file that does not load', () => {
  test('does not exist: the nearest name is offered', async () => {
    expect(await failure({ 'playbooks/site.ts': '' }, 'playbooks/sit.ts')).toBe(
      "there is no playbook 'playbooks/sit.ts'\n  hint: did you mean 'playbooks/site.ts'?",
    )
  })

  test('does not exist where it is looked for: the customary folder is looked at as well', async () => {
    expect(await failure({ 'playbooks/etcd.ts': '' }, 'etcd.ts')).toBe(
      "there is no playbook 'etcd.ts'\n  hint: known: playbooks/etcd.ts",
    )
  })

  test('is a folder', async () => {
    expect(await failure({ 'books/site.ts': '' }, 'books')).toBe(
      "'books' is a folder, not a playbook\n  hint: known: books/site.ts",
    )
  })

  test('is YAML', async () => {
    expect(await failure({ 'site.yml': '- hosts: all' })).toBe(
      "'site.yml' is not a TypeScript file\n  hint: a playbook is a file that ends in .ts",
    )
  })

  test('has a syntax error: file, line and column', async () => {
    expect(await failure({ 'book.ts': `${header}const a = {\n  b: 1\n  c: 2,\n}\n` })).toBe(
      'syntax error: Unexpected token, expected ","\n  at book.ts:5:3',
    )
  })

  test('imports a file with a syntax error: the place is in that file', async () => {
    expect(await failure({ 'book.ts': "import './lib/role.ts'", 'lib/role.ts': '\nconst = 1' })).toBe(
      'syntax error: Unexpected token\n  at lib/role.ts:2:7',
    )
  })

  test('throws while it is loaded: the place is where it throws, lines as written', async () => {
    const text = `${header}interface Long {\n  a: string\n}\nconst make = (): Long => {\n  throw new RangeError('too far')\n}\nmake()\n`
    expect(await failure({ 'book.ts': text })).toBe('RangeError: too far\n  at book.ts:7:9')
  })

  test('throws in a file that it imports: the place is in that file', async () => {
    expect(
      await failure({
        'book.ts': "import { f } from './lib.ts'\nf()",
        'lib.ts': '// first\nconst nothing: any = undefined\nexport const f = () => nothing.foo',
      }),
    ).toBe("TypeError: Cannot read properties of undefined (reading 'foo')\n  at lib.ts:3:32")
  })

  test('throws after something that it awaits', async () => {
    expect(await failure({ 'book.ts': 'await Promise.resolve()\nthrow new Error("late")' })).toBe(
      'Error: late\n  at book.ts:2:7',
    )
  })

  test('throws what is no error', async () => {
    expect(await failure({ 'book.ts': "throw 'a word'" })).toBe('thrown while loading: a word\n  at book.ts')
  })

  test('calls a module with a parameter that does not exist: message and hint are the module’s', async () => {
    expect(
      await failure({
        'book.ts':
          "import { directory } from 'tsplay/modules'\n\nconst made = directory({ path: '/opt', mod: '0755' })",
      }),
    ).toBe("directory: unknown parameter 'mod'\n  at book.ts:3:14\n  hint: did you mean 'mode'?".replace(':53', ':23'))
  })

  test('imports a name that tsplay does not export', async () => {
    expect(await failure({ 'book.ts': "import { playbok } from 'tsplay'\nexport default playbok(1)" })).toBe(
      "TypeError: playbok is not a function\n  at book.ts:2:16\n  hint: did you mean 'playbook'?",
    )
  })

  test('imports a file that does not exist', async () => {
    expect(
      await failure({
        'book.ts': "import { x } from 'tsplay'\nimport { q } from './rols/etcd.ts'\nq(x)",
        'roles/etcd.ts': '',
      }),
    ).toBe("cannot find module './rols/etcd.ts'\n  at book.ts:2:20\n  hint: there is no folder 'rols'")
    expect(await failure({ 'book.ts': "import { q } from './etdc.ts'\nq()", 'etcd.ts': '' })).toBe(
      "cannot find module './etdc.ts'\n  at book.ts:1:20\n  hint: did you mean './etcd.ts'?",
    )
  })

  test('imports a package that is not installed', async () => {
    expect(await failure({ 'book.ts': "import { q } from '@some/package/sub'\nq()" })).toBe(
      "cannot find module '@some/package/sub'\n  at book.ts:1:20\n  hint: npm install @some/package",
    )
  })

  test('has no default export', async () => {
    expect(await failure({ 'book.ts': `${header}${world}export const book = playbook(world, [])` })).toBe(
      'book.ts has no default export\n  at book.ts\n  hint: write export default playbook(site, [ … ])',
    )
  })

  test('exports something else by default', async () => {
    expect(
      await failure({ 'book.ts': `${header}\nexport default [play({ name: 'x', hosts: 'all', tasks: () => [] })]` }),
    ).toBe(
      'the default export of book.ts is a list, not a playbook\n  at book.ts:4:1\n  hint: write export default playbook(site, [ … ])',
    )
    expect(await failure({ 'hosts.ts': 'export default null' }, 'hosts.ts', 'inventory')).toBe(
      'the default export of hosts.ts is null, not an inventory\n  at hosts.ts:1:1\n  hint: write export default inventory(site, { … })',
    )
  })

  test('is an inventory where a playbook is wanted, and the other way round', async () => {
    const hosts = `import { inventory, site } from 'tsplay'\nimport { z } from 'zod'\n${world}export default inventory(world, { vars: {}, groups: {} })`
    expect(await failure({ 'hosts.ts': hosts })).toBe(
      'hosts.ts is an inventory, not a playbook\n  at hosts.ts:4:1\n  hint: an inventory is given with -i: tsplay run <playbook.ts> -i hosts.ts',
    )
    expect(
      await failure({ 'book.ts': `${header}${world}export default playbook(world, [])` }, 'book.ts', 'inventory'),
    ).toBe(
      'book.ts is a playbook, not an inventory\n  at book.ts:4:1\n  hint: a playbook is what is run: tsplay run book.ts -i <inventory>',
    )
  })
})

describe('the place of a call', () => {
  test('is the user’s frame below tsplay’s own', () => {
    try {
      directory({ path: 'relative' })
      expect.unreachable()
    } catch (error) {
      expect(callPlace(error)).toMatchObject({ file: 'test/load/load-file.test.ts', column: 7 })
    }
  })

  test('is unknown for what has no stack', () => {
    expect(callPlace('text')).toBeUndefined()
    expect(callPlace(Object.assign(new Error('x'), { stack: 'Error: x\n    at node:fs:1:1' }))).toBeUndefined()
  })
})
