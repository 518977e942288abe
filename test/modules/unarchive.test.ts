import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { unarchive } from '../../modules/unarchive.ts'
import { runLocally } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

const isRoot = process.getuid?.() === 0
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8).padStart(4, '0')

let dir: string
let dest: string
beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', folderHere())
  dir = folderHere()
  dest = join(folderHere(), 'dest')
  const app = join(dir, 'app-1')
  mkdirSync(join(app, 'bin'), { recursive: true })
  mkdirSync(join(app, 'empty'))
  writeFileSync(join(app, 'bin/tool'), '#!/bin/sh\n')
  chmodSync(join(app, 'bin/tool'), 0o755)
  writeFileSync(join(app, 'conf'), 'a = 1\n')
  chmodSync(join(app, 'conf'), 0o640)
  for (const name of nastyNames.filter((each) => !each.includes('\n'))) writeFileSync(join(app, name), name)
  symlinkSync('bin/tool', join(app, 'tool'))
  utimesSync(join(app, 'conf'), 1_500_000_000, 1_500_000_000)
})

const pack = (name: string, command = 'tar', args = ['-czf']): string => {
  execFileSync(command, [...args, join(dir, name), 'app-1'], { cwd: dir, stdio: 'pipe' })
  return name
}

const expectUnpacked = () => {
  expect([modeOf(join(dest, 'app-1/bin/tool')), modeOf(join(dest, 'app-1/conf'))]).toEqual(['0755', '0640'])
  expect(readlinkSync(join(dest, 'app-1/tool'))).toBe('bin/tool')
  expect(existsSync(join(dest, 'app-1/empty'))).toBe(true)
  for (const name of nastyNames.filter((each) => !each.includes('\n')))
    expect(readFileSync(join(dest, 'app-1', name), 'utf8')).toBe(name)
  expect(statSync(join(dest, 'app-1/conf')).mtimeMs).toBe(1_500_000_000_000)
  expect(nothingRan()).toBe(true)
}

describe.each(shellsHere)('unarchive in $name', ({ name, argv: shell }) => {
  const options = () => ({ shell, control: controlIn(dir) })

  it('unpacks an archive of the control side, with modes and times, and once (M07)', async () => {
    const { differences } = await settleHere(unarchive({ src: pack('a.tgz'), dest }), options())
    expectUnpacked()
    expect(differences.map(({ property }) => property)).toContain(`entries.${dest}/app-1/conf.content`)
  })

  it('restores what was changed or removed, and nothing else (M07)', async () => {
    const action = unarchive({ src: pack('a.tgz'), dest })
    await settleHere(action, options())
    writeFileSync(join(dest, 'app-1/conf'), 'a = 2\n')
    rmSync(join(dest, 'app-1/tool'))
    writeFileSync(join(dest, 'app-1/own'), 'mine')
    const before = statSync(join(dest, 'app-1/bin/tool')).ino
    const { differences } = await settleHere(action, options())
    expect(differences.map(({ property }) => property.slice(`entries.${dest}/app-1/`.length))).toEqual([
      ...['conf.content', 'tool.type', 'tool.target'],
    ])
    expect(differences[0]!.patch).toContain('-a = 2\n+a = 1')
    expect(statSync(join(dest, 'app-1/bin/tool')).ino).toBe(before)
    expect(readFileSync(join(dest, 'app-1/own'), 'utf8')).toBe('mine')
  })

  it.each([
    ['tar.gz', 'tar', ['-czf']],
    ['zip', 'zip', ['-qry']],
  ])(
    'unpacks a %s of the host itself, and once (M07)',
    async (suffix, command, args) => {
      const src = join(dir, pack(`it's a.${suffix}`, command, args))
      const action = unarchive({ src, dest, remoteSrc: true })
      if (suffix === 'zip' && name === 'busybox alone') {
        await expect(runLocally(action, options())).rejects.toThrow("the host's unzip, if it has one, lists no names")
        return
      }
      await settleHere(action, options())
      expectUnpacked()
      writeFileSync(join(dest, 'app-1/conf'), 'a = 2\n')
      rmSync(join(dest, 'app-1/bin'), { recursive: true })
      const { differences } = await settleHere(action, options())
      expect(differences).toMatchObject([
        { property: 'unpacked', before: ['app-1/bin', 'app-1/bin/tool', 'app-1/conf'] },
      ])
      expectUnpacked()
    },
    60_000,
  )

  it.each([
    ['of the control side', false],
    ['of the host', true],
  ])(
    'picks, cuts and sets modes of an archive %s (M07)',
    async (_whose, remoteSrc) => {
      for (const [file, command, args] of [
        ['a.tar', 'tar', ['-cf']],
        ['a.zip', 'zip', ['-qry']],
      ] as const) {
        if (remoteSrc && command === 'zip' && name === 'busybox alone') continue
        pack(file, command, [...args])
        const src = remoteSrc ? join(dir, file) : file
        const common = { src, dest: `${dest}-${file}`, remoteSrc, stripComponents: 1 }
        await settleHere(
          unarchive({
            ...common,
            include: ['app-1/bin', '*/conf', '*/tool'],
            exclude: ['app-1/tool'],
            mode: '0700',
            directoryMode: '0711',
          }),
          options(),
        )
        const at = (path: string) => join(`${dest}-${file}`, path)
        expect([modeOf(at('bin')), modeOf(at('bin/tool')), modeOf(at('conf'))]).toEqual(['0711', '0700', '0700'])
        expect([existsSync(at('tool')), existsSync(at('empty'))]).toEqual([false, false])
      }
    },
    60_000,
  )

  it('leaves all alone where creates is there (M07)', async () => {
    mkdirSync(dest)
    for (const src of [pack('a.tar', 'tar', ['-cf']), join(dir, 'a.tar')])
      await expectSettled(unarchive({ src, dest, remoteSrc: src.startsWith('/'), creates: dest }), options())
    expect(existsSync(join(dest, 'app-1'))).toBe(false)
  })
})

describe('unarchive', () => {
  const options = () => ({ control: controlIn(dir) })

  it('keeps the mode of the folder it unpacks into, and of folders that the archive does not name', async () => {
    mkdirSync(join(dest, 'app-1/bin'), { recursive: true })
    for (const folder of [dest, join(dest, 'app-1'), join(dest, 'app-1/bin')]) chmodSync(folder, 0o700)
    execFileSync('tar', ['-cf', 'a.tar', './app-1/bin/tool'], { cwd: dir })
    await settleHere(unarchive({ src: 'a.tar', dest: `${dest}/` }), options())
    expect([modeOf(dest), modeOf(join(dest, 'app-1')), modeOf(join(dest, 'app-1/bin'))]).toEqual([
      '0700',
      '0700',
      '0700',
    ])
  })

  it.each([['a.tar'], ['/a.tar']])('keeps what is newer than the archive where asked to: %s', async (name) => {
    pack('a.tar', 'tar', ['-cf'])
    const remoteSrc = name.startsWith('/')
    const common = { src: remoteSrc ? join(dir, 'a.tar') : name, dest, remoteSrc }
    mkdirSync(join(dest, 'app-1'), { recursive: true })
    writeFileSync(join(dest, 'app-1/conf'), 'newer')
    await settleHere(unarchive({ ...common, keepNewer: true }), options())
    expect(readFileSync(join(dest, 'app-1/conf'), 'utf8')).toBe('newer')
    await settleHere(unarchive(common), options())
    expect(readFileSync(join(dest, 'app-1/conf'), 'utf8')).toBe('a = 1\n')
  })

  it.runIf(isRoot)('gives files to whom it is told, and to nobody else; skipped without root', async () => {
    for (const [remoteSrc, to] of [
      [false, `${dest}-c`],
      [true, `${dest}-h`],
    ] as const) {
      execFileSync('tar', ['--owner=4321', '--group=4321', '-cf', 'a.tar', 'app-1'], { cwd: dir })
      const common = { src: remoteSrc ? join(dir, 'a.tar') : 'a.tar', dest: to, remoteSrc }
      await settleHere(unarchive(common), options())
      expect(statSync(join(to, 'app-1/conf')).uid).toBe(0)
      await settleHere(unarchive({ ...common, owner: '1234', group: '1235' }), options())
      expect(statSync(join(to, 'app-1/conf'))).toMatchObject({ uid: 1234, gid: 1235 })
      expect(statSync(join(to, 'app-1'))).toMatchObject({ uid: 1234, gid: 1235 })
    }
  })

  it.each([
    ['a path with ..', ['--transform', 's,^,../,']],
    ['an absolute path', ['--transform', 's,^,/,']],
  ])('refuses an archive with %s, wherever it is', async (_what, args) => {
    execFileSync('tar', ['-cPf', 'a.tar', ...args, 'app-1/conf'], { cwd: dir })
    mkdirSync(dest)
    for (const src of ['a.tar', join(dir, 'a.tar')]) {
      const action = unarchive({ src, dest, remoteSrc: src.startsWith('/') })
      await expect(runLocally(action, options())).rejects.toThrow('leads out of the folder that it is unpacked into')
    }
  })

  it('does not write through a link that the archive brings', async () => {
    const outside = folderHere()
    symlinkSync(outside, join(dir, 'x'))
    execFileSync('tar', ['-cf', 'a.tar', 'x'], { cwd: dir })
    execFileSync('tar', ['-rf', 'a.tar', '--transform', 's,^app-1,x,', 'app-1/conf'], { cwd: dir })
    await expect(runLocally(unarchive({ src: 'a.tar', dest }), options())).rejects.toThrow('which is a link')
    await runLocally(unarchive({ src: join(dir, 'a.tar'), dest, remoteSrc: true }), options())
    expect(existsSync(join(outside, 'conf'))).toBe(false)
  })

  it('replaces a link to a file by the file, and fails where a folder is in the way', async () => {
    pack('a.tar', 'tar', ['-cf'])
    mkdirSync(join(dest, 'app-1'), { recursive: true })
    writeFileSync(join(dest, 'other'), 'mine')
    symlinkSync('../other', join(dest, 'app-1/conf'))
    await settleHere(unarchive({ src: 'a.tar', dest }), options())
    expect([lstatSync(join(dest, 'app-1/conf')).isFile(), readFileSync(join(dest, 'other'), 'utf8')]).toEqual([
      true,
      'mine',
    ])
    rmSync(join(dest, 'app-1/conf'))
    mkdirSync(join(dest, 'app-1/conf'))
    await expect(runLocally(unarchive({ src: 'a.tar', dest }), options())).rejects.toThrow(
      'is a directory on the host and a file',
    )
  })

  it('tells what the archive holds where asked to', async () => {
    pack('a.tar', 'tar', ['-cf'])
    for (const remoteSrc of [false, true]) {
      const params = {
        src: remoteSrc ? join(dir, 'a.tar') : 'a.tar',
        dest,
        remoteSrc,
        include: ['app-1/bin'],
        listFiles: true,
      }
      const input = await unarchive.module.prepare!(params, controlIn(dir))
      const { answersLocally } = await import('../support/local-host.ts')
      const actual = unarchive.module.probe(input).read(await answersLocally(unarchive.module.probe(input)))
      const files = unarchive.module.result!(input, actual).files!
      expect(files.filter((each) => each !== 'app-1')).toEqual(['app-1/bin', 'app-1/bin/tool'])
    }
  })

  it('says what cannot be unpacked, and why', async () => {
    writeFileSync(join(dir, 'x.tgz'), 'no archive')
    const host = (src: string) => runLocally(unarchive({ src: join(dir, src), dest, remoteSrc: true }), options())
    await expect(host('none')).rejects.toThrow('none: there is no such file')
    await expect(host('x.tgz')).rejects.toThrow(/x\.tgz: .*tar/)
    pack('a.tar', 'tar', ['-cf'])
    await expect(runLocally(unarchive({ src: 'a.tar', dest, include: ['none'] }), options())).rejects.toThrow(
      "nothing in 'a.tar' is unpacked",
    )
    expect(() => unarchive({ src: 'a', dest, remoteSrc: true })).toThrow("parameter 'src': is an absolute path")
    expect(() => unarchive({ src: 'https://a/b.tgz', dest })).toThrow("parameter 'src': is a file: getUrl downloads it")
  })
})
