import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { SourceEntry } from '../../engine/module.ts'
import type { ArchivePick } from '../../engine/transfer.ts'
import { controlIn, folderHere } from '../support/settle-here.ts'

const all: ArchivePick = { include: [], exclude: [], stripComponents: 0 }
const big = randomBytes(3_000_000)

let dir: string
beforeEach(() => {
  dir = folderHere()
  vi.stubEnv('XDG_CACHE_HOME', path.join(dir, 'cache'))
})

function tree(): string {
  const folder = path.join(dir, 'app-1.0')
  mkdirSync(path.join(folder, 'bin'), { recursive: true })
  writeFileSync(path.join(folder, 'bin/tool'), '#!/bin/sh\n', { mode: 0o755 })
  writeFileSync(path.join(folder, 'big'), big)
  writeFileSync(path.join(folder, 'ünï code'), 'x', { mode: 0o600 })
  symlinkSync('bin/tool', path.join(folder, 'tool'))
  utimesSync(path.join(folder, 'big'), 1_500_000_000, 1_500_000_000)
  return folder
}

const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: dir, stdio: 'pipe' })

const read = async (archive: string, pick: Partial<ArchivePick> = {}) => {
  const control = controlIn(dir)
  return control.archive(await control.file(archive), { ...all, ...pick })
}

const listed = (entries: readonly SourceEntry[]) =>
  entries.map((entry) =>
    entry.type === 'file'
      ? `${entry.path} ${entry.file.mode}`
      : `${entry.path} ${entry.type === 'link' ? `-> ${entry.target}` : 'directory'}`,
  )

const bytesOf = async (entries: readonly SourceEntry[], name: string): Promise<Buffer> => {
  const entry = entries.find((each) => each.path === name)
  const chunks: Uint8Array[] = []
  if (entry?.type === 'file') for await (const chunk of entry.file.content.stream()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const everything = [
  'app-1.0 directory',
  'app-1.0/big 0644',
  'app-1.0/bin directory',
  'app-1.0/bin/tool 0755',
  'app-1.0/tool -> bin/tool',
  'app-1.0/ünï code 0600',
]

describe('archives of the control side', () => {
  it.each([
    ['tar', ['tar', '-cf']],
    ['tar.gz', ['tar', '-czf']],
    ['tar.bz2', ['tar', '-cjf']],
    ['tar.xz', ['tar', '-cJf']],
    ['tar.zst', ['tar', '--zstd', '-cf']],
    ['pax.tar', ['tar', '--format=pax', '-cf']],
    ['zip', ['zip', '-qry']],
  ])('are read whatever packed them: %s (M07)', async (name, [command, ...args]) => {
    tree()
    run(command!, ...args, `a.${name}`, 'app-1.0')
    const entries = await read(`a.${name}`)
    expect(listed(entries)).toEqual(everything)
    expect((await bytesOf(entries, 'app-1.0/big')).equals(big)).toBe(true)
    const file = entries.find((entry) => entry.path === 'app-1.0/big') as Extract<SourceEntry, { type: 'file' }>
    expect(file.file.content.sha256).toBe(createHash('sha256').update(big).digest('hex'))
    expect(file.file.mtime).toBe(1_500_000_000)
    expect(file.file.content.bytes, 'too large to be held in memory').toBeUndefined()
    const small = entries.find((entry) => entry.path === 'app-1.0/bin/tool') as typeof file
    expect(Buffer.from(small.file.content.bytes!).toString()).toBe('#!/bin/sh\n')
  })

  it('are unpacked once; what is left in the cache folder is whole', async () => {
    tree()
    run('tar', '-cf', 'a.tar', 'app-1.0')
    await read('a.tar')
    const kept = path.join(dir, 'cache/tsplay/archives')
    expect(readdirSync(kept).map((name) => path.extname(name))).toEqual(['.data', '.json'])
    const entries = await read('a.tar')
    expect(listed(entries)).toEqual(everything)
    rmSync(path.join(kept, readdirSync(kept)[0]!)) // somebody tidied up
    expect((await bytesOf(await read('a.tar'), 'app-1.0/big')).equals(big)).toBe(true)
  })

  it('are picked from by wildcards, and leading folders are cut (M07)', async () => {
    tree()
    run('tar', '-cf', 'a.tar', './app-1.0')
    expect(listed(await read('a.tar', { include: ['app-1.0/bin'], stripComponents: 1 }))).toEqual([
      'bin directory',
      'bin/tool 0755',
    ])
    expect(listed(await read('a.tar', { include: ['*/tool'], exclude: ['*/bin'], stripComponents: 1 }))).toEqual([
      'tool -> bin/tool',
    ])
  })

  it('bring the folders that they do not name', async () => {
    tree()
    run('tar', '-cf', 'a.tar', 'app-1.0/bin/tool')
    expect(listed(await read('a.tar'))).toEqual(['app-1.0 directory', 'app-1.0/bin directory', 'app-1.0/bin/tool 0755'])
  })

  it('give hard links the content of what they link to', async () => {
    writeFileSync(path.join(dir, 'one'), 'same')
    run('ln', 'one', 'two')
    run('tar', '-cf', 'a.tar', 'one', 'two')
    const entries = await read('a.tar')
    expect(listed(entries)).toEqual(['one 0644', 'two 0644'])
    expect((await bytesOf(entries, 'two')).toString()).toBe('same')
    await expect(read('a.tar', { include: ['two'] })).rejects.toThrow("hard link to 'one', which is not unpacked")
  })

  it.each([
    ['a path with ..', ['--transform', 's,^,../,'], 'leads out of the folder'],
    ['an absolute path', ['-P', '--transform', 's,^,/tmp/,'], 'leads out of the folder'],
  ])('are refused with %s', async (_what, options, message) => {
    writeFileSync(path.join(dir, 'evil'), 'x')
    run('tar', '-cPf', 'a.tar', ...options, 'evil')
    await expect(read('a.tar')).rejects.toThrow(message)
    expect(await read('a.tar', { exclude: ['*evil'] })).toEqual([])
  })

  it('are refused where a link of theirs leads a path out', async () => {
    symlinkSync('/etc', path.join(dir, 'x'))
    run('tar', '-cf', 'a.tar', 'x')
    writeFileSync(path.join(dir, 'evil'), 'x')
    run('tar', '-rf', 'a.tar', '--transform', 's,^,x/,', 'evil')
    await expect(read('a.tar')).rejects.toThrow("'x/evil' lies in 'x', which is a link")
  })

  it('that are none, or cut off, are an error that names the file', async () => {
    writeFileSync(path.join(dir, 'a.tar.gz'), 'no archive at all, but long enough to look at')
    await expect(read('a.tar.gz')).rejects.toThrow(/archive '.*a.tar.gz' cannot be unpacked/)
    tree()
    run('tar', '-cf', 'b.tar', 'app-1.0')
    for (const [command, suffix] of [
      ['gzip', 'gz'],
      ['xz', 'xz'],
      ['bzip2', 'bz2'],
      ['zstd', 'zst'],
    ] as const) {
      run(command, '-kq', 'b.tar')
      run('truncate', '-s', '1000000', `b.tar.${suffix}`)
      await expect(read(`b.tar.${suffix}`), suffix).rejects.toThrow(/cannot be unpacked/)
    }
    run('truncate', '-s', '1000000', 'b.tar')
    await expect(read('b.tar')).rejects.toThrow(/cannot be unpacked/)
  })
})
