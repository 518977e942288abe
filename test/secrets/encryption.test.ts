// Keys and secrets of a store, encrypted with a passphrase: what is on disk, what opens it, and what is refused.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { secret } from '../../engine/secret.ts'
import { passphraseOf } from '../../engine/secrets/passphrase.ts'
import { type FileStore, fileStore } from '../../engine/secrets/store.ts'

const phrase = 'correct horse battery staple'
/** One for all tests, so that scrypt hashes only once for each store. */
const passphrase = passphraseOf(secret(phrase), 'TSPLAY_STORE_PASSPHRASE')
const other = passphraseOf(secret('Tr0ub4dor&3'), '/root/store.key')

const folder = (): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tsplay-encryption-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return path.join(dir, 'store')
}
const clear = (dir: string, check = false): FileStore => fileStore(dir, { check })
const locked = (dir: string, check = false): FileStore => fileStore(dir, { check, passphrase })

const pair = { '.pem': 'the certificate\n', '-key.pem': 'the private key\n' }
const put = (store: FileStore, name: string, value: Record<string, string>) => store.update(name, async () => value)

/** Every file below, with its text. */
const filesIn = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(path.join(dir, file)).isFile())
      .map((file) => [file, readFileSync(path.join(dir, file), 'utf8')]),
  )
const textOf = (dir: string): string => Object.entries(filesIn(dir)).join('\n')

describe('a store with a passphrase', () => {
  it('keeps keys and secrets encrypted, and certificates readable (M18)', async () => {
    const dir = folder()
    await put(locked(dir), 'pki/k8s/etcd', pair)
    await put(locked(dir), 'secrets/token', { '.txt': 'the token' })
    const files = filesIn(dir)
    expect(Object.keys(files).sort()).toEqual(
      ['.encryption.json', 'pki/k8s/etcd-key.pem', 'pki/k8s/etcd.pem', 'secrets/token.txt'].sort(),
    )
    expect(files['pki/k8s/etcd.pem']).toBe(pair['.pem'])
    expect(files['pki/k8s/etcd-key.pem']).toMatch(
      /^-----BEGIN TSPLAY ENCRYPTED FILE-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END TSPLAY ENCRYPTED FILE-----\n$/,
    )
    expect(textOf(dir)).not.toMatch(/the private key|the token|horse/)
    expect(JSON.parse(files['.encryption.json']!)).toMatchObject({ kdf: { name: 'scrypt', N: 131072, r: 8, p: 1 } })

    const again = locked(dir)
    expect(await again.read('pki/k8s/etcd')).toEqual(pair)
    expect(await again.read('secrets/token')).toEqual({ '.txt': 'the token' })
    expect(await again.list()).toEqual(['pki/k8s/etcd', 'secrets/token'])
    // what is kept is not written again
    await again.update('pki/k8s/etcd', async (present) => present!)
    expect(filesIn(dir)).toEqual(files)
  })

  it('encrypts what it keeps aside, and the same text differently each time', async () => {
    const dir = folder()
    const store = locked(dir)
    for (const certificate of ['1', '2', '3']) await put(store, 'a', { '.pem': certificate, '-key.pem': 'the key' })
    for (const certificate of ['4', '5'])
      await put(store, 'a', { '.pem': certificate, '-key.pem': `the key ${certificate}` })
    const old = Object.entries(filesIn(path.join(dir, '.old'))).filter(([file]) => file.endsWith('-key.pem'))
    // a key that stays what it is stays on disk as it is: '1', '2' and '3' have one, then two more come
    expect(old).toHaveLength(2)
    for (const [, text] of old) expect(text).toMatch(/^-----BEGIN TSPLAY ENCRYPTED/)
    expect(new Set(old.map(([, text]) => text)).size).toBe(old.length)
  })

  it('takes an old file that is put back', async () => {
    const dir = folder()
    const store = locked(dir)
    await put(store, 'a', { '.txt': 'first' })
    await put(store, 'a', { '.txt': 'second' })
    const [old] = readdirSync(path.join(dir, '.old'))
    cpSync(path.join(dir, '.old', old!), path.join(dir, 'a.txt'))
    expect(await locked(dir).read('a')).toEqual({ '.txt': 'first' })
  })

  it('hashes once, however many stores and values there are', async () => {
    const dir = folder()
    const made: string[] = []
    const counted = {
      origin: 'the test',
      keyFor: (derivation: Parameters<typeof passphrase.keyFor>[0]) => {
        made.push(derivation.salt)
        return passphrase.keyFor(derivation)
      },
    }
    await put(fileStore(dir, { check: false, passphrase: counted }), 'a', { '.txt': '1' })
    made.length = 0
    const store = fileStore(dir, { check: false, passphrase: counted })
    for (const name of ['a', 'b', 'c']) await put(store, name, { '.txt': name })
    await Promise.all(['a', 'b', 'c'].map((name) => store.read(name)))
    expect(made).toHaveLength(1)
    // and what is the same passphrase and salt is one hash: it takes no time the second time
    const { kdf } = JSON.parse(readFileSync(path.join(dir, '.encryption.json'), 'utf8'))
    expect(passphrase.keyFor(kdf)).toBe(passphrase.keyFor(kdf))
  })

  it('gives its certificates away without a passphrase, and nothing else', async () => {
    const dir = folder()
    await put(locked(dir), 'pki/k8s/etcd', pair)
    await put(locked(dir), 'secrets/token', { '.txt': 'the token' })
    const store = fileStore(dir, { check: true, publicOnly: true })
    expect(await store.read('pki/k8s/etcd')).toEqual({ '.pem': pair['.pem'] })
    expect(await store.read('secrets/token')).toBeUndefined()
    expect(() => fileStore(dir, { check: false, publicOnly: true })).toThrow(/looked at only/)
  })

  it('may be shared: its folder may be readable by others, as in a checkout', async () => {
    const dir = folder()
    await put(locked(dir), 'a', { '.txt': 'shared' })
    chmodSync(dir, 0o755)
    expect(await locked(dir).read('a')).toEqual({ '.txt': 'shared' })
  })

  it('makes nothing where nothing is written', async () => {
    const dir = folder()
    await locked(dir).open()
    expect(await locked(dir, true).read('a')).toBeUndefined()
    await put(locked(dir, true), 'a', { '.txt': '1' })
    expect(existsSync(dir)).toBe(false)
  })
})

describe('a store that was in the clear', () => {
  const inClear = async (): Promise<string> => {
    const dir = folder()
    await put(clear(dir), 'pki/k8s/etcd', { '.pem': 'older certificate', '-key.pem': 'the older key' })
    await put(clear(dir), 'pki/k8s/etcd', pair)
    await put(clear(dir), 'secrets/token', { '.txt': 'the token' })
    mkdirSync(path.join(dir, 'facts'))
    writeFileSync(path.join(dir, 'facts/w1.json'), '{}')
    return dir
  }

  it('is encrypted as a whole when it is first opened with a passphrase, what is kept aside as well (M18)', async () => {
    const dir = await inClear()
    await locked(dir).open()
    const files = filesIn(dir)
    expect(textOf(dir)).not.toMatch(/the older key|the private key|the token/)
    expect(Object.keys(files).filter((file) => file.endsWith('-key.pem') || file.endsWith('.txt'))).toHaveLength(3)
    expect(files['facts/w1.json']).toBe('{}')
    expect(files['pki/k8s/etcd.pem']).toBe(pair['.pem'])
    expect(await locked(dir).read('pki/k8s/etcd')).toEqual(pair)
    await locked(dir).open()
    expect(filesIn(dir)).toEqual(files)
  })

  it('stays as it is in a check, and is read all the same', async () => {
    const dir = await inClear()
    const files = filesIn(dir)
    const store = locked(dir, true)
    expect(await store.read('pki/k8s/etcd')).toEqual(pair)
    await put(store, 'new', { '.txt': 'planned' })
    expect(filesIn(dir)).toEqual(files)
  })

  it('is encrypted to its end by the next run where one was interrupted', async () => {
    const dir = await inClear()
    const files = filesIn(dir)
    await locked(dir).open()
    // as a crash would leave it: one value not reached, another decided and not done, and what had been written of it
    writeFileSync(path.join(dir, 'secrets/token.txt'), files['secrets/token.txt']!)
    const sealed = readFileSync(path.join(dir, 'pki/k8s/etcd-key.pem'), 'utf8')
    writeFileSync(path.join(dir, 'pki/k8s/etcd-key.pem'), pair['-key.pem'])
    for (const left of ['.etcd-key.pem.new', '.never-key.pem.new', '..never.decided.new'])
      writeFileSync(path.join(dir, 'pki/k8s', left), 'the private')
    const decision = { files: { '.pem': pair['.pem'], '-key.pem': sealed } }
    writeFileSync(path.join(dir, 'pki/k8s/.etcd.decided'), JSON.stringify(decision))
    await locked(dir).open()
    expect(textOf(dir)).not.toMatch(/the private|the token/)
    expect(await locked(dir).read('pki/k8s/etcd')).toEqual(pair)
    expect(await locked(dir).read('secrets/token')).toEqual({ '.txt': 'the token' })
  })

  it('takes a key that somebody puts there in the clear, and encrypts it', async () => {
    const dir = await inClear()
    await locked(dir).open()
    writeFileSync(path.join(dir, 'pki/k8s/own-key.pem'), 'a key brought along')
    expect(await locked(dir, true).read('pki/k8s/own')).toEqual({ '-key.pem': 'a key brought along' })
    await locked(dir).open()
    expect(textOf(dir)).not.toContain('a key brought along')
    expect(await locked(dir).read('pki/k8s/own')).toEqual({ '-key.pem': 'a key brought along' })
  })

  it('is not written to in the clear by a run that opened it before', async () => {
    const dir = await inClear()
    const early = clear(dir)
    await early.open()
    await locked(dir).open()
    const files = filesIn(dir)
    await expect(put(early, 'b', { '.txt': 'in the clear' })).rejects.toThrow('the store is encrypted')
    await expect(early.read('secrets/token')).rejects.toThrow('encrypted')
    expect(filesIn(dir)).toEqual(files)
  })

  it('is encrypted once where two runs begin to at the same time', async () => {
    const dir = await inClear()
    await Promise.all([locked(dir).open(), locked(dir).open()])
    expect(await locked(dir).read('pki/k8s/etcd')).toEqual(pair)
    expect(await locked(dir).read('secrets/token')).toEqual({ '.txt': 'the token' })
  })
})

describe('an encrypted store refuses', () => {
  /** Whatever is done with it: looked at, written to, taken from. Nothing may change. */
  async function refused(dir: string, make: (check: boolean) => FileStore, error: object): Promise<void> {
    const files = filesIn(dir)
    const errors: unknown[] = []
    const collect = (caught: unknown) => void errors.push(caught)
    await make(true).read('pki/k8s/etcd').catch(collect)
    await put(make(true), 'pki/k8s/etcd', { '.pem': 'x' }).catch(collect)
    await put(make(false), 'pki/k8s/etcd', { '.pem': 'x' }).catch(collect)
    await make(false).remove('pki/k8s/etcd').catch(collect)
    expect(errors).toHaveLength(4)
    for (const each of errors) {
      expect(each).toMatchObject({ name: 'TsplayError', hint: expect.any(String), ...error })
      expect(inspect(each, { depth: 9 })).not.toMatch(/horse|Tr0ub4dor/)
    }
    expect(filesIn(dir)).toEqual(files)
  }
  const encrypted = async (): Promise<string> => {
    const dir = folder()
    await put(locked(dir), 'pki/k8s/etcd', pair)
    return dir
  }

  it('to open without a passphrase (M18)', async () => {
    const dir = await encrypted()
    await refused(dir, (check) => clear(dir, check), {
      message: 'the store is encrypted, and no passphrase was given',
      place: { file: path.join(dir, '.encryption.json') },
    })
  })

  it('another passphrase, and names where it came from (M18)', async () => {
    const dir = await encrypted()
    await refused(dir, (check) => fileStore(dir, { check, passphrase: other }), {
      message: 'the passphrase of /root/store.key is not the one that the store was encrypted with',
    })
  })

  it.each([
    ['cut short', (text: string) => text.slice(0, 90)],
    ['with one letter changed', (text: string) => text.replace(/\n./, (found) => (found === '\nA' ? '\nB' : '\nA'))],
    ['without its bytes', (text: string) => text.replace(/\n[^-]*\n/s, '\n')],
  ])('a file %s', async (_title, damage) => {
    const dir = await encrypted()
    const file = path.join(dir, 'pki/k8s/etcd-key.pem')
    writeFileSync(file, damage(readFileSync(file, 'utf8')))
    await refused(dir, (check) => locked(dir, check), {
      message: expect.stringContaining('damaged'),
      place: { file },
    })
  })

  it('a file that stands in for another one: another name’s, or another kind’s (M18)', async () => {
    const dir = await encrypted()
    const file = path.join(dir, 'pki/k8s/etcd-key.pem')
    await put(locked(dir), 'pki/k8s/foreign', { '-key.pem': 'another key' })
    cpSync(path.join(dir, 'pki/k8s/foreign-key.pem'), file)
    await refused(dir, (check) => locked(dir, check), {
      message: expect.stringContaining('another one'),
      place: { file },
    })
    // a key must not be shown as what is a secret's text
    await put(locked(dir), 'x', { '-key.pem': 'k' })
    cpSync(path.join(dir, 'x-key.pem'), path.join(dir, 'x.txt'))
    await expect(locked(dir).read('x')).rejects.toThrow('another one')
  })

  it.each([
    ['is gone', undefined, /encrypted, and the store (?:has no .encryption.json|does not say so)/],
    ['is damaged', '{"tsplayStore": 1', /cannot be read/],
    [
      'asks for more memory than there is',
      '{"tsplayStore":1,"kdf":{"name":"scrypt","N":1099511627776,"r":8,"p":1,"salt":"AAAAAAAAAAAAAAAAAAAAAA=="},"cipher":"aes-256-gcm","check":""}',
      /cannot be read/,
    ],
  ])('to begin anew where the file with its salt %s', async (_title, text, message) => {
    const dir = await encrypted()
    const file = path.join(dir, '.encryption.json')
    if (text === undefined) rmSync(file)
    else writeFileSync(file, text)
    const files = filesIn(dir)
    await expect(locked(dir, true).read('pki/k8s/etcd')).rejects.toThrow(message)
    await expect(put(locked(dir), 'new', { '.txt': 'x' })).rejects.toThrow(message)
    await expect(put(clear(dir), 'new', { '.txt': 'x' })).rejects.toThrow(message)
    expect(filesIn(dir)).toEqual(files)
  })
})

describe('the format', () => {
  it('is what openssl’s own scrypt and AES say, so that a store outlives tsplay', async () => {
    const dir = folder()
    await put(locked(dir), 'secrets/token', { '.txt': 'the token, ünïcode' })
    const { kdf } = JSON.parse(readFileSync(path.join(dir, '.encryption.json'), 'utf8'))
    const salt = Buffer.from(kdf.salt, 'base64').toString('hex')
    const options = { pass: phrase, hexsalt: salt, n: kdf.N, r: kdf.r, p: kdf.p, maxmem_bytes: 1 << 28 }
    const derived = execFileSync('openssl', [
      ...['kdf', '-keylen', '32', '-binary'],
      ...Object.entries(options).flatMap(([name, value]) => ['-kdfopt', `${name}:${value}`]),
      'SCRYPT',
    ])
    expect(derived.equals(await passphrase.keyFor(kdf))).toBe(true)
    // counter mode is GCM without its check: nonce, then the counter, which begins at 2
    const lines = readFileSync(path.join(dir, 'secrets/token.txt'), 'utf8').trim().split('\n').slice(1, -1)
    const bytes = Buffer.from(lines.join(''), 'base64')
    const counter = `${bytes.subarray(0, 12).toString('hex')}00000002`
    const plain = execFileSync(
      'openssl',
      ['enc', '-d', '-aes-256-ctr', '-K', derived.toString('hex'), '-iv', counter],
      {
        input: bytes.subarray(12, -16),
      },
    )
    expect(plain.toString('utf8')).toBe('the token, ünïcode')
  })
})
