import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Control } from '../../engine/module.ts'
import type { PlayContext } from '../../engine/play.ts'
import { secret } from '../../engine/secret.ts'
import type { Site } from '../../engine/site.ts'
import { task } from '../../engine/task.ts'
import { ca } from '../../modules/ca.ts'
import { secretsIn } from '../../modules/common/kubeconfig-text.ts'
import { type KubeconfigParams, kubeconfig } from '../../modules/kubeconfig.ts'
import { randomSecret } from '../../modules/random-secret.ts'
import { runLocally } from '../support/local-host.ts'
import { type Made, madeAuthority, madeLeaf } from '../support/made-certificates.ts'
import { folderOf, here, memoryStore } from '../support/run-here.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'

let authority: Made
let admin: Made
const control = { check: false, store: memoryStore() } as unknown as Control
beforeAll(async () => {
  authority = await madeAuthority({ subject: { cn: 'kubernetes' } })
  admin = await madeLeaf(authority, { subject: { cn: 'admin' }, usages: ['signing', 'client auth'] })
  await control.store.update('pki/kubernetes/ca', async () => authority)
  await control.store.update('pki/kubernetes/admin', async () => admin)
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const server = 'https://10.0.0.100:6443'
const byToken = (dest: string, more: Partial<KubeconfigParams> = {}) =>
  kubeconfig({ dest, server, ca: { store: 'kubernetes' }, user: 'boot', token: secret('abc'), ...more })

describe('kubeconfig', () => {
  it('knows what is secret in it: what is said of users, and not the words that all such files have', () => {
    const user = {
      token: 'abc',
      'client-key-data': 'LS0tLS1CRUdJTi',
      exec: { command: 'login', args: ['--key=swordfish'] },
    }
    const text = JSON.stringify({
      apiVersion: 'v1',
      clusters: [{ name: 'somewhere far away' }],
      users: [{ name: 'me', user }],
    })
    expect(secretsIn(text)).toEqual(['abc', 'LS0tLS1CRUdJTi', '--key=swordfish'])
    expect(secretsIn('')).toEqual([])
    expect(secretsIn('users: [{ name: me }, null]')).toEqual([])
  })

  it('has a token of the store, as randomSecret has made it', async () => {
    const dest = path.join(folderHere(), 'config')
    await expect(runLocally(byToken(dest, { token: { store: 'boot' } }), { control })).rejects.toThrow(
      "there is no secret 'boot' in the store",
    )
    await control.store.update('secrets/boot', async () => ({ '.txt': 'abcdef.0123456789abcdef\n' }))
    const { differences } = await settleHere(byToken(dest, { token: { store: 'boot' } }), { control })
    expect(JSON.stringify(differences)).not.toContain('abcdef')
    expect(parse(readFileSync(dest, 'utf8')).users).toEqual([
      { name: 'boot', user: { token: 'abcdef.0123456789abcdef' } },
    ])
    await expectSettled(byToken(dest, { token: secret('abcdef.0123456789abcdef') }), { control })
  })

  it('is made of what the store keeps, readable by its owner only, and shows none of it', async () => {
    const dest = path.join(folderHere(), 'config')
    const action = kubeconfig({
      dest,
      server,
      ca: { store: 'kubernetes' },
      user: 'admin',
      clientCert: { store: 'kubernetes/admin' },
    })
    const { differences } = await settleHere(action, { control })
    expect(differences).toContainEqual({ property: `files.${dest}.content`, before: null, after: '***' })
    expect(statSync(dest).mode & 0o777).toBe(0o600)
    expect(parse(readFileSync(dest, 'utf8'))).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'kubernetes', cluster: { 'certificate-authority-data': base64(authority['.pem']), server } }],
      users: [
        {
          name: 'admin',
          user: { 'client-certificate-data': base64(admin['.pem']), 'client-key-data': base64(admin['-key.pem']) },
        },
      ],
      contexts: [{ name: 'admin@kubernetes', context: { cluster: 'kubernetes', user: 'admin' } }],
      'current-context': 'admin@kubernetes',
    })
  })

  it('embeds files of the host, or names them', async () => {
    const host = folderHere()
    const at = (name: string) => path.join(host, name)
    writeFileSync(at('ca.pem'), authority['.pem'])
    writeFileSync(at('admin.pem'), admin['.pem'])
    writeFileSync(at('admin-key.pem'), admin['-key.pem'])
    const params = {
      dest: at('config'),
      server,
      ca: at('ca.pem'),
      user: 'admin',
      clientCert: at('admin.pem'),
      clientKey: at('admin-key.pem'),
    }
    await settleHere(kubeconfig(params), { control })
    const embedded = parse(readFileSync(at('config'), 'utf8'))
    expect(embedded.users[0].user['client-key-data']).toBe(base64(admin['-key.pem']))
    await settleHere(kubeconfig({ ...params, embed: false }), { control })
    const named = parse(readFileSync(at('config'), 'utf8'))
    expect(named.clusters).toEqual([{ name: 'kubernetes', cluster: { 'certificate-authority': at('ca.pem'), server } }])
    expect(named.users[0].user).toEqual({
      'client-certificate': at('admin.pem'),
      'client-key': at('admin-key.pem'),
    })
    await settleHere(kubeconfig(params), { control })
    writeFileSync(at('ca.pem'), admin['.pem'])
    const { differences } = await runLocally(kubeconfig(params), { control, check: true })
    expect(differences.map(({ property }) => property)).toEqual([`files.${at('config')}.content`])
  })

  it('keeps the other entries of the file, and replaces its own', async () => {
    const dest = path.join(folderHere(), 'config')
    await settleHere(byToken(dest, { context: 'first' }), { control })
    await settleHere(byToken(dest, { cluster: 'other', user: 'me', namespace: 'apps', current: false }), { control })
    await settleHere(byToken(dest, { context: 'first', token: 'def' }), { control })
    const found = parse(readFileSync(dest, 'utf8'))
    expect(found.contexts).toEqual([
      { name: 'first', context: { cluster: 'kubernetes', user: 'boot' } },
      { name: 'me@other', context: { cluster: 'other', user: 'me', namespace: 'apps' } },
    ])
    expect(found['current-context']).toBe('first')
    expect(found.users.map(({ user }: { user: { token: string } }) => user.token)).toEqual(['def', 'abc'])
    await settleHere(byToken(dest, { merge: false }), { control })
    expect(parse(readFileSync(dest, 'utf8')).contexts).toHaveLength(1)
    await expectSettled(byToken(dest, { merge: false }), { control })
  })

  it('leaves a file alone that says the same in other words', async () => {
    const dest = path.join(folderHere(), 'config')
    await settleHere(byToken(dest), { control })
    const same = `# mine\n${JSON.stringify(parse(readFileSync(dest, 'utf8')), null, 1)}\n`
    writeFileSync(dest, same, { mode: 0o600 })
    await expectSettled(byToken(dest), { control })
    expect(readFileSync(dest, 'utf8')).toBe(same)
  })

  it('fails where the file is something else, and says how to replace it', async () => {
    const dest = path.join(folderHere(), 'config')
    for (const text of ['kind: Pod\n', '- a\n', 'a: [\n', '\0']) {
      writeFileSync(dest, text, { mode: 0o600 })
      await expect(runLocally(byToken(dest), { control })).rejects.toMatchObject({
        message: expect.stringContaining(`${dest} on the host is no kubeconfig: `),
        hint: expect.stringContaining('merge: false'),
      })
    }
    await settleHere(byToken(dest, { merge: false }), { control })
  })

  it('is foretold by a check, of files that an earlier task will make', async () => {
    const hosts = here()
    try {
      const tasks = (context: PlayContext<Site>) => {
        const at = (name: string) => path.join(folderOf(context), name)
        const token = randomSecret({ name: 'boot' })
        return [
          task('ca', ca({ name: 'check', subject: { cn: 'check' }, dest: at('ca.pem') })),
          task('token', token).register(({ value }) => [
            task('config', kubeconfig({ dest: at('config'), server, ca: at('ca.pem'), user: 'boot', token: value })),
          ]),
        ]
      }
      const store = memoryStore()
      const check = await hosts.run(tasks, { check: true, store })
      expect(check.log).toEqual(['h1: ca: changed', 'h1: token: ok', 'h1: config: changed'])
      const run = await hosts.run(tasks, { store })
      expect(run.log).toEqual(check.log)
      expect((await hosts.run(tasks, { store })).log).toEqual(['h1: ca: ok', 'h1: token: ok', 'h1: config: ok'])
      expect(JSON.stringify([check.events, run.events])).not.toContain('PRIVATE KEY')
    } finally {
      await hosts.remove()
    }
  })

  it('says what is missing', async () => {
    const host = folderHere()
    const dest = path.join(host, 'config')
    await expect(runLocally(byToken(dest, { ca: path.join(host, 'none') }), { control })).rejects.toThrow(
      `ca: there is no file ${host}/none on the host`,
    )
    await expect(runLocally(byToken(dest, { ca: { store: 'none' } }), { control })).rejects.toThrow(
      "there is no CA 'none' in the store",
    )
    mkdirSync(dest)
    await expect(runLocally(byToken(dest), { control })).rejects.toThrow('is a directory')
  })

  it.skipIf(spawnSync('kubectl', ['version', '--client']).status !== 0)(
    'is what kubectl itself would have written (skipped without kubectl)',
    async () => {
      const host = folderHere()
      const [dest, theirs] = [path.join(host, 'config'), path.join(host, 'theirs')]
      writeFileSync(path.join(host, 'ca.pem'), authority['.pem'])
      const config = (...args: string[]) => spawnSync('kubectl', ['config', '--kubeconfig', theirs, ...args])
      config(
        'set-cluster',
        'kubernetes',
        `--certificate-authority=${host}/ca.pem`,
        '--embed-certs=true',
        `--server=${server}`,
      )
      config('set-credentials', 'kubelet-bootstrap', '--token=abc')
      config('set-context', 'default', '--cluster=kubernetes', '--user=kubelet-bootstrap')
      config('use-context', 'default')
      const params = {
        server,
        ca: path.join(host, 'ca.pem'),
        user: 'kubelet-bootstrap',
        token: 'abc',
        context: 'default',
      }
      await expectSettled(kubeconfig({ ...params, dest: theirs }), { control })
      await settleHere(kubeconfig({ ...params, dest }), { control })
      const view = (file: string) =>
        spawnSync('kubectl', ['config', '--kubeconfig', file, 'view', '--raw', '-o', 'json']).stdout.toString()
      expect(JSON.parse(view(dest))).toEqual(JSON.parse(view(theirs)))
    },
  )

  it.each<[object, RegExp]>([
    [{ token: undefined }, /'token': give either a token or clientCert/],
    [{ clientCert: '/a', clientKey: '/b' }, /'token': give either a token or clientCert/],
    [{ clientKey: '/b' }, /'clientKey': a key needs its certificate/],
    [{ token: undefined, clientCert: '/a' }, /'clientKey': a certificate on the host needs the path of its key/],
    [{ embed: false }, /'embed': what the store has is on no path of the host/],
    [{ server: '10.0.0.1:6443' }, /'server': a server is a URL/],
    [{ ca: 'ca.pem' }, /'ca': 'ca.pem' is not an absolute path/],
    [{ user: '' }, /'user'/],
  ])('%j is refused', (params, message) => {
    expect(() => byToken('/x', params as Partial<KubeconfigParams>)).toThrow(message)
  })
})
