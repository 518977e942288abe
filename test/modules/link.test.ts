import {
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { link } from '../../modules/link.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

const isRoot = process.getuid?.() === 0

describe.each(shellsHere)('link in $name', ({ argv: shell }) => {
  it('points where it should, the target as written, whether it exists or not (M03)', async () => {
    const path = join(folderHere(), 'l')
    await settleHere(link({ path, target: '../some where/else' }), { shell })
    expect(readlinkSync(path)).toBe('../some where/else')
  })

  it('replaces another link, also one to a folder, and goes not into it (M03)', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'old'))
    symlinkSync('old', join(dir, 'l'))
    await settleHere(link({ path: join(dir, 'l'), target: 'new' }), { shell })
    expect(readlinkSync(join(dir, 'l'))).toBe('new')
    expect(existsSync(join(dir, 'old/new'))).toBe(false)
  })

  it('replaces a file or an empty folder only with force (M03)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'file'), 'x')
    mkdirSync(join(dir, 'folder'))
    for (const name of ['file', 'folder']) {
      const path = join(dir, name)
      await expect(runLocally(link({ path, target: '/x' }), { shell })).rejects.toThrow(/not a link/)
      await settleHere(link({ path, target: '/x', force: true }), { shell })
    }
  })

  it('keeps a folder that is not empty, and says so before anything is done (M03)', async () => {
    const dir = folderHere()
    for (const [index, name] of ['full', ...nastyNames].entries()) {
      const inside = join(dir, name, ['.inside', '..inside', '-inside'][index % 3]!)
      mkdirSync(inside, { recursive: true })
      const action = link({ path: join(dir, name), target: '/x', force: true })
      await expect(runLocally(action, { shell }), name).rejects.toThrow(/not empty/)
      expect(existsSync(inside)).toBe(true)
    }
  })

  it('makes a hard link, and finds it again (M03)', async () => {
    const dir = folderHere()
    const target = join(dir, 'target')
    writeFileSync(target, 'x')
    symlinkSync('target', join(dir, 'soft'))
    await settleHere(link({ path: join(dir, 'hard'), target, hard: true }), { shell })
    expect(statSync(join(dir, 'hard')).ino).toBe(statSync(target).ino)
    await settleHere(link({ path: join(dir, 'soft'), target, hard: true }), { shell })
    expect(lstatSync(join(dir, 'soft')).isSymbolicLink()).toBe(false)
  })

  it('replaces a file that is another one only with force, hard links too (M03)', async () => {
    const dir = folderHere()
    for (const name of ['target', 'other']) writeFileSync(join(dir, name), name)
    const params = { path: join(dir, 'other'), target: join(dir, 'target'), hard: true }
    await expect(runLocally(link(params), { shell })).rejects.toThrow(/not a link/)
    await settleHere(link({ ...params, force: true }), { shell })
  })

  it.runIf(isRoot)('owns the link and not what it leads to; skipped without root', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'target'), '')
    const path = join(dir, 'l')
    await settleHere(link({ path, target: 'target', owner: '1234', group: '1235' }), { shell })
    expect(lstatSync(path)).toMatchObject({ uid: 1234, gid: 1235 })
    expect(statSync(join(dir, 'target')).uid).toBe(0)
    await settleHere(link({ path, target: 'elsewhere', owner: '1234' }), { shell })
    expect(lstatSync(path).uid).toBe(1234)
  })

  it.each(nastyNames)('takes %j as a name and as a target', async (text) => {
    const path = join(folderHere(), text)
    await settleHere(link({ path, target: text }), { shell })
    expect(readlinkSync(path)).toBe(text)
    expect(nothingRan()).toBe(true)
  })
})

describe('link', () => {
  it('does nothing where it is right', async () => {
    const dir = folderHere()
    symlinkSync('t', join(dir, 'l'))
    writeFileSync(join(dir, 'f'), '')
    linkSync(join(dir, 'f'), join(dir, 'h'))
    if (isRoot) chownSync(join(dir, 'f'), 7, 7)
    await expectSettled(link({ path: join(dir, 'l'), target: 't' }))
    await expectSettled(link({ path: join(dir, 'h'), target: join(dir, 'f'), hard: true }))
  })

  it('fails where there is no folder for it, or no file for a hard link', async () => {
    const dir = folderHere()
    const path = join(dir, 'l')
    await expect(runLocally(link({ path: join(dir, 'none/l'), target: 'x' }))).rejects.toThrow(
      'none is not a directory on the host',
    )
    await expect(runLocally(link({ path, target: join(dir, 'none'), hard: true }))).rejects.toThrow(
      /none does not exist/,
    )
    await expect(runLocally(link({ path, target: dir, hard: true }))).rejects.toThrow(/is a directory/)
  })

  it.each([
    [{ path: 'relative', target: 'x' }, /absolute/],
    [{ path: '/a/', target: 'x' }, /slash/],
    [{ path: '/a', target: '' }, /target/],
    [{ path: '/a', target: 'b', hard: true }, /absolute path/],
    [{ path: '/a', target: '/b', hard: true, owner: 'x' }, /owner of its target/],
  ])('refuses %j', (params, message) => {
    expect(() => link(params)).toThrow(message)
  })
})
