// tsplay facts, and facts kept between runs, as a user sees them.
import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { factKeys } from '../../engine/facts.ts'
import { inventoryOf, type Project, playbookOf, project } from '../support/cli.ts'

let site: Project
beforeEach(() => {
  site = project({
    'package.json': '{}',
    'book.ts': playbookOf("task(facts.hostname, debug({ message: 'x' })),").replace('groups })', 'groups, facts })'),
    'change.ts': playbookOf("task('change', shell({ cmd: 'true' })),"),
    'quiet.ts': playbookOf("task('look', shell({ cmd: 'true' }), { changedWhen: false }),"),
  })
})
afterEach(() => site.remove())

const lines = (stdout: string): { type: string; host?: string; facts?: Record<string, unknown> }[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const trips = (hosts: Readonly<Record<string, { roundTrips: number }>>): number[] =>
  Object.values(hosts).map(({ roundTrips }) => roundTrips)

describe('tsplay facts', () => {
  test('prints one JSON document with all facts of each host (A064)', async () => {
    const { code, stdout, stderr } = await site.tsplay(['facts', 'web', '-i', 'home'])
    expect(code, stderr).toBe(0)
    const all = JSON.parse(stdout)
    expect(Object.keys(all)).toEqual(['w1', 'w2'])
    expect(Object.keys(all.w1).sort()).toEqual([...factKeys].sort())
    expect(all.w2.hostname).toBe(hostname())
  })

  test('prints a line for each host and the recap last, in one round trip (A064)', async () => {
    const { code, stdout, hosts } = await site.tsplay(['facts', 'all', '-i', 'home', '-o', 'ndjson'])
    expect(code).toBe(0)
    const found = lines(stdout)
    expect(
      found
        .filter(({ type }) => type === 'facts')
        .map(({ host }) => host)
        .sort(),
    ).toEqual(['w1', 'w2'])
    expect(found.at(-1)!.type).toBe('recap')
    expect(hosts.w1).toMatchObject({ ok: 1, changed: 0 })
    expect(trips(hosts)).toEqual([1, 1])
  })

  test('prints only what it is asked for (A064)', async () => {
    const { stdout } = await site.tsplay(['facts', 'w1', '-i', 'home', '--filter', 'os,mounts', '--filter', 'selinux'])
    expect(Object.keys(JSON.parse(stdout).w1)).toEqual(['os', 'mounts', 'selinux'])
    const wrong = await site.tsplay(['facts', 'w1', '-i', 'home', '--filter', 'mount'])
    expect(wrong).toMatchObject({ code: 1, stdout: '' })
    expect(wrong.stderr).toContain("did you mean 'mounts'?")
  })

  test('reads one more folder of custom facts (A005)', async () => {
    site.write('facts.d/app.fact', '{"version": 3}')
    const args = ['facts', 'w1', '-i', 'home', '--filter', 'local', '--fact-path', path.join(site.dir, 'facts.d')]
    expect(JSON.parse((await site.tsplay(args)).stdout).w1.local.app).toEqual({ version: 3 })
    expect((await site.tsplay([...args.slice(0, -1), 'facts.d'])).code).toBe(1)
  })

  test('exits 4 where a host cannot be reached, with the facts of the others', async () => {
    site.write(
      'inventories/mixed.ts',
      inventoryOf(
        "{ web: { hosts: { w1: {}, gone: { address: '127.0.0.1', port: 1, transport: 'ssh', hostKeys: 'off' } } } }",
      ),
    )
    const text = await site.tsplay(['facts', 'all', '-i', 'mixed', '--filter', 'os'])
    expect(text.code).toBe(4)
    expect(Object.keys(JSON.parse(text.stdout))).toEqual(['w1'])
    expect(text.stderr).toMatch(/^gone: unreachable: /m)
    const events = await site.tsplay(['facts', 'all', '-i', 'mixed', '--filter', 'os', '-o', 'ndjson'])
    expect(events.code).toBe(4)
    expect(events.tasks).toMatchObject([{ host: 'gone', status: 'unreachable' }])
    expect(events.hosts).toMatchObject({ gone: { unreachable: 1 }, w1: { ok: 1 } })
  })

  test('refuses a pattern that is no host', async () => {
    expect(await site.tsplay(['facts', 'nobody', '-i', 'home'])).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('facts that are kept', () => {
  const run = (...args: string[]) => site.tsplay(['run', ...args, '-i', 'home', '-o', 'ndjson'])
  const folder = () => path.join(site.dir, '.tsplay/home/facts')

  test('are asked once for many runs, and only when that is wished for (A065)', async () => {
    expect(trips((await run('book.ts')).hosts)).toEqual([1, 1])
    expect(() => readdirSync(folder())).toThrow(/ENOENT/)
    expect(trips((await run('book.ts', '--fact-cache', '600')).hosts)).toEqual([1, 1])
    expect(readdirSync(folder()).sort()).toEqual(['w1.json', 'w2.json'])
    const kept = await run('book.ts', '--fact-cache', '600')
    expect(trips(kept.hosts)).toEqual([0, 0])
    expect(kept.tasks[0]).toMatchObject({ task: hostname(), status: 'ok' })
    expect(trips((await run('book.ts')).hosts)).toEqual([1, 1])
    expect(trips((await run('book.ts', '--fact-cache', '600', '--flush-cache')).hosts)).toEqual([1, 1])
  })

  test('by the environment or the configuration as well (A065)', async () => {
    site.write('tsplay.config.ts', "import { config } from 'tsplay'\nexport default config({ factCache: 600 })\n")
    await run('book.ts')
    expect(trips((await run('book.ts')).hosts)).toEqual([0, 0])
    const env = { TSPLAY_FACT_CACHE: '600' }
    const { hosts } = await site.tsplay(['facts', 'all', '-i', 'home', '-o', 'ndjson', '--filter', 'os'], { env })
    expect(trips(hosts)).toEqual([0, 0])
    expect((await run('book.ts', '--fact-cache', '0')).code).toBe(1)
  })

  test('are not used again behind a run that may have changed them (A065)', async () => {
    await run('book.ts', '--fact-cache', '600')
    await run('quiet.ts')
    await run('change.ts', '--check')
    expect(trips((await run('book.ts', '--fact-cache', '600')).hosts)).toEqual([0, 0])
    await run('change.ts', '--limit', 'w1')
    expect(trips((await run('book.ts', '--fact-cache', '600')).hosts)).toEqual([1, 0])
  })

  test('are told apart by where a host is (A065)', async () => {
    await run('book.ts', '--fact-cache', '600')
    site.write(
      'inventories/home.ts',
      inventoryOf("{ web: { hosts: { w1: { address: 'elsewhere.test' }, w2: { address: 'w2.test' } } } }"),
    )
    expect(trips((await run('book.ts', '--fact-cache', '600')).hosts)).toEqual([1, 0])
  })

  test('are replaced where the file is broken (A065)', async () => {
    await run('book.ts', '--fact-cache', '600')
    const file = path.join(folder(), 'w1.json')
    site.write('.tsplay/home/facts/w1.json', readFileSync(file, 'utf8').slice(0, 100))
    expect(trips((await run('book.ts', '--fact-cache', '600')).hosts)).toEqual([1, 0])
    expect(trips((await run('book.ts', '--fact-cache', '600')).hosts)).toEqual([0, 0])
  })
})
