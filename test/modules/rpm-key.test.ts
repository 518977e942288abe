import { describe, expect, it } from 'vitest'
import type { Question } from '../../engine/question/question.ts'
import { type Script, showScript } from '../../engine/script.ts'
import { pgpKeys } from '../../modules/common/pgp-key.ts'
import { type RpmKeyParams, rpmKey } from '../../modules/rpm-key.ts'
import { runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'
import { controlIn } from '../support/settle-here.ts'

/** Made for this test, and signing nothing. */
const one = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawFSehYJKwYBBAHaRw8BAQdAr6c9v62QMFEujpSoy7KSNFgZp3beunRGsWU2
5gIQK0q0FW9uZSA8b25lQGV4YW1wbGUub3JnPoiQBBMWCAA4FiEEkWFxBWpMZHFU
0UwoF9VoGUCnXVAFAmsBUnoCGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQ
F9VoGUCnXVD6YwEAtwHwnAO83BWDT8RoYJ4ISxHB7/NWqO9n4LVBVZIhBx8BAL62
LmhY+Zs8l1cKV0wvJX0IXgtOUfT9bw8+vo5ZVjUI
=QFfj
-----END PGP PUBLIC KEY BLOCK-----
`
const both = `-----BEGIN PGP PUBLIC KEY BLOCK-----
Comment: two of them

mDMEawFSehYJKwYBBAHaRw8BAQdAr6c9v62QMFEujpSoy7KSNFgZp3beunRGsWU2
5gIQK0q0FW9uZSA8b25lQGV4YW1wbGUub3JnPoiQBBMWCAA4FiEEkWFxBWpMZHFU
0UwoF9VoGUCnXVAFAmsBUnoCGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQ
F9VoGUCnXVD6YwEAtwHwnAO83BWDT8RoYJ4ISxHB7/NWqO9n4LVBVZIhBx8BAL62
LmhY+Zs8l1cKV0wvJX0IXgtOUfT9bw8+vo5ZVjUImDMEawFSehYJKwYBBAHaRw8B
AQdA9347Onfses5qzrIGVHvX7+EBbeqdNZZ433LVnW0ZuF20FXR3byA8dHdvQGV4
YW1wbGUub3JnPoiQBBMWCAA4FiEEel3vpmzY7c2M4KfwvirsH6uTLDAFAmsBUnoC
GwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQvirsH6uTLDCjQwEA00AITV2g
fIU+w9FYTFf+DoCm6iPm9aJ8izi5DprfqWgA/ROrcplNwv6f5VQ5FGoFd3NQkm3n
1ErAGG13udHwFVUJ
=fPWX
-----END PGP PUBLIC KEY BLOCK-----
`
const [first, second] = ['916171056A4C647154D14C2817D5681940A75D50', '7A5DEFA66CD8EDCD8CE0A7F0BE2AEC1FAB932C30']
const name = '40a75d50-6b01527a'
const { module } = rpmKey

/** A host whose rpm has these keys; `fetched` is what an address gives. */
const answersOf =
  ({ installed = [] as string[], fetched = '', file = undefined as string | undefined, code = 0 }) =>
  <T>({ kind, key }: Question<T>): T => {
    if (kind.name === 'file') return (file === undefined ? null : { sha256: '', content: Buffer.from(file) }) as T
    const text = showScript((key as { script: Script }).script)
    const stdout = text.includes('base64')
      ? Buffer.from(fetched).toString('base64')
      : installed.map((each) => `${each}\n`).join('')
    return { code, stdout } as T
  }

async function run(params: RpmKeyParams, host: Parameters<typeof answersOf>[0] = {}, shell?: readonly string[]) {
  rpmKey(params)
  const input = await module.prepare!(params, controlIn('test/laws/sources'))
  const answers = answersOf(host)
  const actual = module.probe(input).read(answers)
  expectSettles(module, input, actual)
  expectPredicts(module, input, answers)
  const script = scriptFor(module, input, actual)
  if (!script) return []
  const ran = await runFaked(script, { rpm: '[ "$1" != --import ] || cat "$2"' }, shell)
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  return [...ran.calls.map((call) => call.filter((word) => !word.startsWith('/tmp/')).join(' ')), ran.stdout]
}

describe('rpmKey', () => {
  it('imports a text, a file of the host and what an address gives, once', async () => {
    for (const shell of shells) {
      expect(await run({ key: one }, {}, shell)).toEqual(['rpm --import', one])
      expect(await run({ key: '/etc/key' }, { file: both, installed: [name] }, shell)).toEqual(['rpm --import', both])
    }
    expect(await run({ key: 'https://h/key' }, { fetched: one })).toEqual(['rpm --import', one])
    expect(
      await run({ key: 'https://h/key', fingerprint: `${first.slice(0, 20)} ${first.slice(20)}` }, { fetched: one }),
    ).toHaveLength(2)
    for (const installed of [[name], ['00000000-00000000', first.toLowerCase()]])
      expect(await run({ key: one }, { installed })).toEqual([])
  })

  it('fetches nothing where all that is asked for is there', async () => {
    const params = { key: 'https://h/key', fingerprint: [first] }
    expect(await run(params, { installed: [name], fetched: '' })).toEqual([])
    const [question] = module.probe(params).questions.filter(({ id }) => id.includes('base64'))
    for (const shell of shells) {
      const rpm = 'echo 40a75d50'
      const asked = await runFaked((question!.key as { script: Script }).script, { rpm, curl: 'echo a key' }, shell)
      expect(asked.calls.map(([program]) => program)).toEqual(['rpm'])
      const missing = await runFaked(
        (question!.key as { script: Script }).script,
        { rpm: 'echo no; exit 1', curl: 'echo key; echo why >&2; exit 22' },
        shell,
      )
      expect(Buffer.from(missing.stdout, 'base64').toString()).toBe('key\nwhy\n')
      expect(missing.calls.at(-1)).toEqual(['curl', '-fsSL', '--max-time', '60', 'https://h/key'])
    }
  })

  it('removes by id, fingerprint, text or file, whatever rpm calls it', async () => {
    const gone = ['rpm -e --allmatches -- gpg-pubkey-40a75d50-6b01527a', '']
    const absent = { state: 'absent' } as const
    for (const key of [one, '40a75d50', '0x40A75D50', '17D5681940A75D50', first])
      expect(await run({ key, ...absent }, { installed: ['11111111-1', name] })).toEqual(gone)
    expect(await run({ key: 'https://h/key', fingerprint: first, ...absent }, { installed: [name] })).toEqual(gone)
    const long = `${first.toLowerCase()}-6b01527a`
    expect(await run({ key: '40a75d50', ...absent }, { installed: [long] })).toEqual([
      `rpm -e --allmatches -- gpg-pubkey-${long}`,
      '',
    ])
    expect(await run({ key: one, ...absent }, { installed: ['11111111-1'] })).toEqual([])
  })

  it('refuses another key than the one that was asked for', async () => {
    await expect(run({ key: one, fingerprint: second })).rejects.toThrow(`key has the key ${first}, not ${second}`)
    await expect(run({ key: both, fingerprint: first })).rejects.toThrow(
      `has the key ${first}, ${second}, not ${first}`,
    )
    await expect(run({ key: one, fingerprint: [first, second] })).rejects.toThrow(`has the key ${first}, not`)
    expect(await run({ key: both, fingerprint: [second, first] })).toHaveLength(2)
  })

  it('says why there is no key', async () => {
    await expect(run({ key: 'https://h/key' }, { fetched: 'curl: (22) 404' })).rejects.toThrow(
      'https://h/key: curl: (22) 404',
    )
    await expect(run({ key: '/etc/key' })).rejects.toThrow('/etc/key is not a file with a key')
    await expect(run({ key: '/etc/key' }, { file: 'text' })).rejects.toThrow('/etc/key holds no public key of OpenPGP')
    await expect(run({ src: 'source.txt' })).rejects.toThrow('source.txt holds no public key of OpenPGP')
    await expect(run({ key: one }, { code: 127 })).rejects.toThrow('the host has no rpm')
  })

  it.each<[object, string]>([
    [{}, "'key': give key or src"],
    [{ key: one, src: 'x' }, "'key': give key or src"],
    [
      { key: 'key.asc' },
      "'key': expected an address (https://…), an absolute path on the host, or the text of the key",
    ],
    [{ key: '40a75d50' }, "'key': an id tells nothing of the key"],
    [{ key: one, fingerprint: '40a75d50' }, "'fingerprint'"],
  ])('refuses %j', (params, message) => expect(() => rpmKey(params as never)).toThrow(message))
})

describe('a file of keys', () => {
  it('tells the fingerprints of its primary keys, armoured or not', () => {
    const bytes = (text: string) => Buffer.from(text)
    expect(pgpKeys(bytes(one))).toEqual([{ fingerprint: first, created: '6b01527a' }])
    expect(pgpKeys(bytes(both)).map(({ fingerprint }) => fingerprint)).toEqual([first, second])
    expect(pgpKeys(bytes(`some words\n${one}\n${both}`))).toHaveLength(3)
    expect(pgpKeys(bytes(one.replaceAll('\n', '\r\n')))).toHaveLength(1)
    const binary = Buffer.from(/\n\n([\s\S]*)\n=/.exec(one)![1]!, 'base64')
    expect(pgpKeys(binary)).toEqual([{ fingerprint: first, created: '6b01527a' }])
    expect(pgpKeys(Buffer.from([0xc6, 51, ...binary.subarray(2)]))).toMatchObject([{ fingerprint: first }])
    for (const cut of [0, 1, 2, 20]) expect(pgpKeys(binary.subarray(0, cut))).toEqual([])
    expect(pgpKeys(bytes('-----BEGIN PGP PUBLIC KEY BLOCK-----\nnothing'))).toEqual([])
  })
})
