import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Control } from '../../engine/module.ts'
import { toWire } from '../../engine/script.ts'
import { type AptParams, apt } from '../../modules/apt.ts'
import { readPlan } from '../../modules/common/apt-plan.ts'
import { runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'
import { answersLocally, askLocally } from '../support/local-host.ts'
import { controlIn, folderHere } from '../support/settle-here.ts'

const { module } = apt

const simulation = `NOTE: This is only a simulation!
Reading package lists...
Inst libc-bin [2.36-9] (2.36-10 Debian:12.5/stable [amd64]) []
Inst brand-new (1.0 local [all])
Remv old-thing [0.9]
Conf libc-bin (2.36-10 Debian:12.5/stable [amd64])
Conf brand-new (1.0 local [all])
Conf half-way (3.1 local [all])
`

const state = (plan: object, more: object = {}) => ({
  answers: {},
  candidates: {},
  globs: { names: {}, installed: {} },
  packages: {},
  plan,
  dpkg: 'complete' as const,
  ...more,
})

const aptCalls = async (params: AptParams, actual: object, shell?: readonly string[]) => {
  const run = await runFaked(
    scriptFor(module, params, actual)!,
    { 'apt-get': '', 'apt-cache': '', dpkg: '', touch: '' },
    shell,
  )
  const calls = run.calls
    .filter(([name]) => name !== 'touch')
    .map(([name, ...args]) =>
      name === 'apt-get' ? args.slice(args.indexOf('DPkg::Lock::Timeout=60') + 1) : [name, ...args],
    )
  return { ...run, calls }
}

describe('what apt-get would do', () => {
  it('is read from its simulation: upgrades, new packages, removals, what is only half installed (M08)', () => {
    expect(readPlan(simulation, 0)).toEqual({
      changes: {
        'libc-bin': { from: '2.36-9', to: '2.36-10' },
        'brand-new': { from: null, to: '1.0' },
        'old-thing': { from: '0.9', to: null },
        'half-way': { from: null, to: '3.1' },
      },
      failure: undefined,
      interrupted: false,
    })
  })

  it('is a failure with apt’s reasons where it cannot be done', () => {
    const output = `The following packages have unmet dependencies:
 build-x : Depends: nosuch but it is not installable
E: Unable to correct problems, you have held broken packages.
`
    expect(readPlan(output, 100).failure).toBe(
      'Unable to correct problems, you have held broken packages.; build-x : Depends: nosuch but it is not installable',
    )
    expect(readPlan('', 4).failure).toBe('apt-get: exit code 4')
  })
})

describe('apt, where it decides itself', () => {
  const plan = readPlan(simulation, 0)
  const from = { 'libc-bin': '2.36-9', 'brand-new': null, 'old-thing': '0.9', 'half-way': null }

  it.each<[AptParams, string[]]>([
    [{ upgrade: 'safe' }, ['upgrade', '--with-new-pkgs']],
    [{ upgrade: 'full', autoremove: true, purge: true }, ['dist-upgrade', '--purge', '--auto-remove']],
    [
      { upgrade: 'full', defaultRelease: 'sid', installRecommends: true },
      ['dist-upgrade', '--install-recommends', '-t', 'sid'],
    ],
    [{ autoremove: true }, ['autoremove']],
    [{ autoremove: true, purge: true }, ['autoremove', '--purge']],
    [{ state: 'fixed' }, ['install', '--fix-broken', '--']],
    [{ name: ['nginx', 'jq=1*'], state: 'build-dep' }, ['build-dep', '--', 'nginx', 'jq=1*']],
  ])('%j is %j, and each package that changes is foretold', async (params, call) => {
    const actual = state(plan, { packages: from })
    expect(module.desired(params, actual as never)).toMatchObject({
      packages: { 'libc-bin': '2.36-10', 'brand-new': '1.0', 'old-thing': null, 'half-way': '3.1' },
    })
    for (const shell of shells) expect((await aptCalls(params, actual, shell)).calls).toEqual([call])
    expectSettles(module, params, actual)
  })

  it('has nothing to do where apt has not', () => {
    expect(scriptFor(module, { upgrade: 'full' }, state(readPlan('', 0)))).toBeUndefined()
  })

  it('ends what an interrupted dpkg began, first', async () => {
    const plan = readPlan('interrupted\nE: dpkg was interrupted\n', 100)
    const actual = state(plan, { dpkg: 'interrupted' })
    const run = await aptCalls({ state: 'fixed', dpkgOptions: ['force-confnew'] }, actual)
    expect(run.calls).toEqual([
      ['dpkg', '--force-confnew', '--configure', '-a'],
      ['install', '--fix-broken', '--'],
    ])
  })

  it('upgrades again where refreshed lists may bring more', async () => {
    const params: AptParams = { upgrade: 'safe', updateCache: true }
    const run = await aptCalls(params, state(readPlan('', 0), { lists: 'old' }))
    expect(run.calls).toEqual([['update'], ['upgrade', '--with-new-pkgs']])
  })

  it('fails with apt’s message, and the way out', () => {
    const plan = readPlan("E: You must put some 'deb-src' URIs in your sources.list\n", 100)
    expect(() => module.desired({ name: 'jq', state: 'build-dep' }, state(plan) as never)).toThrow(
      /You must put some 'deb-src' URIs/,
    )
  })

  it('removes what was fetched, all or what is of no use any more', async () => {
    const actual = state(undefined as never, { plan: undefined, archives: ['a_1_all.deb'], dpkg: undefined })
    expect((await aptCalls({ clean: true }, actual)).calls).toEqual([['clean']])
    expect((await aptCalls({ autoclean: true }, actual)).calls).toEqual([['autoclean']])
    expect(scriptFor(module, { clean: true }, { ...actual, archives: [] })).toBeUndefined()
    expectSettles(module, { clean: true }, actual)
  })

  it('refreshes the lists alone', async () => {
    const actual = state(undefined as never, { plan: undefined, lists: 'old', dpkg: undefined })
    expect((await aptCalls({ updateCache: true }, actual)).calls).toEqual([['update']])
  })
})

describe('apt with wildcards', () => {
  const installed = (version: string | null, more = {}) => ({
    manager: 'apt' as const,
    version,
    held: false,
    residual: false,
    ...more,
  })
  const globs = {
    names: { 'php8-*': ['php8-cli', 'php8-fpm'], 'none-*': [] },
    installed: { 'php8-cli': installed('8.1'), 'php8-fpm': installed(null) },
  }
  const actual = {
    answers: globs.installed,
    candidates: { 'php8-cli': '8.2', 'php8-fpm': '8.2' },
    globs,
    packages: { 'php8-cli': '8.1', 'php8-fpm': null },
  }

  it.each<[AptParams, object]>([
    [{ name: 'php8-*' }, { 'php8-cli': '8.1', 'php8-fpm': 'installed' }],
    [
      { name: 'php8-*', state: 'latest' },
      { 'php8-cli': '8.2', 'php8-fpm': '8.2' },
    ],
    [
      { name: 'php8-*', state: 'latest', onlyUpgrade: true },
      { 'php8-cli': '8.2', 'php8-fpm': null },
    ],
    [
      { name: 'php8-*', state: 'absent' },
      { 'php8-cli': null, 'php8-fpm': null },
    ],
    [{ name: ['php8-*', 'php8-fpm=8.3'] }, { 'php8-cli': '8.1', 'php8-fpm': '8.3' }],
    [{ name: 'none-*', state: 'absent' }, {}],
  ])('%j means %j (M08)', (params, packages) => {
    expect(module.desired(params, actual as never)?.packages).toEqual(packages)
    expectSettles(module, params, actual)
  })

  it('fails where the host knows no such package', () => {
    expect(() => module.desired({ name: 'none-*' }, actual as never)).toThrow(
      "no package that the host knows is called 'none-*'",
    )
  })
})

describe('apt with a .deb', () => {
  const debIn = (folder: string, version: string) => {
    const root = join(folder, `root-${version}`)
    spawnSync('mkdir', ['-p', join(root, 'DEBIAN')])
    const control = `Package: tsplay-tiny\nVersion: ${version}\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: x\n`
    writeFileSync(join(root, 'DEBIAN', 'control'), control)
    writeFileSync(join(root, 'data'), Buffer.alloc(300_000, 7))
    const made = spawnSync('dpkg-deb', ['--build', root, join(folder, 'tiny.deb')])
    expect(made.status, String(made.stderr)).toBe(0)
    return join(folder, 'tiny.deb')
  }

  it.each(shells)('knows its name and version, of the control side’s by its beginning alone (%s)', async (...shell) => {
    const folder = folderHere()
    const at = debIn(folder, '2:1.0-1')
    for (const deb of [at, 'tiny.deb']) {
      const input = await module.prepare!({ deb }, controlIn(folder))
      const probe = module.probe(input)
      for (const question of probe.questions) {
        const { contents } = toWire(question.kind.script([question.key as never]))
        for (const { size } of contents) expect(size).toBeLessThan(2000)
      }
      const actual = await askLocally(probe, shell)
      expect(actual.packages).toEqual({ 'tsplay-tiny': null })
      expect(module.desired(input, actual)).toEqual({ packages: { 'tsplay-tiny': '2:1.0-1' } })
      expectPredicts(module, input, await answersLocally(probe, shell))
    }
  })

  it('is installed by apt, with what it depends on, and its copy is removed', async () => {
    const folder = folderHere()
    debIn(folder, '1')
    const input = await module.prepare!({ deb: 'tiny.deb', installRecommends: false }, controlIn(folder))
    const actual = await askLocally(module.probe(input))
    const script = scriptFor(module, input, actual)!
    const run = await runFaked(script, {
      'apt-get': 'eval "_l=\\${$#}"; cp "$_l" "$(dirname "$0")/../got"; ls -l "$_l"',
    })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const call = run.calls[0]!
    expect(call.slice(call.indexOf('DPkg::Lock::Timeout=60') + 1)).toEqual([
      'install',
      '--no-install-recommends',
      '--',
      expect.stringMatching(/package\.deb$/),
    ])
    expect((await runFaked(script, { 'apt-get': 'exit 1' })).code).toBe(1)
    expect(spawnSync('ls', [call.at(-1)!]).status).not.toBe(0)
  })

  it('is refused where a newer one is installed, unless it may be older', () => {
    const deb = { name: 'x', version: '1', installed: '2', older: true, failure: undefined }
    const actual = { answers: {}, candidates: {}, packages: { x: '2' }, deb }
    expect(() => module.desired({ deb: '/x.deb' }, actual as never)).toThrow('x 2 is installed, which is newer than 1')
    expect(module.desired({ deb: '/x.deb', allowDowngrade: true }, actual as never)).toEqual({ packages: { x: '1' } })
  })

  it('that is no package is a failure, on either side', async () => {
    const folder = folderHere()
    writeFileSync(join(folder, 'not.deb'), 'text')
    await expect(module.prepare!({ deb: 'not.deb' }, controlIn(folder))).rejects.toThrow(
      /not.deb' is not a Debian package/,
    )
    const input = await module.prepare!({ deb: join(folder, 'not.deb') }, {} as Control)
    const actual = await askLocally(module.probe(input))
    expect(() => module.desired(input, actual)).toThrow(/dpkg-deb: error: .*not.deb/)
    const missing = await module.prepare!({ deb: '/nonexistent.deb' }, {} as Control)
    const nothing = await askLocally(module.probe(missing))
    expect(() => module.desired(missing, nothing)).toThrow(/nonexistent.deb/)
  })
})

describe('apt’s parameters', () => {
  it.each<[AptParams, RegExp]>([
    [{}, /what is to be done/],
    [{ state: 'absent' }, /what is to be done/],
    [{ name: 'a1', deb: '/x.deb' }, /each want a task of their own/],
    [{ name: 'a1', upgrade: 'safe' }, /each want a task of their own/],
    [{ state: 'build-dep', updateCache: true }, /'name': is needed/],
    [{ deb: '/x.deb', state: 'absent' }, /'state': goes with name only/],
    [{ name: 'a1', dpkgOptions: ['--force-all'] }, /'dpkgOptions.0': an option is written without dashes/],
    [{ name: 'a1', defaultRelease: '-o x' }, /'defaultRelease': is the name of a release/],
    [{ name: 'a1', upgrade: 'yes' as never }, /'upgrade'/],
  ])('%j: %s', (params, message) => {
    expect(() => apt(params)).toThrow(message)
  })
})
