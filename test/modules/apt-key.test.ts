import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aptKey } from '../../modules/apt-key.ts'
import { binaryKey, fingerprintsOf } from '../../modules/common/openpgp-key.ts'
import { shells } from '../support/fake-commands.ts'
import { runLocally } from '../support/local-host.ts'
import { serveHere } from '../support/serve-here.ts'
import { controlIn, folderHere, settleHere } from '../support/settle-here.ts'
import { shellsHere } from '../support/shells.ts'

/** A public key packet of version 4, in the old format of packets or the new one. */
const packet = (seed: number, size = 51, format: 'old1' | 'old2' | 'new' = 'old1') => {
  const body = Buffer.concat([Buffer.from([4, 0, 0, 0, seed, 22]), Buffer.alloc(size - 6, seed)])
  const head = { old1: [0x98, size], old2: [0x99, size >> 8, size & 255], new: newHead(size) }[format]
  return Buffer.concat([Buffer.from(head), body, Buffer.from([0xb4, 1, 0x41])]) // and a user id, 'A'
}
const newHead = (size: number) => (size < 192 ? [0xc6, size] : [0xc6, 192 + ((size - 192) >> 8), (size - 192) & 255])

const armor = (bytes: Uint8Array, newline = '\n') =>
  [
    '-----BEGIN PGP PUBLIC KEY BLOCK-----',
    'Comment: a test',
    '',
    ...Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g)!,
    '=AbCd',
    '-----END PGP PUBLIC KEY BLOCK-----',
    '',
  ].join(newline)

const key = packet(1)
const other = packet(2, 400, 'old2')
const [print] = fingerprintsOf(key) as [string]

describe('keys', () => {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  const gpg = spawnSync('gpg', ['--version']).status === 0 && existsSync(keyring)

  it.skipIf(!gpg)('have the fingerprints that gpg sees', () => {
    const folder = folderHere()
    const { stdout } = spawnSync('gpg', ['--homedir', folder, '--show-keys', '--with-colons', keyring])
    const primary = [...String(stdout).matchAll(/^pub:[\s\S]*?^fpr:+([0-9A-F]+):/gm)].map(([, each]) => each)
    expect(primary.length).toBeGreaterThan(2)
    expect(fingerprintsOf(readFileSync(keyring))).toEqual(primary)
  })

  it('are decoded from text, several blocks and carriage returns included', () => {
    expect(Buffer.from(binaryKey(Buffer.from(armor(key))))).toEqual(key)
    expect(Buffer.from(binaryKey(Buffer.from(`x\n${armor(key, '\r\n')}${armor(other)}`)))).toEqual(
      Buffer.concat([key, other]),
    )
    expect(fingerprintsOf(Buffer.concat([key, other]))).toHaveLength(2)
  })

  it.each(['', 'text', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n', '\x95\x01'])('are not found in %j', (text) => {
    expect(() => binaryKey(Buffer.from(text, 'latin1'))).toThrow('holds no OpenPGP public key')
  })
})

describe('aptKey', () => {
  it.each(shellsHere)('writes the keyring as apt reads it, for all, and removes it ($name)', async ({ argv }) => {
    const folder = folderHere()
    writeFileSync(join(folder, 'key.asc'), armor(key))
    writeFileSync(join(folder, 'key.gpg'), key)
    const control = controlIn(folder)
    for (const source of [armor(key), 'key.asc', 'key.gpg']) {
      const keyring = join(folder, 'etc', 'it.gpg')
      await settleHere(aptKey({ name: 'it', key: source, keyring, fingerprint: `0x${print.slice(-16)}` }), {
        shell: argv,
        control,
      })
      expect(readFileSync(keyring)).toEqual(key)
      expect((statSync(keyring).mode & 0o777).toString(8)).toBe('644')
      await settleHere(aptKey({ name: 'it', keyring, state: 'absent' }), { shell: argv, control })
      expect(existsSync(keyring)).toBe(false)
    }
  })

  it('replaces another key, and one that was extended', async () => {
    const folder = folderHere()
    const keyring = join(folder, 'it.gpg')
    writeFileSync(keyring, Buffer.concat([key, other]))
    await settleHere(aptKey({ name: 'it', key: armor(key), keyring }), { control: controlIn(folder) })
    expect(readFileSync(keyring)).toEqual(key)
  })

  describe('from an address', () => {
    const serve = async (bytes: Uint8Array | string) => {
      const folder = folderHere()
      writeFileSync(join(folder, 'key'), bytes)
      return `${await serveHere(folder)}key`
    }
    const apply = async (params: Parameters<typeof aptKey>[0], shell: readonly string[]) =>
      (await runLocally(aptKey(params), { control: controlIn(folderHere()), shell })).output

    it.each(shells)('is fetched once, decoded and checked on the host (%s)', async (...shell) => {
      for (const [served, bytes] of [
        [key, key],
        [armor(other), other],
        [armor(key, '\r\n'), key],
        [packet(3, 60, 'new'), packet(3, 60, 'new')],
        [packet(4, 300, 'new'), packet(4, 300, 'new')],
      ] as const) {
        const url = await serve(served)
        const keyring = join(folderHere(), 'keyrings', 'it.gpg')
        const [fingerprint] = fingerprintsOf(bytes) as [string]
        const params = { name: 'it', key: url, keyring, fingerprint: fingerprint.replace(/(.{4})/g, '$1 ').trim() }
        const { output } = await settleHere(aptKey(params), { shell, control: controlIn(folderHere()) })
        expect(output?.stderr).toBe('')
        expect(readFileSync(keyring)).toEqual(Buffer.from(bytes))
      }
    })

    it.each(shells)('is refused where it is another key or none, and nothing is left behind (%s)', async (...shell) => {
      const folder = folderHere()
      const keyring = join(folder, 'it.gpg')
      writeFileSync(keyring, 'old')
      const wrong = await serve(other)
      expect(await apply({ name: 'it', key: wrong, keyring, fingerprint: print }, shell)).toMatchObject({
        code: 1,
        stderr: `the key at ${wrong} has the fingerprint ${fingerprintsOf(other)[0]}\n`,
      })
      const none = await serve('<html>')
      expect((await apply({ name: 'it', key: none, keyring }, shell))?.stderr).toBe(
        `there is no OpenPGP public key at ${none}\n`,
      )
      expect(spawnSync('ls', ['-A', folder]).stdout.toString()).toBe('it.gpg\n')
      expect(readFileSync(keyring, 'utf8')).toBe('old')
    })
  })

  it.each<[object, RegExp]>([
    [{ name: 'x' }, /'key': is needed/],
    [{ name: 'x.gpg', key: 'a' }, /'name': .* is not the name of a file without its ending/],
    [{ name: '../x', key: 'a' }, /'name'/],
    [{ name: 'x', key: 'https://u:p@example.com/k' }, /a password in an address can be seen/],
    [{ name: 'x', key: 'k', fingerprint: '1234' }, /'fingerprint': is a fingerprint of 40/],
    [{ name: 'x', key: 'k', keyring: 'relative' }, /'keyring'/],
  ])('refuses %j', (params, message) => {
    expect(() => aptKey(params as never)).toThrow(message)
  })

  it('says on the control side that a file is no key, or another one', async () => {
    const folder = folderHere()
    writeFileSync(join(folder, 'no.asc'), 'text')
    writeFileSync(join(folder, 'other.gpg'), other)
    const prepare = (params: object) => aptKey.module.prepare!(params as never, controlIn(folder))
    await expect(prepare({ name: 'x', key: 'no.asc' })).rejects.toThrow("'no.asc' holds no OpenPGP public key")
    await expect(prepare({ name: 'x', key: 'other.gpg', fingerprint: print })).rejects.toThrow(
      `'other.gpg' has the fingerprint ${fingerprintsOf(other)[0]}, not ${print}`,
    )
  })
})
