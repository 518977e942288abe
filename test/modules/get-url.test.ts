import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { showScript } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { getUrl } from '../../modules/get-url.ts'
import { scriptFor } from '../support/fake-commands.ts'
import { runLocally } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nothingRan, shellsHere } from '../support/shells.ts'
import { webHere } from '../support/web-here.ts'

const sum = (data: string | Uint8Array, algorithm = 'sha256') => createHash(algorithm).update(data).digest('hex')
const bytes = randomBytes(300_000)

let dir: string
let web: string
let asked: Awaited<ReturnType<typeof webHere>>['asked']
const control = () => controlIn(dir)
const to = (name: string) => join(dir, name)
const left = () => readdirSync(dir).filter((name) => name.includes('tsplay'))

beforeEach(async () => {
  dir = folderHere()
  const served = folderHere()
  vi.stubEnv('XDG_CACHE_HOME', folderHere())
  writeFileSync(join(served, 'a b.bin'), bytes)
  writeFileSync(join(served, 'SUMS'), `${sum('x')}  other\n${sum(bytes)} *a b.bin\n`)
  writeFileSync(join(served, 'SUMS512'), `SHA512 (a b.bin) = ${sum(bytes, 'sha512')}\n`)
  ;({ url: web, asked } = await webHere(served))
})

describe.each(shellsHere)('getUrl on the host in $name', ({ argv: shell }) => {
  const options = () => ({ shell, control: control() })

  it('downloads what has this digest, into a folder by its name, once (M07)', async () => {
    await settleHere(
      getUrl({ url: `${web}/files/a%20b.bin`, dest: `${dir}/`, sha256: sum(bytes), mode: '0640' }),
      options(),
    )
    expect(readFileSync(to('a b.bin')).equals(bytes)).toBe(true)
    expect(statSync(to('a b.bin')).mode & 0o7777).toBe(0o640)
    expect(asked().filter(({ method }) => method === 'GET')).toHaveLength(1)
    expect(left()).toEqual([])
  })

  it('puts nothing in place that has another digest, and says which (M07)', async () => {
    writeFileSync(to('f'), 'old')
    const params = { url: `${web}/files/a%20b.bin`, dest: to('f'), checksum: `sha1:${sum('x', 'sha1')}` }
    const { output } = await runLocally(getUrl(params), options())
    expect(output?.code).toBe(1)
    expect(output?.stderr).toContain(`a%20b.bin has sha1 ${sum(bytes, 'sha1')}, not ${sum('x', 'sha1')}`)
    expect([readFileSync(to('f'), 'utf8'), left()]).toEqual(['old', []])
  })

  it('takes the next mirror where one fails or gives something else', async () => {
    const mirrors = [`${web}/broken/a%20b.bin`, `${web}/files/SUMS`, `${web}/files/a%20b.bin`]
    await settleHere(getUrl({ url: `${web}/files/none`, mirrors, dest: to('f'), sha256: sum(bytes) }), options())
    expect(readFileSync(to('f')).equals(bytes)).toBe(true)
  })

  it('looks the digest up in a file of digests (M07)', async () => {
    const url = `${web}/files/a%20b.bin`
    await settleHere(getUrl({ url, dest: to('f'), checksum: `sha256:${web}/files/SUMS` }), options())
    await settleHere(getUrl({ url, dest: to('g'), checksum: `SHA512:${web}/files/SUMS512` }), options())
    expect(readFileSync(to('g')).equals(bytes)).toBe(true)
    const none = getUrl({ url: `${web}/files/SUMS`, dest: to('h'), checksum: `sha256:${web}/files/SUMS` })
    await expect(runLocally(none, options())).rejects.toThrow("/files/SUMS has no sha256 of 'SUMS'")
    const missing = getUrl({ url, dest: to('h'), checksum: `sha256:${web}/files/none` })
    await expect(runLocally(missing, options())).rejects.toThrow(/./)
  })

  it('without a digest leaves a file that is there, and asks nobody (M07)', async () => {
    const url = `${web}/files/SUMS`
    writeFileSync(to('f'), 'old')
    await expectSettled(getUrl({ url, dest: to('f') }), options())
    expect(asked()).toEqual([])
    await settleHere(getUrl({ url, dest: to('new') }), options())
    await settleHere(getUrl({ url, dest: to('f'), mode: '0600' }), options())
    expect(readFileSync(to('f'), 'utf8')).toBe('old')
  })

  it('with force replaces what differs, and foretells whether it does (M07)', async () => {
    const url = `${web}/files/SUMS`
    writeFileSync(to('f'), 'old')
    await settleHere(getUrl({ url, dest: to('f'), force: true, backup: true }), options())
    expect(readFileSync(to('f'), 'utf8')).toContain('other')
    expect(readdirSync(dir).filter((name) => name.endsWith('~'))).toHaveLength(1)
    await expect(
      runLocally(getUrl({ url: `${web}/files/none`, dest: to('f'), force: true }), options()),
    ).rejects.toThrow(/./)
  })

  it('goes on where an earlier try broke off', async () => {
    const params = { url: `${web}/broken/a%20b.bin`, dest: to('f'), sha256: sum(bytes), resume: true }
    expect((await runLocally(getUrl(params), options())).output?.code).not.toBe(0)
    expect(left()).toEqual(['.f.tsplay-part'])
    const begun = statSync(to('.f.tsplay-part')).size
    expect(begun).toBeGreaterThan(0)
    await settleHere(getUrl({ ...params, url: `${web}/files/a%20b.bin` }), options())
    expect(readFileSync(to('f')).equals(bytes)).toBe(true)
    expect(asked().at(-1)!.headers.range).toBe(`bytes=${begun}-`)
    expect(left()).toEqual([])
  })

  it('begins anew where there are no parts, or what is left is of another file', async () => {
    writeFileSync(to('.f.tsplay-part'), bytes.subarray(0, 1000))
    const params = { url: `${web}/whole/a%20b.bin`, dest: to('f'), sha256: sum(bytes), resume: true }
    await settleHere(getUrl(params), options())
    expect(readFileSync(to('f')).equals(bytes)).toBe(true)
    writeFileSync(to('.g.tsplay-part'), Buffer.alloc(bytes.length + 5))
    const other = { ...params, url: `${web}/files/a%20b.bin`, dest: to('g') }
    await settleHere(getUrl(other), options())
    expect(readFileSync(to('g')).equals(bytes)).toBe(true)
  })

  it('writes through a link, and not into a folder that is missing', async () => {
    writeFileSync(to('real'), 'old')
    symlinkSync('real', to('link'))
    const wish = { url: `${web}/files/a%20b.bin`, sha256: sum(bytes) }
    await settleHere(getUrl({ ...wish, dest: to('link') }), options())
    expect(lstatSync(to('link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(to('real')).equals(bytes)).toBe(true)
    await expect(runLocally(getUrl({ ...wish, dest: to('none/f') }), options())).rejects.toThrow(
      'none is not a directory on the host',
    )
  })

  it('sends headers as they are', async () => {
    const headers = { 'X-Nasty': `'; touch /pwned; ' $(id) "q" \\ %s`, Accept: 'a/b' }
    await settleHere(getUrl({ url: `${web}/files/SUMS?x=[1-3]{a,b}`, dest: to('f'), headers }), options())
    expect(asked().at(-1)).toMatchObject({
      url: '/files/SUMS?x=[1-3]{a,b}',
      headers: { 'x-nasty': headers['X-Nasty'], accept: 'a/b' },
    })
    expect(nothingRan()).toBe(true)
  })
})

describe('getUrl', () => {
  it('logs in without a word of it in the script that is shown, or in any argument', async () => {
    const params = {
      url: `${web}/login`,
      dest: to('f'),
      user: 'me',
      password: secret('pass "word"'),
      headers: { 'X-T': secret('token') },
    }
    const input = await getUrl.module.prepare!(params, control())
    const absent = {
      path: to('f'),
      type: null,
      digest: null,
      mode: null,
      owner: null,
      group: null,
      stat: null,
      parent: true,
      wanted: null,
    }
    const shown = showScript(scriptFor(getUrl.module, input, absent)!)
    expect(shown).not.toMatch(/pass|token/)
    await settleHere(getUrl(params), { control: control() })
    expect(readFileSync(to('f'), 'utf8')).toBe('in')
  })

  it('does not show a login to wget', async () => {
    const bin = folderHere()
    for (const name of ['wget', 'sh', 'rm', 'mv', 'chmod', 'sync', 'grep', 'stat', 'cat', 'sed'])
      symlinkSync(
        spawnSync('sh', ['-c', `command -v ${name}`])
          .stdout.toString()
          .trim(),
        join(bin, name),
      )
    const shell = ['env', `PATH=${bin}`, '/bin/sh']
    const plain = { url: `${web}/files/SUMS`, dest: to('f') }
    expect((await runLocally(getUrl(plain), { control: control(), shell })).output).toMatchObject({ code: 0 })
    const login = { url: `${web}/login`, dest: to('g'), user: 'me', password: secret('p') }
    const { output } = await runLocally(getUrl(login), { control: control(), shell })
    expect(output?.code).not.toBe(0)
    expect(output?.stderr).toContain('needs curl on the host')
  })

  it('says what a host lacks', async () => {
    const bin = folderHere()
    for (const name of ['sh', 'rm', 'mv', 'chmod', 'sync', 'stat', 'cat', 'sed'])
      symlinkSync(
        spawnSync('sh', ['-c', `command -v ${name}`])
          .stdout.toString()
          .trim(),
        join(bin, name),
      )
    const shell = ['env', `PATH=${bin}`, '/bin/sh']
    const { output } = await runLocally(getUrl({ url: `${web}/files/SUMS`, dest: to('f') }), {
      control: control(),
      shell,
    })
    expect(output?.stderr).toContain("neither curl nor wget; via: 'control' downloads on the control side")
    expect(existsSync(to('f'))).toBe(false)
  })
})

describe('getUrl by way of the control side', () => {
  const via = 'control' as const
  const options = () => ({ control: control() })

  it('sends what was downloaded once (M07)', async () => {
    const params = { url: `${web}/files/a%20b.bin`, dest: `${dir}/`, sha256: sum(bytes), via, mode: '0600' }
    const shared = controlIn(dir)
    await settleHere(getUrl(params), { control: shared })
    expect(readFileSync(to('a b.bin')).equals(bytes)).toBe(true)
    mkdirSync(to('two'))
    await settleHere(getUrl({ ...params, dest: to('two/x') }), options())
    expect(asked()).toHaveLength(1)
  })

  it('checks by any algorithm, given or looked up (M07)', async () => {
    const url = `${web}/files/a%20b.bin`
    await settleHere(getUrl({ url, dest: to('f'), via, checksum: `md5:${sum(bytes, 'md5')}` }), options())
    await settleHere(getUrl({ url, dest: to('g'), via, checksum: `sha256:${web}/files/SUMS` }), options())
    const wrong = getUrl({ url, dest: to('h'), via, checksum: `md5:${sum('x', 'md5')}` })
    await expect(runLocally(wrong, options())).rejects.toThrow(`has md5 ${sum(bytes, 'md5')}, not ${sum('x', 'md5')}`)
  })

  it('without a digest leaves a file that is there, but for force (M07)', async () => {
    const url = `${web}/files/SUMS`
    writeFileSync(to('f'), 'old')
    await expectSettled(getUrl({ url, dest: to('f'), via }), options())
    await settleHere(getUrl({ url, dest: to('f'), via, force: true }), options())
    expect(readFileSync(to('f'), 'utf8')).toContain('other')
  })
})

describe('parameters of getUrl', () => {
  const right = { url: 'https://a.example/f', dest: '/f' }
  it.each<[string, object, string]>([
    ['no address', { url: 'a.example/f' }, "parameter 'url': 'a.example/f' is not an address"],
    ['blanks', { url: 'http://a/f x' }, 'is not an address'],
    [
      'a password in the address',
      { url: 'http://me:hush@a/f' },
      "parameter 'url': a password in an address is seen by all",
    ],
    ['a short digest', { sha256: 'abc' }, "parameter 'sha256': a sha256 has 64 hex digits"],
    ['two digests', { sha256: sum(''), checksum: `sha256:${sum('')}` }, 'give either sha256 or checksum'],
    ['a digest of no algorithm', { checksum: 'crc:12' }, "parameter 'checksum': write it as 'sha256:…'"],
    ['a digest of another length', { checksum: 'md5:12' }, "parameter 'checksum': a md5 has 32 hex digits"],
    ['parts without a digest', { resume: true }, "parameter 'resume': needs sha256 or checksum"],
    ['force with a digest', { force: true, sha256: sum('') }, "parameter 'force': is for files without a digest"],
    ['a password alone', { password: 'x' }, "parameter 'password': needs user"],
    ['a newline in a header', { headers: { a: 'b\nc: d' } }, 'a header holds no newline'],
    [
      'ftp on the control side',
      { url: 'ftp://a/f', via: 'control' },
      "parameter 'via': the control side speaks http and https",
    ],
  ])('%s is refused', (_what, params, message) => {
    expect(() => getUrl({ ...right, ...params })).toThrow(message)
  })

  it.each(['http://a/', 'http://a/folder/', 'http://a/?q=x', 'http://a/..%2fb'])(
    'a folder needs a name, which %s has not',
    async (url) => {
      const input = getUrl.module.prepare!({ url, dest: '/srv/' }, controlIn('/'))
      await expect(input).rejects.toThrow(`getUrl: '${url}' names no file, so dest must`)
    },
  )
})
