import { createPublicKey, createSign, createVerify } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Control } from '../../engine/module.ts'
import { fileStore } from '../../engine/secrets/store.ts'
import { type RsaKeypairParams, type RsaKeypairResult, rsaKeypair } from '../../modules/rsa-keypair.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'

const controlWith = (folder: string): Control =>
  ({ check: false, store: fileStore(folder, { check: false }) }) as unknown as Control

describe('rsaKeypair', () => {
  it('is made once; the private key is PKCS#1 and readable by its owner only, the public one fits it', async () => {
    const [store, host] = [folderHere(), folderHere()]
    const action = rsaKeypair({ name: 'sa', private: path.join(host, 'sa.key'), public: path.join(host, 'sa.pub') })
    const { differences } = await settleHere(action, { control: controlWith(store) })
    expect(differences.find(({ property }) => property.endsWith('sa.key.content'))).toMatchObject({ after: '***' })
    const [key, pub] = ['sa.key', 'sa.pub'].map((name) => readFileSync(path.join(host, name), 'utf8')) as [
      string,
      string,
    ]
    expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/)
    expect(pub).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
    expect(createPublicKey(pub).asymmetricKeyDetails?.modulusLength).toBe(2048)
    const signature = createSign('sha256').update('token').sign(key)
    expect(createVerify('sha256').update('token').verify(pub, signature)).toBe(true)
    expect(['sa.key', 'sa.pub'].map((name) => statSync(path.join(host, name)).mode & 0o777)).toEqual([0o600, 0o644])
    await expectSettled(action, { control: controlWith(store) })
    const other = folderHere()
    await settleHere(rsaKeypair({ name: 'sa', public: path.join(other, 'sa.pub'), bits: 4096 }), {
      control: controlWith(store),
    })
    expect(readFileSync(path.join(other, 'sa.pub'), 'utf8')).toBe(pub)
  })

  it('takes a private key that somebody has put into the store, and derives the public one', async () => {
    const store = folderHere()
    const [key, pub] = [path.join(folderHere(), 'k'), path.join(folderHere(), 'p')]
    await settleHere(rsaKeypair({ name: 'one', private: key, public: pub }), { control: controlWith(store) })
    await fileStore(store, { check: false }).update('keys/two', async () => ({ '-key.pem': readFileSync(key, 'utf8') }))
    const { module } = rsaKeypair
    const input = await module.prepare!({ name: 'two' }, controlWith(store))
    expect(module.result!(input, { files: {} }) as RsaKeypairResult).toEqual({
      publicKey: readFileSync(pub, 'utf8'),
      made: false,
    })
    await fileStore(store, { check: false }).update('keys/bad', async () => ({ '-key.pem': 'no key' }))
    await expect(module.prepare!({ name: 'bad' }, controlWith(store))).rejects.toThrow(
      "the key 'bad' in the store is not an RSA key",
    )
  })

  it.each<[object, RegExp]>([
    [{ name: 'a', private: '/x', public: '/x' }, /'public': each key needs a file of its own/],
    [{ name: 'a', private: 'x' }, /'private': 'x' is not an absolute path/],
    [{ name: 'a', bits: 1024 }, /'bits'/],
  ])('%j is refused', (params, message) => {
    expect(() => rsaKeypair(params as RsaKeypairParams)).toThrow(message)
  })
})
