import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { changeOf, differences } from '../../engine/difference.ts'
import { createReceiver } from '../../engine/run/control/receiver.ts'
import { receivePull } from '../../modules/common/pulled-tree.ts'
import { type SynchronizeParams, synchronize } from '../../modules/synchronize.ts'
import { askLocally, runLocally, runScript } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

let dir: string
let dest: string
beforeEach(() => {
  dir = folderHere()
  dest = join(folderHere(), 'dest')
  fill(join(dir, 'tree'))
})

function fill(tree: string): void {
  mkdirSync(join(tree, 'sub/empty'), { recursive: true })
  for (const name of nastyNames) writeFileSync(join(tree, 'sub', name), name)
  writeFileSync(join(tree, 'conf'), 'a')
  chmodSync(join(tree, 'conf'), 0o640)
  symlinkSync('sub/../conf', join(tree, "li'nk"))
}

function expectAlike(to: string): void {
  expect(readdirSync(join(to, 'sub')).sort()).toEqual([...nastyNames, 'empty'].sort())
  for (const name of nastyNames) expect(readFileSync(join(to, 'sub', name), 'utf8')).toBe(name)
  expect(statSync(join(to, 'conf')).mode & 0o777).toBe(0o640)
  expect(readlinkSync(join(to, "li'nk"))).toBe('sub/../conf')
  expect(nothingRan()).toBe(true)
}

describe.each(shellsHere)('synchronize in $name', ({ argv: shell }) => {
  it('brings a folder to the host, and once', async () => {
    const options = { shell, control: controlIn(dir) }
    await settleHere(synchronize({ src: 'tree/', dest }), options)
    expectAlike(dest)
    await settleHere(synchronize({ src: 'tree', dest: `${dest}/` }), options)
    expectAlike(join(dest, 'tree'))
  })

  it('removes what is there besides, but for what is left alone', async () => {
    const options = { shell, control: controlIn(dir) }
    fill(dest)
    for (const folder of ['old/deep', 'uploads/deep', 'cache', 'sub/more'])
      mkdirSync(join(dest, folder), { recursive: true })
    for (const name of ['old/deep/f', 'uploads/deep/f', 'cache/keep.me', 'cache/f', '.hidden', '-x y\nz'])
      writeFileSync(join(dest, name), '')
    await expectSettled(synchronize({ src: 'tree/', dest }), options)
    const exclude = ['uploads', '*.me']
    const { differences } = await settleHere(synchronize({ src: 'tree/', dest, delete: true, exclude }), options)
    expect(differences).toMatchObject([
      {
        property: 'besides',
        before: ['-x y\nz', '.hidden', 'cache/f', 'old', 'sub/more'].map((each) => join(dest, each)),
      },
    ])
    expect(readdirSync(dest).sort()).toEqual(['cache', 'conf', "li'nk", 'sub', 'uploads'])
    expect(readdirSync(join(dest, 'cache'))).toEqual(['keep.me'])
    expectAlike(dest)
  })

  it('brings a folder of the host to the control side, and once', async () => {
    expect((await pulled({ src: `${dir}/tree/`, dest: 'kept' }, dir, shell)).changed.length).toBeGreaterThan(5)
    expectAlike(join(dir, 'kept'))
    expect((await pulled({ src: `${dir}/tree/`, dest: 'kept' }, dir, shell)).changed).toEqual([])
    await pulled({ src: `${dir}/tree`, dest: 'kept' }, dir, shell)
    expectAlike(join(dir, 'kept/tree'))
  })
})

/** One pass with all that the control side does. */
async function pulled(params: Omit<SynchronizeParams, 'direction'>, folder: string, shell?: readonly string[]) {
  const { module, params: checked } = synchronize({ ...params, direction: 'pull' })
  const input = await module.prepare!(checked, controlIn(folder))
  const actual = (await askLocally(module.probe(input), shell)) as object
  const desired = module.desired(input, actual)
  const changed = differences(actual, desired).map(({ property }) => property)
  if (changed.length === 0) return { changed, size: 0 }
  const change = changeOf(actual, desired)
  const output = await runScript(module.apply(input, change), shell)
  expect(output.code, output.stderr).toBe(0)
  await module.receive!(input, change, output.raw, createReceiver(folder))
  return { changed, size: output.raw.length }
}

describe('synchronize', () => {
  it('pulls only what differs, and modes without content', async () => {
    await pulled({ src: `${dir}/tree/`, dest: 'kept' }, dir)
    writeFileSync(join(dir, 'tree/conf'), 'other')
    chmodSync(join(dir, 'tree/sub', nastyNames[0]!), 0o600)
    expect(await pulled({ src: `${dir}/tree/`, dest: 'kept' }, dir)).toEqual({
      changed: ['entries.conf.sha256', `entries.sub/${nastyNames[0]}.mode`],
      size: '5\nother'.length,
    })
    expect(readFileSync(join(dir, 'kept/conf'), 'utf8')).toBe('other')
    expect(statSync(join(dir, 'kept/sub', nastyNames[0]!)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(dir, 'kept/sub', nastyNames[0]!), 'utf8')).toBe(nastyNames[0])
  })

  it('pulls deletions where asked to, and leaves alone what is excluded', async () => {
    await pulled({ src: `${dir}/tree/`, dest: 'kept' }, dir)
    mkdirSync(join(dir, 'kept/own'))
    for (const name of ['own/notes', 'own/x']) writeFileSync(join(dir, 'kept', name), '')
    rmSync(join(dir, 'tree/sub'), { recursive: true })
    writeFileSync(join(dir, 'tree/sub'), 'a file now')
    expect((await pulled({ src: `${dir}/tree/`, dest: 'kept', exclude: ['own', 'sub'] }, dir)).changed).toEqual([])
    await pulled({ src: `${dir}/tree/`, dest: 'kept', delete: true, exclude: ['own/notes'] }, dir)
    expect(readdirSync(join(dir, 'kept')).sort()).toEqual(['conf', "li'nk", 'own', 'sub'])
    expect(readdirSync(join(dir, 'kept/own'))).toEqual(['notes'])
    expect(readFileSync(join(dir, 'kept/sub'), 'utf8')).toBe('a file now')
  })

  it('pulls nothing through a link that was pulled before', async () => {
    const outside = folderHere()
    symlinkSync(outside, join(dir, 'tree/x'))
    await pulled({ src: `${dir}/tree/`, dest: 'kept' }, dir)
    rmSync(join(dir, 'tree/x'))
    mkdirSync(join(dir, 'tree/x'))
    writeFileSync(join(dir, 'tree/x/f'), '')
    await pulled({ src: `${dir}/tree/`, dest: 'kept' }, dir)
    expect(existsSync(join(outside, 'f'))).toBe(false)
    expect(lstatSync(join(dir, 'kept/x')).isDirectory()).toBe(true)
  })

  it.each([
    ['../f', "'../f' leads out of /srv"],
    ['a/../../f', 'leads out of /srv'],
    ['a', "'a/b' lies in 'a', which is a link"],
  ])('believes no host that names %s', (name, message) => {
    const stat = (mode: string) => `${mode} 0 0 root root 1 1`
    const sum = 'a'.repeat(64)
    const link = name === 'a'
    const found = link
      ? `1\0\0${'2'}\0/srv/./a\0/srv/./a/b\0${stat('a1ff')}\n${stat('81a4')}\0l2f\n${sum}\0`
      : `1\0\0${'1'}\0/srv/./${name}\0${stat('81a4')}\0${sum}\0`
    const input = {
      kind: 'pull',
      pull: { src: '/srv', dest: 'x', exclude: [], removes: false, local: [], kept: [] },
    } as never
    const actual = synchronize.module.probe(input).read(() => ({ code: 0, stdout: found }) as never)
    expect(() => synchronize.module.desired(input, actual)).toThrow(message)
  })

  it('keeps nothing where a file was changed meanwhile, or did not arrive whole', async () => {
    const wanted = { entries: { f: { type: 'file', mode: '0644', sha256: 'b'.repeat(64) } } } as const
    const change = changeOf({ entries: {}, there: wanted.entries }, wanted) as never
    const pull = { src: '/srv', dest: 'x', exclude: [], removes: false, local: [], kept: [] }
    const receive = (text: string) => receivePull(pull, change, Buffer.from(text), {} as never)
    await expect(receive('1\na')).rejects.toThrow('f was changed while it was fetched')
    await expect(receive('9\na')).rejects.toThrow('f did not arrive whole')
    await expect(receive('')).rejects.toThrow('f did not arrive whole')
  })

  it('says what is missing', async () => {
    await expect(pulled({ src: `${dir}/none/`, dest: 'kept' }, dir)).rejects.toThrow(
      'none is not a directory on the host',
    )
    await expect(runLocally(synchronize({ src: 'none/', dest }), { control: controlIn(dir) })).rejects.toThrow(
      "source 'none/' was not found",
    )
  })

  it.each<[string, object, string]>([
    ['a relative folder of the host', { src: 'x', dest: 'y' }, "parameter 'dest': is an absolute path on the host"],
    [
      'the same in a pull',
      { src: 'x', dest: 'y', direction: 'pull' },
      "parameter 'src': is an absolute path on the host",
    ],
    [
      'an owner in a pull',
      { src: '/x', dest: 'y', direction: 'pull', owner: 'a' },
      "parameter 'direction': mode, owner and group",
    ],
  ])('%s is refused', (_what, params, message) => {
    expect(() => synchronize(params as SynchronizeParams)).toThrow(message)
  })
})
