import { chmodSync, lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { directory } from '../../modules/directory.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

const isRoot = process.getuid?.() === 0
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8)

describe.each(shellsHere)('directory in $name', ({ argv: shell }) => {
  it('is made with its parents, those with mode 0755 (M03)', async () => {
    const dir = folderHere()
    await settleHere(directory({ path: join(dir, 'a/b/c'), mode: '0700' }), { shell })
    expect(modeOf(join(dir, 'a/b/c'))).toBe('700')
    expect(modeOf(join(dir, 'a/b'))).toBe('755')
  })

  it('changes the mode alone, sticky and set-id bits included (M03)', async () => {
    const path = join(folderHere(), 'd')
    mkdirSync(path)
    await settleHere(directory({ path, mode: '1777' }), { shell })
    expect(modeOf(path)).toBe('1777')
    await settleHere(directory({ path, mode: 'g+s,o-w' }), { shell })
    expect(modeOf(path)).toBe('3775')
  })

  it('takes a link to a directory for the directory, and keeps it (M03)', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'real'))
    chmodSync(join(dir, 'real'), 0o755)
    symlinkSync('real', join(dir, 'l'))
    await expectSettled(directory({ path: join(dir, 'l'), mode: '0755' }), { shell })
    await settleHere(directory({ path: join(dir, 'l'), mode: '0750' }), { shell })
    expect(modeOf(join(dir, 'real'))).toBe('750')
    expect(lstatSync(join(dir, 'l')).isSymbolicLink()).toBe(true)
  })

  it.runIf(isRoot)('sets the owner; skipped without root', async () => {
    const path = join(folderHere(), 'd')
    await settleHere(directory({ path, owner: '1234', group: '1235' }), { shell })
    expect(statSync(path)).toMatchObject({ uid: 1234, gid: 1235 })
  })

  it.each(nastyNames)('takes %j as a name', async (text) => {
    const path = join(folderHere(), text, text)
    await settleHere(directory({ path, mode: '0700' }), { shell })
    expect(statSync(path).isDirectory()).toBe(true)
    expect(nothingRan()).toBe(true)
  })
})

describe('directory', () => {
  it('fails where something else is at the path, and says what to do', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'f'), '')
    symlinkSync('nowhere', join(dir, 'l'))
    await expect(runLocally(directory({ path: join(dir, 'f') }))).rejects.toThrow(/is a file, not a directory/)
    await expect(runLocally(directory({ path: join(dir, 'l') }))).rejects.toThrow(/is a link, not a directory/)
  })

  it('leaves mode and owner alone where they are not given', async () => {
    const path = join(folderHere(), 'd')
    mkdirSync(path)
    chmodSync(path, 0o711)
    await expectSettled(directory({ path }))
  })
})
