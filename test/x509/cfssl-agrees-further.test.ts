// What no documented system has, but cfssl's files can say: other keys, several values, authorities between, rarer usages.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Control } from '../../engine/module.ts'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import { ca } from '../../modules/ca.ts'
import { cert } from '../../modules/cert.ts'
import { memoryStore } from '../support/run-here.ts'
import { bareCfssl, certificateText, stringsOfNames } from './cfssl-programs.ts'
import { needs } from './programs.ts'

const { skip, note } = needs('cfssl', 'cfssljson', 'openssl')
const folder = mkdtempSync(path.join(tmpdir(), 'tsplay-cfssl-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, value: unknown): void =>
  writeFileSync(path.join(folder, name), typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 })
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8')

const control = (): Control =>
  createControl({
    check: false,
    host: { name: 'm1', address: '127.0.0.1' },
    store: memoryStore(),
    facts: { get: () => undefined, set: () => undefined },
    dirs: [folder],
    cache: createControlCache(),
  })

const quick = { algo: 'ecdsa', size: 256 }
const authority = { CN: 'root', key: quick, names: [{ O: 'k8s' }], ca: { expiry: '876000h' } }
const usages = ['signing', 'key encipherment', 'server auth', 'client auth']

/*
 * Where ours are not what cfssl makes, besides what cfssl-agrees.test.ts lists:
 *
 * - Names of a CA are in its certificate. cfssl of this age drops them and keeps its addresses.
 * - Extended usages stand in one order, whatever order a profile lists them in: to list them otherwise makes no certificate anew.
 */

describe.skipIf(skip)(`cfssl and the modules make the same${note}`, () => {
  it.each<[string, object]>([
    ['of P-384', { ...authority, key: { algo: 'ecdsa', size: 384 } }],
    ['of P-521', { ...authority, key: { algo: 'ecdsa', size: 521 } }],
    ['of RSA with 3072 bits', { ...authority, key: { algo: 'rsa', size: 3072 } }],
    ['that may have one more behind it', { ...authority, ca: { expiry: '876000h', pathlen: 1 } }],
    ['that may have none behind it', { ...authority, ca: { expiry: '876000h', pathlen: 0, pathlenzero: true } }],
    ['that has an address of its own', { ...authority, hosts: ['10.0.0.1', '::1'] }],
    [
      'of several names in scripts of all kinds',
      {
        ...authority,
        CN: '证书',
        names: [
          { C: 'CN', O: 'Köln & Co' },
          { C: 'DE', O: 'a', L: 'x*y' },
        ],
      },
    ],
  ])('of a CA %s', async (_, csr) => {
    const here = control()
    write('ca-csr.json', csr)
    await ca.module.prepare!({ csr: 'ca-csr.json' }, here)
    const { '.pem': pem, '-key.pem': key } = (await here.store.read('pki/ca/ca'))!
    write('ca-key.pem', key!)
    bareCfssl(['gencert', '-initca', '-ca-key', 'ca-key.pem', 'ca-csr.json'], folder, 'theirs')
    expect(certificateText(pem!)).toBe(certificateText(read('theirs.pem')))
    expect(stringsOfNames(pem!)).toEqual(stringsOfNames(read('theirs.pem')))
  })

  const profiles = {
    peer: { usages, expiry: '8760h' },
    rare: {
      usages: [
        'content committment',
        'data encipherment',
        'key agreement',
        'code signing',
        'email protection',
        'timestamping',
        'ocsp signing',
      ],
      expiry: '8760h',
    },
    every: { usages: ['any', 'crl sign', 'decipher only'], expiry: '8760h' },
    between: {
      usages: ['cert sign', 'crl sign'],
      expiry: '87600h',
      ca_constraint: { is_ca: true, max_path_len: 0, max_path_len_zero: true },
    },
    any: { usages: ['cert sign', 'crl sign'], expiry: '87600h', ca_constraint: { is_ca: true } },
  }

  it.each<[string, keyof typeof profiles, object]>([
    ['with a key of P-256', 'peer', { CN: 'a', hosts: ['a.example'], key: quick, names: [{}] }],
    ['with a key of P-384', 'peer', { CN: 'a', hosts: [], key: { algo: 'ecdsa', size: 384 }, names: [{}] }],
    [
      'with hosts of every kind',
      'peer',
      {
        CN: 'a',
        hosts: ['::1', 'a@b.example', '10.0.0.2', 'b.example', '::ffff:10.0.0.1', '*.c.example', '2001:db8::10'],
        key: quick,
        names: [{}],
      },
    ],
    [
      'of groups in Kubernetes',
      'peer',
      { CN: 'me', hosts: [], key: quick, names: [{ O: 'dev' }, { O: 'system:masters' }, { O: 'Ops', OU: 'x' }] },
    ],
    ['without a common name', 'peer', { hosts: ['a.example'], key: quick, names: [{ O: 'k8s' }] }],
    ['with rarer usages', 'rare', { CN: 'a', hosts: [], key: quick, names: [{}] }],
    ['for everything', 'every', { CN: 'a', hosts: [], key: quick, names: [{}] }],
    ['of an authority between, with none behind it', 'between', { CN: 'between', key: quick, names: [{ O: 'k8s' }] }],
    ['of an authority between', 'any', { CN: 'between', key: quick, names: [{ O: 'k8s' }] }],
  ])('of a certificate %s', async (_, profile, csr) => {
    const here = control()
    write('ca-csr.json', authority)
    write('ca-config.json', { signing: { default: { expiry: '8760h' }, profiles } })
    write('leaf-csr.json', csr)
    await ca.module.prepare!({ csr: 'ca-csr.json' }, here)
    const own = (await here.store.read('pki/ca/ca'))!
    write('ca.pem', own['.pem'])
    write('ca-key.pem', own['-key.pem'])
    bareCfssl(
      [
        'gencert',
        '-ca',
        'ca.pem',
        '-ca-key',
        'ca-key.pem',
        '-config',
        'ca-config.json',
        '-profile',
        profile,
        'leaf-csr.json',
      ],
      folder,
      'leaf',
    )
    await cert.module.prepare!({ name: 'leaf', csr: 'leaf-csr.json', config: 'ca-config.json', profile }, here)
    const made = (await here.store.read('pki/ca/leaf'))!['.pem']!
    await cert.module.prepare!({ name: 'signed', request: read('leaf.csr'), config: 'ca-config.json', profile }, here)
    const signed = (await here.store.read('pki/ca/signed'))!['.pem']!
    expect(certificateText(signed)).toBe(certificateText(read('leaf.pem')))
    expect(stringsOfNames(signed)).toEqual(stringsOfNames(read('leaf.pem')))
    expect(stringsOfNames(made)).toEqual(stringsOfNames(read('leaf.pem')))
  })

  it('but for the names of a CA and the order of extended usages, which are written as they are meant', async () => {
    const here = control()
    write('ca-csr.json', { ...authority, hosts: ['ca.example', '10.0.0.1'] })
    write('leaf-csr.json', { CN: 'a', hosts: [], key: quick, names: [{}] })
    write('ca-config.json', { signing: { default: { expiry: '8760h', usages: ['client auth', 'server auth'] } } })
    await ca.module.prepare!({ csr: 'ca-csr.json' }, here)
    await cert.module.prepare!({ csr: 'leaf-csr.json', config: 'ca-config.json' }, here)
    bareCfssl(['gencert', '-initca', 'ca-csr.json'], folder, 'ca')
    bareCfssl(
      ['gencert', '-ca', 'ca.pem', '-ca-key', 'ca-key.pem', '-config', 'ca-config.json', 'leaf-csr.json'],
      folder,
      'leaf',
    )
    const ours = await Promise.all(
      ['ca', 'leaf'].map(async (name) => (await here.store.read(`pki/ca/${name}`))!['.pem']!),
    )
    const line = (pem: string, after: string) => new RegExp(`${after}: \n +(.*)`).exec(certificateText(pem))?.[1]
    const names = (pem: string) => line(pem, 'Alternative Name')
    expect([names(ours[0]!), names(read('ca.pem'))]).toEqual([
      'DNS:ca.example, IP Address:10.0.0.1',
      'IP Address:10.0.0.1',
    ])
    const extended = (pem: string) => line(pem, 'Extended Key Usage')?.replaceAll(/TLS Web | Authentication/g, '')
    expect([extended(ours[1]!), extended(read('leaf.pem'))]).toEqual(['Server, Client', 'Client, Server'])
  })
})
