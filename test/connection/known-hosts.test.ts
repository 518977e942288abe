// Reading known_hosts files as OpenSSH does, and adding to them from many sides at once.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Target } from '../../engine/connection/connection.ts'
import { hostKeyCheck } from '../../engine/connection/host-key.ts'
import { fingerprint, judge, parseKnownHosts } from '../../engine/connection/known-hosts.ts'
import { offeredAlgorithms } from '../../engine/connection/ssh-algorithms.ts'
import { localTarget, succeeds } from './support.ts'

const field = (bytes: Uint8Array | string) => {
  const data = Buffer.from(bytes as string)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  return Buffer.concat([length, data])
}
/** A host key of the right shape. */
const newKey = (type = 'ssh-ed25519') => Buffer.concat([field(type), field(randomBytes(32))])
const line = (patterns: string, key: Buffer, type = 'ssh-ed25519') => `${patterns} ${type} ${key.toString('base64')}`
const [a, b, c] = [newKey(), newKey(), newKey()]
const verdict = (text: string, address: string, port: number, key: Buffer) =>
  judge(parseKnownHosts(text), address, port, key).kind

describe('known_hosts', () => {
  test.each([
    ['a name', 'web1', 'web1', 22, 'known'],
    ['a name in capitals', 'Web1', 'WEB1', 22, 'known'],
    ['one of a comma list', 'db,web1,10.0.0.1', '10.0.0.1', 22, 'known'],
    ['another name', 'web2', 'web1', 22, 'unknown'],
    ['a port of its own', '[web1]:2222', 'web1', 2222, 'known'],
    ['another port', '[web1]:2222', 'web1', 2223, 'unknown'],
    ['a name without the port', 'web1', 'web1', 2222, 'known'],
    ['a port where none is meant', '[web1]:2222', 'web1', 22, 'unknown'],
    ['wildcards', '10.0.?.*', '10.0.7.33', 22, 'known'],
    ['wildcards, dots taken as dots', '10.0.?.*', '10a0b7c33', 22, 'unknown'],
    ['a negation', '*.lan,!db.lan', 'db.lan', 22, 'unknown'],
    ['a negation of others', '*.lan,!db.lan', 'web.lan', 22, 'known'],
    ['an IPv6 address', 'fe80::1', 'fe80::1', 22, 'known'],
    ['an IPv6 address with a port', '[fe80::1]:2222', 'fe80::1', 2222, 'known'],
  ])('matches %s', (_, patterns, address, port, expected) => {
    expect(verdict(line(patterns, a), address, port, a)).toBe(expected)
  })

  test('passes over comments, empty and broken lines, and keeps line numbers', () => {
    const text = `# comment\n\n   \nweb1\nweb1 ssh-ed25519\nweb1 ssh-ed25519 n@t-b64\r\n${line('web1', a)} a comment\r\n`
    expect(parseKnownHosts(text)).toEqual([
      { line: 7, marker: undefined, patterns: ['web1'], type: 'ssh-ed25519', key: a.toString('base64') },
    ])
  })

  test('takes any of several keys, and tells a changed key with the lines that know another', () => {
    const text = `${line('web1', a)}\n${line('web1', b)}\n`
    expect(verdict(text, 'web1', 22, b)).toBe('known')
    const changed = judge(parseKnownHosts(text), 'web1', 22, c)
    expect(changed.kind === 'changed' && changed.known.map((known) => known.line)).toEqual([1, 2])
  })

  test('a key of another type than the known one is a changed key', () => {
    expect(verdict(line('web1', a), 'web1', 22, newKey('ecdsa-sha2-nistp256'))).toBe('changed')
  })

  test('refuses a revoked key even where another line knows it, and does not trust authorities', () => {
    expect(verdict(`${line('web1', a)}\n@revoked ${line('*', a)}`, 'web1', 22, a)).toBe('revoked')
    expect(verdict(`${line('web1', a)}\n@revoked ${line('*', b)}`, 'web1', 22, a)).toBe('known')
    expect(judge(parseKnownHosts(`@cert-authority ${line('*', a)}`), 'web1', 22, a)).toEqual({
      kind: 'unknown',
      authorities: true,
    })
    expect(verdict(`@nonsense ${line('web1', a)}`, 'web1', 22, a)).toBe('unknown')
  })

  const keygen = succeeds('sh', ['-c', 'command -v ssh-keygen'])
  test.skipIf(!keygen)(`reads what ssh-keygen -H hashes${keygen ? '' : ' (ssh-keygen is not installed here)'}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'tsplay-test-'))
    try {
      const path = join(directory, 'known_hosts')
      const real = Buffer.concat([
        field('ssh-ed25519'),
        field(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)),
      ])
      writeFileSync(path, ['web1', '[web2]:2222', '10.0.0.3'].map((name) => `${line(name, real)}\n`).join(''))
      execFileSync('ssh-keygen', ['-H', '-f', path], { stdio: 'ignore' })
      const text = readFileSync(path, 'utf8')
      expect(text).toMatch(/^\|1\|/)
      expect(text).not.toContain('web1')
      expect(verdict(text, 'web1', 22, real)).toBe('known')
      expect(verdict(text, 'WEB2', 2222, real)).toBe('known')
      expect(verdict(text, '10.0.0.3', 22, a)).toBe('changed')
      expect(verdict(text, 'web3', 22, real)).toBe('unknown')
      const shown = execFileSync('ssh-keygen', ['-l', '-f', path], { encoding: 'utf8' })
      expect(shown).toContain(fingerprint(real))
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  test('broken hashes match nothing', () => {
    for (const pattern of ['|1|', '|1|x', '|2|c2FsdA==|aGFzaA==', '|1|c2FsdA==|aGFzaA==']) {
      expect(verdict(line(pattern, a), 'web1', 22, a)).toBe('unknown')
    }
  })
})

describe('the policy for host keys (A102)', () => {
  let directory: string
  let target: Target
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tsplay-test-'))
    directories.push(directory)
    target = { ...localTarget, name: 'web1', address: 'web1.lan', knownHosts: join(directory, 'ssh', 'known_hosts') }
  })
  const directories: string[] = []
  afterAll(() => {
    for (const path of directories) rmSync(path, { recursive: true })
  })
  const verify = async (policy: Target['hostKeys'], key: Buffer, more: Partial<Target> = {}) =>
    (await hostKeyCheck({ ...target, hostKeys: policy, ...more })).verify(key)

  test('strict refuses an unknown key and says what it is', async () => {
    await expect(verify('strict', a)).rejects.toMatchObject({
      kind: 'unreachable',
      message: `web1: the host key of web1.lan is unknown: it presents ssh-ed25519 ${fingerprint(a)}`,
    })
  })

  test('accept-new records an unknown key, private to the user, and refuses another one later', async () => {
    await verify('accept-new', a)
    expect(readFileSync(target.knownHosts, 'utf8')).toBe(`${line('web1.lan', a)}\n`)
    expect(statSync(target.knownHosts).mode & 0o777).toBe(0o600)
    expect(statSync(join(directory, 'ssh')).mode & 0o777).toBe(0o700)
    await verify('strict', a)
    await expect(verify('accept-new', b)).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(`CHANGED.*${escaped(fingerprint(b))}.*${escaped(fingerprint(a))} \\(.*known_hosts:1\\)`),
      ),
      hint: expect.stringContaining("ssh-keygen -R 'web1.lan'"),
    })
  })

  test('off asks nothing and writes nothing', async () => {
    await verify('off', a)
    expect(() => statSync(target.knownHosts)).toThrow()
  })

  test('names the authority where one is trusted in vain', async () => {
    await verify('accept-new', a, { address: 'other' })
    writeFileSync(target.knownHosts, `@cert-authority ${line('*.lan', a)}\n`)
    await expect(verify('strict', b)).rejects.toMatchObject({ hint: expect.stringContaining('@cert-authority') })
  })

  test('a file without newline at its end is added to on a line of its own', async () => {
    await verify('accept-new', a, { address: 'one' })
    writeFileSync(target.knownHosts, line('two', b))
    await verify('accept-new', a)
    expect(readFileSync(target.knownHosts, 'utf8')).toBe(`${line('two', b)}\n${line('web1.lan', a)}\n`)
  })

  test('many hosts, and the same one many times, are each recorded once (X12)', async () => {
    const hosts = Array.from({ length: 60 }, (_, index) => ({ address: `web${index % 30}`, key: keys[index % 30]! }))
    await Promise.all(hosts.map(({ address, key }) => verify('accept-new', key, { address })))
    const lines = readFileSync(target.knownHosts, 'utf8').trim().split('\n').sort()
    expect(lines).toEqual(keys.map((key, index) => line(`web${index}`, key)).sort())
  })
  const keys = Array.from({ length: 30 }, () => newKey())

  test('a lock that a killed process left is taken over', async () => {
    await verify('accept-new', a, { address: 'one' })
    const lock = `${target.knownHosts}.lock`
    writeFileSync(lock, '')
    utimesSync(lock, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
    await verify('accept-new', a)
    expect(readFileSync(target.knownHosts, 'utf8')).toContain('web1.lan')
    expect(() => statSync(lock)).toThrow()
  })

  test('a file that cannot be written is an error, not a key that is taken on trust', async () => {
    writeFileSync(join(directory, 'ssh'), 'a file where a folder should be')
    await expect(verify('accept-new', a)).rejects.toThrow(/could not be recorded|cannot be read/)
  })

  test('types of key on record are asked for first', async () => {
    await verify('accept-new', newKey('ssh-rsa'), { port: 2222 })
    const { knownTypes } = await hostKeyCheck({ ...target, hostKeys: 'strict', port: 2222 })
    expect(knownTypes).toEqual(['ssh-rsa'])
    expect(offeredAlgorithms(knownTypes).serverHostKey).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
      'ecdsa-sha2-nistp384',
      'ecdsa-sha2-nistp521',
    ])
  })
})

const escaped = (value: string) => value.replace(/[+/.]/g, '\\$&')
