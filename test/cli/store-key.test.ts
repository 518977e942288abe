// The store's passphrase at the command line: where it comes from, what is refused before any host is touched, what never shows it.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Project, project } from '../support/cli.ts'

const phrase = 'correct-horse-battery'
const environment = { TSPLAY_STORE_PASSPHRASE: phrase }

/** A play that touches each host, and uses the store only then: what it makes depends on a fact. */
const book = `import { play, playbook, task } from 'tsplay'
import { command, randomSecret } from 'tsplay/modules'
import { world } from './world.ts'
export default playbook(world, [
  play({ name: 'main', hosts: 'web', tasks: ({ host, facts }) => [
    task('touch', command({ cmd: ['touch', import.meta.dirname + '/touched-' + host.name] })),
    task('environment', command({ cmd: ['sh', '-c', 'env >' + import.meta.dirname + '/env-' + host.name] })),
    task('token', randomSecret({ name: 'token-' + facts.os.family })),
  ] }),
])
`

let site: Project
beforeEach(() => {
  site = project({ 'book.ts': book, 'package.json': '{}' })
})
afterEach(() => site.remove())

const run = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  site.tsplay(['run', 'book.ts', '-i', 'home', ...args], { env })
const store = (): string => path.join(site.dir, '.tsplay/home')
const secrets = (): string[] =>
  existsSync(path.join(store(), 'secrets')) ? readdirSync(path.join(store(), 'secrets')).sort() : []
const textOfSecret = (): string => readFileSync(path.join(store(), 'secrets', secrets()[0]!), 'utf8')
const touched = (): boolean => existsSync(path.join(site.dir, 'touched-w1'))
const keyFile = (text = `${phrase}\n`, mode = 0o600): string => {
  const file = site.write('store.key', text)
  chmodSync(file, mode)
  return file
}

describe('a passphrase', () => {
  test.each([
    ['in TSPLAY_STORE_PASSPHRASE', () => ({ env: environment })],
    ['in the file of --store-key', () => ({ args: ['--store-key', keyFile()] })],
    ['in the file of TSPLAY_STORE_KEY', () => ({ env: { TSPLAY_STORE_KEY: keyFile() } })],
    [
      'in the file of storeKey in tsplay.config.ts',
      () => {
        keyFile()
        site.write(
          'tsplay.config.ts',
          "import { config } from 'tsplay'\nexport default config({ storeKey: 'store.key' })\n",
        )
        return {}
      },
    ],
  ] as [string, () => { args?: string[]; env?: Record<string, string> }][])(
    '%s encrypts the store, and opens it again (M18)',
    async (_title, make) => {
      const { args, env } = make()
      expect(await run(args, env)).toMatchObject({ code: 0 })
      expect(textOfSecret()).toMatch(/^-----BEGIN TSPLAY ENCRYPTED FILE-----\n/)
      const made = textOfSecret()
      expect(await run(args, env)).toMatchObject({ code: 0 })
      expect(textOfSecret()).toBe(made)
    },
  )

  test('shows nowhere: not to hosts and children, not with -vvv, not in what is left on disk (M18)', async () => {
    const { code, stdout, stderr } = await run(['-vvv', '--diff'], environment)
    expect(code).toBe(0)
    expect(stdout + stderr).not.toContain(phrase)
    expect(readFileSync(path.join(site.dir, 'env-w1'), 'utf8')).not.toContain('PASSPHRASE')
    for (const file of readdirSync(site.dir, { recursive: true, encoding: 'utf8' })) {
      const full = path.join(site.dir, file)
      if (statSync(full).isFile()) expect(readFileSync(full, 'utf8')).not.toContain(phrase)
    }
  })

  test('may come from a pipe, as a password manager gives it', async () => {
    const bin = path.join(import.meta.dirname, '../../dist/engine/cli/bin.js')
    const command = `"$0" "${bin}" run book.ts -i home --store-key <(printf '%s\\n' ${phrase})`
    spawnSync('bash', ['-c', command, process.execPath], { cwd: site.dir, timeout: 60_000 })
    expect(textOfSecret()).toMatch(/^-----BEGIN TSPLAY ENCRYPTED FILE-----\n/)
    expect(await run([], environment)).toMatchObject({ code: 0 })
  })

  test('is found from any folder of the project where tsplay.config.ts names its file', async () => {
    keyFile()
    site.write(
      'tsplay.config.ts',
      "import { config } from 'tsplay'\nexport default config({ storeKey: 'store.key' })\n",
    )
    mkdirSync(path.join(site.dir, 'deep'))
    const bin = path.join(import.meta.dirname, '../../dist/engine/cli/bin.js')
    const args = [bin, 'run', '../book.ts', '-i', '../inventories/home.ts']
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: path.join(site.dir, 'deep'),
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect([status, stderr]).toEqual([0, expect.any(String)])
    expect(textOfSecret()).toMatch(/^-----BEGIN TSPLAY ENCRYPTED FILE-----\n/)
  })

  test('opens the store of a saved plan, which does not hold it', async () => {
    await run([], environment)
    expect(await run(['--check', '--save-plan', 'plan.json'], environment)).toMatchObject({ code: 0 })
    expect(readFileSync(path.join(site.dir, 'plan.json'), 'utf8')).not.toContain(phrase)
    expect(await site.tsplay(['apply', 'plan.json'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the store is encrypted'),
    })
    expect(await site.tsplay(['apply', 'plan.json', '--store-key', keyFile()])).toMatchObject({ code: 0 })
  })
})

describe('before any host is touched', () => {
  beforeEach(async () => {
    await site.tsplay(['exec', 'w1', '-i', 'home', '-m', 'randomSecret', '-a', 'name=first'], { env: environment })
    expect(textOfSecret()).toMatch(/^-----BEGIN TSPLAY ENCRYPTED FILE-----\n/)
  })

  test.each([
    ['no passphrase', {}, /the store is encrypted, and no passphrase was given[\s\S]*hint: [\s\S]*--store-key/],
    [
      'another one',
      { TSPLAY_STORE_PASSPHRASE: 'tr0ub4dor' },
      /the passphrase of TSPLAY_STORE_PASSPHRASE is not the one that the store was encrypted with/,
    ],
    ['an empty one', { TSPLAY_STORE_PASSPHRASE: '' }, /TSPLAY_STORE_PASSPHRASE is empty/],
  ])('%s ends the run, in a check as well (M18)', async (_title, env, message) => {
    for (const args of [[], ['--check']]) {
      const { code, stderr } = await run(args, env as Record<string, string>)
      expect(code).toBe(1)
      expect(stderr).toMatch(message)
      expect(stderr).not.toContain('tr0ub4dor')
    }
    expect(touched()).toBe(false)
    expect(secrets()).toEqual(['first.txt'])
  })

  test.each([
    [
      'that others may read',
      () => keyFile(`${phrase}\n`, 0o644),
      /can be read by others than its owner[\s\S]*chmod 600/,
    ],
    ['that is not there', () => path.join(site.dir, 'none.key'), /cannot be read: ENOENT/],
    ['that is empty', () => keyFile('\n'), /is empty/],
    ['that is a folder', () => site.dir, /is no file/],
  ])('a key file %s is refused', async (_title, make, message) => {
    const file = make()
    const { code, stderr } = await run(['--store-key', file])
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    expect(stderr).toContain(`at ${file}`)
    expect(touched()).toBe(false)
  })

  test('a passphrase besides a key file is refused', async () => {
    const { code, stderr } = await run(['--store-key', keyFile()], environment)
    expect(code).toBe(1)
    expect(stderr).toMatch(/has a passphrase in TSPLAY_STORE_PASSPHRASE, and a key file/)
  })

  test('what uses no store needs no passphrase: exec of a command; what does says so', async () => {
    const exec = (...args: string[]) => site.tsplay(['exec', 'w1', '-i', 'home', ...args])
    expect(await exec('--', 'true')).toMatchObject({ code: 0 })
    const { code, stdout, stderr } = await exec('-m', 'randomSecret', '-a', 'name=second')
    expect(code).toBeGreaterThan(0)
    expect(stdout + stderr).toContain('the store is encrypted')
    expect(await site.tsplay(['list', 'tasks', 'book.ts', '-i', 'home'])).toMatchObject({ code: 0 })
  })
})

test('a store that others may enter is refused before any host is touched', async () => {
  mkdirSync(path.join(store(), 'secrets'), { recursive: true })
  writeFileSync(path.join(store(), 'secrets/token.txt'), 'x')
  chmodSync(store(), 0o755)
  const { code, stderr } = await run()
  expect(code).toBe(1)
  expect(stderr).toMatch(/others than its owner may enter the store[\s\S]*at [\s\S]*home\n[\s\S]*chmod 700/)
  expect(touched()).toBe(false)
})
