import { describe, expect, it } from 'vitest'
import { TsplayError } from '../../engine/error.ts'
import { readCsrFile, readSigningConfig } from '../../engine/x509/cfssl.ts'

const hour = 3_600_000
const csr = (value: unknown) => readCsrFile(typeof value === 'string' ? value : JSON.stringify(value), 'x-csr.json')
const config = (value: unknown) =>
  readSigningConfig(typeof value === 'string' ? value : JSON.stringify(value), 'ca-config.json')

/** Message and place of what is wrong. */
function refusal(read: () => unknown): { message: string; at: string; hint: string | undefined } {
  try {
    read()
  } catch (error) {
    if (!(error instanceof TsplayError)) throw error
    const { file, line, column } = error.place!
    return { message: error.message, at: `${file}:${line}:${column}`, hint: error.hint }
  }
  throw new Error('it was taken')
}

describe('a *-csr.json', () => {
  it('that says everything is read', () => {
    expect(
      csr({
        CN: 'kubernetes',
        hosts: ['127.0.0.1', 'kubernetes'],
        key: { algo: 'rsa', size: 4096 },
        names: [{ C: 'CN', ST: 'BeiJing', L: 'BeiJing', O: 'k8s', OU: 'System' }],
        ca: { expiry: '876000h', pathlen: 1 },
      }),
    ).toEqual({
      subject: { cn: 'kubernetes', c: 'CN', st: 'BeiJing', l: 'BeiJing', o: 'k8s', ou: 'System' },
      hosts: ['127.0.0.1', 'kubernetes'],
      key: { algo: 'rsa', size: 4096 },
      authority: { expiry: 876_000 * hour, pathLength: 1 },
    })
  })

  it('that says nothing means what cfssl takes for granted', () => {
    expect(csr({})).toEqual({
      subject: {},
      hosts: [],
      key: { algo: 'ecdsa', size: 256 },
      authority: { expiry: 43_800 * hour },
    })
  })

  it('may have several values of a field, and empty ones, which say nothing', () => {
    const { subject } = csr({ CN: '', names: [{ C: '', O: 'a', OU: 'x' }, { O: 'b' }, {}] })
    expect(subject).toEqual({ o: ['a', 'b'], ou: 'x' })
  })

  it('takes a path length of 0 for none, unless it says that it is meant', () => {
    const length = (ca: object) => csr({ ca }).authority.pathLength
    expect([length({ pathlen: 0 }), length({ pathlen: 0, pathlenzero: true }), length({ pathlen: 2 })]).toEqual([
      undefined,
      0,
      2,
    ])
  })

  it.each([
    [
      { algo: 'ecdsa', size: 384 },
      { algo: 'ecdsa', size: 384 },
    ],
    [{ algo: 'ed25519', size: 0 }, { algo: 'ed25519' }],
    [{ algo: 'ed25519' }, { algo: 'ed25519' }],
  ])('may ask for a key %j', (key, spec) => expect(csr({ key }).key).toEqual(spec))

  it.each<[string, string, RegExp, string]>([
    ['a comment behind a value', '{\n  "CN": "a" # who\n}', /not JSON: a comment stands here/, '2:13'],
    ['a comment of another kind', '{ // who\n}', /a comment stands here/, '1:3'],
    ['a comma before the end of an object', '{\n  "CN": "a",\n}', /a comma stands before the end of a list/, '3:1'],
    ['a comma before the end of a list', '{ "hosts": ["a", ] }', /a comma stands before the end of a list/, '1:18'],
    ['a comma that is missing', '{\n  "CN": "a"\n  "hosts": []\n}', /not JSON: comma expected/, '3:3'],
    ['a name without quotes', '{ CN: "a" }', /not JSON/, '1:3'],
    ['single quotes', "{ 'CN': 'a' }", /not JSON/, '1:3'],
    ['an end that is missing', '{ "CN": "a"', /not JSON: close brace expected/, '1:12'],
    ['nothing', '', /not JSON/, '1:1'],
    ['two values', '{} {}', /not JSON/, '1:4'],
    ['a shell variable that was not replaced', '{ "hosts": [ ${IPS} "a"] }', /not JSON/, '1:14'],
    ['a key that stands twice', '{\n  "CN": "a",\n  "CN": "b"\n}', /^'CN' stands here twice$/, '3:3'],
    [
      'a key deep inside that stands twice',
      '{ "names": [{}, { "O": "a", "O": "b" }] }',
      /^'O' stands here twice$/,
      '1:29',
    ],
    ['a key that cfssl does not have', '{\n  "CN": "a",\n  "host": []\n}', /^host: Unrecognized key/, '3:3'],
    ['a mistyped key inside', '{ "names": [{ "C": "CN", "ON": "x" }] }', /^names\.0\.ON: Unrecognized key/, '1:26'],
    [
      'a field of cfssl that is not done here',
      '{ "names": [{ "SerialNumber": "7" }] }',
      /^names\.0\.SerialNumber: Unrecognized/,
      '1:15',
    ],
    ['a text where a list belongs', '{ "hosts": "a" }', /^hosts: .*expected array/i, '1:12'],
    ['a number where a text belongs', '{\n"CN": 7 }', /^CN: .*expected string/i, '2:7'],
    ['no object', '["CN"]', /^the file: .*expected object/i, '1:1'],
    [
      'a host that ends with a dot',
      '{ "hosts": ["a",\n "svc.cluster.local."] }',
      /^hosts\.1: 'svc.cluster.local.' ends with a dot/,
      '2:2',
    ],
    ['a host that is none', '{ "hosts": ["10.0.0.256"] }', /^hosts\.0: "10.0.0.256" is not an address/, '1:13'],
    ['a key that is too short', '{ "key": { "algo": "rsa", "size": 1024 } }', /^key\.size: /, '1:35'],
    [
      'a kind of key that there is not',
      '{ "key": { "algo": "dsa", "size": 2048 } }',
      /^key: a key has algo rsa with/,
      '1:10',
    ],
    ['an expiry that is none', '{ "ca": { "expiry": "50 years" } }', /^ca\.expiry: expected a length of time/, '1:21'],
    ['an expiry that is a number', '{ "ca": { "expiry": 438000 } }', /^ca\.expiry: .*expected string/i, '1:21'],
    ['a path length below zero', '{ "ca": { "pathlen": -1 } }', /^ca\.pathlen: /, '1:22'],
    ['a name of 65 characters', `{ "CN": "${'x'.repeat(65)}" }`, /^CN: /, '1:9'],
  ])('with %s is refused, with the place', (_, text, message, at) => {
    const found = refusal(() => csr(text))
    expect(found.message).toMatch(message)
    expect(found.at).toBe(`x-csr.json:${at}`)
  })

  it('that begins with what editors of Windows put before a text is refused, with the place', () => {
    expect(refusal(() => csr('\uFEFF{ "CN": "a" }')).at).toBe('x-csr.json:1:1')
  })
})

describe('a ca-config.json', () => {
  const usages = ['signing', 'key encipherment', 'server auth', 'client auth']

  it('has profiles, and what one does not say is that of the default', () => {
    const { profiles, standard } = config({
      signing: {
        default: { expiry: '8760h', usages: ['client auth'] },
        profiles: { kubernetes: { usages, expiry: '87600h' }, short: { usages } },
      },
    })
    expect(profiles).toEqual({ kubernetes: { usages, expiry: 87_600 * hour }, short: { usages, expiry: 8760 * hour } })
    expect(standard).toEqual({ usages: ['client auth'], expiry: 8760 * hour })
  })

  it('that says nothing of a time means a year', () => {
    expect(config({ signing: { profiles: { a: { usages } } } })).toMatchObject({
      profiles: { a: { expiry: 8760 * hour } },
    })
    expect(config({ signing: {} })).toEqual({ profiles: {}, standard: { usages: [], expiry: 8760 * hour } })
  })

  it('may make authorities, with a path length where one is meant', () => {
    const authority = (ca_constraint: object) =>
      config({ signing: { profiles: { a: { usages: ['cert sign'], ca_constraint } } } }).profiles.a!.authority
    expect(authority({ is_ca: true })).toEqual({})
    expect(authority({ is_ca: true, max_path_len: 0, max_path_len_zero: true })).toEqual({ pathLength: 0 })
    expect(authority({ is_ca: true, max_path_len: 2 })).toEqual({ pathLength: 2 })
    expect(authority({ is_ca: false, max_path_len: 2 })).toBeUndefined()
  })

  it.each<[string, string, RegExp, string]>([
    ['no part of signing', '{}', /^signing: /, '1:1'],
    [
      'a usage that there is not',
      '{"signing":{"profiles":{"k":{"usages":["signing",\n"sever auth"]}}}}',
      /"sever auth" is no usage/,
      '2:1',
    ],
    [
      'a remote signer',
      '{"signing":{"profiles":{"k":{\n"remote":"x"}}}}',
      /a remote signer is not supported: leave it out/,
      '2:10',
    ],
    ['keys for one', '{"signing":{},\n "auth_keys":{}}', /a remote signer is not supported: leave it out/, '2:14'],
    [
      'an address of revocations, which would get lost',
      '{"signing":{"profiles":{"k":{"crl_url":"x"}}}}',
      /crl_url: Unrecognized/,
      '1:30',
    ],
    [
      'a comma before the end',
      '{"signing":{"profiles":{"k":{"usages":["signing",]}}}}',
      /a comma stands before the end of a list/,
      '1:50',
    ],
    [
      'an expiry without a unit',
      '{"signing":{"default":{"expiry":"87600"}}}',
      /signing\.default\.expiry: expected a length/,
      '1:33',
    ],
    ['a profile twice', '{"signing":{"profiles":{"k":{},\n"k":{}}}}', /^'k' stands here twice$/, '2:1'],
  ])('with %s is refused, with the place', (_, text, message, at) => {
    const found = refusal(() => config(text))
    expect(found.message).toMatch(message)
    expect(found.at).toBe(`ca-config.json:${at}`)
  })
})
