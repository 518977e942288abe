import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { archive } from '../../modules/archive.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

let dir: string
let out: string
beforeEach(() => {
  dir = join(folderHere(), "it's here")
  out = folderHere()
  mkdirSync(join(dir, 'sub'), { recursive: true })
  for (const name of nastyNames) writeFileSync(join(dir, 'sub', name), name)
  writeFileSync(join(dir, 'conf'), 'a', { mode: 0o640 })
  writeFileSync(join(dir, 'core'), 'large')
  symlinkSync('conf', join(dir, 'link'))
})

const unpack = (file: string): string => {
  const to = folderHere()
  if (file.endsWith('.zip')) execFileSync('unzip', ['-q', join(out, file), '-d', to])
  else execFileSync('tar', ['-xpf', join(out, file), '-C', to])
  return to
}

describe.each(shellsHere)('archive in $name', ({ name, argv: shell }) => {
  const alone = name === 'busybox alone'

  it.each(['tar', 'tar.gz', 'tar.xz', 'tar.bz2', 'tar.zst', 'zip'])(
    'packs what is in a folder as %s, and once',
    async (ending) => {
      const action = archive({ paths: dir, dest: join(out, `a.${ending}`), mode: '0600' })
      if (alone && ['tar.zst', 'zip', 'tar.xz', 'tar.bz2'].includes(ending)) {
        // busybox unpacks some of them and packs none, or has no such program
        const run = runLocally(action, { shell }).then(({ output }) => {
          if (output?.code !== 0) throw new Error(output?.stderr)
        })
        return ending === 'tar.bz2' ? await run : await expect(run).rejects.toThrow(/./)
      }
      await settleHere(action, { shell })
      expect(statSync(join(out, `a.${ending}`)).mode & 0o7777).toBe(0o600)
      const to = unpack(`a.${ending}`)
      // unzip itself leaves newlines out of names
      const names = ending === 'zip' ? nastyNames.map((each) => each.replaceAll('\n', '')) : nastyNames
      expect(readdirSync(join(to, 'sub')).sort()).toEqual([...names].sort())
      expect(statSync(join(to, 'conf')).mode & 0o777).toBe(0o640)
      expect(readdirSync(out)).toEqual([`a.${ending}`])
      expect(nothingRan()).toBe(true)
    },
  )

  it('is made anew where content, a mode or a name is another', async () => {
    const action = archive({ paths: [dir, join(out, '-x')], dest: join(out, 'a.tgz') })
    if (alone) return expect(runLocally(action, { shell })).rejects.toThrow(/GNU tar|does not exist/)
    writeFileSync(join(out, '-x'), '1')
    await settleHere(action, { shell })
    writeFileSync(join(out, '-x'), '2')
    expect((await settleHere(action, { shell })).differences).toMatchObject([{ property: 'current' }])
    chmodSync(join(dir, 'conf'), 0o600)
    await settleHere(action, { shell })
    writeFileSync(join(dir, 'new'), '')
    await settleHere(action, { shell })
    utimesSync(join(out, 'a.tgz'), 1, 1)
    await expectSettled(action, { shell })
    expect(readFileSync(join(unpack('a.tgz'), '-x'), 'utf8')).toBe('2')
    expect(readdirSync(unpack('a.tgz')).sort()).toEqual(['-x', "it's here"])
  })

  it('leaves out what is excluded', async () => {
    const action = archive({ paths: dir, dest: join(out, 'a.tar'), exclude: ['core', 'sub'] })
    if (alone) return expect(runLocally(action, { shell })).rejects.toThrow('need GNU tar')
    await settleHere(action, { shell })
    expect(readdirSync(unpack('a.tar')).sort()).toEqual(['conf', 'link'])
    await settleHere(archive({ paths: dir, dest: join(out, 'a.zip'), exclude: ['core', 'sub'] }), { shell })
    expect(readdirSync(unpack('a.zip')).sort()).toEqual(['conf', 'link'])
  })
})

describe('archive', () => {
  it('says what is missing', async () => {
    const of = (params: object) => runLocally(archive({ paths: dir, dest: join(out, 'a.tgz'), ...params }))
    await expect(of({ paths: join(dir, 'none') })).rejects.toThrow('none does not exist')
    await expect(of({ dest: join(out, 'none/a.tgz') })).rejects.toThrow('none is not a directory on the host')
    const bin = folderHere()
    for (const tool of ['sh', 'stat', 'sha256sum', 'readlink', 'sed', 'tar'])
      symlinkSync(
        execFileSync('sh', ['-c', `command -v ${tool}`])
          .toString()
          .trim(),
        join(bin, tool),
      )
    const run = runLocally(archive({ paths: dir, dest: join(out, 'a.tar.zst') }), {
      shell: ['env', `PATH=${bin}`, '/bin/sh'],
    })
    await expect(run).rejects.toThrow('the host has no zstd')
  })

  it('leaves the old one where it fails', async () => {
    writeFileSync(join(out, 'a.tgz'), 'old')
    const bin = folderHere()
    writeFileSync(join(bin, 'tar'), '#!/bin/sh\necho broken >&2\nexit 2\n', { mode: 0o755 })
    const shell = ['env', `PATH=${bin}:${process.env.PATH}`, '/bin/sh']
    const { output } = await runLocally(archive({ paths: dir, dest: join(out, 'a.tgz') }), { shell })
    expect(output?.code).not.toBe(0)
    expect([readFileSync(join(out, 'a.tgz'), 'utf8'), readdirSync(out)]).toEqual(['old', ['a.tgz']])
  })

  it.each<[string, object, string]>([
    ['a format that nothing tells', { dest: '/x/a' }, "parameter 'format': is needed where dest does not end"],
    ['an archive in itself', { dest: '/srv/a.tgz' }, "parameter 'dest': lies in what is packed"],
    [
      'a zip of two folders',
      { paths: ['/a/b', '/c/d'], dest: '/x.zip' },
      "parameter 'paths': a zip takes paths of one folder",
    ],
    ['two of one name', { paths: ['/a/b', '/c/b'] }, "parameter 'paths': two paths have the same name"],
  ])('%s is refused', (_what, params, message) => {
    expect(() => archive({ paths: '/srv', dest: '/x/a.tgz', ...params })).toThrow(message)
  })
})
