// Hosts that cannot be reached or do not let one in: one message with what to do, the right exit code, the others finish.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  newKey,
  type Sshd,
  sshdMissing,
  startSshd,
  sudoMissing,
  type TemporaryUser,
  temporaryUser,
} from '../connection/sshd.ts'
import { inventoryOf, type Project, playbookOf, project } from '../support/cli.ts'

describe.skipIf(sshdMissing)(`a host behind ssh${sshdMissing ? ` (${sshdMissing})` : ''}`, () => {
  let sshd: Sshd
  let silent: Server
  let site: Project

  beforeAll(async () => {
    sshd = await startSshd()
    silent = createServer(() => undefined).listen(0, '127.0.0.1')
  })
  afterAll(async () => {
    silent.close()
    await sshd.stop()
  })
  beforeEach(() => {
    site = project({ 'book.ts': playbookOf("task('look', command({ cmd: 'true' }), { changedWhen: false }),") })
  })
  afterEach(() => site.remove())

  const settings = (more: Record<string, unknown> = {}): string => {
    const { target } = sshd
    return JSON.stringify({
      address: target.address,
      port: target.port,
      user: target.user,
      privateKeys: target.privateKeys,
      knownHosts: path.join(site.dir, 'known_hosts'),
      hostKeys: 'accept-new',
      transport: 'ssh',
      ...more,
    })
  }
  /** Runs on the host with these settings, and on another that is fine; gives the first one's event. */
  async function told(more: Record<string, unknown>, expected: { code: number; status?: string }, ...args: string[]) {
    site.write(
      'inventories/home.ts',
      inventoryOf(`{ web: { hosts: { bad: ${settings(more)} as never, fine: { address: 'fine' } } } }`),
    )
    const { code, tasks, stdout, stderr } = await site.tsplay(['run', 'book.ts', '-i', 'home', '-o', 'ndjson', ...args])
    expect(stdout + stderr).not.toContain('    at ')
    expect(code).toBe(expected.code)
    expect(tasks.find(({ host }) => host === 'fine')?.status).toBe('ok')
    const event = tasks.find(({ host }) => host === 'bad')
    expect(event?.status).toBe(expected.status ?? (expected.code === 4 ? 'unreachable' : 'ok'))
    return event!
  }

  test('that is fine', async () => {
    await told({}, { code: 0 })
    expect(readFileSync(path.join(site.dir, 'known_hosts'), 'utf8')).toContain(`[127.0.0.1]:${sshd.port} ssh-ed25519 `)
  })

  test('whose name does not resolve', async () => {
    expect(await told({ address: 'no-such-host.invalid' }, { code: 4 })).toMatchObject({
      message: expect.stringMatching(/no-such-host\.invalid/),
      hint: expect.any(String),
    })
  })

  test('that refuses', async () => {
    expect(await told({ port: 1 }, { code: 4 })).toMatchObject({
      message: expect.stringContaining('port 1 refuses connections'),
      hint: expect.stringContaining('sshd'),
    })
  })

  test('that never answers', async () => {
    const { port } = silent.address() as { port: number }
    const event = await told({ port }, { code: 4 }, '--timeout', '1')
    expect(event).toMatchObject({ message: expect.stringMatching(/1 s|within|time/i), hint: expect.any(String) })
  })

  test('whose key has changed: both fingerprints and the line that is in the way', async () => {
    newKey(path.join(site.dir, 'other'))
    const [type, key] = readFileSync(path.join(site.dir, 'other.pub'), 'utf8').split(' ')
    writeFileSync(path.join(site.dir, 'known_hosts'), `[127.0.0.1]:${sshd.port} ${type} ${key}\n`)
    const { message } = await told({}, { code: 4 })
    expect(message?.match(/SHA256:/g)).toHaveLength(2)
    expect(message).toMatch(/known_hosts.*1/)
  })

  test('whose key is unknown, where unknown keys are refused', async () => {
    expect(await told({ hostKeys: 'strict' }, { code: 4 })).toMatchObject({
      message: expect.stringContaining('SHA256:'),
      hint: expect.stringContaining('accept-new'),
    })
  })

  test('that does not take the key', async () => {
    newKey(path.join(site.dir, 'stranger'))
    expect(await told({ privateKeys: [path.join(site.dir, 'stranger')] }, { code: 4 })).toMatchObject({
      message: expect.stringMatching(/publickey|key/),
      hint: expect.any(String),
    })
  })

  test('for which the key file is missing', async () => {
    expect(await told({ privateKeys: [path.join(site.dir, 'nothing')] }, { code: 4 })).toMatchObject({
      message: expect.stringContaining('nothing'),
    })
  })
})

describe.skipIf(sudoMissing)(`becoming root with a password${sudoMissing ? ` (${sudoMissing})` : ''}`, () => {
  let sshd: Sshd
  let user: TemporaryUser
  let site: Project

  beforeAll(async () => {
    sshd = await startSshd(['AuthorizedKeysFile .ssh/authorized_keys'])
    user = temporaryUser((name) => `${name} ALL=(ALL) ALL`)
    execFileSync('install', ['-d', '-o', user.name, `/home/${user.name}/.ssh`])
    execFileSync('install', [
      '-o',
      user.name,
      '-m',
      '600',
      `${sshd.directory}/user.pub`,
      `/home/${user.name}/.ssh/authorized_keys`,
    ])
  })
  afterAll(async () => {
    await sshd?.stop()
    user?.remove()
  })
  afterEach(() => site.remove())

  const run = (password: string) => {
    site = project({
      'book.ts': playbookOf(
        "task('who', command({ cmd: 'id -un' }), { become: true, changedWhen: false }).register(({ stdout }) => [debug({ message: `I am ${stdout}` })]),",
      ),
    })
    const { target } = sshd
    const host = `address: '127.0.0.1', port: ${target.port}, user: '${user.name}', privateKeys: ['${target.privateKeys[0]}'], knownHosts: '${site.dir}/known_hosts', hostKeys: 'accept-new', transport: 'ssh'`
    site.write(
      'inventories/home.ts',
      inventoryOf(
        `{ web: { hosts: { w1: { ${host}, becomePassword: secret(${JSON.stringify(password)}) } } } }`,
      ).replace('{ inventory }', '{ inventory, secret }'),
    )
    return site.tsplay(['run', 'book.ts', '-i', 'home', '-o', 'ndjson'])
  }

  test('that is right', async () => {
    const { code, tasks } = await run(user.password)
    expect(tasks.at(-1)?.message).toBe('I am root')
    expect(code).toBe(0)
  })

  test('that is wrong: said once, shown nowhere, exit 2', async () => {
    const { code, tasks, stdout, stderr } = await run('wrong-password-here')
    expect(code).toBe(2)
    expect(tasks).toHaveLength(1)
    expect(tasks[0]).toMatchObject({ status: 'failed', task: 'who', message: expect.stringMatching(/wrong password/) })
    expect(stdout + stderr).not.toContain('wrong-password-here')
  })
})
