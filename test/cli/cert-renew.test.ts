// tsplay cert renew, as a user calls it: leaves at once, a CA in three steps.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withLock } from '../../engine/secrets/lock.ts'
import { type Certificate, readCertificate } from '../../engine/x509/certificate.ts'
import { type CertProject, certProject, days, key } from '../support/cert-project.ts'
import { type Made, madeAuthority, madeLeaf } from '../support/made-certificates.ts'

let site: CertProject & { readonly authority: Made }
beforeEach(async () => {
  site = await certProject()
})
afterEach(() => site.remove())

const certificate = async (name: string): Promise<Certificate> =>
  readCertificate((await site.store.read(`pki/${name}`))!['.pem']!)!

const ending = (cn: string, left: number) =>
  madeLeaf(site.authority, { subject: { cn }, expiry: '100d', at: new Date(Date.now() - days(100 - left)), key })

describe('tsplay cert renew makes a certificate anew', () => {
  test('as it was, with another key; the old one is kept aside (M18)', async () => {
    const before = await certificate('kubernetes/etcd-m1')
    const { code, stdout, stderr } = await site.cert('renew', 'kubernetes/etcd-m1', '-i', 'home')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const after = await certificate('kubernetes/etcd-m1')
    expect(stdout).toBe(
      `kubernetes/etcd-m1  renewed, until ${after.notAfter.toISOString().slice(0, 10)}\nnext: the next run of the playbook brings it to hosts\n`,
    )
    for (const same of ['subject', 'issuer', 'names', 'usages', 'key', 'authority'] as const)
      expect(after[same]).toEqual(before[same])
    expect(+after.notAfter - +after.notBefore).toBe(+before.notAfter - +before.notBefore)
    expect(after.keyId!.equals(before.keyId!)).toBe(false)
    expect(after.serial).not.toBe(before.serial)
    const aside = Object.entries(site.files()).filter(([file]) => file.startsWith('pki/kubernetes/.old/etcd-m1@'))
    expect(aside.map(([file]) => path.extname(file))).toEqual(['.pem', '.pem'])
    expect(aside.some(([, text]) => text === before.pem)).toBe(true)
    expect((await site.cert('verify', '-i', 'home')).code).toBe(0)
  })

  test('all that expire within the time that is said, and no CA unasked', async () => {
    await site.put('pki/kubernetes/soon', await ending('soon', 20.5))
    await site.put('pki/kubernetes/gone', await ending('gone', -1.5))
    const { code, lines } = await site.cert('renew', '--expiring', '-i', 'home', '-o', 'ndjson')
    expect(code).toBe(0)
    expect(lines).toMatchObject([
      {
        type: 'renewal',
        name: 'kubernetes/gone',
        check: false,
        fingerprint: (await certificate('kubernetes/gone')).fingerprint,
      },
      {
        type: 'renewal',
        name: 'kubernetes/soon',
        check: false,
        notAfter: (await certificate('kubernetes/soon')).notAfter.toISOString(),
      },
    ])
    expect(await site.cert('renew', '--expiring', '-i', 'home')).toMatchObject({
      code: 0,
      stdout: 'nothing expires so soon\n',
    })
    const all = await site.cert('renew', '--expiring', '200y', '-i', 'home')
    expect(all.code).toBe(2)
    expect(all.stdout).toContain('kubernetes/ca       not renewed: a CA is not replaced unasked\n')
    expect(all.stdout).toContain('next: tsplay cert renew kubernetes/ca\n')
    expect(all.stdout).toMatch(/^kubernetes\/admin {4}renewed, until /m)
  })

  test('tells which would not live longer, or whose key is on a host, and renews the others', async () => {
    const short = await madeAuthority({ subject: { cn: 'short' }, expiry: '30d', key })
    await site.put('pki/short/ca', short)
    await site.put('pki/short/leaf', await madeLeaf(short, { subject: { cn: 'leaf' }, key }))
    await site.put('pki/kubernetes/soon', await ending('soon', 10.5))
    const { '.pem': pem } = await ending('kubelet', 10.5)
    await site.put('pki/kubernetes/kubelet', { '.pem': pem })
    const { code, lines } = await site.cert('renew', '--expiring', '60d', '-i', 'home', '-o', 'ndjson')
    expect(code).toBe(2)
    expect(lines).toMatchObject([
      {
        type: 'skipped',
        name: 'kubernetes/kubelet',
        problem: expect.stringContaining('its key is not in the store, but on a host'),
      },
      { type: 'renewal', name: 'kubernetes/soon' },
      { type: 'skipped', name: 'short/ca' },
      {
        type: 'skipped',
        name: 'short/leaf',
        problem: 'it ends with its CA and would not live longer',
        hint: expect.stringContaining('short/ca'),
      },
    ])
  })

  test('not with --check: it says what it would do', async () => {
    const before = site.files()
    const { code, stdout } = await site.cert('renew', 'kubernetes/etcd-m1', 'front/ca', '-i', 'home', '--check')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^kubernetes\/etcd-m1 {2}would be renewed, until \d{4}-\d\d-\d\d$/m)
    expect(stdout).toMatch(/^front\/ca {12}step 1 of 3: another CA would be made; the old one would sign on$/m)
    expect(site.files()).toEqual(before)
  })

  test('nor where one of the names is wrong: then none of them', async () => {
    const { '.pem': pem } = await ending('kubelet', 10.5)
    await site.put('pki/kubernetes/kubelet', { '.pem': pem })
    const before = site.files()
    const refused = async (args: string[], message: RegExp) => {
      const { code, stderr, stdout } = await site.cert('renew', ...args, '-i', 'home')
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(message)
    }
    await refused(['kubernetes/etcd-m1', 'kubernetes/etcd-m2'], /there is no certificate 'kubernetes\/etcd-m2'/)
    await refused(
      ['kubernetes/etcd-m1', 'kubernetes/kubelet'],
      /its key is not in the store, but on a host\n {2}hint: .*next run/,
    )
    await refused([], /which certificates\?/)
    await refused(['kubernetes/etcd-m1', '--expiring'], /--expiring chooses by itself/)
    await refused(['kubernetes/etcd-m1', '--abort'], /is no CA: there is nothing to give up/)
    await refused(['kubernetes/ca', '--abort'], /is not being replaced/)
    await refused(['--expiring', 'soon'], /A length of time is/)
    expect(site.files()).toEqual(before)
  })

  test('nor where its CA is not in charge of its key, or it was changed by hand', async () => {
    const { '.pem': pem } = site.authority
    await site.store.remove('pki/kubernetes/ca')
    await site.put('pki/kubernetes/ca', { '.pem': pem })
    expect(await site.cert('renew', 'kubernetes/admin', '-i', 'home')).toMatchObject({
      code: 1,
      stderr:
        "tsplay: the key of the CA 'kubernetes' is not in the store: nothing can be signed\n  hint: put it at pki/kubernetes/ca-key.pem\n",
    })
    await site.put('pki/front/x', { '.pem': 'nothing', '-key.pem': site.authority['-key.pem'] })
    expect((await site.cert('renew', 'front/x', '-i', 'home')).stderr).toMatch(
      /is not a certificate that can be read\n {2}hint: nothing is overwritten/,
    )
  })
})

const playbook = `import { play, playbook, task } from 'tsplay'
import { ca, cert } from 'tsplay/modules'
import { world } from './world.ts'
const at = (host: string, name: string) => process.cwd() + '/hosts-' + host + '-' + name
export default playbook(world, [
  play({ name: 'main', hosts: 'web', tasks: ({ host }) => [
    task('authority', ca({ name: 'kubernetes', subject: { cn: 'kubernetes', o: 'k8s' }, key: { algo: 'ecdsa', size: 256 }, dest: at(host.name, 'ca.pem') })),
    task('certificate', cert({
      name: host.name, ca: 'kubernetes', subject: { cn: host.name }, key: { algo: 'ecdsa', size: 256 },
      dest: at(host.name, 'cert.pem'), keyDest: at(host.name, 'key.pem'),
    })),
  ] }),
])
`

describe('tsplay cert renew replaces a CA', () => {
  const run = async () => {
    const { code, stdout, stderr } = await site.tsplay(['run', 'p.ts', '-i', 'home'])
    expect(code, stdout + stderr).toBe(0)
  }
  const trusted = (host: string) =>
    readFileSync(path.join(site.dir, `hosts-${host}-ca.pem`), 'utf8').split('BEGIN CERTIFICATE').length - 1
  const signer = (host: string) =>
    readCertificate(readFileSync(path.join(site.dir, `hosts-${host}-cert.pem`), 'utf8'))!.authorityKeyId!.toString(
      'hex',
    )

  test('in three steps with runs between, and says which comes next (M18)', async () => {
    site.write('p.ts', playbook)
    for (const name of ['admin', 'etcd-m1']) await site.store.remove(`pki/kubernetes/${name}`)
    await run()
    const before = signer('w1')
    const first = await site.cert('renew', 'kubernetes/ca', '-i', 'home')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toBe(`kubernetes/ca  step 1 of 3: another CA is made; the old one signs on
next: run the playbook on all hosts, so that they trust both; then step 2: tsplay cert renew kubernetes/ca (--abort instead gives it up)
`)
    await run()
    expect([trusted('w1'), trusted('w2'), signer('w1')]).toEqual([2, 2, before])

    const second = await site.cert('renew', 'kubernetes/ca', '-i', 'home', '-o', 'ndjson')
    expect(second.lines).toMatchObject([{ type: 'rotation', name: 'kubernetes/ca', check: false, steps: ['switch'] }])
    const early = await site.cert('renew', 'kubernetes/ca', '-i', 'home')
    expect(early.code).toBe(1)
    expect(early.stderr).toMatch(
      /has signed what is still in use: kubernetes\/w1, kubernetes\/w2\n {2}hint: let the playbook run/,
    )
    await run()
    expect([trusted('w1'), trusted('w2')]).toEqual([2, 2])
    expect(signer('w1')).not.toBe(before)

    const third = await site.cert('renew', 'kubernetes/ca', '-i', 'home')
    expect(third.stdout).toBe(`kubernetes/ca  step 3 of 3: the old CA is put aside
next: run the playbook on all hosts: from then on they trust the new one only
`)
    await run()
    expect([trusted('w1'), trusted('w2')]).toEqual([1, 1])
    expect((await site.cert('verify', '-i', 'home')).code).toBe(0)
  }, 120_000)

  test('with --abort after the first step it is as it was', async () => {
    const before = await site.store.read('pki/kubernetes/ca')
    await site.cert('renew', 'kubernetes/ca', '-i', 'home')
    const { stdout } = await site.cert('list', '-i', 'home')
    expect(stdout).toMatch(/^kubernetes\/ca-next .* authority .* itself$/m)
    expect((await site.cert('verify', '-i', 'home')).code).toBe(0)
    const refused = await site.cert('renew', 'kubernetes/ca-next', '-i', 'home')
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("'kubernetes/ca-next' is part of replacing a CA"),
    })
    const { stdout: said, code } = await site.cert('renew', 'kubernetes/ca', '--abort', '-i', 'home')
    expect({ said, code }).toEqual({
      code: 0,
      said: 'kubernetes/ca  given up: the CA that was to come is put aside\nnext: run the playbook on all hosts, so that they trust the one that stays only\n',
    })
    expect(await site.store.list('pki/kubernetes/ca')).toEqual(['pki/kubernetes/ca'])
    expect(await site.store.read('pki/kubernetes/ca')).toEqual(before)
    expect(existsSync(path.join(site.storeDir, 'pki/kubernetes/.old'))).toBe(true)
  })

  test('by one step for calls at the same time: the others would skip the run between', async () => {
    const folder = path.join(site.storeDir, 'pki/front')
    const waiting = () => readdirSync(folder).filter((file) => file.startsWith('.rotation.lock.')).length
    const calls = await withLock(path.join(folder, 'rotation'), async () => {
      const started = [1, 2, 3].map(() => site.cert('renew', 'front/ca', '-i', 'home'))
      while (waiting() < 3) await sleep(20)
      return { started }
    }).then(({ started }) => Promise.all(started))
    expect(calls.map(({ code }) => code).sort()).toEqual([0, 1, 1])
    for (const { code, stderr } of calls)
      expect(stderr).toBe(code === 0 ? '' : "tsplay: another call has just taken a step of replacing 'front'\n")
    expect(await site.store.list('pki/front/')).toEqual(['pki/front/ca', 'pki/front/ca-next'])
  })

  test('in two steps at once where it has expired', async () => {
    const at = new Date(Date.now() - days(200))
    await site.put('pki/old/ca', await madeAuthority({ subject: { cn: 'old' }, expiry: '100d', at, key }))
    const { stdout, code } = await site.cert('renew', 'old/ca', '-i', 'home')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^old\/ca {2}it has expired, so steps 1 and 2 at once: step 2 of 3: the new CA signs from now on/,
    )
    expect((await certificate('old/ca')).notAfter > new Date()).toBe(true)
    expect((await site.cert('verify', 'old/ca', 'old/ca-previous', '-i', 'home')).code).toBe(0)
  })
})
