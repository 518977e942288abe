// certRequest with this machine's openssl, in a folder of the test's own.
import { spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Store } from '../../engine/module.ts'
import { task } from '../../engine/task.ts'
import { pemBytes, rawItems } from '../../engine/x509/der.ts'
import { createKey, keyPem, spkiOf } from '../../engine/x509/key.ts'
import { createRequest, readRequest } from '../../engine/x509/request.ts'
import { encodeSubject, type Subject } from '../../engine/x509/subject.ts'
import { type CertRequestParams, type CertRequestResult, certRequest } from '../../modules/cert-request.ts'
import { ca, cert, copy } from '../../modules/index.ts'
import { runFaked, scriptFor } from '../support/fake-commands.ts'
import { askLocally, runLocally, runScript } from '../support/local-host.ts'
import { here, memoryStore } from '../support/run-here.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyNames, nothingRan, shellsHere } from '../support/shells.ts'

const elliptic = { algo: 'ecdsa', size: 256 } as const
const text = (path: string) => readFileSync(path, 'utf8')
const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8)
const openssl = (...args: string[]) => spawnSync('openssl', args, { encoding: 'utf8' })

const setUp = () => {
  const dir = folderHere()
  const [keyDest, dest] = [join(dir, 'key.pem'), join(dir, 'x.csr')]
  const params: CertRequestParams = { keyDest, dest, subject: { cn: 'n1', o: 'nodes' }, hosts: ['n1'], key: elliptic }
  const control = controlIn(dir)
  const action = (more: Partial<CertRequestParams> = {}) => certRequest({ ...params, ...more })
  return {
    ...{ dir, keyDest, dest, params, control, action },
    run: (more: Partial<CertRequestParams> = {}) => runLocally(action(more), { control }),
    settle: (more: Partial<CertRequestParams> = {}) => settleHere(action(more), { control }),
    settled: (more: Partial<CertRequestParams> = {}) => expectSettled(action(more), { control }),
  }
}

const lacks = openssl('version').status === 0 ? undefined : 'this machine has no openssl'
const title = (name: string) => (lacks ? `${name} (skipped: ${lacks})` : name)

const changed = ({ differences }: { differences: readonly { property: string }[] }) =>
  differences.map(({ property }) => property)

const shells = shellsHere.filter(({ name }) => name !== 'busybox alone')
describe.skipIf(lacks).each(shells)(title('certRequest in $name'), ({ argv: shell }) => {
  it('makes a key and a request on the host, once (M18)', async () => {
    const { control, dest, keyDest, action } = setUp()
    const made = await settleHere(action(), { shell, control })
    expect(changed(made)).toEqual(['key', 'keyMode', 'subject', 'hosts', 'signed', 'mode'])
    expect([mode(keyDest), mode(dest)]).toEqual(['600', '644'])
    expect(openssl('req', '-in', dest, '-noout', '-verify').stderr).toContain('OK')
    expect(text(keyDest)).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    const input = await certRequest.module.prepare!(action().params as CertRequestParams, control)
    const actual = await askLocally(certRequest.module.probe(input))
    expect(certRequest.module.result!(input, { ...actual, key: null }, made.output)).toEqual({
      request: text(dest),
      publicKey: openssl('pkey', '-in', keyDest, '-pubout').stdout,
      keyMade: true,
    })
    const request = readRequest(text(dest))
    expect(request).toMatchObject({ subjectText: 'O=nodes, CN=n1', names: ['DNS:n1'], key: elliptic })
    expect(spkiOf(request.publicKey).equals(spkiOf(createPrivateKey(text(keyDest))))).toBe(true)
  })

  it('takes hostile paths and subjects as they are', async () => {
    const { dir, control, action } = setUp()
    for (const [index, name] of nastyNames.entries()) {
      const files = { keyDest: join(dir, `k${index}${name}`), dest: join(dir, `r${index}${name}`) }
      const subject = { cn: name.replace(/\n/g, ' '), ou: `${index}` }
      await settleHere(action({ ...files, subject }), { shell, control })
      expect(readRequest(text(files.dest)).subject).toEqual(subject)
    }
    expect(nothingRan()).toBe(true)
  })
})

describe.skipIf(lacks)(title('certRequest'), () => {
  it.each<[string, Subject]>([
    ['all fields, in cfssl’s order', { cn: 'a', ou: 'b', o: 'c', l: 'd', st: 'e', c: 'CN' }],
    ['several values of a field', { cn: 'a', o: ['system:masters', 'a', 'zz'], ou: ['y', 'x'] }],
    ['what separates fields for openssl', { cn: 'a/CN=b+O=c,d;e<f>#"g"\\', o: '+/=\\' }],
    ['what its configuration would take for something else', { cn: ' $HOME ${x} [dn] #; ', o: '.' }],
    ['letters of the world', { cn: 'Тест ünïcode 日本 ☃', o: ['São Paulo', 'a@b*c_d&e'] }],
    ['one that is long', { cn: 'x'.repeat(64), o: 'ö'.repeat(64), l: 'l'.repeat(128) }],
  ])('encodes %s as certificates here do, byte for byte', async (_name, subject) => {
    const { dest, settle } = setUp()
    await settle({ subject })
    const [body] = rawItems(pemBytes('CERTIFICATE REQUEST', text(dest))!)
    expect(rawItems(body!)[1]!.toString('hex')).toBe(encodeSubject(subject).toString('hex'))
  })

  it.each<[string, string[]]>([
    ['no names', []],
    ['names of all kinds', ['10.0.0.1', 'fd00::1', 'b.a', '*.A', 'me@a.b', 'spiffe://a/b?c=d,DNS:x#y', '127.0.0.1']],
    ['a hundred names', Array.from({ length: 100 }, (_, index) => `a-very-long-name-for-a-host-${index}.example.com`)],
  ])('asks for %s as requests here do, byte for byte', async (_name, hosts) => {
    const { dest, keyDest, settle, settled } = setUp()
    await settle({ hosts })
    const [body] = rawItems(pemBytes('CERTIFICATE REQUEST', text(dest))!)
    const { names } = readRequest(text(dest))
    const own = createRequest({ subject: { cn: 'n1', o: 'nodes' }, names }, createPrivateKey(text(keyDest)))
    expect(body).toEqual(rawItems(pemBytes('CERTIFICATE REQUEST', own)!)[0])
    expect(names).toHaveLength(hosts.length)
    await settled({ hosts: [...hosts].reverse() })
  })

  it.each([
    { algo: 'rsa', size: 2048 },
    { algo: 'rsa', size: 3072 },
    { algo: 'ecdsa', size: 384 },
    { algo: 'ecdsa', size: 521 },
    { algo: 'ed25519' },
  ] as const)('makes a key of the kind $algo $size', async (key) => {
    const { dest, settle, settled } = setUp()
    await settle({ key })
    expect(readRequest(text(dest)).key).toEqual(key)
    await settled({ key: undefined })
  })

  it('makes RSA 2048 where nobody says otherwise', async () => {
    const { dest, params, control } = setUp()
    const { key: _key, ...plain } = params
    await settleHere(certRequest(plain), { control })
    expect(readRequest(text(dest)).key).toEqual({ algo: 'rsa', size: 2048 })
  })

  it('reads who and what from a file of cfssl (M18)', async () => {
    const { dir, dest, params, control } = setUp()
    const csr = { CN: 'server', hosts: ['10.0.0.1', 'a.b'], key: { algo: 'ecdsa', size: 384 }, names: [{ O: 'k8s' }] }
    writeFileSync(join(dir, 'server-csr.json'), JSON.stringify(csr))
    const files = { dest, keyDest: params.keyDest, csr: 'server-csr.json' }
    await settleHere(certRequest(files), { control })
    expect(readRequest(text(dest))).toMatchObject({
      subjectText: 'O=k8s, CN=server',
      names: ['DNS:a.b', 'IP:10.0.0.1'],
      key: { algo: 'ecdsa', size: 384 },
    })
    await settleHere(certRequest({ ...files, hosts: ['c.d'] }), { control })
    expect(readRequest(text(dest)).names).toEqual(['DNS:c.d'])
  })

  it('makes a request anew for another subject, other hosts or another key, and keeps the key (M18)', async () => {
    const { dest, keyDest, settle, settled } = setUp()
    await settle()
    const key = text(keyDest)
    expect(changed(await settle({ subject: { cn: 'n2' } }))).toEqual(['subject'])
    expect(changed(await settle({ hosts: ['n1', 'n2'] }))).toEqual(['subject', 'hosts'])
    await settled({ hosts: ['n2', 'N1'] })
    expect(text(keyDest)).toBe(key)
    const foreign = createRequest({ subject: { cn: 'n1', o: 'nodes' }, names: ['DNS:n1'] }, await createKey(elliptic))
    writeFileSync(dest, foreign)
    expect(changed(await settle())).toEqual(['signed'])
    writeFileSync(dest, text(dest).replace(/.{4}(?=\n-----END)/, 'AAAA'))
    expect(changed(await settle())).toEqual(['subject', 'hosts', 'signed'])
    rmSync(dest)
    expect(changed(await settle())).toEqual(['subject', 'hosts', 'signed', 'mode'])
    expect(text(keyDest)).toBe(key)
    rmSync(keyDest)
    expect(changed(await settle())).toEqual(['key', 'keyMode', 'signed'])
    expect(text(keyDest)).not.toBe(key)
  })

  it.each([
    ['PKCS#8', 'pkcs8'],
    ['SEC 1', 'traditional'],
  ] as const)('uses a key that is there, in %s', async (_name, format) => {
    const { dest, keyDest, settle } = setUp()
    const key = await createKey(elliptic)
    writeFileSync(keyDest, keyPem(key, format), { mode: 0o600 })
    expect(changed(await settle())).toEqual(['subject', 'hosts', 'signed', 'mode'])
    expect(text(keyDest)).toBe(keyPem(key, format))
    expect(spkiOf(readRequest(text(dest)).publicKey).equals(spkiOf(key))).toBe(true)
  })

  it('closes a key that others may read, and follows a link to where it lies', async () => {
    const { dir, keyDest, dest, settle } = setUp()
    mkdirSync(join(dir, 'deep'))
    await settle({ keyDest: join(dir, 'deep/key') })
    symlinkSync('deep/key', keyDest)
    chmodSync(join(dir, 'deep/key'), 0o644)
    const request = text(dest)
    const { output, differences } = await settle()
    expect(changed({ differences })).toEqual(['keyMode'])
    expect(mode(join(dir, 'deep/key'))).toBe('600')
    expect(output!.stdout).toBe(request)
    expect(text(dest)).toBe(request)
    expect(changed(await settle({ mode: '0640', keyMode: '0640' }))).toEqual(['keyMode', 'mode'])
    expect([mode(join(dir, 'deep/key')), mode(dest)]).toEqual(['640', '640'])
  })

  it('does not replace a key that somebody makes in the meantime: it is looked at again', async () => {
    const { dest, keyDest, params, control } = setUp()
    const input = await certRequest.module.prepare!(params, control)
    const actual = await askLocally(certRequest.module.probe(input))
    const script = scriptFor(certRequest.module, input, actual)!
    writeFileSync(keyDest, 'of somebody else')
    expect((await runScript(script)).code).toBe(75)
    expect(text(keyDest)).toBe('of somebody else')
    expect(existsSync(dest)).toBe(false)
  })

  it('leaves nothing behind where openssl fails, and says what it said', async () => {
    const { dir, params, control } = setUp()
    const input = await certRequest.module.prepare!(params, control)
    const actual = await askLocally(certRequest.module.probe(input))
    const script = scriptFor(certRequest.module, input, actual)!
    const body = '[ "$1" != version ] || { echo OpenSSL 0.9; exit; }; echo half; echo out of luck >&2; exit 1'
    const { code, stderr } = await runFaked(script, { openssl: body })
    expect(code).toBe(1)
    expect(stderr).toBe('out of luck\nOpenSSL 0.9 cannot make a key of the kind ECDSA 256\n')
    expect(spawnSync('ls', ['-A', dir], { encoding: 'utf8' }).stdout).toBe('')
  })

  it('calls openssl with nothing that 1.0.2 does not know, and no secret', async () => {
    const { params, control, keyDest } = setUp()
    const of = async (more: Partial<CertRequestParams>) => {
      const input = await certRequest.module.prepare!({ ...params, ...more }, control)
      const actual = await askLocally(certRequest.module.probe(input))
      return (await runFaked(scriptFor(certRequest.module, input, actual)!, { openssl: '' })).calls
    }
    const request = ['req', '-new', '-config', '/dev/stdin', '-key', keyDest, '-passin', 'pass:', '-sha256', '-utf8']
    const rsa = ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']
    expect(await of({ key: { algo: 'rsa', size: 2048 } })).toEqual([
      ['openssl', ...rsa],
      ['openssl', ...request, '-subj', '/O=nodes/CN=n1'],
    ])
    rmSync(keyDest)
    rmSync(params.dest)
    const curve = ['-pkeyopt', 'ec_paramgen_curve:prime256v1', '-pkeyopt', 'ec_param_enc:named_curve']
    expect(await of({ subject: { o: ['b', 'a'] } })).toEqual([
      ['openssl', 'genpkey', '-algorithm', 'EC', ...curve],
      ['openssl', ...request, '-multivalue-rdn', '-subj', '/O=b+O=a'],
    ])
  })

  const encrypted = async (path: string, type: 'pkcs8' | 'pkcs1') => {
    const key = await createKey({ algo: 'rsa', size: 2048 })
    const secured = { cipher: 'aes-256-cbc', passphrase: 'word' }
    writeFileSync(path, key.export({ type, format: 'pem', ...secured } as never) as string)
  }
  it.each<[string, (setting: ReturnType<typeof setUp>) => unknown, RegExp]>([
    [
      'with a passphrase',
      ({ keyDest }) => encrypted(keyDest, 'pkcs8'),
      /key\.pem: the key is protected by a passphrase/,
    ],
    ['with one, in the old form', ({ keyDest }) => encrypted(keyDest, 'pkcs1'), /is protected by a passphrase/],
    [
      'that is none',
      ({ keyDest }) => writeFileSync(keyDest, 'nonsense'),
      /openssl cannot read a private key there: .+/,
    ],
    ['that is empty', ({ keyDest }) => writeFileSync(keyDest, ''), /openssl cannot read a private key there: .+/],
    [
      'of another kind than wished for',
      async ({ keyDest }) => writeFileSync(keyDest, keyPem(await createKey({ algo: 'ed25519' }))),
      /the key at .*key\.pem is Ed25519, not ECDSA 256/,
    ],
    [
      'of a kind that nobody certifies',
      ({ keyDest }) =>
        openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1', '-out', keyDest),
      /the key is of a kind that certificates are not made for/,
    ],
    [
      'in whose place a folder is',
      ({ keyDest }) => mkdirSync(keyDest),
      /key\.pem is not a regular file, but a directory/,
    ],
    ['whose request a folder is in the place of', ({ dest }) => mkdirSync(dest), /x\.csr is not a regular file/],
  ])('fails for a key %s, and changes nothing', async (_name, make, message) => {
    const setting = setUp()
    await make(setting)
    const before = spawnSync('sh', ['-c', 'ls -lA; cat key.pem'], { cwd: setting.dir, encoding: 'utf8' }).stdout
    await expect(setting.run()).rejects.toThrow(message)
    expect(spawnSync('sh', ['-c', 'ls -lA; cat key.pem'], { cwd: setting.dir, encoding: 'utf8' }).stdout).toBe(before)
  })

  it('fails where its folder is missing or none, and says how to make it', async () => {
    const { dir, run, dest } = setUp()
    await expect(run({ keyDest: join(dir, 'no/key') })).rejects.toMatchObject({
      message: `${dir}/no is not a directory on the host, so nothing can be written to ${dir}/no/key`,
      hint: `make it first: directory({ path: '${dir}/no' })`,
    })
    writeFileSync(dest, '')
    await expect(run({ dest: join(dest, 'x') })).rejects.toMatchObject({ hint: 'it is a file' })
  })

  const alone = shellsHere.find(({ name }) => name === 'busybox alone')
  it.runIf(alone)('fails on a host without openssl; skipped where there is no busybox', async () => {
    const { action, control } = setUp()
    await expect(runLocally(action(), { control, shell: alone!.argv })).rejects.toMatchObject({
      message: 'there is no openssl on the host',
      hint: "install it first: package({ name: 'openssl' })",
    })
  })

  it.each<[object, RegExp]>([
    [{ subject: undefined }, /'subject': give either a subject, or csr/],
    [{ csr: 'x-csr.json' }, /'subject': give either a subject, or csr/],
    [{ subject: undefined, csr: 'x-csr.json', key: elliptic }, /'key': csr says what its key is/],
    [{ dest: '/x', keyDest: '/x' }, /'keyDest': request and key need a file each/],
    [{ keyDest: 'key.pem' }, /'keyDest': 'key.pem' is not an absolute path/],
    [{ hosts: ['a.'] }, /ends with a dot/],
    [{ key: { algo: 'dsa' } }, /'key.algo': a key is \{ algo: 'rsa', size: 2048 \}/],
    [{ keyType: elliptic }, /unknown parameter 'keyType'/],
  ])('refuses %j', (more, message) => {
    const params = { dest: '/r', keyDest: '/k', subject: { cn: 'x' }, ...more }
    expect(() => certRequest(params as CertRequestParams)).toThrow(message)
  })
})

describe.skipIf(lacks)(title('a run with certRequest and cert'), () => {
  const setting = () => {
    const lab = here(['h1'])
    onTestFinished(() => lab.remove())
    const store = memoryStore()
    const names: string[] = []
    const noting: Store = {
      ...store,
      update(name, renew) {
        names.push(name)
        return store.update(name, renew)
      },
    }
    const at = (file: string) => join(lab.dir, file)
    const play = () => [
      task('authority', ca({ name: 'k8s', subject: { cn: 'kubernetes' }, key: elliptic, dest: at('ca.pem') })),
      task(
        'ask',
        certRequest({ dest: at('n1.csr'), keyDest: at('n1-key.pem'), subject: { cn: 'n1' }, key: elliptic }),
      ).register(({ request }: CertRequestResult) => [
        task('sign', cert({ name: 'n1', ca: 'k8s', request, dest: at('n1.pem') })),
      ]),
      task('behind it', copy({ content: 'x', dest: at('x') })),
    ]
    const run = (check = false) => lab.run(play, { check, store: noting })
    return { at, store, names, run }
  }

  it('signs what the host has made, and neither store nor events see the key (M18)', async () => {
    const { at, store, names, run } = setting()
    const first = await run()
    expect(first.log).toEqual([
      'h1: authority: changed',
      'h1: ask: changed',
      'h1: sign: changed',
      'h1: behind it: changed',
    ])
    const made = new X509Certificate(text(at('n1.pem')))
    const key = text(at('n1-key.pem'))
    expect(made.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect([...new Set(names)]).toEqual(['pki/k8s/ca', 'pki/k8s/n1'])
    expect(Object.keys((await store.read('pki/k8s/n1'))!)).toEqual(['.pem'])
    const secret = key.split('\n')[1]!
    expect(JSON.stringify(first.events)).not.toContain(secret)
    expect(first.task('ask').diff.find(({ property }) => property === 'subject')).toMatchObject({ after: 'CN=n1' })
    expect((await run()).log).toEqual(['h1: authority: ok', 'h1: ask: ok', 'h1: sign: ok', 'h1: behind it: ok'])
  })

  it('foretells in a check what is known, and says what depends on the request', async () => {
    const { at, run } = setting()
    const check = await run(true)
    expect(check.log).toEqual(['h1: authority: changed', 'h1: ask: changed', 'h1: behind it: changed'])
    expect(check.events).toContainEqual(
      expect.objectContaining({
        type: 'notice',
        message: "what follows from 'ask' depends on its result, not checked",
      }),
    )
    expect(existsSync(at('n1-key.pem'))).toBe(false)
    const real = await run()
    expect(check.task('ask').diff).toEqual(real.task('ask').diff)
    chmodSync(at('n1-key.pem'), 0o644)
    const known = await run(true)
    expect(known.log).toEqual(['h1: authority: ok', 'h1: ask: changed', 'h1: sign: ok', 'h1: behind it: ok'])
  })
})
