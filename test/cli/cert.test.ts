// tsplay cert list and show, as a user calls them.
import { X509Certificate } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { publicKeyPin } from '../../engine/x509/key.ts'
import { type CertProject, certProject, days, key } from '../support/cert-project.ts'
import { type Made, madeAuthority, madeLeaf } from '../support/made-certificates.ts'

let site: CertProject & { readonly authority: Made }
beforeEach(async () => {
  site = await certProject()
})
afterEach(() => site.remove())

/** The day until which a certificate of the store is valid. */
const lastDay = async (name: string): Promise<string> =>
  new Date(new X509Certificate((await site.store.read(`pki/${name}`))!['.pem']!).validTo).toISOString().slice(0, 10)

describe('tsplay cert list', () => {
  test('is an aligned table, the authority before what it signed (M18)', async () => {
    const { code, stdout, stderr } = await site.cert('list', '-i', 'home')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [front, ca, admin, etcd] = await Promise.all(
      ['front/ca', 'kubernetes/ca', 'kubernetes/admin', 'kubernetes/etcd-m1'].map(lastDay),
    )
    // whole days that are left: each is valid from five minutes ago
    expect(stdout).toBe(
      `name                subject                     for             expires               issuer
front/ca            CN=front                    authority       ${front} (36499 d)  itself
kubernetes/ca       O=k8s, CN=kubernetes        authority       ${ca} (36499 d)  itself
kubernetes/admin    O=system:masters, CN=admin  client          ${admin} (3649 d)   kubernetes/ca
kubernetes/etcd-m1  CN=etcd                     server, client  ${etcd} (3649 d)   kubernetes/ca
`,
    )
    expect(stdout).not.toContain('\x1b')
  })

  test('marks what expires within --warn, what has expired, and what cannot be read', async () => {
    const made = (cn: string, left: number) =>
      madeLeaf(site.authority, { subject: { cn }, expiry: '100d', at: new Date(Date.now() - days(100 - left)), key })
    await site.put('pki/kubernetes/soon', await made('soon', 10.5))
    await site.put('pki/kubernetes/later', await made('later', 40.5))
    await site.put('pki/kubernetes/gone', await made('gone', -3.5))
    await site.put('pki/kubernetes/damaged', {
      '.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    })
    const rowOf = (text: string, name: string) =>
      text.split('\n').find((line) => line.startsWith(`kubernetes/${name} `))
    const { stdout, code } = await site.cert('list', '-i', 'home')
    expect(code).toBe(0)
    expect(rowOf(stdout, 'soon')).toMatch(/ \(10 d\) {2}soon +kubernetes\/ca$/)
    expect(rowOf(stdout, 'later')).toMatch(/ \(40 d\) +kubernetes\/ca$/)
    expect(rowOf(stdout, 'gone')).toMatch(/ \(-4 d\) {2}expired +kubernetes\/ca$/)
    expect(rowOf(stdout, 'damaged')).toMatch(/ \(cannot be read\)$/)
    const longer = await site.cert('list', '-i', 'home', '--warn', '60d')
    expect(rowOf(longer.stdout, 'later')).toMatch(/ \(40 d\) {2}soon /)
  })

  test('prints a line of JSON for each with -o ndjson, and one document with -o json', async () => {
    const { lines } = await site.cert('list', '-i', 'home', '-o', 'ndjson')
    expect(lines.map(({ name }) => name)).toEqual([
      'front/ca',
      'kubernetes/ca',
      'kubernetes/admin',
      'kubernetes/etcd-m1',
    ])
    const real = new X509Certificate((await site.store.read('pki/kubernetes/etcd-m1'))!['.pem']!)
    expect(lines[3]).toEqual({
      type: 'certificate',
      name: 'kubernetes/etcd-m1',
      authority: false,
      key: 'own',
      readable: true,
      subject: 'CN=etcd',
      issuer: 'O=k8s, CN=kubernetes',
      issuerName: 'kubernetes/ca',
      names: ['DNS:etcd.test', 'IP:127.0.0.1'],
      usages: ['digital signature', 'key encipherment', 'server auth', 'client auth'],
      keyKind: 'ECDSA 256',
      notBefore: new Date(real.validFrom).toISOString(),
      notAfter: new Date(real.validTo).toISOString(),
      daysLeft: 3649,
      expired: false,
      expiring: false,
      serial: real.serialNumber.toLowerCase(),
      fingerprint: real.fingerprint256,
    })
    const document = await site.cert('list', '-i', 'home', '-o', 'json')
    expect(JSON.parse(document.stdout)).toEqual(lines)
  })

  test('names the issuer as it calls itself where it is not in the store', async () => {
    const foreign = await madeAuthority({ subject: { cn: 'elsewhere' }, key })
    await site.put('pki/kubernetes/guest', await madeLeaf(foreign, { subject: { cn: 'guest' }, key }))
    expect((await site.cert('list', '-i', 'home')).stdout).toMatch(/^kubernetes\/guest .* CN=elsewhere$/m)
    const { lines } = await site.cert('list', '-i', 'home', '-o', 'ndjson')
    expect(lines.find(({ name }) => name === 'kubernetes/guest')).toMatchObject({ issuerName: null })
  })

  test('needs no inventory where the project has one store, wherever in it tsplay is called', async () => {
    const { stdout, code } = await site.cert('list')
    expect(code).toBe(0)
    expect(stdout).toContain('kubernetes/etcd-m1')
    mkdirSync(path.join(site.dir, '.tsplay/other/journal'), { recursive: true })
    expect((await site.cert('list')).code).toBe(0)
  })

  test('says which stores there are where there are several', async () => {
    mkdirSync(path.join(site.dir, '.tsplay/stage/pki'), { recursive: true })
    const { code, stderr, stdout } = await site.cert('list')
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'tsplay: which inventory? There are several stores\n  hint: -i home, -i stage\n',
    })
    expect((await site.cert('list', '--store', '.tsplay/home')).code).toBe(0)
  })

  test('takes the inventory of tsplay.config.ts, and the command line before it', async () => {
    mkdirSync(path.join(site.dir, '.tsplay/stage/pki'), { recursive: true })
    site.write(
      'tsplay.config.ts',
      `import { config } from 'tsplay'\nexport default config({ inventory: 'home', output: 'junit' })\n`,
    )
    expect((await site.cert('list')).stdout).toContain('kubernetes/etcd-m1')
    expect(await site.cert('list', '-i', 'nowhere')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("there is no inventory 'nowhere'"),
    })
  })

  test('says where there is no store yet, and what has none', async () => {
    site.write('inventories/new.ini', 'w1\n')
    expect(await site.cert('list', '-i', 'new')).toMatchObject({
      code: 1,
      stderr: "tsplay: there is no store at '.tsplay/new'\n  hint: the first run of a playbook with a ca makes it\n",
    })
    expect(await site.cert('list', '--store', 'nowhere')).toMatchObject({
      code: 1,
      stderr: "tsplay: there is no store at 'nowhere'\n  hint: it is the folder with pki/\n",
    })
    mkdirSync(path.join(site.dir, '.tsplay/new'), { mode: 0o700 })
    expect(await site.cert('list', '-i', 'new')).toMatchObject({ code: 0, stdout: 'the store has no certificates\n' })
  })

  test('takes a length of time for --warn', async () => {
    expect(await site.cert('list', '--warn', 'soon')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("A length of time is '30d', '12h' or '1y'."),
    })
  })

  test('changes nothing', async () => {
    const before = site.files()
    for (const args of [['list'], ['show', 'kubernetes/ca'], ['verify']]) await site.cert(...args)
    expect(site.files()).toEqual(before)
  })
})

describe('tsplay cert show', () => {
  test('tells what it says, what is behind it, and where its key is (M18)', async () => {
    const { stdout, code } = await site.cert('show', 'kubernetes/etcd-m1', '-i', 'home')
    const real = new X509Certificate((await site.store.read('pki/kubernetes/etcd-m1'))!['.pem']!)
    expect(code).toBe(0)
    expect(stdout).toBe(`kubernetes/etcd-m1
subject      CN=etcd
issuer       O=k8s, CN=kubernetes
name         DNS:etcd.test
name         IP:127.0.0.1
usages       digital signature, key encipherment, server auth, client auth
key          ECDSA 256
valid from   ${new Date(real.validFrom).toISOString()}
valid until  ${new Date(real.validTo).toISOString()}
serial       ${real.serialNumber.toLowerCase()}
fingerprint  ${real.fingerprint256}
chain        O=k8s, CN=kubernetes
its key      in the store

`)
  })

  test('tells the pin of an authority’s key, as kubeadm wants it', async () => {
    const pin = publicKeyPin(new X509Certificate(site.authority['.pem']).publicKey)
    const { stdout } = await site.cert('show', 'kubernetes/ca', '-i', 'home')
    expect(stdout).toContain(`\npin          ${pin}\n`)
    expect(stdout).toContain('usages       cert sign, crl sign (authority)\n')
    const { lines } = await site.cert('show', 'kubernetes/ca', 'front/ca', '-i', 'home', '-o', 'ndjson')
    expect(lines).toMatchObject([{ name: 'kubernetes/ca', publicKeyPin: pin, chain: [] }, { name: 'front/ca' }])
  })

  test('prints the certificate and those behind it with --pem', async () => {
    const root = await madeAuthority({ subject: { cn: 'root' }, key })
    const made = await madeAuthority({ subject: { cn: 'sub' }, key }, root)
    const sub = { ...made, '.pem': made['.pem'] + root['.pem'] }
    const leaf = await madeLeaf(sub, { subject: { cn: 'leaf' }, key })
    await site.put('pki/sub/ca', sub)
    // a file that a hand has added the key to
    await site.put('pki/sub/leaf', { '.pem': leaf['.pem'] + leaf['-key.pem'], '-key.pem': leaf['-key.pem'] })
    const { stdout } = await site.cert('show', 'sub/leaf', '-i', 'home', '--pem')
    expect(stdout).toBe(leaf['.pem'] + sub['.pem'])
    const { lines } = await site.cert('show', 'sub/leaf', '-i', 'home', '--pem', '-o', 'ndjson')
    expect(lines[0]!.pem).toBe(stdout)
    expect(lines[0]!.chain).toMatchObject([{ subject: 'CN=sub' }, { subject: 'CN=root' }])
  })

  test('never shows a key, in whatever form', async () => {
    const keys = Object.entries(site.files()).filter(([file]) => file.endsWith('-key.pem'))
    expect(keys).toHaveLength(4)
    const names = ['kubernetes/ca', 'kubernetes/admin', 'kubernetes/etcd-m1', 'front/ca']
    for (const more of [[], ['--pem'], ['-o', 'ndjson'], ['-o', 'json', '--pem']]) {
      const { stdout, code } = await site.cert('show', ...names, '-i', 'home', ...more)
      expect(code).toBe(0)
      expect(stdout).not.toContain('PRIVATE KEY')
      for (const [, text] of keys) expect(stdout).not.toContain(text.split('\n')[1])
    }
  })

  test('takes a name as the store’s folder has it, and suggests one for what is not there', async () => {
    expect((await site.cert('show', 'pki/kubernetes/admin.pem', '-i', 'home')).code).toBe(0)
    expect(await site.cert('show', 'kubernetes/etcd-m2', '-i', 'home')).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        "tsplay: there is no certificate 'kubernetes/etcd-m2' in the store\n  hint: did you mean 'kubernetes/etcd-m1'?\n",
    })
    await site.put('pki/kubernetes/damaged', { '.pem': 'nothing' })
    expect(await site.cert('show', 'kubernetes/damaged', '-i', 'home')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("'kubernetes/damaged' cannot be shown: it is no certificate that can be read"),
    })
  })
})

test('tsplay cert --help and each of its commands show examples first', async () => {
  for (const command of [[], ['list'], ['show'], ['verify'], ['renew']]) {
    const { stdout, code } = await site.cert(...command, '--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Examples:\n {2}tsplay cert /)
  }
  expect((await site.cert('verify', '--help')).stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 /)
})
