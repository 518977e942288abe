// The documented systems' own files, by real cfssl and by the modules: the same certificates, field by field.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Control } from '../../engine/module.ts'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import { readCertificate } from '../../engine/x509/certificate.ts'
import { ca } from '../../modules/ca.ts'
import { type CertParams, cert } from '../../modules/cert.ts'
import { memoryStore } from '../support/run-here.ts'
import { bareCfssl, certificateText, stringsOfNames } from './cfssl-programs.ts'
import { end, needs } from './programs.ts'

const { skip, note } = needs('cfssl', 'cfssljson', 'openssl')

/*
 * Where ours are not what cfssl makes, and why:
 *
 * - A leaf ends with its CA at the latest. cfssl's default CA lives 5 years and its leaves 10: whoever looks at the leaf is
 *   told that all is well for years after nothing accepts it any more (B27).
 * - A leaf whose subject is that of its CA (`kubernetes` of s1 and s4b) names its CA’s key all the same. Go, and cfssl with
 *   it, leaves that out where both are called alike; OpenSSL then takes the leaf for one that has signed itself, and its
 *   strict mode refuses it.
 * - A serial number is always 20 bytes long: the first of its 159 bits is set, the others are chance.
 * - A URI among the hosts is a URI. cfssl of this age writes it as a DNS name, which nothing matches. No documented system has one.
 *
 * Two more, which no documented system meets, are in cfssl-agrees-further.test.ts.
 */

const seeds = path.join(import.meta.dirname, 'seeds')
const systems = readdirSync(seeds)
const namesOf = (system: string): string[] =>
  readdirSync(path.join(seeds, system)).flatMap((file) => /^(?!ca-)(.*)-csr\.json$/.exec(file)?.[1] ?? [])

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tsplay-cfssl-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A control side that finds the files of one system. */
const controlFor = (system: string): Control =>
  createControl({
    check: false,
    host: { name: 'm1', address: '127.0.0.1' },
    store: memoryStore(),
    facts: { get: () => undefined, set: () => undefined },
    dirs: [path.join(seeds, system)],
    cache: createControlCache(),
  })

const write = (file: string, text: string): string => {
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

/** What openssl shows, without what depends on the certificate's own key. */
const withoutKey = (text: string): string =>
  text.replace(/Modulus:[\s\S]*?Exponent/, 'Exponent').replace(/(Subject Key Identifier: \n\s+)\S+/, '$1…')

const withoutIssuerKey = (text: string): string => text.replace(/ *X509v3 Authority Key Identifier: \n.*\n/, '')

const length = (pem: string): number => {
  const { notBefore, notAfter } = readCertificate(pem)!
  return notAfter.getTime() - notBefore.getTime()
}

const year = 365 * 86_400_000
const profiled = { config: 'ca-config.json', profile: 'kubernetes' }

describe.skipIf(skip).each(systems)(`cfssl and the modules make the same of the files of %s (M18)${note}`, (system) => {
  const control = controlFor(system)
  const config = path.join(seeds, system, 'ca-config.json')
  const ours = async (name: string): Promise<Readonly<Record<string, string>>> =>
    (await control.store.read(`pki/ca/${name}`))!
  const authority = async (): Promise<{ pem: string; args: string[] }> => {
    await ca.module.prepare!({ csr: 'ca-csr.json' }, control)
    const value = await ours('ca')
    const pem = write(path.join(folder, `${system}-ca.pem`), value['.pem']!)
    const key = write(path.join(folder, `${system}-ca-key.pem`), value['-key.pem']!)
    return { pem: value['.pem']!, args: ['-ca', pem, '-ca-key', key, '-config', config, '-profile', 'kubernetes'] }
  }

  it('of the CA, which cfssl lets live for five years (B27)', async () => {
    const { pem, args } = await authority()
    bareCfssl(
      ['gencert', '-initca', '-ca-key', args[3]!, path.join(seeds, system, 'ca-csr.json')],
      folder,
      `${system}-theirs`,
    )
    const theirs = readFileSync(path.join(folder, `${system}-theirs.pem`), 'utf8')
    expect(certificateText(pem)).toBe(certificateText(theirs))
    expect(certificateText(pem)).toContain('CA:TRUE')
    expect(stringsOfNames(pem)).toEqual(stringsOfNames(theirs))
    expect(length(pem)).toBe(length(theirs))
    expect(length(pem)).toBe(5 * year)
  })

  const made = new Map<string, Promise<Readonly<Record<'pem' | 'csr' | 'key', string>>>>()
  /** By cfssl, once for all tests: it takes its time for a key. */
  const byCfssl = (name: string) => {
    const making = async () => {
      const { args } = await authority()
      bareCfssl(['gencert', ...args, path.join(seeds, system, `${name}-csr.json`)], folder, `${system}-${name}`)
      const read = (ending: string) => readFileSync(path.join(folder, `${system}-${name}${ending}`), 'utf8')
      return { pem: read('.pem'), csr: read('.csr'), key: read('-key.pem') }
    }
    return made.get(name) ?? made.set(name, making()).get(name)!
  }

  it.each(namesOf(system))('of %s-csr.json', async (name) => {
    const { pem: issuer } = await authority()
    await cert.module.prepare!({ csr: `${name}-csr.json`, ...profiled }, control)
    const pem = (await ours(name))['.pem']!
    const theirs = await byCfssl(name)
    // with the same key nothing is left out: its identifier, that of the CA, and the key itself
    await cert.module.prepare!({ name: `${name}-signed`, request: theirs.csr, ...profiled }, control)
    const signed = (await ours(`${name}-signed`))['.pem']!

    const { subject } = readCertificate(theirs.pem)!
    const likeItsIssuer = subject === readCertificate(issuer)!.subject
    const compared = likeItsIssuer ? withoutIssuerKey : (text: string) => text
    expect(compared(certificateText(signed))).toBe(compared(certificateText(theirs.pem)))
    expect(compared(withoutKey(certificateText(pem)))).toBe(compared(withoutKey(certificateText(theirs.pem))))
    expect(certificateText(signed)).toMatch(/Authority Key Identifier: \n +(..:){19}/)
    expect(stringsOfNames(pem)).toEqual(stringsOfNames(theirs.pem))
    expect(stringsOfNames(pem)).toHaveLength(12)

    expect(length(theirs.pem)).toBe(10 * year)
    const { notAfter } = readCertificate(issuer)!
    for (const each of [pem, signed]) {
      expect(readCertificate(each)!.notAfter).toEqual(notAfter)
      expect(BigInt(`0x${readCertificate(each)!.serial}`) >> 158n).toBe(1n)
    }
  })

  it.each(namesOf(system))('of %s-csr.json, and what cfssl made of it is taken over as it is', async (name) => {
    const taken = controlFor(system)
    const { pem, key } = await byCfssl(name)
    await taken.store.update('pki/ca/ca', async () => ours('ca'))
    await taken.store.update(`pki/ca/${name}`, async () => ({ '.pem': pem, '-key.pem': key }))
    const params: CertParams = { csr: `${name}-csr.json`, ...profiled }
    const { issuedBecause, fingerprint } = await cert.module.prepare!(params, taken)
    expect(issuedBecause).toBeUndefined()
    expect(fingerprint).toBe(readCertificate(pem)!.fingerprint)
  })
})

describe('the files of the documented systems', () => {
  it('are all there, each CSR with its own name', () => {
    expect(systems.map((system) => [system, namesOf(system).length])).toEqual([
      ['s0', 4],
      ['s1', 7],
      ['s2', 4],
      ['s4b', 7],
    ])
  })

  it.skipIf(skip)(
    `are taken by OpenSSL where the subject is the CA’s own, unlike what cfssl makes of it${note}`,
    async () => {
      const control = controlFor('s4b')
      await ca.module.prepare!({ csr: 'ca-csr.json' }, control)
      await cert.module.prepare!({ csr: 'kubernetes-csr.json', ...profiled }, control)
      const authority = (await control.store.read('pki/ca/ca'))!
      const file = write(path.join(folder, 'like-ca.pem'), authority['.pem']!)
      const key = write(path.join(folder, 'like-ca-key.pem'), authority['-key.pem']!)
      const config = path.join(seeds, 's4b', 'ca-config.json')
      const csr = path.join(seeds, 's4b', 'kubernetes-csr.json')
      bareCfssl(
        ['gencert', '-ca', file, '-ca-key', key, '-config', config, '-profile', 'kubernetes', csr],
        folder,
        'like',
      )
      const verify = (input: string) => end('openssl', ['verify', '-x509_strict', '-CAfile', file], { input })
      expect(verify((await control.store.read('pki/ca/kubernetes'))!['.pem']!)).toMatchObject({ code: 0 })
      expect(verify(readFileSync(path.join(folder, 'like.pem'), 'utf8')).stderr).toMatch(/self.signed|Authority Key/i)
    },
  )

  it('are refused where a comment stands in them, with the place: ca.expiry as it is documented (B27)', async () => {
    const text = readFileSync(path.join(seeds, 's2', 'ca-csr.json'), 'utf8').trimEnd()
    const documented = `${text.slice(0, -2)},
"ca": {
      "expiry": "438000h"   #---> 50年
    }
}
`
    const file = write(path.join(folder, 'ca-csr.json'), documented)
    const control = controlFor('s2')
    await expect(ca.module.prepare!({ csr: file }, control)).rejects.toMatchObject({
      message: 'this is not JSON: a comment stands here',
      place: { file, line: documented.split('\n').findIndex((line) => line.includes('#')) + 1, column: 29 },
      hint: 'JSON has no comments, and cfssl refuses them, too: take it out',
    })
    expect(await control.store.read('pki/ca/ca')).toBeUndefined()

    write(file, documented.replace(/ +#.*/, ''))
    const next = controlFor('s2') // another run: a file is read once in each
    await ca.module.prepare!({ csr: file }, next)
    await cert.module.prepare!({ csr: 'server-csr.json', ...profiled }, next)
    const [authority, server] = await Promise.all(['ca', 'server'].map((name) => next.store.read(`pki/ca/${name}`)))
    expect(length(authority!['.pem']!)).toBe(50 * year)
    expect(length(server!['.pem']!)).toBe(10 * year)
  })

  it.skipIf(skip)(`name hosts that others have given besides, as -hostname does it (B78)${note}`, async () => {
    const hosts = ['10.10.10.128', '127.0.0.1', 'kubernetes', 'kubernetes.default.svc.cluster.local']
    const control = controlFor('s2')
    await ca.module.prepare!({ csr: 'ca-csr.json' }, control)
    await cert.module.prepare!({ csr: 'server-csr.json', hosts, ...profiled }, control)
    const { '.pem': file, '-key.pem': key } = (await control.store.read('pki/ca/ca'))!
    write(path.join(folder, 'b78.pem'), file!)
    write(path.join(folder, 'b78-key.pem'), key!)
    const [csr, config] = ['server-csr', 'ca-config'].map((name) => path.join(seeds, 's2', `${name}.json`)) as [
      string,
      string,
    ]
    bareCfssl(
      [
        'gencert',
        '-ca',
        'b78.pem',
        '-ca-key',
        'b78-key.pem',
        '-config',
        config,
        '-profile',
        'kubernetes',
        `-hostname=${hosts}`,
        csr,
      ],
      folder,
      'b78-server',
    )
    const [mine, theirs] = [
      (await control.store.read('pki/ca/server'))!['.pem']!,
      readFileSync(path.join(folder, 'b78-server.pem'), 'utf8'),
    ].map((pem) => readCertificate(pem)!.names)
    expect(mine).toEqual(theirs)
    expect(mine).toEqual([
      'DNS:kubernetes',
      'DNS:kubernetes.default.svc.cluster.local',
      'IP:10.10.10.128',
      'IP:127.0.0.1',
    ])
  })

  it('need nothing on a host: the configuration is read where the control side keeps it (B60)', async () => {
    const control = controlFor('s0')
    await ca.module.prepare!({ csr: 'ca-csr.json' }, control)
    const params = { csr: 'metrics-server-csr.json', ...profiled }
    const { issued } = await cert.module.prepare!(params, control)
    expect(issued).toBe(true)
    const { subject, names } = readCertificate((await control.store.read('pki/ca/metrics-server'))!['.pem']!)!
    expect([subject, names]).toEqual(['C=CN, ST=BeiJing, L=BeiJing, O=k8s, OU=system, CN=system:metrics-server', []])
    const elsewhere = cert.module.prepare!({ ...params, config: '/opt/kubernetes/ssl/ca-config.json' }, control)
    await expect(elsewhere).rejects.toMatchObject({
      name: 'TsplayError',
      message: expect.stringContaining('/opt/kubernetes/ssl/ca-config.json'),
    })
  })
})
