import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import type { Output } from '../../engine/module.ts'
import { showScript } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { reportOf } from '../../modules/common/replace-file.ts'
import { copy } from '../../modules/copy.ts'
import { askLocally, runLocally } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nastyTexts, nothingRan, shellsHere } from '../support/shells.ts'

const isRoot = process.getuid?.() === 0
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8).padStart(4, '0')
const text = (path: string) => readFileSync(path, 'utf8')
const sha256 = (content: string) => contentOf(content).sha256

describe.each(shellsHere)('copy of a file in $name', ({ argv: shell }) => {
  it('writes a new file with mode 0644, its bytes as they are (M01)', async () => {
    const dir = folderHere()
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256))
    writeFileSync(join(dir, 'src'), bytes, { mode: 0o755 })
    const control = controlIn(dir)
    await settleHere(copy({ src: 'src', dest: join(dir, 'dest') }), { shell, control })
    expect(readFileSync(join(dir, 'dest')).equals(bytes)).toBe(true)
    expect(modeOf(join(dir, 'dest'))).toBe('0644')
    await settleHere(copy({ src: 'src', dest: join(dir, 'kept'), mode: 'preserve' }), { shell, control })
    expect(modeOf(join(dir, 'kept'))).toBe('0755')
  })

  it('replaces by a rename: a program that runs goes on, a reader keeps what it has opened (M01)', async () => {
    const path = join(folderHere(), 'f')
    writeFileSync(path, 'old', { mode: 0o600 })
    const before = statSync(path).ino
    await settleHere(copy({ content: 'new\n', dest: path }), { shell })
    expect(text(path)).toBe('new\n')
    expect(statSync(path).ino).not.toBe(before)
    expect(modeOf(path)).toBe('0600')
  })

  it('writes nothing where only the mode differs (M01)', async () => {
    const path = join(folderHere(), 'f')
    writeFileSync(path, 'same', { mode: 0o600 })
    utimesSync(path, 1000, 1000)
    const before = statSync(path)
    const { differences } = await settleHere(copy({ content: 'same', dest: path, mode: '0640', backup: true }), {
      shell,
    })
    expect(differences.map(({ property }) => property)).toEqual(['mode'])
    expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
    expect(modeOf(path)).toBe('0640')
  })

  it.runIf(isRoot)(
    'keeps the owner of what it replaces, and sets the one it is given; skipped without root',
    async () => {
      const path = join(folderHere(), 'f')
      writeFileSync(path, 'old')
      chownSync(path, 1234, 1235)
      await settleHere(copy({ content: 'new', dest: path, mode: '4711' }), { shell })
      expect(statSync(path)).toMatchObject({ uid: 1234, gid: 1235 })
      expect(modeOf(path)).toBe('4711')
      await settleHere(copy({ content: 'new', dest: path, owner: '1', group: '2', mode: '4711' }), { shell })
      expect(statSync(path)).toMatchObject({ uid: 1, gid: 2 })
      expect(modeOf(path)).toBe('4711')
    },
  )

  it('goes into a folder that exists, and into one with a slash, by its own name (M01)', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'into'))
    symlinkSync('into', join(dir, 'link'))
    writeFileSync(join(dir, 'src'), 'x')
    const control = controlIn(dir)
    await settleHere(copy({ src: 'src', dest: join(dir, 'into') }), { shell, control })
    expect(text(join(dir, 'into/src'))).toBe('x')
    writeFileSync(join(dir, 'src'), 'y')
    await settleHere(copy({ src: 'src', dest: `${dir}/link/` }), { shell, control: controlIn(dir) })
    expect(text(join(dir, 'into/src'))).toBe('y')
  })

  it('edits what a link leads to and keeps the link; follow: false replaces the link (M01)', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'sub'))
    writeFileSync(join(dir, 'sub/real'), 'old')
    symlinkSync('sub/real', join(dir, 'l'))
    await settleHere(copy({ content: 'new', dest: join(dir, 'l') }), { shell })
    expect(readlinkSync(join(dir, 'l'))).toBe('sub/real')
    expect(text(join(dir, 'sub/real'))).toBe('new')
    await settleHere(copy({ content: 'own', dest: join(dir, 'l'), follow: false }), { shell })
    expect(lstatSync(join(dir, 'l')).isFile()).toBe(true)
    expect(text(join(dir, 'sub/real'))).toBe('new')
  })

  it('keeps a copy where backup asks for one, and names it (M01)', async () => {
    const dir = folderHere()
    const path = join(dir, 'f')
    writeFileSync(path, 'old', { mode: 0o640 })
    const action = copy({ content: 'new', dest: path, backup: true })
    const { output } = await settleHere(action, { shell })
    const { backupFile } = reportOf(output!.stdout) as { backupFile: string }
    expect(backupFile).toMatch(/^.*\/f\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/)
    expect(text(backupFile)).toBe('old')
    expect(modeOf(backupFile)).toBe('0640')
  })

  it('makes the folder that dest names with a slash, and those it is in (M01)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'src'), 'x')
    const params = { src: 'src', dest: `${dir}/new//deep/`, directoryMode: 'u=rwx,go=x', mode: '0600' }
    const { differences } = await settleHere(copy(params), { shell, control: controlIn(dir) })
    expect(differences.map(({ property }) => property)).toEqual(['parent', 'type', 'content', 'mode'])
    expect([modeOf(join(dir, 'new')), modeOf(join(dir, 'new/deep')), modeOf(join(dir, 'new/deep/src'))]).toEqual([
      '0711',
      '0711',
      '0600',
    ])
    writeFileSync(join(dir, 'file'), '')
    await expect(
      runLocally(copy({ src: 'src', dest: `${dir}/file/` }), { shell, control: controlIn(dir) }),
    ).rejects.toThrow(/file is not a directory/)
  })

  it('tells what it has written, and what was there already (M01)', async () => {
    const path = join(folderHere(), 'f')
    const action = copy({ content: 'text\n', dest: path, mode: '4750' })
    const input = await action.module.prepare!(action.params, controlIn())
    const result = async (output?: Output) =>
      action.module.result!(input, await askLocally(action.module.probe(input), shell), output)
    expect(await result()).toEqual({ dest: path, sha256: sha256('text\n'), mode: '4750', size: 5 })
    const before = await askLocally(action.module.probe(input), shell)
    const { output } = await settleHere(action, { shell })
    const { uid, gid } = statSync(path)
    const told = { dest: path, sha256: sha256('text\n'), mode: '4750', size: 5, uid, gid }
    expect(action.module.result!(input, before, output)).toMatchObject(told)
    expect(await result()).toMatchObject(told)
    expect(await result()).toEqual(action.module.result!(input, before, output))
  })

  it('validates before it replaces; what fails leaves the old file and nothing else (M01)', async () => {
    const dir = folderHere()
    const path = join(dir, "it's")
    writeFileSync(path, 'old')
    const validated = (validate: string) => runLocally(copy({ content: 'new', dest: path, validate }), { shell })
    for (const validate of [
      'echo "line 3 is wrong" >&2; test ! -f %s',
      'exit 1 %s',
      "unbalanced ' %s",
      'no-such-checker %s',
    ]) {
      const { output } = await validated(validate)
      expect(output?.code, validate).not.toBe(0)
      expect(output?.stderr).toContain('validation failed')
      expect(text(path)).toBe('old')
      expect(readdirSync(dir)).toEqual(["it's"])
    }
    expect((await validated('echo "line 3 is wrong" >&2; false %s')).output?.stderr).toContain('line 3 is wrong')
    expect((await validated('grep -q new %s')).output?.code).toBe(0)
    expect(text(path)).toBe('new')
  })

  it('leaves the old file and no rest where the disk is full (M01)', async () => {
    const dir = folderHere()
    const path = join(dir, 'f')
    writeFileSync(path, 'old')
    // a limit on the size of files stands for the full disk: the write fails in the same place
    const limited = ['bash', '-c', 'trap "" XFSZ; ulimit -f 8; exec "$@"', 'sh', ...shell]
    const { output } = await runLocally(copy({ content: 'x'.repeat(500_000), dest: path }), { shell: limited })
    expect(output?.code).not.toBe(0)
    expect(output?.stderr).not.toBe('')
    expect(text(path)).toBe('old')
    expect(readdirSync(dir)).toEqual(['f'])
  })

  it('is not fooled by a link that somebody puts where it writes', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'victim'), 'kept')
    const trap = `for n in 1; do ln -s victim "${dir}/.f.tsplay.$$"; done; exec "$@"`
    await runLocally(copy({ content: 'new', dest: join(dir, 'f') }), { shell: ['sh', '-c', trap, 'sh', ...shell] })
    expect(text(join(dir, 'victim'))).toBe('kept')
  })

  it.each(nastyNames)('takes %j as a name', async (name) => {
    const dir = folderHere()
    mkdirSync(join(dir, name))
    const dest = join(dir, name, name)
    await settleHere(copy({ content: '1', dest, validate: 'test -s %s' }), { shell })
    await settleHere(copy({ content: '2', dest, validate: 'test -s %s', backup: true }), { shell })
    expect(text(dest)).toBe('2')
    expect(nothingRan()).toBe(true)
  })
})

describe('copy of a file', () => {
  it.each(nastyTexts)('writes %j as it is', async (content) => {
    const path = join(folderHere(), 'f')
    await settleHere(copy({ content, dest: path }))
    expect(text(path)).toBe(content)
    expect(nothingRan()).toBe(true)
  })

  it('does nothing where the file is right, or is there and force is false (M01)', async () => {
    const path = join(folderHere(), 'f')
    writeFileSync(path, 'x')
    await expectSettled(copy({ content: 'x', dest: path }))
    await expectSettled(copy({ content: 'y', dest: path, force: false, mode: '0600' }))
    await settleHere(copy({ content: 'y', dest: `${path}2`, force: false }))
  })

  it('fails clearly where the folder is missing, something is in the way, or dest is a folder', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'd'))
    spawnSync('mkfifo', [join(dir, 'pipe')])
    await expect(runLocally(copy({ content: '', dest: join(dir, 'none/f') }))).rejects.toThrow(
      `${dir}/none is not a directory on the host`,
    )
    await expect(runLocally(copy({ content: '', dest: join(dir, 'd') }))).rejects.toThrow(`${dir}/d is a directory`)
    await expect(runLocally(copy({ content: '', dest: join(dir, 'pipe') }))).rejects.toThrow(/not a regular file/)
  })

  it('takes a source only with the sha256 that it is given (M01)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'src'), 'x')
    mkdirSync(join(dir, 'folder'))
    const params = { src: 'src', dest: join(dir, 'dest') }
    const prepared = (more: object) => {
      const action = copy({ ...params, ...more })
      return action.module.prepare!(action.params, controlIn(dir))
    }
    await expect(prepared({ checksum: sha256('y') })).rejects.toThrow(`'src' has the sha256 ${sha256('x')}, not`)
    await expect(prepared({ src: 'folder', checksum: sha256('y') })).rejects.toThrow(/single file/)
    await settleHere(copy({ ...params, checksum: `sha256:${sha256('x')}` }), { control: controlIn(dir) })
  })

  it('shows what changes, and nothing of a secret', async () => {
    const path = join(folderHere(), 'f')
    writeFileSync(path, 'one\ntwo\n')
    const open = await runLocally(copy({ content: 'one\nthree\n', dest: path }), { check: true })
    expect(open.differences[0]?.patch).toContain('-two\n+three')
    const closed = copy({ content: secret('hunter2'), dest: path })
    const { differences } = await runLocally(closed, { check: true })
    expect(differences).toEqual([{ property: 'content', before: '***', after: '***' }])
    const input = await closed.module.prepare!(closed.params, controlIn())
    const script = closed.module.apply(input, { from: { path, type: null }, to: { type: 'file' }, has: () => true })
    expect(showScript(script)).not.toContain('hunter2')
  })

  it.each([
    [{ dest: '/x' }, /either src or content/],
    [{ dest: '/x', src: 'a', content: 'b' }, /either src or content/],
    [{ dest: '/x/', content: 'b' }, /name of a file/],
    [{ dest: 'x', content: 'b' }, /absolute/],
    [{ dest: '/x', content: 'b', validate: 'visudo -c' }, /%s/],
    [{ dest: '/x', content: 'b', mode: 420 }, /text of octal digits/],
    [{ dest: '/x', content: 'b', checksum: 'abc' }, /'checksum': is a sha256/],
    [{ dest: '/x', src: 'a', remoteSrc: true }, /'src': .*absolute path/],
    [{ dest: '/a/b', src: '/a', remoteSrc: true }, /'dest': lies in src/],
    [{ dest: '/a', src: '/a', remoteSrc: true }, /lies in src/],
  ])('refuses %j', (params, message) => {
    expect(() => copy(params as never)).toThrow(message)
  })
})

describe.each(shellsHere)('copy of a folder in $name', ({ argv: shell }) => {
  /** A source with a program, a file in a folder, an empty folder and a link. */
  function source() {
    const dir = folderHere()
    mkdirSync(join(dir, 'src/sub/empty'), { recursive: true })
    writeFileSync(join(dir, 'src/program'), '#!/bin/sh\n', { mode: 0o755 })
    writeFileSync(join(dir, 'src/sub/file'), 'text\n', { mode: 0o600 })
    symlinkSync('sub/file', join(dir, 'src/link'))
    return { dir, dest: join(dir, 'host/there') }
  }

  it('copies what is in it with a slash, and itself without (M01)', async () => {
    const { dir, dest } = source()
    const control = controlIn(dir)
    await settleHere(copy({ src: 'src/', dest }), { shell, control })
    expect(readdirSync(dest, { recursive: true }).sort()).toEqual(['link', 'program', 'sub', 'sub/empty', 'sub/file'])
    expect(text(join(dest, 'link'))).toBe('text\n')
    expect(readlinkSync(join(dest, 'link'))).toBe('sub/file')
    await settleHere(copy({ src: 'src', dest }), { shell, control })
    expect(text(join(dest, 'src/sub/file'))).toBe('text\n')
  })

  it('gives new files 0644 and folders 0755, the modes it is told, or those of the source (M01)', async () => {
    const { dir, dest } = source()
    const control = controlIn(dir)
    const modes = () => ['program', 'sub/file', 'sub'].map((name) => modeOf(join(dest, name)))
    await settleHere(copy({ src: 'src/', dest }), { shell, control })
    expect(modes()).toEqual(['0644', '0644', '0755'])
    await settleHere(copy({ src: 'src/', dest, mode: '0750', directoryMode: '0700' }), { shell, control })
    expect(modes()).toEqual(['0750', '0750', '0700'])
    await settleHere(copy({ src: 'src/', dest, mode: 'preserve' }), { shell, control })
    expect(modes()).toEqual(['0755', '0600', '0755'])
  })

  it('sends only what differs, and leaves alone what is not in the source', async () => {
    const { dir, dest } = source()
    await settleHere(copy({ src: 'src/', dest }), { shell, control: controlIn(dir) })
    writeFileSync(join(dest, 'own'), 'kept')
    const untouched = statSync(join(dest, 'program')).ino
    writeFileSync(join(dir, 'src/sub/file'), 'changed\n')
    const { differences } = await settleHere(copy({ src: 'src/', dest }), { shell, control: controlIn(dir) })
    expect(differences.map(({ property }) => property)).toEqual([`entries.${dest}/sub/file.content`])
    expect(statSync(join(dest, 'program')).ino).toBe(untouched)
    expect(readdirSync(dest).sort()).toEqual(['link', 'own', 'program', 'sub'])
  })

  it.runIf(isRoot)('keeps owners of what it replaces, sets those it is given; skipped without root', async () => {
    const { dir, dest } = source()
    await settleHere(copy({ src: 'src/', dest, owner: '1', group: '2' }), { shell, control: controlIn(dir) })
    for (const name of ['', 'program', 'sub', 'sub/file'])
      expect(statSync(join(dest, name))).toMatchObject({ uid: 1, gid: 2 })
    chmodSync(join(dest, 'program'), 0o4755)
    chownSync(join(dest, 'program'), 1234, 1235)
    chmodSync(join(dest, 'program'), 0o4755)
    writeFileSync(join(dir, 'src/program'), 'new')
    await settleHere(copy({ src: 'src/', dest }), { shell, control: controlIn(dir) })
    expect(statSync(join(dest, 'program'))).toMatchObject({ uid: 1234, gid: 1235 })
    expect(modeOf(join(dest, 'program'))).toBe('4755')
  })

  it('replaces links by files, keeps links to folders, and mends wrong links', async () => {
    const { dir, dest } = source()
    mkdirSync(join(dir, 'elsewhere'))
    mkdirSync(dest, { recursive: true })
    symlinkSync('nowhere', join(dest, 'program'))
    symlinkSync(join(dir, 'elsewhere'), join(dest, 'sub'))
    symlinkSync('wrong', join(dest, 'link'))
    await settleHere(copy({ src: 'src/', dest }), { shell, control: controlIn(dir) })
    expect(lstatSync(join(dest, 'program')).isFile()).toBe(true)
    expect(text(join(dir, 'elsewhere/file'))).toBe('text\n')
    expect(readlinkSync(join(dest, 'link'))).toBe('sub/file')
  })

  it('keeps copies of what it replaces with backup, and leaves files alone without force', async () => {
    const { dir, dest } = source()
    mkdirSync(dest, { recursive: true })
    writeFileSync(join(dest, 'program'), 'old')
    await settleHere(copy({ src: 'src/', dest, force: false }), { shell, control: controlIn(dir) })
    expect(text(join(dest, 'program'))).toBe('old')
    expect(text(join(dest, 'sub/file'))).toBe('text\n')
    await settleHere(copy({ src: 'src/', dest, backup: true }), { shell, control: controlIn(dir) })
    const [kept] = readdirSync(dest).filter((name) => /^program\.\d+\..*~$/.test(name))
    expect(text(join(dest, kept!))).toBe('old')
  })

  it('takes any name', async () => {
    const dir = folderHere()
    const names = [...nastyNames, `${'long'.repeat(60)}.txt`]
    for (const name of names) {
      mkdirSync(join(dir, 'src', `d${name}`), { recursive: true })
      writeFileSync(join(dir, 'src', `d${name}`, name), name)
      writeFileSync(join(dir, 'src', name), name)
    }
    const dest = join(dir, 'dest')
    await settleHere(copy({ src: 'src/', dest, backup: true }), { shell, control: controlIn(dir) })
    for (const name of names) expect(text(join(dest, `d${name}`, name))).toBe(name)
    expect(nothingRan()).toBe(true)
    expect(existsSync(join(dest, '-leading dash'))).toBe(true)
  })

  it('leaves nothing behind where the disk is full', async () => {
    const { dir, dest } = source()
    mkdirSync(dest, { recursive: true })
    writeFileSync(join(dest, 'program'), 'old')
    writeFileSync(join(dir, 'src/program'), 'x'.repeat(500_000))
    const limited = ['bash', '-c', 'trap "" XFSZ; ulimit -f 8; exec "$@"', 'sh', ...shell]
    const { output } = await runLocally(copy({ src: 'src/', dest }), { shell: limited, control: controlIn(dir) })
    expect(output?.code).not.toBe(0)
    expect(text(join(dest, 'program'))).toBe('old')
    expect(readdirSync(dest).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('fails where a folder is in the way of a file, before anything is written', async () => {
    const { dir, dest } = source()
    mkdirSync(join(dest, 'program'), { recursive: true })
    await expect(runLocally(copy({ src: 'src/', dest }), { shell, control: controlIn(dir) })).rejects.toThrow(
      `${dest}/program is a directory on the host and a file in the source`,
    )
    expect(readdirSync(dest)).toEqual(['program'])
  })
})

describe('copy of a folder', () => {
  it('works on a host without tar', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'src/sub'), { recursive: true })
    writeFileSync(join(dir, 'src/a'), 'a'.repeat(5000), { mode: 0o750 })
    writeFileSync(join(dir, 'src/sub/empty'), '')
    mkdirSync(join(dir, 'bin'))
    const tools = [
      'cat',
      'chmod',
      'cp',
      'date',
      'dd',
      'ln',
      'mkdir',
      'mv',
      'readlink',
      'rm',
      'sed',
      'sha256sum',
      'stat',
      'sync',
      'wc',
    ]
    for (const tool of tools)
      symlinkSync(
        spawnSync('sh', ['-c', `command -v ${tool}`])
          .stdout.toString()
          .trim(),
        join(dir, 'bin', tool),
      )
    const shell = ['env', `PATH=${join(dir, 'bin')}`, '/bin/sh']
    await settleHere(copy({ src: 'src/', dest: join(dir, 'dest'), mode: 'preserve' }), {
      shell,
      control: controlIn(dir),
    })
    expect(text(join(dir, 'dest/a'))).toBe('a'.repeat(5000))
    expect(modeOf(join(dir, 'dest/a'))).toBe('0750')
    expect(text(join(dir, 'dest/sub/empty'))).toBe('')
  })

  it('writes a thousand files with a handful of processes', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'src'))
    for (let index = 0; index < 1000; index++) writeFileSync(join(dir, 'src', `file ${index}`), `${index}`)
    const action = copy({ src: 'src/', dest: join(dir, 'dest') })
    await settleHere(action, { control: controlIn(dir) })
    expect(readdirSync(join(dir, 'dest'))).toHaveLength(1000)
    expect(text(join(dir, 'dest/file 777'))).toBe('777')
    const input = await action.module.prepare!(action.params, controlIn(dir))
    const entries = Object.fromEntries(input.writing.entries.map(({ path }: { path: string }) => [path, null]))
    const to = action.module.desired(input, { entries, tar: true })
    const script = showScript(action.module.apply(input, { from: { entries, tar: true }, to, has: () => true }))
    expect(script.match(/\b(mkdir|mv|tar|sync|chmod|chown|cp)\b/g)!.length).toBeLessThan(10)
  })

  it('refuses validate: it checks one file', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'src'))
    const action = copy({ src: 'src', dest: '/x', validate: 'test %s' })
    await expect(action.module.prepare!(action.params, controlIn(dir))).rejects.toThrow(/single file/)
  })
})
