// What is found wrong with certificates of the store, each kind by one that has it and one that has not.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { storedCertificates } from '../../engine/pki/contents.ts'
import { findings } from '../../engine/pki/findings.ts'
import { rotate } from '../../engine/pki/rotation.ts'
import { fileStore } from '../../engine/secrets/store.ts'
import { type Made, madeAuthority, madeLeaf } from '../support/made-certificates.ts'

const key = { algo: 'ecdsa', size: 256 } as const
const days = (count: number): number => count * 86_400_000
const now = new Date()

type Values = Readonly<Record<string, Readonly<Record<string, string>>>>

const storeOf = async (values: Values) => {
  const dir = mkdtempSync(join(tmpdir(), 'tsplay-findings-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const store = fileStore(join(dir, 'store'), { check: false })
  for (const [name, value] of Object.entries(values)) await store.update(`pki/${name}`, async () => value)
  return store
}

/** `name: problem`, a warning with a question mark. */
async function found(values: Values | Awaited<ReturnType<typeof storeOf>>, warn = days(30)): Promise<string[]> {
  const all = await storedCertificates('update' in values ? (values as never) : await storeOf(values))
  return all
    .flatMap((entry) => findings(entry, all, { now, warn }))
    .map(({ name, problem, severity }) => `${name}${severity === 'warning' ? '?' : ''}: ${problem}`)
}

const root = await madeAuthority({ subject: { cn: 'root' }, key, pathLength: 1 })
const made = await madeAuthority({ subject: { cn: 'sub' }, key, pathLength: 0 }, root)
const sub: Made = { ...made, '.pem': made['.pem'] + root['.pem'] }
const leaf = await madeLeaf(sub, { subject: { cn: 'leaf' }, key })
const good: Values = { 'root/ca': root, 'sub/ca': sub, 'sub/leaf': leaf }

it('finds nothing where all is as it should be, whether keys are there or not', async () => {
  expect(await found(good)).toEqual([])
  expect(
    await found({ 'root/ca': { '.pem': root['.pem'] }, 'sub/ca': sub, 'sub/leaf': { '.pem': leaf['.pem'] } }),
  ).toEqual([])
})

it('finds nothing at any step of replacing a CA', async () => {
  const store = await storeOf(good)
  for (const _step of ['introduce', 'switch']) {
    await rotate(store, 'sub', { now })
    expect(await found(store)).toEqual([])
  }
})

it('finds a certificate that cannot be read, and a key that has none', async () => {
  expect(await found({ ...good, 'sub/a': { '.pem': 'x' }, 'sub/b': { '-key.pem': leaf['-key.pem'] } })).toEqual([
    'sub/a: is not a certificate that can be read',
    'sub/b: has a key only: its certificate is missing',
  ])
})

it('finds a key that cannot be read, and one of another certificate', async () => {
  expect(
    await found({
      ...good,
      'sub/leaf': { ...leaf, '-key.pem': 'x' },
      'root/ca': { ...root, '-key.pem': leaf['-key.pem'] },
    }),
  ).toEqual(['root/ca: has a key that is not its own', 'sub/leaf: has a key that cannot be read'])
})

it('finds one of another CA: of the store, of none, and one that only says it was signed', async () => {
  const foreign = await madeAuthority({ subject: { cn: 'sub' }, key })
  const byRoot = await madeLeaf(root, { subject: { cn: 'leaf' }, key })
  expect(await found({ ...good, 'sub/leaf': byRoot })).toEqual(['sub/leaf: was signed by root/ca, not by sub/ca'])
  const byForeign = await madeLeaf(foreign, { subject: { cn: 'leaf' }, key })
  expect(await found({ ...good, 'sub/leaf': byForeign })).toEqual([
    "sub/leaf: was signed by 'CN=sub', which is not in the store",
  ])
  expect(await found({ ...good, 'sub/leaf': { ...leaf, '.pem': flipped(leaf['.pem']) } })).toEqual([
    'sub/leaf: was changed after it was signed',
  ])
})

it('finds a chain that does not lead to the root, is of others, or is longer than allowed', async () => {
  const [own = ''] = sub['.pem'].split(/(?<=END CERTIFICATE-----\n)/)
  const other = await madeAuthority({ subject: { cn: 'root' }, key })
  expect(await found({ ...good, 'sub/ca': { ...sub, '.pem': own } })).toEqual([
    "sub/ca: its chain ends before the root: the certificate of 'CN=root' is missing",
  ])
  expect(await found({ ...good, 'sub/ca': { ...sub, '.pem': own + other['.pem'] } })).toEqual([
    "sub/ca: was signed by 'CN=root', but behind it stands another: 'CN=root'",
  ])
  const strict = await madeAuthority({ subject: { cn: 'root' }, key, pathLength: 0 })
  const below = await madeAuthority({ subject: { cn: 'sub' }, key }, strict)
  expect(await found({ 'sub/ca': { ...below, '.pem': below['.pem'] + strict['.pem'] } })).toEqual([
    "sub/ca: its issuer 'CN=root' allows no more than 0 CAs below it",
  ])
  expect(await found({ ...good, 'x/ca': leaf })).toEqual(['x/ca: is not a certificate of a CA'])
  expect(await found({ 'root/ca': { ...root, '.pem': flipped(root['.pem']) } })).toEqual([
    'root/ca: was changed after it was signed',
  ])
})

it('finds what has expired, is not valid yet, or ends soon, of issuers too; not of a CA that goes', async () => {
  const old = await madeAuthority({ subject: { cn: 'old' }, key, expiry: '100d', at: new Date(+now - days(120)) })
  const soon = await madeAuthority({ subject: { cn: 'soon' }, key, expiry: '100d', at: new Date(+now - days(90)) })
  const below = await madeAuthority({ subject: { cn: 'below' }, key, expiry: '1d' }, soon)
  const later = await madeAuthority({ subject: { cn: 'later' }, key, at: new Date(+now + days(3)) })
  const chain = { ...below, '.pem': below['.pem'] + soon['.pem'] }
  const lines = await found({
    'a/ca': old,
    'b/ca': soon,
    'c/ca': chain,
    'd/ca': later,
    'e/ca': root,
    'e/ca-previous': old,
  })
  expect(lines).toEqual([
    expect.stringMatching(/^a\/ca: expired on \d{4}-\d\d-\d\d, 20 d ago$/),
    expect.stringMatching(/^b\/ca\?: expires on \d{4}-\d\d-\d\d, in 9 d$/),
    expect.stringMatching(/^c\/ca\?: expires on \d{4}-\d\d-\d\d, in 23 h$/),
    expect.stringMatching(/^c\/ca\?: its issuer 'CN=soon' expires on \d{4}-\d\d-\d\d, in 9 d$/),
    expect.stringMatching(/^d\/ca: is valid from .*Z on only: is the clock of this machine right\?$/),
  ])
  expect(await found({ 'b/ca': soon }, days(5))).toEqual([])
})

it('passes over what is no certificate of an authority', async () => {
  const store = await storeOf(good)
  await store.update('keys/sa', async () => ({ '.pem': 'x', '-key.pem': 'y' }))
  await store.update('pki/loose', async () => ({ '.pem': 'x' }))
  expect((await storedCertificates(store)).map(({ name }) => name)).toEqual(['root/ca', 'sub/ca', 'sub/leaf'])
})

/** The same certificate with another second as the end of its validity, and the signature of the one it was. */
function flipped(pem: string): string {
  const bytes = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  // the second UTCTime: type, length, twelve digits, Z
  const [, end] = [...bytes.toString('latin1').matchAll(/\x17\x0d\d{12}Z/g)]
  bytes[end!.index + 13]! ^= 1
  return `-----BEGIN CERTIFICATE-----\n${bytes
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')}\n-----END CERTIFICATE-----\n`
}
