// Where sources are looked up, and how they are read: each once a run.
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import { controlIn, folderHere } from '../support/settle-here.ts'

const isRoot = process.getuid?.() === 0

describe('file', () => {
  it('is looked up in the role: files/, then the folder itself, then beside the playbook (A057)', async () => {
    const dir = folderHere()
    for (const folder of ['role/files', 'play/files']) mkdirSync(join(dir, folder), { recursive: true })
    const places = ['play/f', 'play/files/f', 'role/f', 'role/files/f']
    for (const place of places) {
      writeFileSync(join(dir, place), place)
      const { content } = await controlIn(join(dir, 'role'), join(dir, 'play')).file('f')
      expect(Buffer.from(content.bytes!).toString()).toBe(place)
    }
  })

  it('takes an absolute path as it is, and tells digest, size and mode', async () => {
    const path = join(folderHere(), 'f')
    writeFileSync(path, 'abc')
    chmodSync(path, 0o4755)
    expect(await controlIn().file(path)).toMatchObject({
      path,
      mode: '4755',
      content: { size: 3, secret: false, sha256: createHash('sha256').update('abc').digest('hex') },
    })
  })

  it('is read once a run, whatever the number of hosts', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'f'), 'first')
    const cache = createControlCache()
    const hosts = ['h1', 'h2'].map((name) =>
      createControl({
        check: false,
        host: { name, address: '' },
        store: { update: (_name, renew) => renew(undefined), read: async () => undefined },
        facts: { get: () => undefined, set: () => {} },
        dirs: [dir],
        cache,
      }),
    )
    const [one] = await Promise.all([hosts[0]!.file('f'), hosts[1]!.file('f')])
    writeFileSync(join(dir, 'f'), 'second')
    expect(await hosts[1]!.file('f')).toBe(one)
  })

  it('is not held in memory above 1 MiB, and can be streamed again and again', async () => {
    const path = join(folderHere(), 'large')
    const bytes = Buffer.alloc(3 * 1024 * 1024 + 17, 'abcdefg')
    writeFileSync(path, bytes)
    const { content } = await controlIn().file(path)
    expect(content.bytes).toBeUndefined()
    expect(content).toMatchObject({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
    for (let time = 0; time < 2; time++) {
      const chunks: Uint8Array[] = []
      for await (const chunk of content.stream()) chunks.push(chunk)
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    }
  })

  it('that is missing names every place looked at, and the nearest name there is', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'files'))
    writeFileSync(join(dir, 'files/etcd.service'), '')
    await expect(controlIn(dir).file('etcd.servcie')).rejects.toMatchObject({
      name: 'TsplayError',
      message: expect.stringMatching(
        /'etcd\.servcie' was not found; looked at .*files\/etcd\.servcie, .*\/etcd\.servcie/,
      ),
      hint: "did you mean 'etcd.service'?",
    })
  })

  it('that could not be had is looked for again: an earlier play may have made it', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 't.ejs'), '<% if ( %>')
    const control = controlIn(dir)
    await expect(control.render('t.ejs', {})).rejects.toThrow(/template/)
    writeFileSync(join(dir, 't.ejs'), 'fine')
    expect((await control.render('t.ejs', {})).text).toBe('fine')
  })

  it('that is a folder is refused as such', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'files/d'), { recursive: true })
    await expect(controlIn(dir).file('d')).rejects.toThrow(/'d' is a directory, not a file/)
  })

  it.skipIf(isRoot)('that may not be read says so; skipped as root, who may read all', async () => {
    const path = join(folderHere(), 'f')
    writeFileSync(path, 'x', { mode: 0 })
    await expect(controlIn().file(path)).rejects.toThrow(/cannot be read/)
  })
})

describe('tree', () => {
  it('gives everything below, sorted, folders before what is in them, links as links', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'files/t/b/c'), { recursive: true })
    writeFileSync(join(dir, 'files/t/b/f'), 'x')
    writeFileSync(join(dir, 'files/t/a'), 'y')
    symlinkSync('b/f', join(dir, 'files/t/z'))
    chmodSync(join(dir, 'files/t/b'), 0o711)
    const tree = await controlIn(dir).tree('t')
    expect(tree.map(({ type, path }) => `${type} ${path}`)).toEqual([
      'file a',
      'directory b',
      'directory b/c',
      'file b/f',
      'link z',
    ])
    expect(tree[1]).toMatchObject({ mode: '0711' })
    expect(tree[4]).toMatchObject({ target: 'b/f' })
  })

  it('tells a folder from a file', async () => {
    const dir = folderHere()
    mkdirSync(join(dir, 'd'))
    writeFileSync(join(dir, 'f'), '')
    const control = controlIn(dir)
    expect([await control.isFolder('d'), await control.isFolder('d/'), await control.isFolder('f')]).toEqual([
      true,
      true,
      false,
    ])
    await expect(control.isFolder('none')).rejects.toThrow(/was not found/)
  })
})
