// A store that this user may not read, or not write, or that others may enter.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fileStore } from '../../engine/secrets/store.ts'

const pair = { '.pem': 'certificate', '-key.pem': 'key' }
const root = process.getuid?.() === 0
/** Whom root lets do what it could do itself: it is kept out of no folder. */
const nobody = 65534

/** A store with one value, in a folder that everybody may pass. */
async function storeWith(name: string): Promise<string> {
  const base = mkdtempSync(path.join(tmpdir(), 'tsplay-permissions-'))
  onTestFinished(() => rmSync(base, { recursive: true, force: true }))
  chmodSync(base, 0o755)
  const dir = path.join(base, 'store')
  await fileStore(dir, { check: false }).update(name, async () => pair)
  return dir
}

/** What somebody who is not root gets from the store: the answer, or `{ error }`. */
function asUser(what: 'read' | 'list', dir: string, name = ''): unknown {
  const program = path.join(import.meta.dirname, 'store-child.ts')
  const text = execFileSync(process.execPath, ['--import', 'jiti/register', program, what, dir, name], {
    encoding: 'utf8',
    env: { ...process.env, JITI_FS_CACHE: 'false', HOME: '/' },
    timeout: 60_000,
    ...(root && { uid: nobody, gid: nobody }),
  })
  return JSON.parse(text)
}

/** All of it belongs to that user. */
function giveAway(dir: string): void {
  const all = [dir, ...readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((file) => path.join(dir, file))]
  if (root) for (const file of all) chownSync(file, nobody, nobody)
}

describe('a store', { timeout: 60_000 }, () => {
  it('that may only be read gives the whole new value where a change was interrupted, and is left as it is', async () => {
    const dir = await storeWith('pki/a')
    const folder = path.join(dir, 'pki')
    // decided, and half done
    const next = { '.pem': 'new certificate', '-key.pem': 'new key' }
    writeFileSync(path.join(folder, '.a.decided'), JSON.stringify({ files: next, aside: 'a@20260101T000000Z' }))
    writeFileSync(path.join(folder, 'a-key.pem'), next['-key.pem'])
    giveAway(dir)
    for (const each of [folder, dir]) chmodSync(each, 0o500)
    onTestFinished(() => {
      for (const each of [dir, folder]) chmodSync(each, 0o700)
    })
    const before = readdirSync(folder)
    expect(asUser('read', dir, 'pki/a')).toEqual(next)
    expect(readdirSync(folder)).toEqual(before)
  })

  it.each([
    ['the folder', (dir: string) => path.join(dir, 'pki'), 0o000],
    ['a file', (dir: string) => path.join(dir, 'pki/a-key.pem'), 0o000],
  ])('of which %s cannot be read says so, and where', async (_title, what, mode) => {
    const dir = await storeWith('pki/a')
    giveAway(dir)
    chmodSync(what(dir), mode)
    onTestFinished(() => chmodSync(what(dir), 0o700))
    expect(asUser('read', dir, 'pki/a')).toEqual({
      error: expect.stringMatching(
        /^the store cannot be read: EACCES.*\n {2}at .*store\/pki.*\n {2}hint: run tsplay as the user/,
      ),
    })
  })

  it.skipIf(!root)('that belongs to somebody else is not taken for an empty one (only root can make one)', async () => {
    const dir = await storeWith('pki/a')
    expect(asUser('read', dir, 'pki/a')).toEqual({ error: expect.stringMatching(/^the store cannot be read: EACCES/) })
  })

  it.each([0o750, 0o705, 0o770, 0o701])('in the clear is refused where others may enter it: mode %o', async (mode) => {
    const dir = await storeWith('pki/a')
    chmodSync(dir, mode)
    const error = {
      message: expect.stringMatching(
        new RegExp(`others than its owner may enter the store \\(mode 0${mode.toString(8)}\\)`),
      ),
      place: { file: dir },
      hint: expect.stringContaining('chmod 700'),
    }
    for (const check of [true, false]) {
      await expect(fileStore(dir, { check }).read('pki/a')).rejects.toMatchObject(error)
      await expect(fileStore(dir, { check }).update('pki/b', async () => pair)).rejects.toMatchObject(error)
      await expect(fileStore(dir, { check }).list()).rejects.toMatchObject(error)
    }
    chmodSync(dir, 0o700)
    expect(await fileStore(dir, { check: false }).list()).toEqual(['pki/a'])
  })
})
