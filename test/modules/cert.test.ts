import { spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createColors } from 'picocolors'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { differenceLines } from '../../engine/report/difference-lines.ts'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import { fileStore } from '../../engine/secrets/store.ts'
import { readCertificates } from '../../engine/x509/certificate.ts'
import { createKey } from '../../engine/x509/key.ts'
import { createRequest } from '../../engine/x509/request.ts'
import { type CaParams, ca } from '../../modules/ca.ts'
import { type CertParams, cert } from '../../modules/cert.ts'
import { expectSettles } from '../support/laws.ts'
import { runLocally } from '../support/local-host.ts'
import { madeAuthority, madeLeaf } from '../support/made-certificates.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'tsplay-cert-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const controlFor = (dir: string, check = false) =>
  createControl({
    check,
    host: { name: 'm1', address: '127.0.0.1' },
    store: fileStore(join(dir, 'store'), { check }),
    facts: { get: () => undefined, set: () => undefined },
    dirs: [dir],
    cache: createControlCache(),
  })

describe('the modules ca and cert', () => {
  const setUp = () => {
    const dir = folder()
    const control = controlFor(dir)
    const caParams: CaParams = { name: 'k8s', subject: { cn: 'kubernetes', o: 'k8s' }, dest: join(dir, 'ca.pem') }
    const certParams: CertParams = {
      name: 'etcd',
      ca: 'k8s',
      subject: { cn: 'etcd' },
      hosts: ['127.0.0.1'],
      dest: join(dir, 'etcd.pem'),
      keyDest: join(dir, 'etcd-key.pem'),
    }
    return {
      dir,
      control,
      caParams,
      certParams,
      ca: (more: Partial<CaParams> = {}) => runLocally(ca({ ...caParams, ...more }) as never, { control }),
      cert: (more: Partial<CertParams> = {}) => runLocally(cert({ ...certParams, ...more }) as never, { control }),
      mode: (name: string) => (statSync(join(dir, name)).mode & 0o7777).toString(8),
    }
  }

  it('put certificate and key on the host, once (M18)', async () => {
    const host = setUp()
    expect((await host.ca()).output?.code).toBe(0)
    const first = await host.cert()
    expect(first.output).toMatchObject({ code: 0, stderr: '' })
    expect(host.mode('ca.pem')).toBe('644')
    expect(host.mode('etcd.pem')).toBe('644')
    expect(host.mode('etcd-key.pem')).toBe('600')
    const parsed = new X509Certificate(readFileSync(host.certParams.dest!))
    expect(parsed.verify(new X509Certificate(readFileSync(host.caParams.dest!)).publicKey)).toBe(true)
    expect(parsed.checkPrivateKey(createPrivateKey(readFileSync(host.certParams.keyDest!)))).toBe(true)

    expect((await host.ca()).differences).toEqual([])
    expect((await host.cert()).differences).toEqual([])
  })

  it('share one certificate between hosts that name the same, and tell who issued it', async () => {
    const { control, caParams, certParams } = setUp()
    await ca.module.prepare!(caParams, control)
    const inputs = await Promise.all([1, 2, 3].map(() => cert.module.prepare!(certParams, control)))
    const results = inputs.map((input) => cert.module.result!(input, { files: {} }))
    expect(new Set(results.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    expect(results.map(({ issued }) => issued)).toEqual([true, false, false])
    expect(results[0]!.notAfter).toMatch(/^20\d\d-.*Z$/)
  })

  it('make a certificate anew when its hosts change, and when it nears its end', async () => {
    const host = setUp()
    await host.ca()
    await host.cert()
    const before = readFileSync(host.certParams.dest!, 'utf8')
    await host.cert({ hosts: ['127.0.0.1', 'etcd'] })
    const after = readFileSync(host.certParams.dest!, 'utf8')
    expect(after).not.toBe(before)
    await host.cert({ hosts: ['etcd', '127.0.0.1'], expiry: '3650d', renewBefore: '3640d' })
    expect(readFileSync(host.certParams.dest!, 'utf8')).toBe(after)
    const authority = await host.control.store.read('pki/k8s/ca')
    const old = await madeLeaf(
      { '.pem': authority!['.pem']!, '-key.pem': authority!['-key.pem']! },
      { subject: { cn: 'etcd' }, hosts: ['127.0.0.1'], expiry: '100d', at: new Date(Date.now() - 80 * 86_400_000) },
    )
    await host.control.store.update('pki/k8s/etcd', async () => old)
    const input = await cert.module.prepare!(host.certParams, host.control)
    expect(input.issued).toBe(true)
    expect(input.issuedBecause).toMatch(/^it expires on 20/)
  })

  it('never make a CA anew, nor replace one on a host unasked (M18)', async () => {
    const host = setUp()
    await host.ca()
    await expect(host.ca({ subject: { cn: 'other' } })).rejects.toThrow(/is 'O=k8s, CN=kubernetes', not 'CN=other'/)

    const other = setUp()
    await expect(
      runLocally(ca({ ...other.caParams, dest: host.caParams.dest }) as never, { control: other.control }),
    ).rejects.toThrow(/is not the certificate of the CA 'k8s' in the store, but 'O=k8s, CN=kubernetes'/)
    const replaced = await runLocally(ca({ ...other.caParams, dest: host.caParams.dest, replace: true }) as never, {
      control: other.control,
    })
    expect(replaced.output?.code).toBe(0)
  })

  it('refuse a CA that has expired, is missing, or lost its key', async () => {
    const { control, caParams, certParams } = setUp()
    await expect(cert.module.prepare!(certParams, control)).rejects.toThrow("there is no CA 'k8s' in the store")
    const old = await madeAuthority({ subject: caParams.subject!, expiry: '10d', at: new Date('2001-01-01') })
    await control.store.update('pki/k8s/ca', async () => old)
    await expect(ca.module.prepare!(caParams, control)).rejects.toThrow(
      /the CA 'k8s' in the store expired on 2001-01-10/,
    )
    const young = await madeAuthority({ subject: caParams.subject! })
    await control.store.update('pki/k8s/ca', async () => ({ '.pem': young['.pem'], '-key.pem': old['-key.pem'] }))
    await expect(ca.module.prepare!(caParams, control)).rejects.toThrow(/has a key that is not its own/)
    await control.store.update('pki/k8s/ca', async () => ({ '.pem': young['.pem'] }))
    await ca.module.prepare!(caParams, control)
    await expect(cert.module.prepare!(certParams, control)).rejects.toThrow(
      "the key of the CA 'k8s' is not in the store: nothing can be signed",
    )
    const coming = await madeAuthority({ subject: caParams.subject!, at: new Date(Date.now() + 86_400_000) })
    await control.store.update('pki/k8s/ca', async () => coming)
    await expect(ca.module.prepare!(caParams, control)).rejects.toThrow(/is the clock of this machine right\?/)
  })

  it('leave what was changed by hand as it is, and say so (M18)', async () => {
    const host = setUp()
    await host.ca()
    await host.cert()
    const { store } = host.control
    const good = (await store.read('pki/k8s/etcd'))!
    const other = await madeLeaf((await store.read('pki/k8s/ca'))!, { subject: { cn: 'etcd' } })
    const [body] = readCertificates(good['.pem']!)
    const bytes = Buffer.from(body!.x509.raw)
    bytes[bytes.indexOf('etcd', 100)]! ^= 1 // another name under the same signature
    const forged = `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`
    for (const [value, message] of [
      [{ ...good, '.pem': 'nonsense' }, /is not a certificate that can be read/],
      [{ ...good, '-key.pem': other['-key.pem']! }, /has a key that is not its own/],
      [{ ...good, '-key.pem': 'nonsense' }, /has a key that cannot be read/],
      [{ ...good, '.pem': forged }, /was changed after it was signed/],
    ] as const) {
      await store.update('pki/k8s/etcd', async () => value)
      await expect(host.cert()).rejects.toThrow(message)
      expect(await store.read('pki/k8s/etcd')).toEqual(value)
    }
  })

  it('regenerate for another kind of key, and for no other wish than those (M18)', async () => {
    const host = setUp()
    await host.ca()
    const first = await cert.module.prepare!(host.certParams, host.control)
    for (const same of [{ expiry: '1y' }, { usages: ['client', 'server'] as const }, { keyFormat: 'pkcs8' as const }]) {
      const input = await cert.module.prepare!({ ...host.certParams, ...same } as CertParams, host.control)
      expect(input.issuedBecause).toBeUndefined()
    }
    const input = await cert.module.prepare!({ ...host.certParams, key: { algo: 'ecdsa', size: 384 } }, host.control)
    expect(input.issuedBecause).toBe('its key is RSA 2048, not ECDSA 384')
    expect(input.fingerprint).not.toBe(first.fingerprint)
  })

  it('tell in a diff what the certificate says, and no more of the key than that there is one', async () => {
    // both certificates are made in one minute
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const host = setUp()
    await host.ca()
    await host.cert()
    const { differences } = await host.cert({ hosts: ['127.0.0.1', '10.0.0.4'] })
    const { patch } = differences.find(({ property }) => property.endsWith('etcd.pem.content'))!
    expect(patch).toContain('+name         IP:10.0.0.4\n')
    expect(patch).toContain(' subject      CN=etcd\n')
    expect(patch).toMatch(/^-fingerprint {2}([0-9A-F]{2}:){31}/m)
    expect(patch).toMatch(/^ valid until {2}20\d\d-/m)
    expect(patch).not.toContain('BEGIN')
  })

  it('tell in a check what will be made, as far as that is known', async () => {
    const host = setUp()
    await host.ca()
    const control = controlFor(host.dir, true)
    const { differences } = await runLocally(cert(host.certParams) as never, { control, check: true })
    const made = differences.find(({ property }) => property.endsWith('etcd.pem.content'))!
    expect(made).toMatchObject({ after: 'made in the run', withheld: 'unmade' })
    expect(made.patch).toContain('+subject      CN=etcd\n')
    expect(made.patch).not.toContain('fingerprint')
    expect(differenceLines([made], createColors(false)).at(-1)).toBe('(made in the run: the rest is not known before)')
    expect(await host.control.store.read('pki/k8s/etcd')).toBeUndefined()
  })

  it('sign a request of a host that keeps its key (M18)', async () => {
    const host = setUp()
    await host.ca()
    const key = await createKey({ algo: 'ecdsa', size: 256 })
    const request = createRequest({ subject: { cn: 'n1', o: 'nodes' }, names: ['DNS:n1'] }, key)
    const params = { name: 'n1', ca: 'k8s', request, usages: ['client'], dest: join(host.dir, 'n1.pem') } as const
    const signed = await runLocally(cert({ ...params, usages: ['client'] }) as never, { control: host.control })
    expect(signed.output?.code).toBe(0)
    const [made] = readCertificates(readFileSync(params.dest, 'utf8'))
    expect(made!.x509.checkPrivateKey(key)).toBe(true)
    expect(made).toMatchObject({
      subject: 'O=nodes, CN=n1',
      names: ['DNS:n1'],
      usages: ['digital signature', 'client auth'],
    })
    expect(await host.control.store.read('pki/k8s/n1')).not.toHaveProperty('-key.pem')
    const again = await cert.module.prepare!({ ...params, usages: ['client'] }, host.control)
    expect(again.issuedBecause).toBeUndefined()
    const other = createRequest(
      { subject: { cn: 'n1', o: 'nodes' }, names: ['DNS:n1'] },
      await createKey({ algo: 'ed25519' }),
    )
    const anew = await cert.module.prepare!({ ...params, usages: ['client'], request: other }, host.control)
    expect(anew.issuedBecause).toBe('its key is another')
    await expect(cert.module.prepare!({ ...params, usages: ['client'], request: 'x' }, host.control)).rejects.toThrow(
      'request cannot be signed: it is no PEM of a certificate request',
    )
    const broken = request.replace(/.{4}(?=\n-----END)/, 'AAAA')
    await expect(
      cert.module.prepare!({ ...params, usages: ['client'], request: broken }, host.control),
    ).rejects.toThrow(/request cannot be signed/)
  })

  it('let an intermediate sign, and put its certificate behind the leaf’s (M18)', async () => {
    const host = setUp()
    const root = { name: 'root', subject: { cn: 'root' }, pathLength: 1 } as const
    await runLocally(ca(root) as never, { control: host.control })
    await host.ca({ issuer: 'root', pathLength: 0 })
    await host.cert()
    const chain = readCertificates(readFileSync(host.certParams.dest!, 'utf8'))
    expect(chain.map(({ subject }) => subject)).toEqual(['CN=etcd', 'O=k8s, CN=kubernetes'])
    const trusted = readCertificates(readFileSync(host.caParams.dest!, 'utf8'))
    expect(trusted.map(({ subject }) => subject)).toEqual(['O=k8s, CN=kubernetes', 'CN=root'])
    expect(trusted.map(({ pathLength }) => pathLength)).toEqual([0, 1])
    if (hasOpenssl) {
      const rootFile = join(host.dir, 'root.pem')
      writeFileSync(rootFile, trusted[1]!.pem)
      const { stdout } = spawnSync(
        'openssl',
        ['verify', '-x509_strict', '-CAfile', rootFile, '-untrusted', host.certParams.dest!, host.certParams.dest!],
        { encoding: 'utf8' },
      )
      expect(stdout).toContain('OK')
    }
    await host.ca({ issuer: 'root', pathLength: 0, bundle: false })
    expect(readCertificates(readFileSync(host.caParams.dest!, 'utf8')).map(({ subject }) => subject)).toEqual([
      'O=k8s, CN=kubernetes',
    ])
    await host.cert({ bundle: false })
    expect(readCertificates(readFileSync(host.certParams.dest!, 'utf8'))).toHaveLength(1)
  })

  it('read cfssl’s own files (M18)', async () => {
    const host = setUp()
    const write = (name: string, value: unknown) => writeFileSync(join(host.dir, name), JSON.stringify(value))
    write('ca-csr.json', { CN: 'kubernetes', key: { algo: 'rsa', size: 2048 }, names: [{ C: 'CN', O: 'k8s' }] })
    write('ca-config.json', {
      signing: {
        default: { expiry: '87600h' },
        profiles: { kubernetes: { expiry: '8760h', usages: ['signing', 'key encipherment', 'server auth'] } },
      },
    })
    write('server-csr.json', {
      CN: 'server',
      hosts: ['10.0.0.1', 'a.b'],
      key: { algo: 'rsa', size: 2048 },
      names: [{}],
    })
    const files = { csr: 'server-csr.json', config: 'ca-config.json', profile: 'kubernetes' }
    const made = await ca.module.prepare!({ csr: 'ca-csr.json' }, host.control)
    expect(made.issued).toBe(true)
    const input = await cert.module.prepare!({ ...files, dest: join(host.dir, 'server.pem') }, host.control)
    expect(input.issued).toBe(true)
    const [server] = readCertificates((await host.control.store.read('pki/ca/server'))!['.pem']!)
    expect(server).toMatchObject({
      subject: 'CN=server',
      issuer: 'C=CN, O=k8s, CN=kubernetes',
      names: ['DNS:a.b', 'IP:10.0.0.1'],
      usages: ['digital signature', 'key encipherment', 'server auth'],
    })
    expect(server!.notAfter.getTime() - server!.notBefore.getTime()).toBe(8760 * 3_600_000)
    const [authority] = readCertificates((await host.control.store.read('pki/ca/ca'))!['.pem']!)
    expect(authority!.notAfter.getTime() - authority!.notBefore.getTime()).toBe(43_800 * 3_600_000)

    const refused = (more: object) => cert.module.prepare!({ ...files, ...more } as CertParams, host.control)
    await expect(refused({ profile: 'kubernets' })).rejects.toMatchObject({
      message: "there is no profile 'kubernets' in the signing configuration",
      hint: "did you mean 'kubernetes'?",
    })
    await expect(refused({ profile: undefined })).rejects.toThrow('the default profile has no usages')
    await expect(refused({ renewBefore: '2y' })).rejects.toThrow(/less than expiry/)
    writeFileSync(join(host.dir, 'bad-csr.json'), '{\n  "CN": "x", # who\n}')
    await expect(refused({ csr: 'bad-csr.json' })).rejects.toMatchObject({
      place: { file: join(host.dir, 'bad-csr.json'), line: 2, column: 14 },
      hint: expect.stringContaining('JSON has no comments'),
    })
  })

  it('do not leave out what is to be trusted because it cannot be read', async () => {
    const host = setUp()
    await host.ca()
    await host.control.store.update('pki/k8s/ca-next', async () => ({ '.pem': 'nonsense' }))
    await expect(host.ca()).rejects.toThrow('pki/k8s/ca-next.pem in the store is not a certificate that can be read')
  })

  it('keep the key out of diffs', async () => {
    const host = setUp()
    await host.ca()
    const { differences } = await host.cert()
    expect(JSON.stringify(differences)).not.toContain('PRIVATE KEY')
    expect(differences.find(({ property }) => property.endsWith('etcd-key.pem.content'))).toMatchObject({
      after: '***',
    })
  })

  it('keep the law: what was moved is settled', async () => {
    const { control, caParams, certParams } = setUp()
    const nothing = { type: null, content: null, mode: null, owner: null, group: null, stat: null, parent: true }
    const bare = (...paths: string[]) => ({
      files: Object.fromEntries(paths.map((path) => [path, { path, ...nothing }])),
    })
    const caInput = await ca.module.prepare!({ ...caParams, keyDest: '/x/ca-key.pem' }, control)
    expectSettles(ca.module, caInput, bare(caParams.dest!, '/x/ca-key.pem'))
    const input = await cert.module.prepare!(certParams, control)
    expectSettles(cert.module, input, bare(certParams.dest!, certParams.keyDest!))
  })

  it('refuse a path where something else is', async () => {
    const host = setUp()
    await host.ca()
    await expect(host.cert({ dest: host.dir })).rejects.toThrow(/is a directory$/)
  })

  it('take hostile paths as they are', async () => {
    const host = setUp()
    await host.ca()
    const name = "a 'b'; touch pwned; $(id)\n-x ü.pem"
    expect((await host.cert({ dest: join(host.dir, name) })).output).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(join(host.dir, name), 'utf8')).toContain('BEGIN CERTIFICATE')
  })

  it.each([
    [{ hosts: ['kubernetes.default.svc.cluster.local.'] }, /ends with a dot/],
    [{ hosts: ["a'; touch /pwned; '"] }, /neither a DNS name nor an address/],
    [{ hosts: ['300.1.1.1'] }, /is not an address/],
    [{ hosts: ['a b'] }, /neither/],
    [{ hosts: ['DNS:x'] }, /is not an address/],
    [{ hosts: ['10.0.0.0/24'] }, /is not an address/],
    [{ hosts: ['a b@c.d'] }, /is not an e-mail address/],
    [{ hosts: ['https://a b/'] }, /is not a URI/],
    [{ name: '../x' }, /a name for the store/],
    [{ name: 'ca' }, /the CA itself/],
    [{ subject: { cn: 'a\nb' } }, /control characters/],
    [{ subject: { cn: 'x', c: 'China' } }, /two capital letters/],
    [{ expiry: '20d', renewBefore: '30d' }, /renewBefore.*less than expiry/],
    [{ expiry: '10 years' }, /expected a length of time/],
    [{ expiry: '2000y' }, /expected a length of time/],
    [{ key: { algo: 'rsa', size: 1024 } }, /key/],
    [{ key: { algo: 'dsa' } }, /a key is/],
    [{ csr: 'x-csr.json' }, /leave subject and request out/],
    [{ profile: 'x' }, /give config/],
    [{ config: 'ca-config.json', expiry: '1y' }, /leave them out/],
    [{ subject: undefined }, /say who it is for/],
    [{ request: 'x' }, /leave keyDest out/],
    [{ keyDest: '/a', dest: '/a' }, /a file each/],
    [{ dest: 'relative' }, /not an absolute path/],
    [{ usages: ['sign'] }, /usages/],
  ])('refuse %j', (wrong, message) => {
    const { certParams } = setUp()
    expect(() => cert({ ...certParams, ...wrong } as CertParams)).toThrow(message)
  })
})
