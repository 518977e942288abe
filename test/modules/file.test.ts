import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { file } from '../../modules/file.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

const isRoot = process.getuid?.() === 0
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8)

describe.each(shellsHere)('file in $name', ({ argv: shell }) => {
  it('removes a file, a folder with all in it, and a link without what it leads to (M03)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'file'), '')
    mkdirSync(join(dir, 'tree/a/b'), { recursive: true })
    mkdirSync(join(dir, 'kept'))
    symlinkSync('kept', join(dir, 'link'))
    for (const name of ['file', 'tree', 'link']) {
      await settleHere(file({ path: join(dir, name), state: 'absent' }), { shell })
      expect(existsSync(join(dir, name))).toBe(false)
    }
    expect(existsSync(join(dir, 'kept'))).toBe(true)
  })

  it('removes a link and not the folder, however many slashes end the path', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'kept/inside'), { recursive: true })
    symlinkSync('kept', join(dir, 'link'))
    await runLocally(file({ path: `${join(dir, 'link')}//`, state: 'absent' }), { shell })
    expect(existsSync(join(dir, 'kept/inside'))).toBe(true)
  })

  it('sets the mode of what is there, through a link too (M03)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'f'), 'kept')
    chmodSync(join(dir, 'f'), 0o644)
    symlinkSync('f', join(dir, 'l'))
    await settleHere(file({ path: join(dir, 'f'), mode: '0600' }), { shell })
    expect(modeOf(join(dir, 'f'))).toBe('600')
    await settleHere(file({ path: join(dir, 'l'), mode: 'u+x,g=r' }), { shell })
    expect(modeOf(join(dir, 'f'))).toBe('740')
    expect(lstatSync(join(dir, 'l')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(dir, 'f'), 'utf8')).toBe('kept')
  })

  it.runIf(isRoot)('sets the owner and keeps set-id bits; skipped without root', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'f'), '')
    symlinkSync('f', join(dir, 'l'))
    await settleHere(file({ path: join(dir, 'f'), mode: '4755' }), { shell })
    await settleHere(file({ path: join(dir, 'l'), owner: '1234', group: '1235', mode: '4755' }), { shell })
    expect(statSync(join(dir, 'f'))).toMatchObject({ uid: 1234, gid: 1235 })
    expect(modeOf(join(dir, 'f'))).toBe('4755')
    expect(lstatSync(join(dir, 'l')).uid).toBe(0)
  })

  it('touches: always changed, the content stays (M03)', async () => {
    const path = join(folderHere(), 'f')
    const action = file({ path, state: 'touch', mode: '0640' })
    expect((await runLocally(action, { shell })).output?.code).toBe(0)
    expect(modeOf(path)).toBe('640')
    writeFileSync(path, 'kept')
    const second = await runLocally(action, { shell })
    expect(second.differences.map(({ property }) => property)).toEqual(['touched'])
    expect(readFileSync(path, 'utf8')).toBe('kept')
  })

  it('makes a file once and keeps its times with preserve (M03)', async () => {
    const path = join(folderHere(), 'f')
    const action = file({ path, state: 'touch', accessTime: 'preserve', modificationTime: 'preserve', mode: '0600' })
    await settleHere(action, { shell })
    utimesSync(path, 1000, 2000)
    await expectSettled(action, { shell })
    await settleHere(
      file({ path, state: 'touch', accessTime: 'preserve', modificationTime: 'preserve', mode: '0640' }),
      {
        shell,
      },
    )
    expect([statSync(path).atimeMs, statSync(path).mtimeMs]).toEqual([1_000_000, 2_000_000])
  })

  it('sets one time to now and keeps the other: always changed (M03)', async () => {
    const path = join(folderHere(), 'f')
    writeFileSync(path, '')
    const since = Math.floor(Date.now() / 1000) * 1000
    for (const [kept, set] of [
      ['atimeMs', 'mtimeMs'],
      ['mtimeMs', 'atimeMs'],
    ] as const) {
      utimesSync(path, 1000, 1000)
      const times = { [kept === 'atimeMs' ? 'accessTime' : 'modificationTime']: 'preserve' }
      for (let pass = 0; pass < 2; pass++) {
        const { differences, output } = await runLocally(file({ path, state: 'touch', ...times }), { shell })
        expect([differences.map(({ property }) => property), output?.code]).toEqual([['touched'], 0])
      }
      expect(statSync(path)[kept]).toBe(1_000_000)
      expect(statSync(path)[set]).toBeGreaterThanOrEqual(since)
    }
  })

  it('sets times that are given, once, through a link too (M03)', async () => {
    const dir = folderHere()
    const path = join(dir, 'f')
    const times = { accessTime: '2026-01-31T12:00:00Z', modificationTime: '2025-07-01T00:00:07+02:00' }
    const ms = [Date.UTC(2026, 0, 31, 12), Date.UTC(2025, 5, 30, 22, 0, 7)]
    await settleHere(file({ path, state: 'touch', ...times }), { shell })
    expect([statSync(path).atimeMs, statSync(path).mtimeMs]).toEqual(ms)
    await expectSettled(file({ path, ...times }), { shell })
    symlinkSync('f', join(dir, 'l'))
    utimesSync(path, 1000, 1000)
    const { differences } = await settleHere(file({ path: join(dir, 'l'), ...times }), { shell })
    expect(differences.map(({ property }) => property)).toEqual(['times.modified', 'times.accessed'])
    expect([statSync(path).atimeMs, statSync(path).mtimeMs]).toEqual(ms)
  })

  it.each(nastyNames)('takes %j as a name', async (text) => {
    const path = join(folderHere(), text)
    expect((await runLocally(file({ path, state: 'touch' }), { shell })).output).toMatchObject({ code: 0 })
    expect(existsSync(path)).toBe(true)
    await settleHere(file({ path, mode: '0600' }), { shell })
    await settleHere(file({ path, state: 'absent' }), { shell })
    expect(nothingRan()).toBe(true)
  })
})

describe('file', () => {
  it('fails where nothing is there, or a link that leads nowhere (M03)', async () => {
    const dir = folderHere()
    symlinkSync('nowhere', join(dir, 'l'))
    await expect(runLocally(file({ path: join(dir, 'none') }))).rejects.toThrow(/does not exist/)
    await expect(runLocally(file({ path: join(dir, 'l'), mode: '0600' }))).rejects.toThrow(/leads nowhere/)
    await expect(runLocally(file({ path: join(dir, 'none/f'), state: 'touch' }))).rejects.toThrow(
      'none is not a directory on the host',
    )
  })

  it('does nothing where nothing is to be removed', async () => {
    await expectSettled(file({ path: join(folderHere(), 'none'), state: 'absent' }))
  })

  it.each(['/', '//', '/.', '/../', '/etc/..', '/./../.'])('never removes the root folder, written as %j', (path) => {
    expect(() => file({ path, state: 'absent' })).toThrow(/root folder/)
  })

  it('is quick to see that a long name is not the root folder', () => {
    expect(() => file({ path: `/${'.'.repeat(5000)}x`, state: 'absent' })).not.toThrow()
  })

  it.each([
    [{ path: 'x' }, /absolute/],
    [{ path: '/x', mode: 644 }, /the number 644 is decimal/],
    [{ path: '/x', mode: '9' }, /octal digits/],
    [{ path: '/x', state: 'directory' }, /state/],
    [{ path: '/x', modificationTime: '202601311200.00' }, /'modificationTime': is 'now', 'preserve', or a time/],
    [{ path: '/x', accessTime: '2026-01-31T12:00:00' }, /with its zone/],
    [{ path: '/x', accessTime: '2026-13-31T12:00:00Z' }, /with its zone/],
  ])('refuses %j', (params, message) => {
    expect(() => file(params as never)).toThrow(message)
  })
})
