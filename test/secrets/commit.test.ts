// Processes that are killed while they change a value of the store: at each of their changes on disk.
import { execFile } from 'node:child_process'
import fs, {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pLimit from 'p-limit'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { fileStore } from '../../engine/secrets/store.ts'
import { sameValue, type Value } from '../../engine/secrets/value-name.ts'

const dir = mkdtempSync(path.join(tmpdir(), 'tsplay-commit-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const name = 'pki/k8s/etcd'
const older: Value = { '.pem': 'old certificate\n', '-key.pem': 'old key\n', '.csr': 'old request\n' }
const newer: Value = { '.pem': 'new certificate\n', '-key.pem': 'new key\n' }

/** What it printed; undefined where it was killed. */
const write = (store: string, nth: number, value: Value | null): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const program = path.join(import.meta.dirname, 'killed-writer.ts')
    const args = ['--import', 'jiti/register', program, store, String(nth), name, JSON.stringify(value)]
    execFile(process.execPath, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      if (!error) resolve(stdout)
      else if (error.signal === 'SIGKILL' && !error.message.includes('ETIMEDOUT')) resolve(undefined)
      else reject(new Error(`${error.message}\n${stderr}`))
    })
  })

/** Every file below, with its text. */
const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
      .filter((file) => statSync(path.join(folder, file)).isFile())
      .map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]),
  )

describe.each<[string, Value | undefined, Value | undefined]>([
  ['replaced by one with other files', older, newer],
  ['made', undefined, newer],
  ['taken out', older, undefined],
])('a value that is %s', (title, before, after) => {
  it('is the whole old one or the whole new one, wherever a process is killed (M18)', {
    timeout: 120_000,
  }, async () => {
    const start = path.join(dir, title)
    if (before) await fileStore(start, { check: false }).update(name, async () => before)
    const copy = (nth: number): string => {
      const store = path.join(dir, `${title} ${nth}`)
      if (before) cpSync(start, store, { recursive: true })
      return store
    }
    const steps = Number(await write(copy(0), 0, after ?? null))
    expect(steps).toBeGreaterThan(10)
    const limit = pLimit(3)
    const seen = await Promise.all(
      Array.from({ length: steps }, (_, index) =>
        limit(async () => {
          const store = copy(index + 1)
          expect(await write(store, index + 1, after ?? null)).toBeUndefined()
          return afterKill(store)
        }),
      ),
    )
    // once it is decided, it stays decided
    const decided = seen.indexOf('new')
    expect(decided).toBeGreaterThan(3)
    expect(new Set(seen.slice(0, decided))).toEqual(new Set(['old']))
    expect(new Set(seen.slice(decided))).toEqual(new Set(['new']))
    expect(steps - decided).toBeGreaterThan(3)
  })

  async function afterKill(store: string): Promise<'old' | 'new'> {
    const left = filesIn(store)
    const value = await fileStore(store, { check: true }).read(name)
    expect([before, after]).toContainEqual(value)
    expect(await fileStore(store, { check: true }).list()).toEqual(value ? [name] : [])
    // who only looks has changed nothing
    expect(filesIn(store)).toEqual(left)

    // whoever opens it to write finishes what was begun
    await fileStore(store, { check: false }).open()
    const now = filesIn(store)
    const inPlace = Object.entries(now).filter(([file]) => /^pki\/k8s\/etcd[^/]*$/.test(file))
    expect(Object.fromEntries(inPlace.map(([file, text]) => [file.slice('pki/k8s/etcd'.length), text]))).toEqual(
      value ?? {},
    )
    expect(Object.keys(now).filter((file) => /\.(?:decided|new)$/.test(file))).toEqual([])
    expect(await fileStore(store, { check: false }).list()).toEqual(value ? [name] : [])

    // what was replaced is not lost, and the next change goes through
    const kept = Object.entries(now)
      .filter(([file]) => file.includes('/.old/'))
      .map(([, text]) => text)
    for (const text of Object.values(before ?? {}).filter((each) => !Object.values(value ?? {}).includes(each)))
      expect(kept).toContain(text)
    await fileStore(store, { check: false }).update(name, async () => ({ '.txt': 'next' }))
    expect(await fileStore(store, { check: false }).read(name)).toEqual({ '.txt': 'next' })
    return sameValue(value, after) ? 'new' : 'old'
  }
})

describe('while a value changes', () => {
  it('whoever reads it sees key and certificate of one version, as often as it changes (M18)', async () => {
    const store = path.join(dir, 'busy')
    const [writer, reader] = [fileStore(store, { check: false }), fileStore(store, { check: true })]
    await writer.update('a', async () => ({ '.pem': '0', '-key.pem': '0' }))
    let changing = true
    const seen = new Set<string>()
    const reading = (async () => {
      while (changing) {
        const value = await reader.read('a')
        expect(value?.['.pem']).toBe(value?.['-key.pem'])
        seen.add(value!['.pem']!)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    for (let version = 1; version <= 60; version++)
      await writer.update('a', async () => ({ '.pem': `${version}`, '-key.pem': `${version}` }))
    changing = false
    await reading
    expect(seen.size).toBeGreaterThan(10)
  })

  it('whoever has opened its key before and its certificate after the change reads both again', async () => {
    const store = path.join(dir, 'between')
    const writer = fileStore(store, { check: false })
    await writer.update('a', async () => ({ '.pem': 'old', '-key.pem': 'old' }))
    const open = fs.openSync
    let opened = 0
    const restore = (): void => {
      fs.openSync = open
      syncBuiltinESMExports()
    }
    fs.openSync = (file, ...rest) => {
      const descriptor = open(file, ...rest)
      // another process does all of its change between two calls of this one
      if (String(file).endsWith('a-key.pem') && ++opened === 1)
        for (const ending of ['-key.pem', '.pem']) {
          writeFileSync(path.join(store, 'fresh'), 'new')
          renameSync(path.join(store, 'fresh'), path.join(store, `a${ending}`))
        }
      return descriptor
    }
    syncBuiltinESMExports()
    onTestFinished(restore)
    expect(await fileStore(store, { check: true }).read('a')).toEqual({ '.pem': 'new', '-key.pem': 'new' })
    expect(opened).toBe(2)
  })

  it('what somebody puts there by hand before a change is finished is kept aside, too', async () => {
    const store = path.join(dir, 'by hand')
    await fileStore(store, { check: false }).update(name, async () => older)
    const folder = path.join(store, 'pki/k8s')
    writeFileSync(path.join(folder, '.etcd.decided'), JSON.stringify({ files: newer, aside: 'etcd@20260101T000000Z' }))
    writeFileSync(path.join(folder, 'etcd-key.pem'), 'by hand')
    await fileStore(store, { check: false }).open()
    expect(await fileStore(store, { check: true }).read(name)).toEqual(newer)
    const kept = readdirSync(path.join(folder, '.old')).map((file) =>
      readFileSync(path.join(folder, '.old', file), 'utf8'),
    )
    expect(kept.sort()).toEqual(['by hand', older['.pem'], older['.csr']].sort())
  })

  it('a decision that cannot be understood stops everybody, and nothing is overwritten', async () => {
    const store = path.join(dir, 'garbled')
    await fileStore(store, { check: false }).update('a', async () => ({ '.txt': 'kept' }))
    writeFileSync(path.join(store, '.a.decided'), '{"files": {".txt"')
    const left = filesIn(store)
    const error = { message: expect.stringContaining('interrupted'), place: { file: path.join(store, '.a.decided') } }
    await expect(fileStore(store, { check: true }).read('a')).rejects.toMatchObject(error)
    await expect(fileStore(store, { check: false }).update('a', async () => ({ '.txt': 'b' }))).rejects.toMatchObject(
      error,
    )
    expect(filesIn(store)).toEqual(left)
  })
})

describe('a disk that is full', () => {
  /** From its n-th file on, nothing can be written any more. */
  async function fullFrom(nth: number): Promise<void> {
    const handle = await fs.promises.open(import.meta.filename)
    const prototype = Object.getPrototypeOf(handle) as { writeFile: (text: string) => Promise<void> }
    await handle.close()
    const write = prototype.writeFile
    let count = 0
    prototype.writeFile = function (text) {
      if (++count < nth) return write.call(this, text)
      return Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }))
    }
    onTestFinished(() => {
      prototype.writeFile = write
    })
  }
  const full = {
    name: 'TsplayError',
    message: expect.stringContaining('ENOSPC'),
    hint: expect.stringContaining('full'),
  }

  it.each([1, 2, 3, 4])(
    'leaves the old value where nothing is decided: at the file %i that is written',
    async (nth) => {
      const store = path.join(dir, `full ${nth}`)
      await fileStore(store, { check: false }).update(name, async () => older)
      await fullFrom(nth)
      await expect(fileStore(store, { check: false }).update(name, async () => newer)).rejects.toMatchObject(full)
      expect(await fileStore(store, { check: true }).read(name)).toEqual(older)
      expect(Object.keys(filesIn(path.join(store, 'pki/k8s'))).filter((file) => /^\.[^o]/.test(file))).toEqual([])
    },
  )

  it('leaves the new value where it is decided, for the next run to finish', async () => {
    const store = path.join(dir, 'full at last')
    await fileStore(store, { check: false }).update(name, async () => older)
    await fullFrom(5) // three are kept aside, one decides
    await expect(fileStore(store, { check: false }).update(name, async () => newer)).rejects.toMatchObject(full)
    expect(await fileStore(store, { check: true }).read(name)).toEqual(newer)
  })
})

describe('what is replaced', () => {
  it('is kept aside for its owner alone, however often in a second, and is no value (M18)', async () => {
    const store = path.join(dir, 'aside')
    for (const text of ['1', '2', '3', '4'])
      await fileStore(store, { check: false }).update('pki/a', async () => ({ '.pem': text, '-key.pem': `k${text}` }))
    const old = path.join(store, 'pki/.old')
    const files = readdirSync(old).sort()
    expect(files.map((file) => readFileSync(path.join(old, file), 'utf8')).sort()).toEqual([
      '1',
      '2',
      '3',
      'k1',
      'k2',
      'k3',
    ])
    for (const file of files) {
      expect(file).toMatch(/^a@\d{8}T\d{6}Z(?:-\d)?(?:-key)?\.pem$/)
      expect(statSync(path.join(old, file)).mode & 0o777).toBe(0o600)
    }
    expect(statSync(old).mode & 0o777).toBe(0o700)
    expect(await fileStore(store, { check: false }).list()).toEqual(['pki/a'])
  })

  it('is not kept twice where only one of its files changes', async () => {
    const store = path.join(dir, 'half')
    await fileStore(store, { check: false }).update('a', async () => ({ '.pem': 'c', '-key.pem': 'k' }))
    await fileStore(store, { check: false }).update('a', async (now) => ({ ...now, '.pem': 'c2' }))
    expect(readdirSync(path.join(store, '.old')).map((file) => file.replace(/@.*Z/, '@'))).toEqual(['a@.pem'])
  })
})
