// The modules for certificates on a real host: what they put there is handed to the host's own openssl.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TaskEvent } from '../../engine/event.ts'
import { task } from '../../engine/index.ts'
import { type LabSpec, labConnection, machineLacks } from '../../engine/lab/lab.ts'
import { sh } from '../../engine/script.ts'
import { fileStore } from '../../engine/secrets/store.ts'
import { readCertificates } from '../../engine/x509/certificate.ts'
import {
  ca,
  cert,
  certRequest,
  copy,
  directory,
  file,
  kubeconfig,
  opensshKeypair,
  randomSecret,
  rsaKeypair,
} from '../../modules/index.ts'
import { madeAuthority, madeLeaf } from '../support/made-certificates.ts'
import { runThere } from '../support/run-there.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = { name: 'mpki', subnet: '10.100.0.0/28', hosts: [{ name: 'one', address: '10.100.0.11' }] }
const { run, converge, folder } = oneHost(spec, lacks)

const elliptic = { algo: 'ecdsa', size: 256 } as const
const pki = '/etc/pki-of-tests'
const at = (name: string) => `${pki}/${name}`
const nothing = { changed: [] }

const authority = { name: 'k8s', subject: { cn: 'kubernetes', o: 'k8s' }, key: elliptic, dest: at('ca.pem') }
const leaf = (name: string) => ({ name, subject: { cn: name }, hosts: ['one', '10.100.0.11'], dest: at(`${name}.pem`) })
const leaves = {
  rsa: cert({ ...leaf('rsa'), ca: 'k8s', keyDest: at('rsa-key.pem') }),
  ecdsa: cert({ ...leaf('ecdsa'), ca: 'k8s', key: elliptic, keyDest: at('ecdsa-key.pem'), keyFormat: 'pkcs8' }),
  ed25519: cert({ ...leaf('ed25519'), ca: 'k8s', key: { algo: 'ed25519' }, keyDest: at('ed25519-key.pem') }),
  below: cert({ ...leaf('below'), ca: 'intermediate', key: elliptic, keyDest: at('below-key.pem') }),
}
const request = certRequest({ dest: at('own.csr'), keyDest: at('own-key.pem'), subject: { cn: 'own' }, hosts: ['one'] })
const signed = (pem: string) => cert({ name: 'own', ca: 'k8s', request: pem, dest: at('own.pem') })

const tasks = () => [
  task('folder', directory({ path: pki, mode: '0755' })),
  task('authority', ca(authority)),
  task(
    'intermediate',
    ca({ name: 'intermediate', issuer: 'k8s', subject: { cn: 'below' }, pathLength: 0, key: elliptic }),
  ),
  task('rsa', leaves.rsa),
  task('ecdsa', leaves.ecdsa),
  task('ed25519', leaves.ed25519),
  task('below', leaves.below),
  task('ask', request).register(({ request }) => [task('sign', signed(request))]),
  task('service accounts', rsaKeypair({ name: 'sa', private: at('sa.key'), public: at('sa.pub') })),
  task('token', randomSecret({ name: 'token', encoding: 'kubeadm', dest: at('token') })),
  task(
    'kubeconfig',
    kubeconfig({
      ...{ dest: at('kubeconfig'), server: 'https://10.100.0.11:6443', user: 'rsa' },
      ...{ ca: { store: 'k8s' }, clientCert: { store: 'k8s/rsa' } },
    }),
  ),
]

const play = async (options: { readonly check?: boolean } = {}) => {
  const { check = false } = options
  const store = fileStore(path.join(folder, 'store'), { check })
  const { user, privateKeys, knownHosts, hostKeys } = labConnection(spec.name)
  const login = { address: spec.hosts[0]!.address, user, privateKeys, knownHosts, hostKeys }
  return runThere(login as never, tasks(), { dir: folder, store, check })
}

const names = ['rsa', 'ecdsa', 'ed25519', 'below', 'own'] as const

/** The host's openssl trusts each certificate, and each key is its certificate's. */
async function verify(): Promise<void> {
  for (const name of names) {
    const [pem, key] = [at(`${name}.pem`), at(`${name}-key.pem`)]
    // where an intermediate has signed it, that one's certificate stands behind it
    const { code, stdout, stderr } =
      await run(sh`openssl verify -x509_strict -verify_hostname one -CAfile ${at('ca.pem')} -untrusted ${pem} ${pem} &&
[ "$(openssl x509 -in ${pem} -noout -pubkey)" = "$(openssl pkey -in ${key} -pubout)" ] && stat -c '%a %U' ${pem} ${key}`)
    expect({ name, code, stdout, stderr }).toEqual({
      name,
      code: 0,
      stdout: `${pem}: OK\n644 root\n600 root`,
      stderr: '',
    })
  }
}

const onHost = async (name: string) => (await run(sh`cat ${at(name)}`)).stdout

/** Whether a certificate is good for a host that has only the authority's file. */
async function trusts(pem: string): Promise<boolean> {
  await converge(copy({ content: pem, dest: at('asked.pem') }))
  return (await run(sh`openssl verify -CAfile ${at('ca.pem')} ${at('asked.pem')} 2>&1`)).code === 0
}

describe(
  lacks
    ? `the modules for certificates on a real host (skipped: ${lacks})`
    : 'the modules for certificates on a real host',
  () => {
    here('are foretold by a check, applied, and found as they are (M18)', async () => {
      const check = await play({ check: true })
      expect((await run(sh`ls -A ${pki}`)).code).not.toBe(0)
      expect(readdirSync(folder)).not.toContain('store')
      const real = await play()
      const changed = (event: TaskEvent) => `${event.task}: ${event.diff.map(({ property }) => property).sort()}`
      expect(real.tasks.map(({ status, message }) => `${status} ${message ?? ''}`)).toEqual(
        real.tasks.map(({ task }) => `${task === 'intermediate' ? 'ok' : 'changed'} `),
      )
      expect(check.tasks.map(changed)).toEqual(real.tasks.filter(({ task }) => task !== 'sign').map(changed))
      expect(check.log).not.toContain('sign: changed')
      const again = await play()
      expect(again.log).toEqual(real.tasks.map(({ task }) => `${task}: ok`))
      await verify()

      const key = (await onHost('own-key.pem')).split('\n')[1]!
      expect(key.length).toBeGreaterThan(40)
      const stored = readdirSync(path.join(folder, 'store'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => [entry.name, readFileSync(path.join(entry.parentPath, entry.name), 'utf8')] as const)
      expect(stored.map(([name]) => name)).toEqual(expect.arrayContaining(['rsa-key.pem', 'own.pem']))
      expect(stored.filter(([name, text]) => name === 'own-key.pem' || text.includes(key))).toEqual([])
      expect(JSON.stringify([check, real, again])).not.toContain(key)
    })

    here('put back what was removed; only a key that the host itself had made is another then (M18)', async () => {
      const before = await onHost('rsa.pem')
      await converge(file({ path: at('rsa.pem'), state: 'absent' }))
      await run(
        sh`rm ${at('rsa-key.pem')} ${at('below-key.pem')} ${at('sa.pub')} ${at('token')}; chmod 0644 ${at('ed25519-key.pem')}`,
      )
      expect((await play()).log.filter((line) => line.endsWith(': changed'))).toEqual(
        ['rsa', 'ed25519', 'below', 'service accounts', 'token'].map((name) => `${name}: changed`),
      )
      expect(await onHost('rsa.pem')).toBe(before)

      const own = await onHost('own.pem')
      await converge(file({ path: at('own-key.pem'), state: 'absent' }))
      const made = await converge(request)
      expect(made).toMatchObject({ changed: ['key', 'keyMode', 'signed'], result: { keyMade: true } })
      const signing = await converge(signed((made.result as { request: string }).request))
      expect(signing.result).toMatchObject({ issuedBecause: 'its key is another' })
      expect(await onHost('own.pem')).not.toBe(own)
      await verify()
      expect(await converge(request)).toMatchObject({ ...nothing, result: { keyMade: false } })
    })

    here('certRequest uses a key that is there, whoever made it, but none with a passphrase', async () => {
      const files = {
        dest: at('there.csr'),
        keyDest: at('there-key.pem'),
        subject: { cn: 'ü/+=\\ "x"', o: ['b', 'a'] },
      }
      await run(sh`openssl ecparam -name secp384r1 -genkey -noout -out ${files.keyDest}; chmod 0600 ${files.keyDest}`)
      expect((await converge(certRequest(files))).changed).toEqual(['subject', 'hosts', 'signed', 'mode'])
      expect(
        (await run(sh`openssl req -in ${files.dest} -noout -verify -subject -nameopt utf8,sep_multiline`)).stdout,
      ).toBe('subject=\n    O=a + O=b\n    CN=ü/+=\\ "x"')
      await run(sh`openssl ec -aes256 -passout pass:word -in ${files.keyDest} -out ${files.keyDest} 2>/dev/null`)
      await expect(converge(certRequest(files))).rejects.toThrow('is protected by a passphrase')
      await converge(opensshKeypair({ path: at('ssh'), type: 'ed25519' }))
      await expect(converge(certRequest({ ...files, keyDest: at('ssh') }))).rejects.toThrow(
        'openssl cannot read a private key there',
      )
    })

    here('a CA is replaced without a moment at which hosts do not trust each other (M18)', async () => {
      const store = fileStore(path.join(folder, 'store'), { check: false })
      const old = (await store.read('pki/k8s/ca'))!
      const next = await madeAuthority({ subject: authority.subject, key: elliptic })
      const newLeaf = (await madeLeaf(next, { subject: { cn: 'x' }, key: elliptic }))['.pem']
      const trusted = async () => readCertificates(await onHost('ca.pem')).map(({ fingerprint }) => fingerprint)
      expect(await trusts(newLeaf)).toBe(false)
      const [oldPrint, newPrint] = [old, next].map((value) => readCertificates(value['.pem']!)[0]!.fingerprint)

      // the one that comes is trusted everywhere before it signs anything
      await store.update('pki/k8s/ca-next', async () => next)
      expect((await play()).log.filter((line) => line.endsWith(': changed'))).toEqual([
        'authority: changed',
        'kubeconfig: changed',
      ])
      expect(await trusted()).toEqual([oldPrint, newPrint])
      expect(await trusts(newLeaf)).toBe(true)
      await verify()
      const oldLeaf = await onHost('rsa.pem')

      // then it signs, and the one that goes is trusted still
      await store.update('pki/k8s/ca', async () => next)
      await store.update('pki/k8s/ca-previous', async () => old)
      for (const ending of ['.pem', '-key.pem']) rmSync(path.join(folder, 'store/pki/k8s', `ca-next${ending}`))
      const swapped = await play()
      expect(swapped.log.filter((line) => line.endsWith(': ok'))).toEqual(
        ['folder', 'intermediate', 'ask', 'service accounts', 'token'].map((name) => `${name}: ok`),
      )
      expect(await trusted()).toEqual([newPrint, oldPrint])
      await verify()
      expect(await onHost('rsa.pem')).not.toBe(oldLeaf)
      expect(await trusts(oldLeaf)).toBe(true)

      // in the end the old one is trusted no more
      for (const ending of ['.pem', '-key.pem']) rmSync(path.join(folder, 'store/pki/k8s', `ca-previous${ending}`))
      expect((await play()).log.filter((line) => line.endsWith(': changed'))).toEqual([
        'authority: changed',
        'kubeconfig: changed',
      ])
      expect(await trusted()).toEqual([newPrint])
      await verify()
      expect(await trusts(oldLeaf)).toBe(false)
      expect((await play()).log.filter((line) => line.endsWith(': changed'))).toEqual([])
    })
  },
)
