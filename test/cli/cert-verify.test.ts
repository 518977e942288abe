// tsplay cert verify, as monitoring calls it: what it finds, and the codes it ends with.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CertProject, certProject, days, key } from '../support/cert-project.ts'
import { type Made, madeAuthority, madeLeaf } from '../support/made-certificates.ts'

let site: CertProject & { readonly authority: Made }
beforeEach(async () => {
  site = await certProject()
})
afterEach(() => site.remove())

/** A certificate that has `left` days left. */
const ending = (cn: string, left: number, issuer: Made = site.authority) =>
  madeLeaf(issuer, { subject: { cn }, expiry: '100d', at: new Date(Date.now() - days(100 - left)), key })

test('is ok and ends with 0 where all is well (M18)', async () => {
  expect(await site.cert('verify', '-i', 'home')).toMatchObject({ code: 0, stdout: 'ok: 4 certificates\n', stderr: '' })
  expect((await site.cert('verify', '-i', 'home', '-o', 'ndjson')).lines).toEqual([
    { type: 'summary', checked: 4, errors: 0, warnings: 0 },
  ])
})

test('ends with 3 where something expires within --warn', async () => {
  await site.put('pki/kubernetes/soon', await ending('soon', 20.5))
  const { code, stdout } = await site.cert('verify', '-i', 'home')
  expect(code).toBe(3)
  expect(stdout).toMatch(
    /^warning {2}kubernetes\/soon {2}expires on \d{4}-\d\d-\d\d, in 20 d\n5 certificates: 0 errors, 1 warning\n$/,
  )
  expect((await site.cert('verify', '-i', 'home', '--warn', '10d')).code).toBe(0)
  expect((await site.cert('verify', '-i', 'home', '--warn', '200y')).lines).toEqual([])
  expect((await site.cert('verify', '-i', 'home', '--warn', '200y')).code).toBe(3)
})

test('ends with 2 where something has expired, and tells what expires besides', async () => {
  await site.put('pki/kubernetes/gone', await ending('gone', -3.5))
  await site.put('pki/kubernetes/soon', await ending('soon', 20.5))
  const { code, lines } = await site.cert('verify', '-i', 'home', '-o', 'ndjson')
  expect(code).toBe(2)
  expect(lines).toEqual([
    {
      type: 'finding',
      name: 'kubernetes/gone',
      severity: 'error',
      problem: expect.stringMatching(/^expired on \d{4}-\d\d-\d\d, 3 d ago$/),
    },
    {
      type: 'finding',
      name: 'kubernetes/soon',
      severity: 'warning',
      problem: expect.stringMatching(/^expires on \d{4}-\d\d-\d\d, in 20 d$/),
    },
    { type: 'summary', checked: 6, errors: 1, warnings: 1 },
  ])
  const { stdout } = await site.cert('verify', '-i', 'home', '-o', 'json')
  expect(JSON.parse(stdout)).toEqual(lines)
})

test('looks at those that are named only', async () => {
  await site.put('pki/kubernetes/gone', await ending('gone', -3.5))
  expect(await site.cert('verify', 'kubernetes/etcd-m1', 'kubernetes/ca', '-i', 'home')).toMatchObject({
    code: 0,
    stdout: 'ok: 2 certificates\n',
  })
  expect((await site.cert('verify', 'kubernetes/gone', '-i', 'home')).code).toBe(2)
})

test('ends with 2 where one was changed by hand, its key is another, or a foreign CA has signed it', async () => {
  const foreign = await madeAuthority({ subject: { cn: 'kubernetes', o: 'k8s' }, key })
  const etcd = (await site.store.read('pki/kubernetes/etcd-m1'))!
  const admin = (await site.store.read('pki/kubernetes/admin'))!
  await site.put('pki/kubernetes/etcd-m1', { ...etcd, '-key.pem': admin['-key.pem']! })
  await site.put('pki/kubernetes/admin', { ...admin, '.pem': withAnotherYear(admin['.pem']!) })
  await site.put('pki/kubernetes/guest', await madeLeaf(foreign, { subject: { cn: 'guest' }, key }))
  const { code, stdout } = await site.cert('verify', '-i', 'home')
  expect(code).toBe(2)
  expect(stdout).toBe(`error  kubernetes/admin    was changed after it was signed
error  kubernetes/etcd-m1  has a key that is not its own
error  kubernetes/guest    was signed by 'O=k8s, CN=kubernetes', which is not in the store
5 certificates: 3 errors, 0 warnings
`)
  expect(stdout).not.toContain('PRIVATE KEY')
})

test('ends with 1 for a name that is not there, a store that others may enter, and one that is empty', async () => {
  expect(await site.cert('verify', 'kubernetes/nobody', '-i', 'home')).toMatchObject({ code: 1, stdout: '' })
  expect(await site.cert('verify', '--store', 'inventories')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('others than its owner may enter the store'),
  })
  chmodSync(path.join(site.dir, 'inventories'), 0o700)
  expect(await site.cert('verify', '--store', 'inventories')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the store has no certificates: there is nothing to verify'),
  })
})

test('needs the passphrase of an encrypted store; list and show tell what is no secret without it', async () => {
  const passphrase = { TSPLAY_STORE_PASSPHRASE: 'correct horse battery staple' }
  // opening it for writing encrypts it
  const renewed = await site.tsplay(['cert', 'renew', 'kubernetes/admin', '-i', 'home'], { env: passphrase })
  expect(renewed).toMatchObject({ code: 0, stderr: '' })
  expect(site.files()['pki/kubernetes/ca-key.pem']).not.toContain('PRIVATE KEY')

  const without = await site.cert('verify', '-i', 'home')
  expect(without).toMatchObject({ code: 1, stdout: '' })
  expect(without.stderr).toMatch(/^tsplay: the store .*encrypted/)
  const wrong = await site.tsplay(['cert', 'verify', '-i', 'home'], { env: { TSPLAY_STORE_PASSPHRASE: 'wrong' } })
  expect(wrong).toMatchObject({ code: 1, stdout: '' })
  expect(wrong.stderr).toMatch(/passphrase/)
  const right = await site.tsplay(['cert', 'verify', '-i', 'home'], { env: passphrase })
  expect(right).toMatchObject({ code: 0, stdout: 'ok: 4 certificates\n' })

  expect(await site.cert('list', '-i', 'home')).toMatchObject({ code: 0, stdout: expect.stringContaining('CN=etcd') })
  expect((await site.cert('show', 'kubernetes/etcd-m1', '-i', 'home')).stdout).toContain(
    'its key      unknown: the store is encrypted, and no passphrase is given\n',
  )
  expect((await site.cert('renew', 'kubernetes/admin', '-i', 'home')).code).toBe(1)

  // a damaged file is one finding, and the others are looked at all the same
  const file = path.join(site.storeDir, 'pki/kubernetes/admin-key.pem')
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/[A-Za-z](?=[^A-Za-z]*\n[^\n]*\n$)/, (letter) => (letter === 'A' ? 'B' : 'A')),
  )
  const damaged = await site.tsplay(['cert', 'verify', '-i', 'home'], { env: passphrase })
  expect(damaged).toMatchObject({ code: 2, stderr: '' })
  expect(damaged.stdout).toMatch(
    /^error {2}kubernetes\/admin {2}cannot be read: .*damaged.*admin-key\.pem\)\n4 certificates: 1 error/,
  )
})

/** A certificate that says another year, with the signature of the one it was. */
function withAnotherYear(pem: string): string {
  const bytes = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  // the second time in it is the end of its validity: UTCTime, year first
  const [, end] = [...bytes.toString('latin1').matchAll(/\x17\x0d\d{12}Z/g)]
  bytes[end!.index + 3]! ^= 1
  return `-----BEGIN CERTIFICATE-----\n${bytes
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')}\n-----END CERTIFICATE-----\n`
}
