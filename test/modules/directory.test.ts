import { chmodSync, lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { directory } from '../../modules/directory.ts'
import { scriptText } from '../support/fake-commands.ts'
import { askLocally, runLocally } from '../support/local-host.ts'
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

  it('gives all that is in it the mode, X to folders and programs alone (M03)', async () => {
    const path = join(folderHere(), 'd')
    for (const name of nastyNames) {
      mkdirSync(join(path, name), { recursive: true })
      writeFileSync(join(path, name, 'file'), '')
      chmodSync(join(path, name, 'file'), 0o666)
      writeFileSync(join(path, name, name), '', { mode: 0o711 })
      symlinkSync('/etc/passwd', join(path, name, 'link'))
    }
    const action = directory({ path, mode: 'u=rwX,go=rX', recurse: true })
    const { differences } = await settleHere(action, { shell })
    expect(differences.map(({ property }) => property)).toContain(`below.${path}/${nastyNames[0]}/file.mode`)
    for (const name of nastyNames)
      expect(['', 'file', name].map((each) => modeOf(join(path, name, each)))).toEqual(['755', '644', '755'])
    expect(modeOf('/etc/passwd')).toBe('644')
    chmodSync(join(path, nastyNames[1]!, 'file'), 0o600)
    const again = await settleHere(action, { shell })
    expect(again.differences.map(({ property }) => property)).toEqual([`below.${path}/${nastyNames[1]}/file.mode`])
    await settleHere(directory({ path, mode: '0700', recurse: true }), { shell })
    expect(modeOf(join(path, nastyNames[0]!, 'file'))).toBe('700')
  })

  it.runIf(isRoot)('gives all that is in it the owner, of links the link; skipped without root (M03)', async () => {
    const path = join(folderHere(), 'd')
    mkdirSync(join(path, 'sub'), { recursive: true })
    writeFileSync(join(path, 'sub/program'), '')
    chmodSync(join(path, 'sub/program'), 0o4755)
    writeFileSync(join(path, '../outside'), '')
    symlinkSync('../outside', join(path, 'link'))
    await settleHere(directory({ path, owner: '1234', group: '1235', recurse: true }), { shell })
    for (const name of ['', 'sub', 'sub/program', 'link'])
      expect(lstatSync(join(path, name))).toMatchObject({ uid: 1234, gid: 1235 })
    expect(statSync(join(path, '../outside')).uid).not.toBe(1234)
    expect(modeOf(join(path, 'sub/program'))).toBe('4755')
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

  it('says how many processes a thousand files cost: a handful', async () => {
    const path = join(folderHere(), 'd')
    mkdirSync(path)
    for (let index = 0; index < 1000; index++) writeFileSync(join(path, `f${index}`), '')
    const action = directory({ path, mode: 'g-r', recurse: true })
    const script = scriptText(action.module, action.params, await askLocally(action.module.probe(action.params)))
    expect(script!.match(/chmod/g)).toHaveLength(2)
  })

  it('refuses recurse where there is nothing to give', () => {
    expect(() => directory({ path: '/x', recurse: true })).toThrow(/'recurse': .*give one of them/)
    for (const path of ['/', '/./', '/etc/..'])
      expect(() => directory({ path, recurse: true, mode: '0700' })).toThrow(/'path': the whole host/)
  })

  it('leaves mode and owner alone where they are not given', async () => {
    const path = join(folderHere(), 'd')
    mkdirSync(path)
    chmodSync(path, 0o711)
    await expectSettled(directory({ path }))
  })
})
