import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import { will } from '../../engine/prediction.ts'
import { type TreeAnswer, tree } from '../../engine/probe.ts'
import { type TreeKey, treeKind, treeQuestion } from '../../engine/question/tree.ts'
import { askLocally } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'
import { nastyNames, shellsHere } from '../support/shells.ts'

const names = (answer: TreeAnswer) => Object.keys(answer ?? {}).sort()

describe.each(shellsHere)('the tree question in $name', ({ argv: shell }) => {
  it('tells all that is in a folder, whatever it is called, with digests and link targets', async () => {
    const dir = folderHere()
    for (const name of nastyNames) {
      mkdirSync(join(dir, 't', name), { recursive: true })
      writeFileSync(join(dir, 't', name, name), name, { mode: 0o640 })
      symlinkSync(name, join(dir, 't', name, `l${name}`))
    }
    symlinkSync('t', join(dir, 'link'))
    const found = await askLocally(tree(join(dir, 'link'), { files: 'digests' }), shell)
    expect(names(found)).toEqual(['', ...nastyNames.flatMap((n) => [n, `${n}/${n}`, `${n}/l${n}`])].sort())
    for (const name of nastyNames) {
      expect(found![`${name}/${name}`]).toMatchObject({ type: 'file', mode: '0640', sha256: contentOf(name).sha256 })
      expect(found![`${name}/l${name}`]).toMatchObject({ type: 'link', target: name, toFolder: false })
      expect(found![name]).toMatchObject({ type: 'directory' })
    }
  })

  it('brings the contents of what is in the folder itself', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'sub'))
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256))
    for (const [name, content] of [
      ['b', bytes],
      ['empty', ''],
      ['.hidden', '\n\n'],
      ['sub/no', 'x'],
    ] as const)
      writeFileSync(join(dir, name), content)
    symlinkSync('b', join(dir, 'link'))
    symlinkSync('nowhere', join(dir, 'dangling'))
    writeFileSync(join(dir, 'large'), 'x'.repeat(200_000))
    const found = await askLocally(tree(dir, { files: 'contents' }), shell)
    expect(names(found)).toEqual(['', '.hidden', 'b', 'empty', 'large', 'link', 'sub'])
    for (const name of ['b', 'link']) expect(bytes.equals(found![name]!.content!)).toBe(true)
    expect([...found!.empty!.content!, ...found!['.hidden']!.content!]).toEqual([10, 10])
    expect(found!.large).toMatchObject({ size: 200_000 })
    expect(found!.large!.content).toBeUndefined()
  })

  it('tells only what is in another folder, too', async () => {
    const dir = folderHere()
    for (const name of ['one', 'two']) {
      mkdirSync(join(dir, name, 'sub'), { recursive: true })
      for (const file of ["'a b", '-c', `only ${name}`, 'sub/x'])
        writeFileSync(join(dir, name, file), `${name} ${file}`)
      symlinkSync(name, join(dir, name, 'link'))
    }
    mkdirSync(join(dir, 'two/-dir'))
    symlinkSync('-dir', join(dir, 'two/to folder'))
    mkdirSync(join(dir, 'two/file here'))
    writeFileSync(join(dir, 'one/file here'), 'x')
    const found = await askLocally(tree(join(dir, 'one'), { files: 'digests', like: join(dir, 'two') }), shell)
    expect(names(found)).toEqual(['', "'a b", '-c', 'file here', 'link', 'sub', 'sub/x'])
    expect(found!['-c']!.sha256).toBe(contentOf('one -c').sha256)
    expect(found!['file here']!.sha256).toBe(contentOf('x').sha256)
    expect(found!.link).toMatchObject({ target: 'one', toFolder: false })
    expect((await askLocally(tree(join(dir, 'two')), shell))!['to folder']!.toFolder).toBe(true)
    expect(await askLocally(tree(dir, { like: join(dir, 'none') }), shell)).toBeNull()
  })

  it('knows what is no folder, and asks about several at once', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'f'), '')
    const keys: TreeKey[] = ['f', 'none', '.'].map((name) => ({ path: join(dir, name), files: 'attributes' }))
    const answers = await Promise.all(keys.map(({ path }) => askLocally(tree(path), shell)))
    expect(answers.map((answer) => answer && names(answer))).toEqual([null, null, ['', 'f']])
  })
})

describe('the tree question', () => {
  it('refuses an answer that does not add up', () => {
    const parse = (text: string) =>
      treeKind.parse(new TextEncoder().encode(text), [{ path: '/x', files: 'digests' }], 0)
    expect(() => parse('+\n1\n.\x0041ed 0 0 root root 1 1\n0\nrest')).toThrow(/has changed/)
    expect(() => parse('+\n1\n./f\x0081a4 0 0 root root 1 1\n0\n')).toThrow(/unexpected end/)
    expect(() =>
      treeKind.parse(new Uint8Array([43, 10, 49, 10, 46, 47, 0xff, 0]), [{ path: '/x', files: 'attributes' }], 0),
    ).toThrow(/no name in UTF-8/)
  })

  const answerOf = (before: TreeAnswer, key: TreeKey, ...predictions: ReturnType<typeof will.be>[]) =>
    predictions.reduce<unknown>(
      (answer, each) => each.answer(treeQuestion(key.path, key.files), answer),
      before,
    ) as TreeAnswer
  const key: TreeKey = { path: '/a/b', files: 'digests' }

  it('is foretold: folders with those on the way, files, links, and what goes', () => {
    const after = answerOf(
      null,
      key,
      will.be('/a/b/c/d', { type: 'directory', mode: '0700' }),
      will.be('/a/b/c/f', { type: 'file', content: contentOf('x') }),
      will.be('/a/b/l', { type: 'link', target: 't' }),
      will.be('/a/bc', { type: 'file' }),
    )
    expect(names(after)).toEqual(['', 'c', 'c/d', 'c/f', 'l'])
    expect(after).toMatchObject({
      c: { type: 'directory', mode: '0755' },
      'c/d': { mode: '0700' },
      'c/f': { sha256: contentOf('x').sha256, size: 1 },
      l: { target: 't' },
    })
    expect(names(answerOf(after, key, will.beAbsent('/a/b/c/')))).toEqual(['', 'l'])
    expect(answerOf(after, key, will.beAbsent('/a'))).toBeNull()
    expect(answerOf(after, key, will.be('/a/b', { type: 'file' }))).toBeNull()
    expect(answerOf(null, key, will.be('/a/b/f', { type: 'file' }))).toBeNull()
  })

  it('is foretold with contents, of the folder itself alone', () => {
    const own: TreeKey = { ...key, files: 'contents' }
    const folder = answerOf(null, own, will.be('/a/b/c/d', { type: 'directory' }))
    expect(names(folder)).toEqual(['', 'c'])
    const after = answerOf(
      folder,
      own,
      will.be('/a/b/f', { type: 'file', content: contentOf('x') }),
      will.be('/a/b/c/g', { type: 'file' }),
    )
    expect(names(after)).toEqual(['', 'c', 'f'])
    expect(after!.f!.content).toEqual(new Uint8Array([120]))
    expect(answerOf(after, own, will.be('/a/b/f', { type: 'file', mode: '0600' }))!.f).toMatchObject({
      mode: '0600',
      content: new Uint8Array([120]),
    })
  })
})
