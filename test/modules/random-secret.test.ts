import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Control } from '../../engine/module.ts'
import { isSecret, reveal } from '../../engine/secret.ts'
import { fileStore } from '../../engine/secrets/store.ts'
import { type RandomSecretParams, type RandomSecretResult, randomSecret } from '../../modules/random-secret.ts'
import { shells } from '../support/fake-commands.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'

const controlWith = (folder: string, check = false): Control =>
  ({ check, store: fileStore(folder, { check }) }) as unknown as Control

async function made(params: RandomSecretParams, folder = folderHere(), check = false): Promise<RandomSecretResult> {
  const { module } = randomSecret
  const input = await module.prepare!(randomSecret(params).params as RandomSecretParams, controlWith(folder, check))
  return module.result!(input, { files: {} }) as RandomSecretResult
}

describe('randomSecret', () => {
  it.each<[RandomSecretParams, RegExp]>([
    [{ name: 'a' }, /^[0-9a-f]{32}$/],
    [{ name: 'a', bytes: 4, encoding: 'hex' }, /^[0-9a-f]{8}$/],
    [{ name: 'a', bytes: 32, encoding: 'base64' }, /^[A-Za-z0-9+/]{43}=$/],
    [{ name: 'a', bytes: 8, encoding: 'alphanumeric' }, /^[A-Za-z0-9]{8}$/],
    [{ name: 'a', encoding: 'kubeadm' }, /^[a-z0-9]{6}\.[a-z0-9]{16}$/],
  ])('%j is written as it says', async (params, pattern) => {
    expect(reveal((await made(params)).value)).toMatch(pattern)
  })

  it('is made once and kept, by name, and prints as ***', async () => {
    const folder = folderHere()
    const first = await made({ name: 'token' }, folder)
    const again = await made({ name: 'token', bytes: 64 }, folder)
    expect([first.made, again.made]).toEqual([true, false])
    expect(reveal(again.value)).toBe(reveal(first.value))
    expect(reveal((await made({ name: 'other' }, folder)).value)).not.toBe(reveal(first.value))
    expect(isSecret(first.value) && `${first.value}${JSON.stringify(first)}`).toBe('***{"value":"***","made":true}')
    const kept = path.join(folder, 'secrets/token.txt')
    expect(readFileSync(kept, 'utf8')).toBe(`${reveal(first.value)}\n`)
    expect(statSync(kept).mode & 0o777).toBe(0o600)
  })

  it('a check keeps nothing', async () => {
    const folder = folderHere()
    await made({ name: 'token' }, folder, true)
    expect((await made({ name: 'token' }, folder)).made).toBe(true)
  })

  it.each(shells)('is in a file of its own on the host, which nobody else may read (%s)', async (...shell) => {
    const [folder, dest] = [folderHere(), path.join(folderHere(), 'token')]
    const action = randomSecret({ name: 'token', dest })
    const { differences } = await settleHere(action, { shell, control: controlWith(folder) })
    expect(differences).toContainEqual({ property: `files.${dest}.content`, before: null, after: '***' })
    expect(readFileSync(dest, 'utf8')).toBe(`${reveal((await made({ name: 'token' }, folder)).value)}\n`)
    expect(statSync(dest).mode & 0o777).toBe(0o600)
    await expectSettled(action, { shell, control: controlWith(folder) })
  })

  it('is where a text says, as often as it says', async () => {
    const [folder, dest] = [folderHere(), path.join(folderHere(), 'token.csv')]
    const action = randomSecret({ name: 'token', dest, text: '%s,kubelet,1\n%s,"$&",2\n' })
    const { differences } = await settleHere(action, { control: controlWith(folder) })
    const value = reveal((await made({ name: 'token' }, folder)).value)
    expect(readFileSync(dest, 'utf8')).toBe(`${value},kubelet,1\n${value},"$&",2\n`)
    expect(JSON.stringify(differences)).not.toContain(value)
  })

  it.each<[object, RegExp]>([
    [{ name: '../x' }, /'name'.*a name for the store/],
    [{ name: 'a', bytes: 0 }, /'bytes'/],
    [{ name: 'a', bytes: 8, encoding: 'kubeadm' }, /'bytes': a kubeadm token has 6 and 16 characters/],
    [{ name: 'a', mode: '0600' }, /'dest': text, mode, owner and group are those of the file/],
    [{ name: 'a', dest: '/tmp/a', text: 'password' }, /'text': it needs a %s, where the value goes/],
    [{ name: 'a', length: 3 }, /unknown parameter 'length'/],
  ])('%j is refused', (params, message) => {
    expect(() => randomSecret(params as RandomSecretParams)).toThrow(message)
  })

  it('says what is wrong with a value that somebody has put into the store', async () => {
    const folder = folderHere()
    const put = (text: string) =>
      fileStore(folder, { check: false }).update('secrets/token', async () => ({ '.txt': text }))
    await put('my own words\n')
    expect(reveal((await made({ name: 'token' }, folder)).value)).toBe('my own words')
    await expect(made({ name: 'token', encoding: 'kubeadm' }, folder)).rejects.toThrow(
      "the secret 'token' in the store is not a token of kubeadm",
    )
    await put('\n')
    await expect(made({ name: 'token' }, folder)).rejects.toThrow("the secret 'token' in the store is empty")
  })
})
