import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type NpmParams, npm } from '../../modules/npm.ts'
import { runLocally } from '../support/local-host.ts'
import { serveHere } from '../support/serve-here.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'

const hasNpm = spawnSync('npm', ['--version']).status === 0

/** A registry on the loopback with one package in three versions, and a shell with a home and a prefix of its own. */
async function world() {
  const folder = folderHere()
  const [registry, home, path] = ['registry', 'home', "the project's"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const each of [registry, home, path, join(home, 'prefix', 'lib')]) mkdirSync(each, { recursive: true })
  const url = await serveHere(registry)
  const versions = ['1.0.0', '1.1.0', '2.0.0'].map((version) => {
    const source = join(folder, `tiny-${version}`)
    mkdirSync(join(source, 'package'), { recursive: true })
    writeFileSync(
      join(source, 'package', 'package.json'),
      JSON.stringify({ name: 'tiny', version, scripts: { install: 'touch ran' } }),
    )
    spawnSync('tar', ['-czf', join(registry, `tiny-${version}.tgz`), '-C', source, 'package'])
    return [
      version,
      { name: 'tiny', version, dist: { tarball: `${url}tiny-${version}.tgz` }, hasInstallScript: true },
    ] as const
  })
  writeFileSync(
    join(registry, 'tiny'),
    JSON.stringify({ name: 'tiny', 'dist-tags': { latest: '2.0.0' }, versions: Object.fromEntries(versions) }),
  )
  const shell = ['env', `HOME=${home}`, `npm_config_prefix=${join(home, 'prefix')}`, 'timeout', '60', '/bin/sh']
  const settle = async (params: NpmParams) =>
    (await settleHere(npm({ registry: url, ...params }), { shell })).differences.map(({ property }) => property)
  const installed = (at = path) =>
    JSON.parse(readFileSync(join(at, 'node_modules', 'tiny', 'package.json'), 'utf8')).version as string
  return { path, home, url, shell, settle, installed }
}

describe.skipIf(!hasNpm)('npm', () => {
  it('installs a version by name, takes the newest, and removes', async () => {
    const { path, url, shell, settle, installed } = await world()
    expect(await settle({ path, name: 'tiny@1.0.0', ignoreScripts: true })).toEqual(['packages.tiny'])
    await expectSettled(npm({ registry: url, path, name: 'tiny' }), { shell })
    expect(installed()).toBe('1.0.0')
    await settle({ path, name: 'tiny', state: 'latest', ignoreScripts: true })
    expect(installed()).toBe('2.0.0')
    await settle({ path, name: 'tiny', state: 'absent' })
    expect(existsSync(join(path, 'node_modules', 'tiny'))).toBe(false)
  }, 120_000)

  it('installs what package.json asks for, what is only for development left out, and updates it within', async () => {
    const { path, settle, installed } = await world()
    const json = (range: string, key = 'dependencies') =>
      writeFileSync(join(path, 'package.json'), JSON.stringify({ [key]: { tiny: range } }))
    json('1.0.0')
    expect(await settle({ path, ignoreScripts: true })).toEqual(['packages.tiny'])
    json('^1.0.0')
    await settle({ path, state: 'latest', ignoreScripts: true })
    expect(installed()).toBe('1.1.0')
    spawnSync('rm', ['-rf', join(path, 'node_modules')])
    await settle({ path, ci: true, ignoreScripts: true })
    expect(installed()).toBe('1.1.0')
    spawnSync('rm', ['-rf', join(path, 'node_modules'), join(path, 'package-lock.json')])
    json('1.0.0', 'devDependencies')
    await expectSettled(npm({ path, production: true }))
  }, 120_000)

  it('installs for the whole host', async () => {
    const { home, settle, installed } = await world()
    expect(await settle({ name: 'tiny', version: '1.1.0', global: true, ignoreScripts: true })).toEqual([
      'packages.tiny',
    ])
    expect(installed(join(home, 'prefix', 'lib', 'node_modules', '..'))).toBe('1.1.0')
  }, 60_000)

  it('leaves nothing behind when it looks', async () => {
    const { path, home, url, shell } = await world()
    await runLocally(npm({ registry: url, path, name: 'tiny' }), { shell, check: true })
    expect(existsSync(join(home, '.npm'))).toBe(false)
  }, 60_000)

  it('says what is missing: npm, the folder, package.json, the package', async () => {
    const { path, url, shell } = await world()
    await expect(runLocally(npm({ path, executable: '/nonexistent/npm' }))).rejects.toThrow(
      'the host has no /nonexistent/npm',
    )
    await expect(runLocally(npm({ path: join(path, 'no') }))).rejects.toThrow(/no is not a folder on the host/)
    await expect(runLocally(npm({ path }))).rejects.toThrow(/has no package.json on the host/)
    await expect(runLocally(npm({ path, name: 'nosuch', state: 'latest', registry: url }), { shell })).rejects.toThrow(
      /npm view nosuch: .*404/s,
    )
  }, 60_000)
})

describe('npm’s parameters', () => {
  it.each<[NpmParams, RegExp]>([
    [{ name: 'a' }, /give either path or global/],
    [{ name: 'a', path: '/x', global: true }, /give either path or global/],
    [{ global: true }, /'name': is needed/],
    [{ path: '/x', state: 'absent' }, /'name': is needed/],
    [{ path: '/x', name: ['a', 'b'], version: '1.0.0' }, /'version': goes with one name/],
    [{ path: '/x', name: 'a@1.0.0', version: '1.0.0' }, /'version': is given in name as well/],
    [{ path: '/x', name: 'a@^1' }, /'name'.*: "a@\^1" is not a package/],
    [{ path: '/x', name: '-g' }, /'name'.* is not a package/],
    [{ path: '/x', name: '../a' }, /'name'.* is not a package/],
    [{ path: '/x', name: 'a', ci: true }, /'ci': installs what package-lock.json says/],
    [{ path: '/x', registry: 'registry.example.org' }, /'registry'.* is not an http/],
    [{ path: 'x' }, /'path'/],
  ])('%j: %s', (params, message) => {
    expect(() => npm(params)).toThrow(message)
  })
})
