// Processes that are killed while they encrypt a store that was in the clear.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { secret } from '../../engine/secret.ts'
import { passphraseOf } from '../../engine/secrets/passphrase.ts'
import { fileStore } from '../../engine/secrets/store.ts'

const dir = mkdtempSync(path.join(tmpdir(), 'tsplay-encrypt-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const passphrase = passphraseOf(secret('correct horse'), 'the test')
const pair = { '.pem': 'certificate', '-key.pem': 'a key in the clear' }
const token = { '.txt': 'a token in the clear' }

/** Encrypts the store and writes a value; killed before the n-th change on disk. What it printed, if it was not. */
async function encrypt(store: string, nth: number): Promise<string | undefined> {
  const program = path.join(import.meta.dirname, 'killed-writer.ts')
  const args = ['--import', 'jiti/register', program, store, String(nth), 'new', '{".txt":"a new one"}']
  const env = { ...process.env, PASSPHRASE: 'correct horse' }
  try {
    return (await promisify(execFile)(process.execPath, args, { env, timeout: 60_000 })).stdout
  } catch (error) {
    const { signal, stderr } = error as { signal?: string; stderr?: string }
    expect([signal, stderr]).toEqual(['SIGKILL', ''])
    return undefined
  }
}

const textOf = (store: string): string =>
  readdirSync(store, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(path.join(store, file)).isFile())
    .map((file) => readFileSync(path.join(store, file), 'utf8'))
    .join('\n')

it('a store is read rightly wherever its encryption was interrupted, and the next run ends it (M18)', {
  timeout: 180_000,
}, async () => {
  const start = path.join(dir, 'start')
  const clear = fileStore(start, { check: false })
  await clear.update('pki/a', async () => ({ ...pair, '-key.pem': 'an old key in the clear' }))
  await clear.update('pki/a', async () => pair)
  await clear.update('secrets/token', async () => token)
  const copy = (nth: number): string => {
    cpSync(start, path.join(dir, String(nth)), { recursive: true })
    return path.join(dir, String(nth))
  }
  const steps = Number(await encrypt(copy(0), 0))
  expect(steps).toBeGreaterThan(30)
  let begun = 0
  // each third point, since a passphrase takes its time; the points of one value are all tried in commit.test.ts
  for (let nth = 2; nth <= steps; nth += 3) {
    const store = copy(nth)
    expect(await encrypt(store, nth)).toBeUndefined()
    if (existsSync(path.join(store, '.encryption.json'))) {
      begun++
      await expect(fileStore(store, { check: true }).read('pki/a')).rejects.toThrow('the store is encrypted')
    }
    const reader = fileStore(store, { check: true, passphrase })
    expect([await reader.read('pki/a'), await reader.read('secrets/token')]).toEqual([pair, token])
    await fileStore(store, { check: false, passphrase }).open()
    expect(textOf(store)).not.toContain('in the clear')
    const after = fileStore(store, { check: true, passphrase })
    expect([await after.read('pki/a'), await after.read('secrets/token')]).toEqual([pair, token])
  }
  expect(begun).toBeGreaterThan(5)
})
