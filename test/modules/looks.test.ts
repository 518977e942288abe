import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import { changeOf } from '../../engine/difference.ts'
import type { Action } from '../../engine/module.ts'
import { will } from '../../engine/prediction.ts'
import { all, digest } from '../../engine/probe.ts'
import { reveal } from '../../engine/secret.ts'
import { fetch } from '../../modules/fetch.ts'
import { type FindResult, find } from '../../modules/find.ts'
import { type SlurpResult, slurp } from '../../modules/slurp.ts'
import { type StatResult, stat } from '../../modules/stat.ts'
import { tempfile } from '../../modules/tempfile.ts'
import { answersLocally, askLocally, runLocally, runScript } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

const sum = (data: string | Uint8Array, algorithm = 'sha256') => createHash(algorithm).update(data).digest('hex')

/** What `register` would receive of a module that only looks. */
async function seen<T>({ module, params }: Action<T>, shell?: readonly string[]): Promise<T> {
  const actual = await askLocally(module.probe(params), shell)
  expect(module.desired(params, actual)).toEqual({})
  return module.result?.(params, actual) as T
}

describe.each(shellsHere)('what looks in $name', ({ argv: shell }) => {
  it('sums many files by several algorithms in one question each', async () => {
    const dir = folderHere()
    for (const name of nastyNames) writeFileSync(join(dir, name), name)
    const asked = nastyNames.flatMap((name) => [digest(join(dir, name)), digest(join(dir, name), 'sha512')])
    const found = await askLocally(all([...asked, digest(join(dir, 'none')), digest(dir, 'md5')]), shell)
    expect(found).toEqual([...nastyNames.flatMap((name) => [sum(name), sum(name, 'sha512')]), null, null])
  })

  it('stat tells what is at a path, whatever it is called (M07)', async () => {
    for (const name of nastyNames) {
      const path = join(folderHere(), name)
      writeFileSync(path, 'abc')
      chmodSync(path, 0o640)
      const { uid, gid, mtimeMs } = statSync(path)
      expect(await seen(stat({ path }), shell)).toMatchObject({
        ...{ exists: true, type: 'file', mode: '0640', size: 3, uid, gid, mtime: Math.floor(mtimeMs / 1000) },
        ...{ sha256: sum('abc'), checksum: sum('abc'), readable: true, writable: true },
      })
    }
    expect(nothingRan()).toBe(true)
  })

  it('stat looks at a link, or through it; nothing there is no failure (M07)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'file'), 'abc', { mode: 0o755 })
    symlinkSync('file', join(dir, 'link'))
    symlinkSync('nowhere', join(dir, 'dangling'))
    const at = (path: string, more = {}) => seen(stat({ path: join(dir, path), ...more }), shell)
    expect(await at('link')).toMatchObject({ type: 'link', linkTarget: 'file' })
    expect(await at('link')).not.toHaveProperty('sha256')
    expect(await at('link', { follow: true, checksum: 'sha1' })).toMatchObject({
      ...{ type: 'file', checksum: sum('abc', 'sha1'), executable: true },
    })
    expect(await at('link', { follow: true, checksum: false })).not.toHaveProperty('checksum')
    expect(await at('dangling', { follow: true })).toEqual({ exists: false })
    expect(await at('dangling')).toMatchObject({ exists: true, linkTarget: 'nowhere' })
    expect(await at('.')).toMatchObject({ type: 'directory' })
    expect(await at('none')).toEqual({ exists: false })
  })

  it('slurp brings text and bytes, small and large (M07)', async () => {
    const dir = folderHere()
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256))
    writeFileSync(join(dir, 'large'), bytes)
    writeFileSync(join(dir, 'small'), bytes.subarray(0, 1000))
    writeFileSync(join(dir, 'text'), 'ünï\n')
    writeFileSync(join(dir, 'empty'), '')
    const at = (name: string) => seen(slurp({ path: join(dir, name) }), shell)
    expect(Buffer.from((await at('large')).bytes).equals(bytes)).toBe(true)
    expect((await at('small')).text).toBeUndefined()
    const text = await at('text')
    expect(text).toMatchObject({ text: 'ünï\n', sha256: sum('ünï\n') })
    expect([reveal(text.secret), String(text.secret)]).toEqual(['ünï\n', '***'])
    const empty = await at('empty')
    expect([empty.text, empty.bytes.length]).toEqual(['', 0])
  })

  it('slurp refuses what is missing, no file, or too large (M07)', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'large'), '')
    truncateSync(join(dir, 'large'), 200_000)
    const at = (name: string, more = {}) => seen(slurp({ path: join(dir, name), ...more }), shell)
    await expect(at('none')).rejects.toThrow(/none does not exist/)
    await expect(at('.')).rejects.toThrow(/is a directory, not a file/)
    await expect(at('large', { limit: 199_999 })).rejects.toThrow('has 200000 bytes, and the limit is 199999')
    await expect(at('large', { limit: 100 })).rejects.toThrow('the limit is 100')
    expect((await at('large', { limit: 200_000 })).bytes).toHaveLength(200_000)
  })

  it('find takes names, kinds, ages and sizes; dots and depths (M07)', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'sub/deep'), { recursive: true })
    mkdirSync(join(dir, '.hidden'))
    for (const name of ['a.log', 'b.log', 'c.txt', '.d.log', 'sub/e.log', 'sub/deep/f.log', '.hidden/g.log'])
      writeFileSync(join(dir, name), name.repeat(name === 'b.log' ? 1000 : 1))
    symlinkSync('a.log', join(dir, 'l.log'))
    utimesSync(join(dir, 'a.log'), 1_000_000, 1_000_000)
    const names = async (more: object) =>
      (await seen(find({ paths: dir, ...more }), shell)).files.map(({ path }) => path.slice(dir.length + 1))
    expect(await names({})).toEqual(['a.log', 'b.log', 'c.txt'])
    expect(await names({ patterns: '*.log' })).toEqual(['a.log', 'b.log'])
    expect(await names({ patterns: ['a*', 'c*'], excludes: '*.txt' })).toEqual(['a.log'])
    expect(await names({ regexp: '(?i)[AB][.]log' })).toEqual(['a.log', 'b.log'])
    expect(await names({ regexp: /log/ })).toEqual([])
    expect(await names({ hidden: true, patterns: '*.log' })).toEqual(['.d.log', 'a.log', 'b.log'])
    expect(await names({ recurse: true, patterns: '*.log' })).toEqual([
      ...['.hidden/g.log', 'a.log', 'b.log', 'sub/deep/f.log', 'sub/e.log'],
    ])
    expect(await names({ recurse: true, depth: 2, patterns: '[ef].log' })).toEqual(['sub/e.log'])
    expect(await names({ type: 'directory' })).toEqual(['sub'])
    expect(await names({ type: 'link' })).toEqual(['l.log'])
    expect(await names({ type: 'any' })).toEqual(['a.log', 'b.log', 'c.txt', 'l.log', 'sub'])
    expect(await names({ olderThan: '1d' })).toEqual(['a.log'])
    expect(await names({ newerThan: '1h', minSize: '1k' })).toEqual(['b.log'])
    expect(await names({ maxSize: 5, patterns: '*.log' })).toEqual(['a.log'])
    expect(await names({ contains: '^(c.)txt$' })).toEqual(['c.txt'])
  })

  it('find tells of each file what stat does, and of folders that are none (M07)', async () => {
    const dir = folderHere()
    for (const name of nastyNames) writeFileSync(join(dir, name), name, { mode: 0o600 })
    const result: FindResult = await seen(find({ paths: [dir, `${dir}/none`], sha256: true, hidden: true }), shell)
    expect(result.skipped).toEqual([`${dir}/none`])
    expect(result.files.map(({ path }) => basename(path))).toEqual([...nastyNames].sort())
    const { uid } = statSync(dir)
    for (const { path, ...found } of result.files)
      expect(found).toMatchObject({ type: 'file', mode: '0600', uid, sha256: sum(basename(path)) })
    expect(nothingRan()).toBe(true)
  })

  it('find follows links to folders where it is told to (M07)', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'a'))
    mkdirSync(join(dir, 'b'))
    writeFileSync(join(dir, 'a/x'), '')
    symlinkSync('../a', join(dir, 'b/to'))
    const count = async (follow: boolean) =>
      (await seen(find({ paths: join(dir, 'b'), recurse: true, follow }), shell)).files.length
    expect([await count(false), await count(true)]).toEqual([0, 1])
    symlinkSync('b', join(dir, 'c'))
    expect((await seen(find({ paths: join(dir, 'c'), type: 'link' }), shell)).files).toHaveLength(1)
  })

  it('tempfile makes what nobody else may read, and always anew (M07)', async () => {
    const dir = folderHere()
    const make = async (params: object): Promise<string> => {
      const { output } = await runLocally(tempfile({ path: dir, ...params }), { shell })
      expect(output!.code, output!.stderr).toBe(0)
      return tempfile.module.result!({}, { made: false }, output).path
    }
    const file = await make({ prefix: "it's ", suffix: ' x.yaml' })
    expect(basename(file)).toMatch(/^it's \w{8} x\.yaml$/)
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['', 0o600])
    expect(await make({ prefix: "it's ", suffix: ' x.yaml' })).not.toBe(file)
    const folder = await make({ state: 'directory' })
    expect([statSync(folder).isDirectory(), statSync(folder).mode & 0o777]).toEqual([true, 0o700])
    const { output } = await runLocally(tempfile({ path: `${dir}/none` }), { shell })
    expect(output).toMatchObject({ code: 1, stderr: `${dir}/none is not a directory on the host\n` })
  })
})

describe('stat', () => {
  it('tells of a file that is only planned what it will be', async () => {
    const path = join(folderHere(), 'f')
    const { module, params } = stat({ path, checksum: 'md5' })
    const answers = await answersLocally(module.probe(params))
    const planned = will.be(path, { type: 'file', mode: '0600', content: contentOf('abc') })
    const found = module.probe(params).read((question) => planned.answer(question, answers(question)) as never)
    expect(module.result!(params, found) as StatResult).toMatchObject({
      mode: '0600',
      size: 3,
      checksum: sum('abc', 'md5'),
    })
  })
})

describe('slurp', () => {
  it('brings what a file is only planned to hold', async () => {
    const path = join(folderHere(), 'f')
    const { module, params } = slurp({ path })
    const answers = await answersLocally(module.probe(params))
    const planned = will.be(path, { type: 'file', content: contentOf('abc') })
    const found = module.probe(params).read((question) => planned.answer(question, answers(question)) as never)
    expect((module.result!(params, found) as SlurpResult).text).toBe('abc')
  })
})

describe('fetch', () => {
  /** One pass, with what the control side does at its end. */
  async function pass(params: Parameters<typeof fetch>[0], dir: string) {
    const { module } = fetch
    const control = controlIn(dir)
    const input = await module.prepare!(params, control)
    const actual = await askLocally(module.probe(input))
    const change = changeOf(actual, module.desired(input, actual))
    if (!change.has('sha256') || change.to?.sha256 === undefined) return { changed: false, input, saved: [] }
    const output = await runScript(module.apply(input, change))
    expect(output.code, output.stderr).toBe(0)
    const saved: { path: string; mode: string | undefined }[] = []
    await module.receive!(input, change, output.raw, {
      ...({} as Parameters<NonNullable<typeof module.receive>>[3]),
      async save(path, bytes, options) {
        saved.push({ path, mode: options?.mode })
        mkdirSync(join(dir, path, '..'), { recursive: true })
        writeFileSync(join(dir, path), bytes)
      },
    })
    return { changed: true, input, saved }
  }

  it('brings a file by the names of host and path, and once (M07)', async () => {
    const dir = folderHere()
    const src = join(dir, "it's $(id)")
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256))
    writeFileSync(src, bytes, { mode: 0o600 })
    expect(await pass({ src, dest: 'out' }, dir)).toMatchObject({
      changed: true,
      saved: [{ path: join('out/h1', src), mode: '0600' }],
    })
    expect(readFileSync(join(dir, 'out/h1', src)).equals(bytes)).toBe(true)
    expect((await pass({ src, dest: 'out' }, dir)).changed).toBe(false)
    await expectSettled(fetch({ src, dest: 'out' }), { control: controlIn(dir) })
    writeFileSync(src, 'other')
    expect((await pass({ src, dest: 'out' }, dir)).changed).toBe(true)
  })

  it('brings it flat: by a name, or into a folder (M07)', async () => {
    const dir = folderHere()
    const src = join(dir, 'file')
    writeFileSync(src, 'x', { mode: 0o644 })
    expect((await pass({ src, dest: 'a/b', flat: true }, dir)).saved).toEqual([{ path: 'a/b', mode: '0644' }])
    expect((await pass({ src, dest: 'a/', flat: true, mode: '0400' }, dir)).saved).toEqual([
      { path: 'a/file', mode: '0400' },
    ])
    await expect(pass({ src, dest: 'a', flat: true }, dir)).rejects.toThrow("'" + join(dir, 'a') + "' is a folder")
  })

  it('fails where there is no file, unless that is all right (M07)', async () => {
    const dir = folderHere()
    const src = join(dir, 'none')
    await expect(pass({ src, dest: 'out' }, dir)).rejects.toThrow('none does not exist')
    expect((await pass({ src, dest: 'out', failOnMissing: false }, dir)).changed).toBe(false)
    await expect(pass({ src: dir, dest: 'out' }, dir)).rejects.toThrow('is a directory, not a file')
  })

  it('keeps nothing of a file that was changed meanwhile', async () => {
    const { module } = fetch
    const input = await module.prepare!({ src: '/x', dest: 'out' }, controlIn(folderHere()))
    const change = changeOf<object | null>(
      { sha256: null, found: { type: 'file', mode: '0644', sha256: sum('a') } },
      { sha256: sum('a') },
    )
    const receiver = { save: () => expect.unreachable() } as never
    await expect(module.receive!(input, change as never, Buffer.from('b'), receiver)).rejects.toThrow(
      'changed while it was fetched',
    )
  })
})

describe('parameters', () => {
  it.each<[string, () => unknown, string]>([
    ['a relative path', () => stat({ path: 'x' }), "stat: parameter 'path': 'x' is not an absolute path"],
    ['another algorithm', () => stat({ path: '/x', checksum: 'crc' as never }), "stat: parameter 'checksum'"],
    [
      'names twice',
      () => find({ paths: '/x', patterns: '*', regexp: 'x' }),
      'find: parameters: give either patterns or regexp',
    ],
    ['a depth alone', () => find({ paths: '/x', depth: 2 }), "find: parameter 'depth': needs recurse: true"],
    ['an age in years', () => find({ paths: '/x', olderThan: '2y' }), "find: parameter 'olderThan': a time is seconds"],
    ['a size in words', () => find({ paths: '/x', minSize: 'big' }), "find: parameter 'minSize': a size is bytes"],
    ['a slash in a name', () => tempfile({ prefix: 'a/b' }), "tempfile: parameter 'prefix': is part of a name"],
    [
      'a folder',
      () => fetch({ src: '/etc/', dest: 'x' }),
      "fetch: parameter 'src': is a file; synchronize brings folders",
    ],
    [
      'a symbolic mode',
      () => fetch({ src: '/etc/x', dest: 'x', mode: 'u=r' }),
      "fetch: parameter 'mode': is octal digits here",
    ],
  ])('%s is refused', (_what, call, message) => {
    expect(call).toThrow(message)
  })
})
