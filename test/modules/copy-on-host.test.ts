// copy with remoteSrc: files and folders of the host itself.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import { staleCode } from '../../engine/module.ts'
import { type CopyParams, copy } from '../../modules/copy.ts'
import { scriptFor } from '../support/fake-commands.ts'
import { askLocally, runLocally, runScript } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8).padStart(4, '0')
const text = (path: string) => readFileSync(path, 'utf8')
const onHost = (src: string, dest: string, more: Partial<CopyParams> = {}) =>
  copy({ src, dest, remoteSrc: true, ...more })

describe.each(shellsHere)('copy of a file of the host in $name', ({ argv: shell }) => {
  it('copies it, replaces what differs, and keeps a copy (M01)', async () => {
    const dir = folderHere()
    const [src, dest] = [join(dir, 'src'), join(dir, 'dest')]
    writeFileSync(src, 'one\n', { mode: 0o750 })
    await settleHere(onHost(src, dest), { shell })
    expect([text(dest), modeOf(dest)]).toEqual(['one\n', '0644'])
    writeFileSync(src, 'two\n')
    const { differences } = await settleHere(onHost(src, dest, { mode: 'preserve', backup: true }), { shell })
    expect(differences.map(({ property }) => property)).toEqual(['destination.content', 'destination.mode'])
    expect(differences[0]!.patch).toContain('-one\n+two')
    expect(modeOf(dest)).toBe('0750')
    expect(readdirSync(dir).filter((name) => /^dest\.\d+\..*~$/.test(name))).toHaveLength(1)
    await expectSettled(onHost(src, dest, { force: false }), { shell })
  })

  it('goes into a folder by its own name, makes one with a slash, and copies what is large (M01)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'src'), Buffer.alloc(300_000, 'x'))
    mkdirSync(join(dir, 'into'))
    await settleHere(onHost(join(dir, 'src'), join(dir, 'into')), { shell })
    await settleHere(onHost(join(dir, 'src'), `${dir}/new/`), { shell })
    expect([statSync(join(dir, 'into/src')).size, statSync(join(dir, 'new/src')).size]).toEqual([300_000, 300_000])
  })

  it.each(nastyNames)('takes %j as a name', async (name) => {
    const dir = folderHere()
    writeFileSync(join(dir, name), name)
    await settleHere(onHost(join(dir, name), join(dir, `copy ${name}`), { validate: 'test -s %s' }), { shell })
    expect(text(join(dir, `copy ${name}`))).toBe(name)
    expect(nothingRan()).toBe(true)
  })

  it('does nothing where the source has changed since it was asked', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'src'), 'one')
    const { module, params } = onHost(join(dir, 'src'), join(dir, 'dest'))
    const input = await module.prepare!(params, controlIn())
    const script = scriptFor(module, input, await askLocally(module.probe(input), shell))!
    writeFileSync(join(dir, 'src'), 'two')
    expect((await runScript(script, shell)).code).toBe(staleCode)
    expect(readdirSync(dir)).toEqual(['src'])
  })
})

describe.each(shellsHere)('copy of a folder of the host in $name', ({ argv: shell }) => {
  function source() {
    const dir = folderHere()
    mkdirSync(join(dir, 'src/sub/empty'), { recursive: true })
    writeFileSync(join(dir, 'src/program'), '#!/bin/sh\n', { mode: 0o755 })
    writeFileSync(join(dir, 'src/sub/file'), 'text\n', { mode: 0o600 })
    chmodSync(join(dir, 'src/sub'), 0o711)
    symlinkSync('sub/file', join(dir, 'src/link'))
    return { dir, src: join(dir, 'src'), dest: join(dir, 'host/there') }
  }
  const modes = (dest: string) => ['program', 'sub/file', 'sub'].map((name) => modeOf(join(dest, name)))

  it('copies what is in it with a slash, itself without, and new files with their modes (M01)', async () => {
    const { src, dest } = source()
    await settleHere(onHost(`${src}/`, dest), { shell })
    expect(readdirSync(dest, { recursive: true }).sort()).toEqual(['link', 'program', 'sub', 'sub/empty', 'sub/file'])
    expect(readlinkSync(join(dest, 'link'))).toBe('sub/file')
    expect(modes(dest)).toEqual(['0755', '0600', '0711'])
    await settleHere(onHost(src, dest, { mode: '0640', directoryMode: '0700' }), { shell })
    expect(modes(join(dest, 'src'))).toEqual(['0640', '0640', '0700'])
  })

  it('copies only what differs, keeps the modes that are there, and leaves alone what is not in the source', async () => {
    const { src, dest } = source()
    await settleHere(onHost(`${src}/`, dest), { shell })
    writeFileSync(join(dest, 'own'), 'kept')
    chmodSync(join(dest, 'sub/file'), 0o644)
    await expectSettled(onHost(`${src}/`, dest), { shell })
    const untouched = statSync(join(dest, 'program')).ino
    writeFileSync(join(src, 'sub/file'), 'changed\n')
    const { differences } = await settleHere(onHost(`${src}/`, dest, { backup: true }), { shell })
    expect(differences.map(({ property }) => property)).toEqual([`entries.${dest}/sub/file.content`])
    expect(modes(dest)).toEqual(['0755', '0644', '0711'])
    expect(statSync(join(dest, 'program')).ino).toBe(untouched)
    expect(readdirSync(join(dest, 'sub')).filter((name) => name.endsWith('~'))).toHaveLength(1)
    await settleHere(onHost(`${src}/`, dest, { mode: 'preserve' }), { shell })
    expect(modes(dest)).toEqual(['0755', '0600', '0711'])
  })

  it('mends links, and takes any name', async () => {
    const dir = folderHere()
    for (const name of nastyNames) {
      mkdirSync(join(dir, 'src', `d${name}`), { recursive: true })
      writeFileSync(join(dir, 'src', `d${name}`, name), name)
      symlinkSync(name, join(dir, 'src', `l${name}`))
    }
    const dest = join(dir, 'dest')
    await settleHere(onHost(join(dir, 'src/'), dest), { shell })
    for (const name of nastyNames) expect(text(join(dest, `d${name}`, name))).toBe(name)
    symlinkSync('wrong', join(dest, 'again'))
    symlinkSync('right', join(dir, 'src/again'))
    await settleHere(onHost(join(dir, 'src/'), dest), { shell })
    expect(readlinkSync(join(dest, 'again'))).toBe('right')
    expect(lstatSync(join(dest, `l${nastyNames[0]}`)).isSymbolicLink()).toBe(true)
    expect(nothingRan()).toBe(true)
  })

  it('keeps links to folders, and copies through them', async () => {
    const { dir, src } = source()
    const dest = join(dir, 'dest')
    mkdirSync(join(dir, 'elsewhere'))
    chmodSync(join(dir, 'elsewhere'), 0o700)
    mkdirSync(dest)
    symlinkSync('../elsewhere', join(dest, 'sub'))
    await settleHere(onHost(`${src}/`, dest, { mode: 'preserve', directoryMode: '0755' }), { shell })
    expect(readlinkSync(join(dest, 'sub'))).toBe('../elsewhere')
    expect(text(join(dir, 'elsewhere/file'))).toBe('text\n')
    expect(modeOf(join(dir, 'elsewhere'))).toBe('0700')
  })

  it('fails where a file is in the way of a folder', async () => {
    const { dir, src } = source()
    mkdirSync(join(dir, 'dest'))
    writeFileSync(join(dir, 'dest/sub'), '')
    await expect(runLocally(onHost(`${src}/`, join(dir, 'dest')), { shell })).rejects.toThrow(
      'sub is a file on the host and a directory in the source',
    )
    await expect(runLocally(onHost(`${src}/`, join(dir, 'dest/sub')), { shell })).rejects.toThrow(/is a file/)
  })
})

describe('copy on the host', () => {
  it('says what is wrong with the source', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'folder'))
    writeFileSync(join(dir, 'file'), 'x')
    const dest = join(dir, 'dest')
    await expect(runLocally(onHost(join(dir, 'none'), dest))).rejects.toThrow(/none does not exist on the host/)
    await expect(runLocally(onHost(join(dir, 'folder'), dest, { validate: 'true %s' }))).rejects.toThrow(/single file/)
    await expect(runLocally(onHost(join(dir, 'file'), dest, { checksum: '0'.repeat(64) }))).rejects.toThrow(
      `has the sha256 ${contentOf('x').sha256}, not 0000`,
    )
    await expect(runLocally(onHost('/dev/null', dest))).rejects.toThrow(/neither a file nor a folder/)
  })
})
