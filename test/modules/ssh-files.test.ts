// authorizedKey, knownHosts and opensshKeypair on real files of this machine, in a folder of the test's own.
import { createHmac } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { sh, showScript } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { type AuthorizedKeyParams, authorizedKey } from '../../modules/authorized-key.ts'
import { editAuthorizedKeys } from '../../modules/common/edit-authorized-keys.ts'
import { editKnownHosts, hostKeyOf } from '../../modules/common/edit-known-hosts.ts'
import { bitsOf, fingerprintOf, publicKeyOf } from '../../modules/common/public-key.ts'
import { type KnownHostsParams, knownHosts } from '../../modules/known-hosts.ts'
import { opensshKeypair } from '../../modules/openssh-keypair.ts'
import { scriptFor } from '../support/fake-commands.ts'
import { askLocally, runLocally, runScript } from '../support/local-host.ts'
import { controlIn, expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyTexts, nothingRan, shellsHere } from '../support/shells.ts'

const isRoot = process.getuid?.() === 0
const blob = (letter: string) => `AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`
const key = (letter: string, rest = '') => `ssh-ed25519 ${blob(letter)}${rest}`
const text = (path: string) => readFileSync(path, 'utf8')
const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8)

describe('a public key', () => {
  it.each([
    [`ssh-ed25519 ${blob('a')} me@here`, { type: 'ssh-ed25519', comment: 'me@here', before: '' }],
    [
      `from="a b,ssh-rsa AAAA",no-pty ssh-ed25519 ${blob('a')}`,
      { before: 'from="a b,ssh-rsa AAAA",no-pty', comment: '' },
    ],
    [`command="say \\"ssh-rsa x\\"" ssh-ed25519 ${blob('a')} two words `, { comment: 'two words' }],
    [`\tsk-ssh-ed25519@openssh.com AAAA`, { type: 'sk-ssh-ed25519@openssh.com', blob: 'AAAA' }],
  ])('is read from %j', (line, wanted) => {
    expect(publicKeyOf(line)).toMatchObject(wanted)
  })

  it.each(['', '# ssh-ed25519 AAAA', 'ssh-ed25519', 'ssh-ed25519 not!base64', 'no key at all'])(
    'is not in %j',
    (line) => {
      expect(publicKeyOf(line)).toBeUndefined()
    },
  )
})

describe('the edit of authorized_keys', () => {
  const before = `# mine\n${key('a', ' ann')}\nfrom="10.0.0.1" ${key('b', ' bob')}\n\n`
  const edit = (keys: string[], more: object = {}, given = before) =>
    editAuthorizedKeys(given, {
      ...{ keys: keys.map((each) => publicKeyOf(each)!), state: 'present', exclusive: false },
      ...{ options: undefined, comment: undefined, ...more },
    })

  it.each<[string, string, string]>([
    ['a key that is there, with another comment', edit([key('a', ' x')]), before],
    ['a key with options that nobody spoke of', edit([key('b')]), before],
    ['a new key at the end', edit([key('c', ' cat')]), `${before}${key('c', ' cat')}\n`],
    ['new options', edit([key('b')], { options: 'no-pty' }), before.replace('from="10.0.0.1"', 'no-pty')],
    ['options in the given line', edit([`no-pty ${key('a')}`]), before.replace(key('a'), `no-pty ${key('a')}`)],
    ['no options any more', edit([key('b')], { options: '' }), before.replace('from="10.0.0.1" ', '')],
    ['another comment', edit([key('a')], { comment: 'anna k' }), before.replace('ann', 'anna k')],
    [
      'only this key, and what is no key',
      edit([key('b')], { exclusive: true }),
      before.replace(`${key('a', ' ann')}\n`, ''),
    ],
    ['one key less', edit([key('a')], { state: 'absent' }), before.replace(`${key('a', ' ann')}\n`, '')],
    ['nothing, where an unknown key is to go', edit([key('c')], { state: 'absent' }), before],
    ['a line behind one without an end', edit([key('c')], {}, key('a')), `${key('a')}\n${key('c')}\n`],
    ['nothing but an end that lacks', edit([key('a')], {}, key('a')), key('a')],
    ['the first line', edit([key('a')], {}, ''), `${key('a')}\n`],
  ])('makes %s', (_name, after, wanted) => {
    expect(after).toBe(wanted)
  })
})

describe.each(shellsHere)('in $name', ({ argv: shell }) => {
  it.runIf(isRoot)(
    'authorizedKey writes a file of the user’s own, and lets go of it (M14); skipped without root',
    async () => {
      const path = join(folderHere(), 'keys')
      const params: AuthorizedKeyParams = { user: 'daemon', key: [key('a', ' ann'), key('b')], path }
      await settleHere(authorizedKey(params), { shell })
      expect(text(path)).toBe(`${key('a', ' ann')}\n${key('b')}\n`)
      expect(statSync(path)).toMatchObject({ uid: 1 })
      expect(mode(path)).toBe('600')
      chmodSync(path, 0o644)
      expect((await settleHere(authorizedKey(params), { shell })).differences.map(({ property }) => property)).toEqual([
        'mode',
      ])
      const one = authorizedKey({ user: 'daemon', key: key('b'), path, exclusive: true, options: 'command="a; $(b)"' })
      expect((await settleHere(one, { shell })).differences[0]?.patch).toContain('-ssh-ed25519')
      expect(text(path)).toBe(`command="a; $(b)" ${key('b')}\n`)
      await settleHere(authorizedKey({ user: 'daemon', key: key('b'), path, state: 'absent' }), { shell })
      expect(text(path)).toBe('')
    },
  )

  it('knownHosts makes, replaces and forgets hosts, and keeps their neighbours (M15)', async () => {
    const path = join(folderHere(), 'known hosts')
    await settleHere(knownHosts({ name: 'Git.example', key: key('a'), path }), { shell })
    await settleHere(knownHosts({ name: '[git.example]:2222', key: `[git.example]:2222 ${key('b')}`, path }), { shell })
    await expectSettled(knownHosts({ name: 'git.example', key: key('a', ' comment'), path }), { shell })
    await settleHere(knownHosts({ name: 'git.example', key: [key('c'), 'ssh-rsa AAAA'], path }), { shell })
    expect(text(path)).toBe(`[git.example]:2222 ${key('b')}\ngit.example ${key('c')}\ngit.example ssh-rsa AAAA\n`)
    expect(mode(path)).toBe('644')
    await settleHere(knownHosts({ name: 'git.example', path, state: 'absent' }), { shell })
    expect(text(path)).toBe(`[git.example]:2222 ${key('b')}\n`)
  })

  it('opensshKeypair makes a pair once, and its public half again where it is lost', async () => {
    if ((await runScript(sh`command -v ssh-keygen`, shell)).code !== 0) {
      const { output } = await runLocally(opensshKeypair({ path: join(folderHere(), 'id') }), { shell })
      expect(output).toMatchObject({ code: 1, stderr: expect.stringContaining('the host has no ssh-keygen') })
      return
    }
    const path = join(folderHere(), 'id key')
    const action = opensshKeypair({ path, comment: "it's $(me)" })
    const { output } = await settleHere(action, { shell })
    const [priv, pub] = [text(path), text(`${path}.pub`)]
    expect(publicKeyOf(pub)).toMatchObject({ type: 'ssh-ed25519', comment: "it's $(me)" })
    expect([mode(path), mode(`${path}.pub`)]).toEqual(['600', '644'])
    const result = action.module.result!(action.params, await askLocally(action.module.probe(action.params)), output)
    expect(result).toMatchObject({ publicKey: pub.trim(), fingerprint: expect.stringMatching(/^SHA256:/) })
    await settleHere(opensshKeypair({ path, comment: 'other' }), { shell })
    expect(publicKeyOf(text(`${path}.pub`))).toMatchObject({ blob: publicKeyOf(pub)!.blob, comment: 'other' })
    await runScript(sh`rm -- ${`${path}.pub`}`)
    await settleHere(opensshKeypair({ path, comment: 'again' }), { shell })
    expect(text(`${path}.pub`)).toBe(`${pub.split(' ', 2).join(' ')} again\n`)
    expect(text(path)).toBe(priv)
    await settleHere(opensshKeypair({ path, state: 'absent' }), { shell })
    expect([existsSync(path), existsSync(`${path}.pub`)]).toEqual([false, false])
  })
})

describe('opensshKeypair', () => {
  it('never replaces a key of another kind, fails, or makes a new one, as it is told (B22)', async () => {
    const path = join(folderHere(), 'id')
    await settleHere(opensshKeypair({ path, type: 'rsa', size: 1024 }))
    const made = text(path)
    expect(bitsOf(publicKeyOf(text(`${path}.pub`))!)).toBe(1024)
    await expectSettled(opensshKeypair({ path, type: 'ed25519' }))
    await expectSettled(opensshKeypair({ path, type: 'rsa', regenerate: 'fail' }))
    await expect(runLocally(opensshKeypair({ path, type: 'rsa', size: 2048, regenerate: 'fail' }))).rejects.toThrow(
      `the key at ${path} is of 1024 bits, not 2048`,
    )
    await expect(runLocally(opensshKeypair({ path, regenerate: 'fail' }))).rejects.toThrow(/of type rsa, not ed25519/)
    expect(text(path)).toBe(made)
    await settleHere(opensshKeypair({ path, type: 'ecdsa', size: 384, regenerate: 'mismatched' }))
    expect(text(`${path}.pub`)).toMatch(/^ecdsa-sha2-nistp384 /)
    const again = await runLocally(opensshKeypair({ path, type: 'ecdsa', size: 384, force: true }))
    expect(again.differences.map(({ property }) => property)).toEqual(['made'])
  })

  it('gives ssh-keygen a passphrase that stands nowhere else', async () => {
    const path = join(folderHere(), 'id')
    const action = opensshKeypair({ path, passphrase: secret("it's a $ecret") })
    await settleHere(action)
    expect((await runScript(sh`ssh-keygen -y -P '' -f ${path}`)).code).not.toBe(0)
    expect((await runScript(sh`ssh-keygen -y -P ${"it's a $ecret"} -f ${path}`)).stdout).toContain('ssh-ed25519')
    const script = scriptFor(
      action.module,
      action.params,
      await askLocally(opensshKeypair({ path: `${path}2` }).module.probe({ path: `${path}2` })),
    )!
    expect(showScript(script)).not.toContain('ecret')
    expect(showScript(script)).not.toMatch(/ -N /)
    // the public half of a protected key is read with it as well
    await runScript(sh`rm -- ${`${path}.pub`}`)
    await settleHere(action)
    expect(await runLocally(opensshKeypair({ path: `${path}/x` })).catch((error: Error) => error.message)).toMatch(
      /is not a directory on the host/,
    )
  })

  it.each([
    [{ path: 'id' }, /absolute/],
    [{ path: '/id', size: 100 }, /size/],
    [{ path: '/id', size: 2048 }, /ed25519 256/],
    [{ path: '/id', comment: 'a\nb' }, /one line/],
    [{ path: '/id', passphrase: 'x' }, /must be a secret/],
    [{ path: '/id', type: 'dsa' }, /type/],
  ])('refuses %j', (params, message) => {
    expect(() => opensshKeypair(params as never)).toThrow(message)
  })
})

describe('authorizedKey', () => {
  it('reads keys from the control side', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'admins.pub'), `# admins\n${key('a', ' ann')}\n\n${key('b', ' bob')}\n`)
    writeFileSync(join(dir, 'none.pub'), 'PRIVATE\n')
    const { module, params } = authorizedKey({ user: 'root', src: 'admins.pub', key: key('c') })
    const { edit } = (await module.prepare!(params, controlIn(dir))) as { edit: { keys: { comment: string }[] } }
    expect(edit.keys.map(({ comment }) => comment)).toEqual(['', 'ann', 'bob'])
    const none = authorizedKey({ user: 'root', src: 'none.pub' })
    await expect(none.module.prepare!(none.params, controlIn(dir))).rejects.toThrow(
      /none.pub: "PRIVATE" is no public key/,
    )
  })

  it('fetches keys from an address', async () => {
    vi.stubEnv('XDG_CACHE_HOME', folderHere())
    const { createServer } = await import('node:http')
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/ann.keys' ? 200 : 404
      response.end(`${key('a')}\n`)
    })
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    try {
      const ask = async (page: string) => {
        const { module, params } = authorizedKey({ user: 'root', key: `http://127.0.0.1:${port}/${page}` })
        return (await module.prepare!(params, controlIn(folderHere()))) as { edit: { keys: { blob: string }[] } }
      }
      expect((await ask('ann.keys')).edit.keys).toMatchObject([{ blob: blob('a') }])
      await expect(ask('nobody.keys')).rejects.toThrow(/nobody.keys: status 404/)
    } finally {
      server.close()
      vi.unstubAllEnvs()
    }
  })

  it.runIf(isRoot)('does not write through a link unless told to, nor for nobody; skipped without root', async () => {
    const dir = folderHere()
    writeFileSync(join(dir, 'real'), '')
    symlinkSync('real', join(dir, 'link'))
    const params = { user: 'root', key: key('a'), path: join(dir, 'link') }
    await expect(runLocally(authorizedKey(params))).rejects.toThrow(/link is a link/)
    await settleHere(authorizedKey({ ...params, follow: true }))
    expect(text(join(dir, 'real'))).toBe(`${key('a')}\n`)
    await expect(runLocally(authorizedKey({ ...params, user: 'no-such-user' }))).rejects.toThrow(/no user no-such-user/)
    symlinkSync(dir, join(dir, 'here'))
    await expect(runLocally(authorizedKey({ ...params, path: join(dir, 'here/keys') }))).rejects.toThrow(
      /here is a link/,
    )
    await settleHere(authorizedKey({ ...params, path: join(dir, 'here/keys'), follow: true }))
    mkdirSync(join(dir, 'own'))
    await settleHere(authorizedKey({ ...params, path: join(dir, 'own/keys'), manageDir: true }))
    expect(mode(join(dir, 'own'))).toBe('700')
    await settleHere(authorizedKey({ ...params, path: join(dir, 'made/keys'), manageDir: true }))
    expect(mode(join(dir, 'made'))).toBe('700')
  })

  it.each(nastyTexts)('refuses %j as a key, and takes its first line as a comment', async (nasty) => {
    expect(() => authorizedKey({ user: 'root', key: nasty })).toThrow(/is no public key|there is no key/)
    const comment = nasty.split('\n')[0]!
    const path = join(folderHere(), 'keys')
    if (isRoot) await settleHere(authorizedKey({ user: 'root', key: key('a'), path, comment: comment.trim() }))
    expect(nothingRan()).toBe(true)
  })

  it.each([
    [{ user: 'root' }, /give key or src/],
    [{ user: '-x', key: key('a') }, /account name/],
    [{ user: 'root', key: key('a'), path: 'keys' }, /absolute/],
    [{ user: 'root', key: key('a'), exclusive: true, state: 'absent' }, /shall stay/],
    [{ user: 'root', key: key('a'), options: 'a\nb' }, /one line/],
    [{ user: 'root', key: 'ssh-ed25519' }, /no public key/],
  ])('refuses %j', (params, message) => {
    expect(() => authorizedKey(params as AuthorizedKeyParams)).toThrow(message)
  })
})

describe('the edit of known_hosts', () => {
  const salt = Buffer.alloc(20, 7).toString('base64')
  const hash = (name: string) =>
    `|1|${salt}|${createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64')}`
  const edit = (before: string, keys: string[], more: object = {}) =>
    editKnownHosts(before, {
      ...{ name: 'a.example', keys: keys.map((each) => hostKeyOf(each)!), state: 'present', hashHost: undefined },
      ...more,
    })

  it.each<[string, string, string]>([
    [
      'keeps a hashed name',
      edit(`${hash('a.example')} ${key('a')}\n`, [key('a')]),
      `${hash('a.example')} ${key('a')}\n`,
    ],
    [
      'writes a hashed name as it is',
      edit(`${hash('a.example')} ${key('a')}\n`, [key('a')], { hashHost: false }),
      `a.example ${key('a')}\n`,
    ],
    [
      'leaves the other names of a line',
      edit(`b,a.example,10.0.0.1 ${key('a')}\n`, [key('b')]),
      `b,10.0.0.1 ${key('a')}\na.example ${key('b')}\n`,
    ],
    [
      'writes the names that it was given',
      edit('', [`a.example,10.0.0.1 ${key('a')}`]),
      `a.example,10.0.0.1 ${key('a')}\n`,
    ],
    [
      'leaves keys of other types',
      edit('a.example ssh-rsa AAAA\n', [key('a')]),
      `a.example ssh-rsa AAAA\na.example ${key('a')}\n`,
    ],
    [
      'tells a revoked key from a good one',
      edit(`@revoked a.example ${key('b')}\n`, [key('a')]),
      `@revoked a.example ${key('b')}\na.example ${key('a')}\n`,
    ],
    [
      'removes one key',
      edit(`a.example ${key('a')}\na.example ssh-rsa AAAA\n`, [key('a')], { state: 'absent' }),
      'a.example ssh-rsa AAAA\n',
    ],
    [
      'removes no other key of that type',
      edit(`a.example ${key('b')}\n`, [key('a')], { state: 'absent' }),
      `a.example ${key('b')}\n`,
    ],
    [
      'finds a hashed name to remove',
      edit(`${hash('a.example')} ${key('a')}\nb ${key('a')}\n`, [], { state: 'absent' }),
      `b ${key('a')}\n`,
    ],
    ['leaves comments', edit('# a.example\n', [], { state: 'absent' }), '# a.example\n'],
  ])('%s', (_name, after, wanted) => {
    expect(after).toBe(wanted)
  })

  it('hashes a name so that ssh-keygen finds it, the same way each time', async () => {
    const path = join(folderHere(), 'known_hosts')
    await settleHere(knownHosts({ name: 'a.example', key: key('a'), path, hashHost: true }))
    expect(text(path)).not.toContain('a.example')
    expect((await runScript(sh`ssh-keygen -F a.example -f ${path}`)).code).toBe(0)
    expect(edit('', [key('a')], { hashHost: true })).toBe(text(path))
  })

  it.each([
    [{ name: 'a', path: '/x' }, /'key': is needed/],
    [{ name: 'a,b', key: key('a') }, /one host/],
    [{ name: 'a b', key: key('a') }, /one host/],
    [{ name: 'a', key: `b ${key('a')}` }, /stands for b, not for a/],
    [{ name: 'a', key: [key('a'), key('b')] }, /two keys of type ssh-ed25519/],
    [{ name: 'a', key: 'ssh-rsa' }, /no host key/],
    [{ name: 'a', key: '# only a comment' }, /no key in it/],
    [{ name: 'a', key: key('a'), path: 'x' }, /absolute/],
  ])('refuses %j', (params, message) => {
    expect(() => knownHosts(params as KnownHostsParams)).toThrow(message)
  })

  it('makes no folder for a path of its own', async () => {
    const path = join(folderHere(), 'none/known_hosts')
    await expect(runLocally(knownHosts({ name: 'a', key: key('a'), path }))).rejects.toThrow(/is not a directory/)
    await expectSettled(knownHosts({ name: 'a', path, state: 'absent' }))
  })
})

describe('a fingerprint', () => {
  it('is what ssh-keygen shows', async () => {
    const path = join(folderHere(), 'id')
    await settleHere(opensshKeypair({ path }))
    const shown = await runScript(sh`ssh-keygen -l -f ${path}`)
    expect(shown.stdout.split(' ')[1]).toBe(fingerprintOf(text(`${path}.pub`)))
    expect(shown.stdout.split(' ')[0]).toBe(String(bitsOf(publicKeyOf(text(`${path}.pub`))!)))
  })
})
