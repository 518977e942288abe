import { beforeAll, describe, expect, it } from 'vitest'
import { TsplayError } from '../../engine/error.ts'
import {
  type Authority,
  findAuthority,
  intermediates,
  keepAuthority,
  signingKey,
  trustBundle,
  usableAuthority,
} from '../../engine/pki/authority.ts'
import { keepLeaf, type Leaf, readLeaf } from '../../engine/pki/leaf.ts'
import { isIssuedBy, readCertificates } from '../../engine/x509/certificate.ts'
import { createKey, keyPem, spkiOf } from '../../engine/x509/key.ts'
import type { Wish } from '../../engine/x509/wish.ts'
import { type Made, madeAuthority, madeLeaf } from '../support/made-certificates.ts'
import { memoryStore } from '../support/run-here.ts'

const day = 86_400_000
const now = new Date()
const key = { algo: 'ecdsa', size: 256 } as const
const wishFor = (cn: string, more: Partial<Wish> = {}): Wish => ({
  ...{ subject: { cn }, hosts: [], usages: ['cert sign', 'crl sign'], authority: {}, key },
  ...{ expiry: 3650 * day, renewBefore: 0, ...more },
})
const leafWish: Wish = {
  ...{ subject: { cn: 'etcd' }, hosts: ['127.0.0.1'], usages: ['signing', 'server auth'], key },
  ...{ expiry: 365 * day, renewBefore: 30 * day },
}

/** What a user is told, and what to do about it. */
async function refusal(work: () => unknown): Promise<{ message: string; hint: string | undefined }> {
  try {
    await work()
  } catch (error) {
    expect(error).toBeInstanceOf(TsplayError)
    return { message: (error as TsplayError).message, hint: (error as TsplayError).hint }
  }
  throw new Error('it was taken')
}

let root: Made
let other: Made
let leaf: Made
beforeAll(async () => {
  root = await madeAuthority({ subject: { cn: 'root' }, key })
  other = await madeAuthority({ subject: { cn: 'root' }, key })
  leaf = await madeLeaf(root, { subject: { cn: 'etcd' }, key })
})

describe('an authority of the store', () => {
  it('is read with who has issued it, and may be without its key until it has to sign', async () => {
    const between = await madeAuthority({ subject: { cn: 'between' }, key }, root)
    const value = { '.pem': between['.pem'] + root['.pem'] }
    const read = usableAuthority('between', value, now)
    expect(read.chain.map(({ subject }) => subject)).toEqual(['CN=between', 'CN=root'])
    expect(intermediates(read).map(({ subject }) => subject)).toEqual(['CN=between'])
    expect(await refusal(() => signingKey(read))).toEqual({
      message: "the key of the CA 'between' is not in the store: nothing can be signed",
      hint: 'put it at pki/between/ca-key.pem',
    })
    expect(spkiOf(signingKey(usableAuthority('between', { ...value, ...between }, now)))).toEqual(
      spkiOf(read.certificate.publicKey),
    )
  })

  it.each<[string, () => Promise<Readonly<Record<string, string>>>, RegExp]>([
    [
      'has expired',
      () => madeAuthority({ subject: { cn: 'x' }, key, expiry: '1d', at: new Date(0) }),
      /expired on 1970-01-0/,
    ],
    [
      'is not valid yet, which is rather a clock that is wrong',
      () => madeAuthority({ subject: { cn: 'x' }, key, at: new Date(now.getTime() + day) }),
      /is valid from .*Z on only: is the clock of this machine right\? It says /,
    ],
    ['is no certificate of a CA', async () => leaf, /is not a certificate of a CA/],
    [
      'has the key of another',
      async () => ({ ...root, '-key.pem': other['-key.pem'] }),
      /has a key that is not its own/,
    ],
    [
      'has a key of another kind',
      async () => ({ ...root, '-key.pem': keyPem(await createKey({ algo: 'ed25519' })) }),
      /not its own/,
    ],
    ['has a key that cannot be read', async () => ({ ...root, '-key.pem': 'x' }), /has a key that cannot be read/],
    ['cannot be read', async () => ({ ...root, '.pem': 'x' }), /is not a certificate that can be read/],
    [
      'is cut off',
      async () => ({ ...root, '.pem': root['.pem'].slice(0, 300) }),
      /is not a certificate that can be read/,
    ],
    [
      'has an issuer that cannot be read',
      async () => ({ ...root, '.pem': root['.pem'] + root['.pem'].replace(/\n.{9}/, '\nAAAAAAAAA') }),
      /is not a certificate that can be read/,
    ],
    ['is empty', async () => ({ '.pem': '', '-key.pem': root['-key.pem'] }), /is not a certificate that can be read/],
  ])('that %s is refused, and stays as it is', async (_, made, message) => {
    const store = memoryStore()
    const value = await made()
    await store.update('pki/k8s/ca', async () => value)
    for (const use of [
      () => findAuthority(store, 'k8s', now),
      () => keepAuthority(store, { name: 'k8s', wish: wishFor('x'), issuer: undefined }, now),
    ]) {
      const found = await refusal(use)
      expect(found.message).toMatch(message)
      expect(found.message).toContain("the CA 'k8s' in the store")
      expect(found.hint).toContain('pki/k8s/ca.pem')
      expect(found.message + found.hint).not.toContain('PRIVATE')
    }
    expect(await store.read('pki/k8s/ca')).toEqual(value)
  })

  it('is looked at again when its time has come, however often it was read before', async () => {
    const store = memoryStore()
    const short = await madeAuthority({ subject: { cn: 'x' }, key, expiry: '1d' })
    await store.update('pki/x/ca', async () => short)
    await findAuthority(store, 'x', now)
    const late = new Date(now.getTime() + 2 * day)
    expect((await refusal(() => findAuthority(store, 'x', late))).message).toMatch(/expired on/)
    await store.update('pki/x/ca', async () => root)
    expect((await findAuthority(store, 'x', late)).certificate.subject).toBe('CN=root')
  })

  it('that is not there is named with what makes it', async () => {
    expect(await refusal(() => findAuthority(memoryStore(), 'k8s', now))).toEqual({
      message: "there is no CA 'k8s' in the store",
      hint: "make it first: ca({ name: 'k8s', … })",
    })
  })
})

describe('an authority that is kept', () => {
  const keep = (store: ReturnType<typeof memoryStore>, name: string, more: { issuer?: string; wish?: Wish } = {}) =>
    keepAuthority(store, { name, wish: more.wish ?? wishFor(name), issuer: more.issuer }, now)

  it('is made once, and never anew for another expiry, kind of key or path length', async () => {
    const store = memoryStore()
    const first = await keep(store, 'k8s')
    expect(first.issued).toBe(true)
    for (const more of [{ expiry: day }, { key: { algo: 'ed25519' } as const }, { authority: { pathLength: 0 } }]) {
      const again = await keep(store, 'k8s', { wish: wishFor('k8s', more) })
      expect([again.issued, again.authority.certificate.fingerprint]).toEqual([
        false,
        first.authority.certificate.fingerprint,
      ])
    }
  })

  it('is an error where it is somebody else', async () => {
    const store = memoryStore()
    await keep(store, 'k8s')
    expect(await refusal(() => keep(store, 'k8s', { wish: wishFor('other') }))).toEqual({
      message: "the CA 'k8s' in the store is 'CN=k8s', not 'CN=other'",
      hint: expect.stringContaining('not made anew unasked'),
    })
  })

  it('is signed anew with the key it has where its issuer has become another', async () => {
    const store = memoryStore()
    await keep(store, 'root')
    const before = (await keep(store, 'between', { issuer: 'root' })).authority
    expect((await keep(store, 'between', { issuer: 'root' })).issued).toBe(false)
    await store.update('pki/root/ca', async () => other)
    const { authority: after, issued } = await keep(store, 'between', { issuer: 'root' })
    expect(issued).toBe(true)
    expect(spkiOf(signingKey(after))).toEqual(spkiOf(signingKey(before)))
    const [, issuer] = after.chain
    expect(isIssuedBy(after.certificate, issuer!)).toBe(true)
    expect(issuer!.fingerprint).toBe(readCertificates(other['.pem'])[0]!.fingerprint)
    expect(after.certificate.notAfter.getTime()).toBeLessThanOrEqual(issuer!.notAfter.getTime())
  })

  it('needs its issuer, and that one’s key', async () => {
    const store = memoryStore()
    expect((await refusal(() => keep(store, 'between', { issuer: 'root' }))).message).toMatch(/there is no CA 'root'/)
    await store.update('pki/root/ca', async () => ({ '.pem': root['.pem'] }))
    expect((await refusal(() => keep(store, 'between', { issuer: 'root' }))).message).toMatch(
      /the key of the CA 'root' is not/,
    )
    expect(await store.read('pki/between/ca')).toBeUndefined()
  })

  it('is trusted with its issuers, and with the one that comes or goes, each once', async () => {
    const store = memoryStore()
    await keep(store, 'root')
    const { authority } = await keep(store, 'between', { issuer: 'root' })
    const names = async (of: Authority) => readCertificates(await trustBundle(store, of)).map(({ subject }) => subject)
    expect(await names(authority)).toEqual(['CN=between', 'CN=root'])
    await store.update('pki/between/ca-next', async () => other)
    await store.update('pki/between/ca-previous', async () => ({ '.pem': authority.certificate.pem }))
    expect(await names(authority)).toEqual(['CN=between', 'CN=root', 'CN=root'])
  })
})

describe('a leaf of the store', () => {
  const authority = () => usableAuthority('k8s', root, now)
  const keep = (store: ReturnType<typeof memoryStore>, more: Partial<Wish> = {}, at = now): Promise<Leaf> =>
    keepLeaf(store, authority(), 'etcd', { ...leafWish, ...more }, at)

  it('is made once, and with another key when it is made anew', async () => {
    const store = memoryStore()
    const first = await keep(store)
    expect(first.issuedBecause).toBe('there was none')
    const same = await keep(store)
    expect([same.issuedBecause, same.certificate.fingerprint]).toEqual([undefined, first.certificate.fingerprint])
    const renewed = await keep(store, {}, new Date(now.getTime() + 340 * day))
    expect(renewed.issuedBecause).toMatch(/^it expires on/)
    expect(spkiOf(renewed.key!)).not.toEqual(spkiOf(first.key!))
    expect(renewed.certificate.notAfter.getTime()).toBeGreaterThan(first.certificate.notAfter.getTime())
  })

  it('that a crash has left without its certificate, or without its key, is made anew', async () => {
    const store = memoryStore()
    const { '.pem': pem, '-key.pem': privateKey } = leaf
    await store.update('pki/k8s/etcd', async () => ({ '-key.pem': privateKey }))
    expect(readLeaf('pki/k8s/etcd', { '-key.pem': privateKey }, authority(), now)).toBeUndefined()
    expect((await keep(store)).issuedBecause).toBe('there was none')
    await store.update('pki/k8s/etcd', async () => ({ '.pem': pem }))
    expect((await keep(store)).issuedBecause).toBe('its key is another')
    expect(Object.keys((await store.read('pki/k8s/etcd'))!).sort()).toEqual(['-key.pem', '.pem'])
  })

  it('of another authority with the same name is made anew, and is not taken for a forgery', async () => {
    const store = memoryStore()
    const foreign = await madeLeaf(other, { subject: { cn: 'etcd' }, key })
    await store.update('pki/k8s/etcd', async () => foreign)
    expect((await keep(store)).issuedBecause).toBe("its authority is another: it was issued by 'CN=root'")
  })

  it('that is valid only from tomorrow on is refused: rather the clock is wrong', async () => {
    const store = memoryStore()
    const made = await madeLeaf(root, { subject: { cn: 'etcd' }, key, at: new Date(now.getTime() + day) })
    await store.update('pki/k8s/etcd', async () => made)
    expect((await refusal(() => keep(store))).message).toMatch(
      /^pki\/k8s\/etcd\.pem in the store is valid from .* clock/,
    )
    expect(await store.read('pki/k8s/etcd')).toEqual(made)
  })

  it('needs no key of its authority as long as it stays', async () => {
    const store = memoryStore()
    await keep(store)
    const without = usableAuthority('k8s', { '.pem': root['.pem'] }, now)
    expect((await keepLeaf(store, without, 'etcd', leafWish, now)).issuedBecause).toBeUndefined()
    expect((await refusal(() => keepLeaf(store, without, 'new', leafWish, now))).message).toMatch(
      /nothing can be signed/,
    )
  })
})
