import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { changeOf } from '../../engine/difference.ts'
import { installedPackage } from '../../engine/probe.ts'
import { type Script, sh } from '../../engine/script.ts'
import { type AptParams, apt } from '../../modules/apt.ts'
import { listsAreOld } from '../../modules/common/apt-lists.ts'
import { aptScript } from '../../modules/common/apt-script.ts'
import { type Fakes, runFaked, scriptFor, scriptText, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { runScript } from '../support/local-host.ts'

const { module } = apt
const answer = (version: string | null, more = {}) => ({
  manager: 'apt' as const,
  version,
  held: false,
  residual: false,
  ...more,
})
const host = (answers: Record<string, ReturnType<typeof answer>>, more: object = {}) => ({
  answers,
  candidates: {},
  lists: undefined,
  packages: Object.fromEntries(Object.entries(answers).map(([name, { version }]) => [name, version])),
  ...more,
})

const policy = (...names: string[]) =>
  names.map((name) => `printf '%s:\\n  Installed: (none)\\n  Candidate: 1.0\\n' ${name}`).join('; ')

/** What apt-get was called with, options that are always there left out. */
async function aptCalls(params: AptParams, actual: object, fakes: Fakes, shell?: readonly string[]) {
  const run = await runFaked(scriptFor(module, params, actual)!, fakes, shell)
  const calls = run.calls
    .filter(([name]) => name === 'apt-get')
    .map((call) => call.slice(call.indexOf('DPkg::Lock::Timeout=60') + 1))
  return { ...run, apt: calls }
}

describe('apt', () => {
  it('installs what is missing in one call, versions as asked (M08)', async () => {
    for (const shell of shells) {
      const params: AptParams = { name: ['nginx=1.22*', 'curl', 'jq'], updateCache: false }
      const actual = host({ nginx: answer('1.18.0'), curl: answer('7.88'), jq: answer(null) })
      const run = await aptCalls(params, actual, { 'apt-get': '', 'apt-cache': policy('nginx', 'jq') }, shell)
      expect(run).toMatchObject({ code: 0, stderr: '' })
      expect(run.apt).toEqual([['install', '--', 'nginx=1.22*', 'jq']])
      expectSettles(module, params, actual)
    }
  })

  it('does not take a package for the newest of a release that apt has no source of', async () => {
    const params: AptParams = { name: 'jq', state: 'latest', defaultRelease: 'bookworm-backports', updateCache: false }
    const question = module.probe(params).questions.find(({ kind }) => kind.name === 'script')!
    const failing = `case "$*" in *Default-Release=bookworm-backports*)
echo "E: The value 'bookworm-backports' is invalid for APT::Default-Release as such a release is not available in the sources" >&2
exit 100 ;; esac`
    const { script } = question.key as { script: Script }
    const { code, stdout } = await runFaked(script, { 'apt-cache': failing })
    const actual = module
      .probe(params)
      .read((({ kind }: { kind: { name: string } }) =>
        kind.name === 'script' ? { code, stdout } : answer('1.6')) as never)
    // its source may be brought by a task before; where it is not, apt itself says so
    const run = await aptCalls(params, actual, { 'apt-get': '', 'apt-cache': policy('jq') })
    expect(run.apt).toEqual([['install', '-t', 'bookworm-backports', '--', 'jq']])
    expectSettles(module, params, actual)
  })

  it('foretells that the hold ends of what it was allowed to change, and of nothing else (M08)', () => {
    const before = { a: answer('1', { held: true }), b: answer('2', { held: true }) }
    const actual = host(before)
    for (const allowChangeHeld of [true, false]) {
      const params: AptParams = { name: ['a=2', 'b=2'], allowChangeHeld }
      const predictions = module.predict!(params, changeOf(actual, module.desired(params, actual as never)) as never)
      const foretold = (name: 'a' | 'b') => {
        const [question] = installedPackage(name).questions
        return predictions.reduce((known: unknown, each) => each.answer(question!, known), before[name])
      }
      expect(foretold('a')).toMatchObject({ version: '2', held: !allowChangeHeld })
      expect(foretold('b')).toEqual(before.b)
    }
  })

  it('asks nobody, keeps configuration files and waits for locks', async () => {
    const actual = host({ jq: answer(null) })
    const run = await aptCalls({ name: 'jq', updateCache: false }, actual, {
      'apt-get': 'echo "$DEBIAN_FRONTEND"',
      'apt-cache': policy('jq'),
    })
    expect(run.stdout).toBe('noninteractive\n')
    const [call] = run.calls.filter(([name]) => name === 'apt-get')
    expect(call).toEqual(
      expect.arrayContaining([
        '-y',
        'Dpkg::Options::=--force-confdef',
        'Dpkg::Options::=--force-confold',
        'DPkg::Lock::Timeout=60',
      ]),
    )
  })

  it('has nothing to do where everything is as wished', () => {
    const actual = host({ nginx: answer('1.22.1-9'), jq: answer('1.6') })
    expect(scriptText(module, { name: ['nginx=1.22*', 'jq'] }, actual)).toBeUndefined()
    expect(scriptText(module, { name: 'x', state: 'absent' }, host({ x: answer(null) }))).toBeUndefined()
    expect(scriptText(module, { name: ['nginx=1.2*'] }, actual)).toBeUndefined()
    expect(scriptText(module, { name: ['nginx=1.3*'] }, actual)).toBeDefined()
    expect(scriptText(module, { name: ['nginx=1.22'] }, actual)).toBeDefined()
  })

  it('passes on what was asked: recommends, downgrades, autoremove', async () => {
    const params: AptParams = {
      name: 'jq=1',
      updateCache: false,
      installRecommends: false,
      allowDowngrade: true,
      autoremove: true,
    }
    const run = await aptCalls(params, host({ jq: answer('2') }), { 'apt-get': '', 'apt-cache': policy('jq') })
    expect(run.apt).toEqual([
      ['install', '--auto-remove', '--no-install-recommends', '--allow-downgrades', '--', 'jq=1'],
    ])
  })

  it('removes and purges, also what only left its configuration', async () => {
    const fakes = { 'apt-get': '' }
    const both = host({ a: answer('1'), b: answer(null) })
    expect((await aptCalls({ name: ['a', 'b'], state: 'absent' }, both, fakes)).apt).toEqual([['remove', '--', 'a']])
    const residual = host({ a: answer(null, { residual: true }) }, { packages: { a: 'configuration files' } })
    const params: AptParams = { name: 'a', state: 'absent', purge: true, autoremove: true }
    expect((await aptCalls(params, residual, fakes)).apt).toEqual([['purge', '--auto-remove', '--', 'a']])
    expectSettles(module, params, residual)
  })

  it('brings packages to the newest version known, but for those on hold', async () => {
    const params: AptParams = { name: ['a', 'b', 'c'], state: 'latest', updateCache: false }
    const actual = host(
      { a: answer('1'), b: answer('1'), c: answer('1', { held: true }) },
      { candidates: { a: '2', b: '1', c: '2' } },
    )
    const run = await aptCalls(params, actual, { 'apt-get': '', 'apt-cache': policy('a', 'b', 'c') })
    expect(run.apt).toEqual([['install', '--', 'a']])
    expectSettles(module, params, actual)
  })

  it('looks for newer versions again when the lists are refreshed on the way', async () => {
    const params: AptParams = { name: 'a', state: 'latest', updateCache: true }
    const actual = host({ a: answer('1') }, { candidates: { a: '1' }, lists: 'old' })
    const run = await aptCalls(params, actual, { 'apt-get': '', 'apt-cache': policy('a'), touch: '' })
    expect(run.apt).toEqual([['update'], ['install', '--', 'a']])
    expectSettles(module, params, actual)
  })

  it('says on a host without apt what it has', () => {
    const rocky = host({ jq: { ...answer(null), manager: 'dnf' as never } })
    expect(() => module.desired({ name: 'jq' }, rocky)).toThrow(/no apt: its packages are dnf's/)
    const bare = host({ jq: { ...answer(null), manager: 'none' as never } })
    expect(() => module.desired({ name: 'jq' }, bare)).toThrow(/no apt$/)
  })

  it('names the packages behind a virtual one, and an unknown one, before anything is installed', async () => {
    const virtual = `if [ "$1" = policy ]; then printf 'mta:\\n  Installed: (none)\\n  Candidate: (none)\\n  Version table:\\n'
else printf 'Package: mta\\nReverse Provides:\\nexim4 4.96\\npostfix 3.7\\npostfix 3.6\\n'; fi`
    const run = await aptCalls({ name: 'mta', updateCache: false }, host({ mta: answer(null) }), {
      'apt-get': '',
      'apt-cache': virtual,
    })
    expect(run.code).toBe(100)
    expect(run.stderr).toBe("'mta' is a virtual package: name one of those that provide it: exim4 postfix \n")
    expect(run.apt).toEqual([])
    const unknown = await aptCalls({ name: 'nosuch', updateCache: false }, host({ nosuch: answer(null) }), {
      'apt-get': '',
      'apt-cache': '',
    })
    expect(unknown.stderr).toBe('E: Unable to locate package nosuch\n')
    expect(unknown.apt).toEqual([])
  })

  it('fails with apt’s message, such as that of an interrupted dpkg', async () => {
    const message = "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem."
    const run = await aptCalls({ name: 'jq', updateCache: false }, host({ jq: answer(null) }), {
      'apt-get': `echo "${message}" >&2; exit 100`,
      'apt-cache': policy('jq'),
    })
    expect(run).toMatchObject({ code: 100, stderr: `${message}\n` })
  })

  it.each(shells)('waits for a lock that apt does not wait for (%s)', async (...shell) => {
    const script = aptScript([{ name: 'jq', version: undefined }], [], { listsAge: undefined, lockTimeout: 9 })
    const marker = join(mkdtempSync(join(tmpdir(), 'tsplay-apt-')), 'tried')
    onTestFinished(() => rmSync(join(marker, '..'), { recursive: true }))
    const run = await runFaked(
      script,
      {
        'apt-get': `[ -e ${marker} ] && exit 0; : > ${marker}; echo 'E: Could not get lock /var/lib/apt/lists/lock' >&2; exit 100`,
        'apt-cache': policy('jq'),
        sleep: '',
      },
      shell,
    )
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.calls.filter(([name]) => name === 'apt-get')).toHaveLength(2)
  })

  it('gives up on a lock in the end', async () => {
    const script = aptScript([{ name: 'jq', version: undefined }], [], { listsAge: undefined, lockTimeout: 0 })
    const run = await runFaked(script, {
      'apt-get': 'echo "E: Could not get lock x" >&2; exit 100',
      'apt-cache': policy('jq'),
    })
    expect(run).toMatchObject({ code: 100, stderr: 'E: Could not get lock x\n' })
  })

  it.each([
    '',
    '-y',
    'a b',
    "x'; touch /pwned; '",
    'a\nb',
    'ä',
    '../x.deb',
    'foo-',
    'nginx=',
    'nginx=1 2',
    'A',
    '$(id)',
    'a=-1',
  ])('refuses the package %j', (name) => {
    expect(() => apt({ name })).toThrow(/is not the name of a package/)
  })

  it('refuses one package named with two versions', () => {
    expect(() => apt({ name: ['a1=1', 'a1=2'] })).toThrow(/named twice/)
  })
})

describe('package lists are old', () => {
  const age = (seconds: number, file: string) =>
    utimesSync(file, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds)
  const world = () => {
    const dir = mkdtempSync(join(tmpdir(), "tsplay apt's-"))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    const [lists, sources] = [join(dir, 'lists'), join(dir, 'etc')]
    mkdirSync(lists)
    mkdirSync(join(sources, 'sources.list.d'), { recursive: true })
    writeFileSync(join(lists, 'deb_x_Packages.lz4'), '')
    writeFileSync(join(sources, 'sources.list.d', 'x.list'), '')
    for (const file of ['sources.list.d', 'sources.list.d/x.list']) age(9000, join(sources, file))
    const old = async (seconds: number, shell: readonly string[]) =>
      (await runScript(sh.join([listsAreOld(seconds, lists, sources), sh`_lists_old`]), shell)).code === 0
    return { lists, sources, old }
  }

  it.each(shells)('by their age (%s)', async (...shell) => {
    const { lists, old } = world()
    age(3000, lists)
    expect(await old(3600, shell)).toBe(false)
    expect(await old(2000, shell)).toBe(true)
    age(-3000, lists)
    expect(await old(3600, shell)).toBe(true)
  })

  it.each(shells)('where there are none, or a source is newer (%s)', async (...shell) => {
    const { lists, sources, old } = world()
    age(60, join(sources, 'sources.list.d', 'x.list'))
    age(3000, lists)
    expect(await old(3600, shell)).toBe(true)
    age(30, lists)
    expect(await old(3600, shell)).toBe(false)
    rmSync(join(lists, 'deb_x_Packages.lz4'))
    age(30, lists)
    expect(await old(3600, shell)).toBe(true)
  })
})
