import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isRequirement, requirementsOf } from '../../modules/common/python-requirement.ts'
import { compareVersions, fitsSpecifiers } from '../../modules/common/python-version.ts'
import { type PipParams, pip } from '../../modules/pip.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'

const python = (program: string, ...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0

const versions = [
  '1.0',
  '1',
  '1.0.0',
  '1.0.1',
  '1.10',
  '1.9',
  '2!0.1',
  '1.0a1',
  '1.0b2',
  '1.0rc1',
  '1.0c1',
  '1.0.dev3',
  '1.0a1.dev1',
  '1.0.post1',
  '1.0-1',
  '1.0+local.2',
  '1.0.post1.dev2',
  'v1.0',
  '1.0.0rc2',
  '0',
  '2024.1.2',
]
const specifiers = [
  '==1.0',
  '==1.0.*',
  '!=1.0',
  '!=1.*',
  '>=1.0',
  '>1.0',
  '<1.0',
  '<=1.0',
  '~=1.0',
  '~=1.0.0',
  '<1.0rc1',
  '>1.0.post1',
  '===1.0',
  '>=1.0a1, <2',
  '==1.0+local.2',
  '',
]

describe('versions of Python packages', () => {
  it.skipIf(!hasPip)('are ordered and chosen as pip does', () => {
    const program = `
import json, sys
from pip._vendor.packaging.version import Version
from pip._vendor.packaging.specifiers import SpecifierSet
versions, specifiers = json.loads(sys.argv[1])
order = [[(Version(a) > Version(b)) - (Version(a) < Version(b)) for b in versions] for a in versions]
fits = [[SpecifierSet(s).contains(v, prereleases=True) for s in specifiers] for v in versions]
print(json.dumps([order, fits]))`
    const [order, fits] = JSON.parse(python(program, JSON.stringify([versions, specifiers]))) as [
      number[][],
      boolean[][],
    ]
    const ours = versions.map((a) => versions.map((b) => Math.sign(compareVersions(a, b)) + 0))
    const table = (rows: readonly (readonly unknown[])[], columns: readonly string[]) =>
      Object.fromEntries(rows.flatMap((row, i) => row.map((cell, j) => [`${versions[i]} ${columns[j]}`, cell])))
    expect(table(ours, versions)).toEqual(table(order, versions))
    const chosen = versions.map((version) => specifiers.map((each) => fitsSpecifiers(version, each)))
    expect(table(chosen, specifiers)).toEqual(table(fits, specifiers))
  })

  it.each(['a', 'A.b-c_1', 'a==1', 'a[x,y]>=1, <2', 'a ~= 1.4.2', 'a!=1.*'])('%j is a requirement', (text) => {
    expect(isRequirement(text)).toBe(true)
  })

  it.each([
    '',
    '-r x',
    '--index-url=x',
    'a b',
    'git+https://x/y',
    './a',
    'a==',
    "a'; touch /pwned; '",
    'a\nb',
    'a @ http://x',
    '-a',
    'ä',
  ])('%j is none', (text) => {
    expect(isRequirement(text)).toBe(false)
    expect(() => pip({ name: text })).toThrow(/'name'.* is not a package/)
  })

  it('are given to pip without blanks, the name known in one spelling', () => {
    expect(requirementsOf({ name: 'Foo.Bar_x [a, b] >= 1, < 2' })).toEqual([
      { name: 'foo-bar-x', specifiers: '>= 1, < 2', text: 'Foo.Bar_x[a,b]>=1,<2' },
    ])
    expect(requirementsOf({ name: 'foo', version: '1.2' })[0]).toMatchObject({ specifiers: '==1.2', text: 'foo==1.2' })
  })
})

/** Wheels of two tiny packages, one of which needs the other. */
function wheels(): string {
  const folder = join(folderHere(), "the wheel's")
  mkdirSync(folder)
  const program = `
import sys, zipfile
for name, version, needs in [('tiny_one', '1.0', ''), ('tiny_one', '1.5', ''), ('tiny_one', '2.0', ''), ('tiny_two', '1.0', 'Requires-Dist: tiny-one>=1\\n')]:
    info = f'{name}-{version}.dist-info'
    with zipfile.ZipFile(f'{sys.argv[1]}/{name}-{version}-py3-none-any.whl', 'w') as wheel:
        wheel.writestr(f'{name}.py', '')
        wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n{needs}')
        wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr(f'{info}/RECORD', f'{name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n')`
  python(program, folder)
  return folder
}

describe.skipIf(!hasPip)('pip', () => {
  it('makes an environment, and installs, moves, upgrades and removes in it (M15)', async () => {
    const folder = wheels()
    const common = { virtualenv: join(folder, 'my venv'), extraArgs: ['--no-index', '--find-links', folder] }
    const settle = async (params: PipParams) =>
      (await settleHere(pip({ ...common, ...params }))).differences.map(({ property }) => property)
    expect(await settle({ name: 'Tiny_One==1.0' })).toEqual(['environment', 'packages.tiny-one'])
    await expectSettled(pip({ ...common, name: ['tiny.one', 'tiny-one>=1,<2'] }))
    expect(await settle({ name: 'tiny-one', version: '1.5' })).toEqual(['packages.tiny-one'])
    await expectSettled(pip({ ...common, name: 'tiny-one<2', state: 'latest' }))
    expect(await settle({ name: 'tiny-one', state: 'latest' })).toEqual(['packages.tiny-one'])
    expect(await settle({ name: ['tiny-two', 'tiny-one>=2'] })).toEqual(['packages.tiny-two'])
    expect(await settle({ name: ['tiny-two', 'tiny-one'], state: 'absent' })).toEqual([
      'packages.tiny-two',
      'packages.tiny-one',
    ])
    const file = join(folder, 'requirements.txt')
    writeFileSync(file, '# all\ntiny-two\ntiny-one < 2\n')
    expect(await settle({ requirements: file })).toEqual(['requirements'])
    writeFileSync(file, 'tiny-one >= 2\n')
    expect(await settle({ requirements: file, chdir: folder })).toEqual(['requirements'])
  }, 120_000)

  it('fails with what pip says, and leaves no half of an environment', async () => {
    const folder = folderHere()
    const virtualenv = join(folder, 'venv')
    const params: PipParams = { name: 'tiny-none', virtualenv, extraArgs: ['--no-index'] }
    const failed = await runLocally(pip({ ...params, python: '/bin/false' }))
    expect(failed.output?.code).toBe(1)
    expect(existsSync(virtualenv)).toBe(false)
    const missing = await runLocally(pip(params))
    expect(missing.output?.stderr).toContain('No matching distribution found for tiny-none')
  }, 60_000)

  it('has nothing to remove where there is no environment', async () => {
    await expectSettled(pip({ name: 'tiny-one', state: 'absent', virtualenv: join(folderHere(), 'none') }))
  })

  it('says what is missing: Python, pip, the requirements file', async () => {
    const folder = folderHere()
    await expect(runLocally(pip({ name: 'a', python: 'python9' }))).rejects.toThrow('the host has no Python')
    writeFileSync(join(folder, 'python'), '#!/bin/sh\necho "$0: No module named pip" >&2; exit 1\n', { mode: 0o755 })
    await expect(runLocally(pip({ name: 'a', python: join(folder, 'python') }))).rejects.toMatchObject({
      message: expect.stringContaining('No module named pip'),
      hint: "install it first: package({ name: 'python3-pip' })",
    })
    const requirements = join(folder, 'no.txt')
    await expect(runLocally(pip({ requirements, virtualenv: join(folder, 'v') }))).rejects.toThrow(
      `there is no ${requirements}`,
    )
  })
})

describe('pip’s parameters', () => {
  it.each<[PipParams, RegExp]>([
    [{}, /what is to be installed/],
    [{ name: ['a', 'b'], version: '1' }, /'version': goes with one name/],
    [{ name: 'a==1', version: '1' }, /'version': is given in name as well/],
    [{ name: 'a', version: '>=1' }, /'version': is an exact version/],
    [{ requirements: '/r', state: 'latest' }, /'state': goes with name only/],
    [{ name: 'a', virtualenv: 'venv' }, /'virtualenv'/],
    [{ name: 'a', python: '-c' }, /'python'/],
  ])('%j: %s', (params, message) => {
    expect(() => pip(params)).toThrow(message)
  })
})
