// Replacing an authority: nobody is cut off at any step, wherever it is interrupted. Hosts are folders of this machine.
import { describe, expect, it } from 'vitest'
import { trustBundle, usableAuthority } from '../../engine/pki/authority.ts'
import type { ListedStore } from '../../engine/pki/contents.ts'
import { abortRotation, nextStep, rotate } from '../../engine/pki/rotation.ts'
import { readCertificate, readCertificates } from '../../engine/x509/certificate.ts'
import { type Made, madeAuthority, madeLeaf } from '../support/made-certificates.ts'
import { key, rotatingHosts } from '../support/rotating-hosts.ts'
import { handshake } from '../support/tls-handshake.ts'

const now = new Date()

describe('an authority is replaced', () => {
  it.each([
    ['a CA that signs itself', 'root', 'root', 'root'],
    ['a CA that has signed keys which stay on their hosts', 'root', 'own', 'root'],
    ['an intermediate', 'sub', 'sub', 'sub'],
    ['an intermediate, where hosts trust its root only', 'sub', 'sub', 'root'],
    ['the root of an intermediate', 'root', 'sub', 'sub'],
    ['the root of an intermediate, where hosts trust the root only', 'root', 'sub', 'root'],
  ])('%s: hosts with and without a step’s run accept each other (M18)', async (_what, replaced, by, trust) => {
    const { store, run, side } = rotatingHosts()
    const hosts = ['a', 'b'] as const
    for (const host of hosts) await run(host)
    const shown = () => readCertificate(side('a', by, trust).cert)!.fingerprint
    const first = shown()
    for (const step of ['introduce', 'switch', 'retire'] as const) {
      const stale = hosts.map((host) => side(host, by, trust))
      const { steps } = await rotate(store, replaced, { now })
      expect(steps).toEqual([step])
      for (const host of hosts) await run(host)
      const fresh = hosts.map((host) => side(host, by, trust))
      for (const one of [stale[0]!, fresh[0]!])
        for (const other of [stale[1]!, fresh[1]!]) {
          expect(await handshake(one, other), step).toBe('accepted')
          expect(await handshake(other, one), step).toBe('accepted')
        }
    }
    if ([replaced, 'own'].includes(by)) expect(shown()).not.toBe(first)
    expect(readCertificates(side('a', by, trust).ca)).toHaveLength(trust === 'sub' ? 2 : 1)
    expect(await nextStep(store, replaced)).toBe('introduce')
  })

  it('with kubeconfigs: what they hold trusts and is accepted at every step', async () => {
    const { store, run, side, kubectl } = rotatingHosts()
    await run('a')
    for (const step of ['introduce', 'switch', 'retire']) {
      const [staleClient, staleServer] = [kubectl('a'), side('a', 'root', 'root')]
      await rotate(store, 'root', { now })
      await run('a')
      for (const client of [staleClient, kubectl('a')])
        for (const server of [staleServer, side('a', 'root', 'root')])
          expect(await handshake(client, server), step).toBe('accepted')
    }
  })

  it('and a host that was left out of a run is cut off by the next step: the runs between are needed', async () => {
    const { store, run, side } = rotatingHosts()
    await run('a')
    const left = side('a', 'root', 'root')
    await rotate(store, 'root', { now })
    await run('b')
    expect(await handshake(side('b', 'root', 'root'), left)).toBe('accepted')
    await rotate(store, 'root', { now })
    await run('b')
    expect(await handshake(side('b', 'root', 'root'), left)).toMatch(/^server: (UNABLE_TO|SELF_SIGNED)/)
  })

  it('to the same subject, constraints, kind of key and length of life, and another key', async () => {
    const { store, run } = rotatingHosts()
    await run('a')
    for (const name of ['root', 'sub']) {
      const [before] = readCertificates((await store.read(`pki/${name}/ca`))!['.pem']!)
      const { coming } = await rotate(store, name, { now })
      expect(coming).toMatchObject({
        subject: before!.subject,
        issuer: before!.issuer,
        usages: before!.usages,
        authority: true,
        key: before!.key,
      })
      expect(coming!.pathLength).toBe(name === 'sub' ? 0 : undefined)
      expect(coming!.keyId!.equals(before!.keyId!)).toBe(false)
      if (name === 'root') expect(+coming!.notAfter - +coming!.notBefore).toBe(+before!.notAfter - +before!.notBefore)
    }
  })

  it('not while what the one that goes has signed is in use: that would be refused everywhere', async () => {
    const { store, run } = rotatingHosts()
    await run('a')
    await rotate(store, 'root', { now })
    await rotate(store, 'root', { now })
    await expect(rotate(store, 'root', { now })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^the CA 'root' that goes has signed what is still in use: root\/a, root\/a-own, root\/admin, sub\/ca$/,
      ),
      hint: expect.stringContaining('let the playbook run on all hosts'),
    })
    expect(await store.list('pki/root/ca')).toEqual(['pki/root/ca', 'pki/root/ca-previous'])
    await run('a')
    expect((await rotate(store, 'root', { now })).steps).toEqual(['retire'])
  })

  it('and can be given up after the first step, not later', async () => {
    const { store, run, side } = rotatingHosts()
    await run('a')
    await expect(abortRotation(store, 'root')).rejects.toThrow('is not being replaced')
    const before = side('a', 'root', 'root')
    await rotate(store, 'root', { now })
    await run('a')
    expect(readCertificates(side('a', 'root', 'root').ca)).toHaveLength(2)
    await abortRotation(store, 'root', { check: true })
    expect(await nextStep(store, 'root')).toBe('switch')
    await abortRotation(store, 'root')
    await run('a')
    expect(side('a', 'root', 'root')).toEqual(before)
    await rotate(store, 'root', { now })
    await rotate(store, 'root', { now })
    await expect(abortRotation(store, 'root')).rejects.toMatchObject({
      message: "the CA 'root' has been replaced already: there is no way back",
      hint: 'go on: tsplay cert renew root/ca',
    })
  })

  it('at once where it has expired: nothing trusts it any more', async () => {
    const { store } = rotatingHosts()
    const old = await madeAuthority({
      subject: { cn: 'old' },
      expiry: '10d',
      at: new Date(+now - 30 * 86_400_000),
      key,
    })
    await store.update('pki/old/ca', async () => old)
    expect((await rotate(store, 'old', { now, check: true })).steps).toEqual(['introduce', 'switch'])
    expect(await store.read('pki/old/ca')).toEqual(old)
    const { steps, coming } = await rotate(store, 'old', { now })
    expect(steps).toEqual(['introduce', 'switch'])
    expect(coming!.notAfter > now).toBe(true)
    const authority = usableAuthority('old', (await store.read('pki/old/ca'))!, now)
    expect(authority.certificate.fingerprint).toBe(coming!.fingerprint)
    expect((await rotate(store, 'old', { now })).steps).toEqual(['retire'])
  })

  it('by a check without a trace', async () => {
    const { store, run } = rotatingHosts()
    await run('a')
    for (const step of ['introduce', 'switch', 'retire']) {
      const before = await contents(store)
      expect((await rotate(store, 'sub', { now, check: true })).steps).toEqual([step])
      expect(await contents(store)).toEqual(before)
      expect((await rotate(store, 'sub', { now })).steps).toEqual([step])
      await run('a')
    }
  })
})

describe('a replacement that is interrupted', () => {
  it.each([1, 2, 3, 4, 5])(
    'before write %i is taken up again: both are trusted, and one of them signs',
    async (last) => {
      const { store, run } = rotatingHosts()
      await run('a')
      const old = await trusted(store)
      let writes = 0
      const count = () => {
        writes++
        if (writes === last) throw new Error('the power is gone')
      }
      const failing: ListedStore = {
        ...store,
        update: (name, renew) =>
          store.update(name, async (present) => {
            const value = await renew(present)
            if (value !== present) count()
            return value
          }),
        async remove(name) {
          count()
          await store.remove(name)
        },
      }
      const taken: string[] = []
      for (let tries = 0; taken.at(-1) !== 'retire' && tries < 9; tries++) {
        try {
          taken.push(...(await rotate(failing, 'root', { now })).steps)
          await run('a')
        } catch (error) {
          expect((error as Error).message).toBe('the power is gone')
          const both = await trusted(store)
          if (taken.length > 0) expect(both).toHaveLength(2)
          if (taken.length < 2) expect(both).toContain(old[0])
          await run('a')
        }
      }
      expect(taken).toEqual(['introduce', 'switch', 'retire'])
      expect(writes).toBe(6)
      expect(await store.list('pki/root/ca')).toEqual(['pki/root/ca'])
      expect(await trusted(store)).toHaveLength(1)
      expect(await trusted(store)).not.toEqual(old)
    },
  )

  it('is told from three authorities that do not belong together', async () => {
    const { store, run } = rotatingHosts()
    await run('a')
    await rotate(store, 'root', { now })
    const foreign = await madeAuthority({ subject: { cn: 'root' }, key })
    await store.update('pki/root/ca-previous', async () => foreign)
    const before = await contents(store)
    await expect(rotate(store, 'root', { now })).rejects.toThrow('the three do not belong together')
    expect(await contents(store)).toEqual(before)
  })
})

describe('an authority that cannot be replaced here is left as it is:', () => {
  const refused = async (value: Readonly<Record<string, string>>, message: RegExp, hint: RegExp) => {
    const { store } = rotatingHosts()
    await store.update('pki/x/ca', async () => value)
    await expect(rotate(store, 'x', { now })).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
    expect(await contents(store)).toEqual({ 'pki/x/ca': value })
  }

  it('there is none', async () => {
    const { store } = rotatingHosts()
    await expect(rotate(store, 'x', { now })).rejects.toThrow("there is no CA 'x' in the store")
  })

  it('its key is kept elsewhere', async () => {
    const { '.pem': pem } = await madeAuthority({ subject: { cn: 'x' }, key })
    await refused({ '.pem': pem }, /^the key of the CA 'x' is not in the store/, /ca-key\.pem/)
  })

  it('its issuer is not in the store', async () => {
    const root = await madeAuthority({ subject: { cn: 'root' }, key })
    const made = await madeAuthority({ subject: { cn: 'x' }, key }, root)
    await refused(
      { ...made, '.pem': made['.pem'] + root['.pem'] },
      /^the CA 'x' was signed by 'CN=root', which is no CA of the store$/,
      /run first/,
    )
  })

  it('the one that comes was broken by hand', async () => {
    const { store, run } = rotatingHosts()
    await run('a')
    await rotate(store, 'root', { now })
    const other: Made = await madeAuthority({ subject: { cn: 'root' }, key })
    await store.update('pki/root/ca-next', async (present) => ({ ...present!, '-key.pem': other['-key.pem'] }))
    await expect(rotate(store, 'root', { now })).rejects.toMatchObject({
      message: "the CA that is to replace 'root' has a key that is not its own",
      hint: expect.stringContaining('--abort'),
    })
    await store.update('pki/root/ca-next', async () => madeLeaf(other, { subject: { cn: 'root' }, key }))
    await expect(rotate(store, 'root', { now })).rejects.toThrow('is not a certificate of a CA')
  })
})

async function contents(store: ListedStore): Promise<Record<string, unknown>> {
  const names = await store.list()
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await store.read(name)])))
}

/** Fingerprints of all that a host is told to trust. */
async function trusted(store: ListedStore): Promise<string[]> {
  const authority = usableAuthority('root', (await store.read('pki/root/ca'))!, now)
  return readCertificates(await trustBundle(store, authority)).map(({ fingerprint }) => fingerprint)
}
