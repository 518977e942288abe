import { spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Control } from '../../engine/module.ts'
import { fileStore } from '../../engine/secrets/store.ts'
import { type CaParams, ca } from '../../modules/ca.ts'
import { type CertParams, cert } from '../../modules/cert.ts'
import { createAuthority, createLeaf, type Identity } from '../../modules/common/certificate.ts'
import { renewalReason, type Wish } from '../../modules/common/renewal.ts'
import { expectSettles } from '../support/laws.ts'
import { runLocally } from '../support/local-host.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const now = new Date('2030-01-01T00:00:00Z')
const later = (days: number) => new Date(now.getTime() + days * 86_400_000)
const request = { from: now, days: 3650, keySize: 2048 }
const subject = { c: 'CN', st: 'BeiJing', l: 'BeiJing', o: 'k8s', ou: 'System', cn: 'kubernetes' }
const hosts = ['127.0.0.1', '10.96.0.1', 'kubernetes', 'kubernetes.default.svc.cluster.local', 'fd00::1']
const wish: Wish = { subject, hosts, usages: ['server', 'client'], renewBefore: 30 }

let authority: Identity
let leaf: Identity
beforeAll(async () => {
  authority = await createAuthority({ ...request, subject: { cn: 'my ca', o: 'Größe & Söhne' }, days: 36_500 })
  leaf = await createLeaf({ ...request, ...wish }, authority)
})

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'tsplay-cert-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const openssl = (...args: string[]): string => {
  const { stdout, stderr, status } = spawnSync('openssl', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr + stdout)
  return stdout
}

const onDisk = (text: string): string => {
  const file = join(folder(), 'x.pem')
  writeFileSync(file, text)
  return file
}

describe('a certificate (M18)', () => {
  it('is signed by its CA, for its key, subject, names and usages', () => {
    const [parsed, issuer] = [new X509Certificate(leaf.certificate), new X509Certificate(authority.certificate)]
    expect(parsed.checkIssued(issuer)).toBe(true)
    expect(parsed.verify(issuer.publicKey)).toBe(true)
    expect(parsed.checkPrivateKey(createPrivateKey(leaf.key))).toBe(true)
    expect(leaf.key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/)
    expect(parsed.ca).toBe(false)
    expect(issuer.ca).toBe(true)
    expect(parsed.checkIP('10.96.0.1')).toBe('10.96.0.1')
    expect(parsed.checkIP('fd00::1')).toBe('fd00::1')
    expect(parsed.checkHost('kubernetes.default.svc.cluster.local')).toBeTruthy()
    expect(parsed.checkHost('other')).toBeUndefined()
    expect(new Date(issuer.validTo).getUTCFullYear()).toBe(2129)
    expect(parsed.serialNumber).toMatch(/^[4-7][0-9A-F]{39}$/)
  })

  it.skipIf(!hasOpenssl)('is what openssl accepts and shows (skipped without openssl)', () => {
    const [caFile, file] = [onDisk(authority.certificate), onDisk(leaf.certificate)]
    const at = ['-attime', String(later(1).getTime() / 1000)]
    expect(openssl('verify', '-x509_strict', ...at, '-CAfile', caFile, '-purpose', 'sslserver', file)).toContain('OK')
    expect(openssl('verify', '-x509_strict', ...at, '-CAfile', caFile, '-purpose', 'sslclient', file)).toContain('OK')
    const text = openssl('x509', '-in', file, '-noout', '-text', '-nameopt', 'utf8,sep_comma_plus_space')
    expect(text).toContain('Subject: C=CN, ST=BeiJing, L=BeiJing, O=k8s, OU=System, CN=kubernetes')
    expect(text).toContain('Issuer: O=Größe & Söhne, CN=my ca')
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/)
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment/)
    expect(text).toMatch(/TLS Web Server Authentication, TLS Web Client Authentication/)
    expect(text).toMatch(/Authority Key Identifier/)
    expect(openssl('x509', '-in', caFile, '-noout', '-text')).toMatch(
      /Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign/,
    )
    expect(openssl('rsa', '-in', onDisk(leaf.key), '-check', '-noout')).toContain('RSA key ok')
  })

  it.skipIf(!hasOpenssl)('can be signed by a CA that openssl made (skipped without openssl)', async () => {
    const dir = folder()
    const [key, file] = [join(dir, 'k.pem'), join(dir, 'c.pem')]
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      file,
      '-days',
      '4000',
      '-subj',
      '/O=Ünïcode/CN=foreign',
      '-utf8',
    )
    const foreign = { certificate: readFileSync(file, 'utf8'), key: readFileSync(key, 'utf8') }
    const made = await createLeaf({ ...request, ...wish, from: new Date(), days: 10 }, foreign)
    expect(openssl('verify', '-CAfile', file, onDisk(made.certificate))).toContain('OK')
  })

  it('never outlives its CA', async () => {
    const short = await createAuthority({ ...request, subject: { cn: 'short' }, days: 100 })
    const made = await createLeaf({ ...request, ...wish }, short)
    expect(new X509Certificate(made.certificate).validTo).toBe(new X509Certificate(short.certificate).validTo)
    // a new one could not last longer either
    expect(renewalReason(made, wish, new X509Certificate(short.certificate), later(90))).toBeUndefined()
    expect(renewalReason(made, wish, new X509Certificate(short.certificate), later(101))).toBe('it has expired')
  })
})

describe('a certificate is made anew', () => {
  const reason = (changes: Partial<Wish> = {}, at = later(1), present: Identity | undefined = leaf) =>
    renewalReason(present, { ...wish, ...changes }, new X509Certificate(authority.certificate), at)

  it('not while it is valid, whatever the order of its hosts', () => {
    expect(reason()).toBeUndefined()
    expect(reason({ hosts: [...hosts].reverse() })).toBeUndefined()
    expect(reason({ hosts: [...hosts.slice(0, 4), 'FD00:0:0::1', 'KUBERNETES'] })).toBeUndefined()
    expect(reason({}, later(3650 - 31))).toBeUndefined()
  })

  it('shortly before it ends and after', () => {
    expect(reason({}, later(3650 - 29))).toBe('it expires soon')
    expect(reason({ renewBefore: 10 }, later(3650 - 29))).toBeUndefined()
    expect(reason({}, later(3651))).toBe('it has expired')
  })

  it('for other names, usages or another subject', () => {
    expect(reason({ hosts: [...hosts, '10.0.0.9'] })).toBe('its hosts are others')
    expect(reason({ hosts: hosts.slice(1) })).toBe('its hosts are others')
    expect(reason({ usages: ['client'] })).toBe('its usages are others')
    expect(reason({ subject: { ...subject, o: 'system:masters' } })).toBe('its subject is another')
    expect(reason({ subject: { cn: 'kubernetes' } })).toBe('its subject is another')
  })

  it('for another CA, even one of the same name', async () => {
    const twin = await createAuthority({ ...request, subject: { cn: 'my ca', o: 'Größe & Söhne' } })
    expect(renewalReason(leaf, wish, new X509Certificate(twin.certificate), later(1))).toBe(
      'it was signed by another CA',
    )
  })

  it('for a key that is not its own, or a text that is none', () => {
    expect(reason({}, later(1), { ...leaf, key: authority.key })).toBe('its key is another')
    expect(reason({}, later(1), { ...leaf, key: '' })).toBe('its key is another')
    expect(reason({}, later(1), { certificate: 'garbage', key: leaf.key })).toBe('it cannot be read')
  })
})

describe('the modules ca and cert', () => {
  const setUp = () => {
    const dir = folder()
    const control = { store: fileStore(join(dir, 'store'), { check: false }) } as unknown as Control
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
    const parsed = new X509Certificate(readFileSync(host.certParams.dest))
    expect(parsed.verify(new X509Certificate(readFileSync(host.caParams.dest)).publicKey)).toBe(true)
    expect(parsed.checkPrivateKey(createPrivateKey(readFileSync(host.certParams.keyDest)))).toBe(true)

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
    const before = readFileSync(host.certParams.dest, 'utf8')
    await host.cert({ hosts: ['127.0.0.1', 'etcd'] })
    const after = readFileSync(host.certParams.dest, 'utf8')
    expect(after).not.toBe(before)
    await host.cert({ hosts: ['etcd', '127.0.0.1'], days: 3650, renewBefore: 3640 })
    expect(readFileSync(host.certParams.dest, 'utf8')).toBe(after)
    await host.control.store.update('pki/k8s/etcd', async () => {
      const ca_ = await host.control.store.update('pki/k8s/ca', async (present) => present!)
      const old = await createLeaf(
        {
          subject: { cn: 'etcd' },
          hosts: ['127.0.0.1'],
          usages: ['server', 'client'],
          from: new Date(Date.now() - 80 * 86_400_000),
          days: 100,
          keySize: 2048,
        },
        { certificate: ca_['.pem']!, key: ca_['-key.pem']! },
      )
      return { '.pem': old.certificate, '-key.pem': old.key }
    })
    const input = await cert.module.prepare!(host.certParams, host.control)
    expect(input.issued).toBe(true)
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
    const old = await createAuthority({
      subject: caParams.subject,
      from: new Date('2001-01-01'),
      days: 10,
      keySize: 2048,
    })
    await control.store.update('pki/k8s/ca', async () => ({ '.pem': old.certificate, '-key.pem': old.key }))
    await expect(ca.module.prepare!(caParams, control)).rejects.toThrow(/the CA 'k8s' expired on/)
    const young = await createAuthority({ subject: caParams.subject, from: new Date(), days: 10, keySize: 2048 })
    await control.store.update('pki/k8s/ca', async () => ({ '.pem': young.certificate, '-key.pem': old.key }))
    await expect(ca.module.prepare!(caParams, control)).rejects.toThrow(/is not its own/)
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
    expectSettles(ca.module, caInput, bare(caParams.dest, '/x/ca-key.pem'))
    const input = await cert.module.prepare!(certParams, control)
    expectSettles(cert.module, input, bare(certParams.dest, certParams.keyDest))
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
    [{ name: '../x' }, /is not a name for the store/],
    [{ name: 'ca' }, /the CA itself/],
    [{ subject: { cn: 'a\nb' } }, /control characters/],
    [{ subject: { cn: 'x', c: 'China' } }, /two capital letters/],
    [{ days: 20 }, /renewBefore.*less than days/],
    [{ keyDest: '/a', dest: '/a' }, /a file each/],
    [{ dest: 'relative' }, /not an absolute path/],
    [{ usages: ['signing'] }, /usages/],
  ])('refuse %j', (wrong, message) => {
    const { certParams } = setUp()
    expect(() => cert({ ...certParams, ...wrong } as CertParams)).toThrow(message)
  })
})
