// Other users: sudo with and without password, su, what each refusal says, and that no password shows anywhere.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { becomeCommand, becomeFailure } from '../../engine/connection/become.ts'
import { connect } from '../../engine/connection/connect.ts'
import type { Become, Connection, Target } from '../../engine/connection/connection.ts'
import { contentOf } from '../../engine/content.ts'
import { formatError, TsplayError } from '../../engine/error.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { type Sshd, startSshd, sudoMissing, type TemporaryUser, temporaryUser } from './sshd.ts'
import { isAlive, localTarget, text } from './support.ts'

describe.skipIf(sudoMissing)(`becoming another user${sudoMissing ? ` (${sudoMissing})` : ''}`, () => {
  let sshd: Sshd
  let free: TemporaryUser
  let asked: TemporaryUser
  let nobody: TemporaryUser
  const connections: Connection[] = []
  const sudoLog = () => join(sshd.directory, 'sudo.log')

  beforeAll(async () => {
    sshd = await startSshd(['AuthorizedKeysFile .ssh/authorized_keys'])
    free = temporaryUser((name) => `${name} ALL=(ALL) NOPASSWD: ALL`)
    asked = temporaryUser((name) => `Defaults:${name} logfile=${sudoLog()}, log_year\n${name} ALL=(ALL) ALL`)
    nobody = temporaryUser()
    for (const { name } of [free, asked, nobody]) {
      execFileSync('install', ['-d', '-o', name, `/home/${name}/.ssh`])
      execFileSync('install', [
        '-o',
        name,
        '-m',
        '600',
        `${sshd.directory}/user.pub`,
        `/home/${name}/.ssh/authorized_keys`,
      ])
    }
  })
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()))
    await sshd?.stop()
    await sleep(300) // the servers of the closed connections go
    for (const user of [free, asked, nobody]) user?.remove()
  })

  async function as(user: TemporaryUser): Promise<Connection> {
    const target: Target = { ...sshd.target, user: user.name }
    const connection = await connect(target)
    connections.push(connection)
    return connection
  }
  const who = sh`id -un; echo "$HOME"; pwd; echo "$PATH"; echo "[$LC_ALL]"`

  test('sudo without password: home, directory and PATH are the other user’s, contents come through (A106)', async () => {
    const session = await (await as(free)).session({ method: 'sudo', user: 'root' })
    const data = Buffer.alloc(2_000_000, 'x')
    const [first, second] = await session.bundle([{ script: who }, { script: sh`${contentOf(data)} | sha256sum` }])
    const [name, home, directory, path, locale] = text(first?.stdout).split('\n')
    expect([name, home, directory, locale]).toEqual(['root', '/root', '/root', '[]'])
    expect(path).toContain('/usr/sbin')
    expect(text(second?.stdout)).toContain(contentOf(data).sha256)
  })

  test('each user has a session of its own, opened once, and the login user needs none', async () => {
    const connection = await as(free)
    const become: Become = { method: 'sudo', user: asked.name }
    const [plain, other, again, self] = await Promise.all([
      connection.session(),
      connection.session(become),
      connection.session({ ...become }),
      connection.session({ method: 'sudo', user: free.name }),
    ])
    expect(again).toBe(other)
    expect(self).toBe(plain)
    const [[mine], [theirs]] = await Promise.all([plain.bundle([{ script: who }]), other.bundle([{ script: who }])])
    expect(text(mine?.stdout)).toMatch(new RegExp(`^${free.name}\n/home/${free.name}\n/home/${free.name}\n`))
    expect(text(theirs?.stdout)).toMatch(new RegExp(`^${asked.name}\n/home/${asked.name}\n/home/${asked.name}\n`))
  })

  test('a timeout ends what the other user runs', async () => {
    const session = await (await as(free)).session({ method: 'sudo', user: 'root' })
    const [output] = await session.bundle([{ script: sh`echo $$; sleep 60`, timeout: 0.2 }])
    expect(output).toMatchObject({ code: 124, timedOut: true })
    expect(isAlive(Number(text(output?.stdout)))).toBe(false)
    expect((await session.bundle([{ script: sh`:` }]))[0]?.code).toBe(0)
  })

  test('sudo with password: it is given at the prompt, and appears in no process list (A105, X10)', async () => {
    const connection = await as(asked)
    const session = await connection.session({ method: 'sudo', user: 'root', password: secret(asked.password) })
    const [output] = await session.bundle([{ script: sh`id -un; ps -eo args; env` }])
    expect(text(output?.stdout)).toMatch(/^root\n/)
    expect(text(output?.stdout)).not.toContain(asked.password.slice(0, 12))
    expect(connection.roundTrips).toBe(4)
    const [late] = await session.bundle([{ script: sh`echo $$; sleep 60`, timeout: 0.2 }])
    expect(late?.timedOut).toBe(true)
    expect(isAlive(Number(text(late?.stdout)))).toBe(false)
  })

  test('sudo with a password that turns out not to be needed', async () => {
    const session = await (await as(free)).session({ method: 'sudo', user: 'root', password: secret('unused') })
    expect(text((await session.bundle([{ script: sh`id -un` }]))[0]?.stdout)).toBe('root\n')
  })

  async function refusal(user: TemporaryUser, become: Become): Promise<TsplayError> {
    const error = await (await as(user)).session(become).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TsplayError)
    return error as TsplayError
  }

  test('a wrong password is said to be wrong, and not shown (A105)', async () => {
    const error = await refusal(asked, { method: 'sudo', user: 'root', password: secret('wr0ng') })
    expect(error).toMatchObject({ kind: 'task', message: "web1: sudo: wrong password for becoming 'root'" })
    expect(formatError(error) + error.stack + JSON.stringify(error)).not.toContain('wr0ng')
  })

  test('a missing password, a missing user and a missing permission each say so', async () => {
    expect(await refusal(asked, { method: 'sudo', user: 'root' })).toMatchObject({
      kind: 'task',
      message: "web1: sudo: a password is required to become 'root'",
      hint: expect.stringContaining('-K'),
    })
    expect(await refusal(free, { method: 'sudo', user: 'nosuchuser' })).toMatchObject({
      message: "web1: sudo: there is no user 'nosuchuser' on the host",
    })
    expect(await refusal(nobody, { method: 'sudo', user: 'root', password: secret(nobody.password) })).toMatchObject({
      kind: 'task',
      message: "web1: sudo: the login user may not become 'root'",
    })
  })

  test('a failed attempt does not spoil the connection: the right password works afterwards', async () => {
    const connection = await as(asked)
    await expect(connection.session({ method: 'sudo', user: 'root', password: secret('no') })).rejects.toThrow(
      /wrong password/,
    )
    const session = await connection.session({ method: 'sudo', user: 'root', password: secret(asked.password) })
    expect((await session.bundle([{ script: sh`:` }]))[0]?.code).toBe(0)
  })

  test('su: root needs no password, others are asked for it (A105)', async () => {
    const root = await connect({ ...localTarget, transport: 'local' })
    connections.push(root)
    const nobodys = await root.session({ method: 'su', user: nobody.name })
    expect(text((await nobodys.bundle([{ script: who }]))[0]?.stdout)).toMatch(new RegExp(`^${nobody.name}\n/home/`))
    const session = await (await as(free)).session({ method: 'su', user: asked.name, password: secret(asked.password) })
    expect(text((await session.bundle([{ script: sh`id -un` }]))[0]?.stdout)).toBe(`${asked.name}\n`)
    expect(await refusal(free, { method: 'su', user: asked.name, password: secret('no') })).toMatchObject({
      kind: 'task',
      message: `web1: su: wrong password for becoming '${asked.name}'`,
    })
    expect((await refusal(free, { method: 'su', user: 'nosuchuser' })).message).toMatch(/no user 'nosuchuser'/)
  })

  test('doas that is not installed is said to be missing', async () => {
    expect((await refusal(free, { method: 'doas', user: 'root' })).message).toBe(
      'web1: doas: it is not installed on the host',
    )
  })

  test('sudo’s log shows the command and no password', () => {
    const log = readFileSync(sudoLog(), 'utf8').replace(/\n\s*/g, ' ')
    expect(log).toContain('COMMAND=/bin/sh -c')
    expect(log).not.toContain(asked.password.slice(0, 12))
  })
})

describe('the command for another user', () => {
  test('has the password in none of its words', () => {
    for (const method of ['sudo', 'su', 'doas'] as const) {
      const words = becomeCommand({ method, user: 'app', password: secret('s3cret') }, 'echo', 'prompt')
      expect(words.join(' ')).not.toContain('s3cret')
      expect(words).toContain('app')
    }
  })

  test.each(['-x', '', 'a b', 'a\nb'])('refuses %j as a user', (user) => {
    expect(() => becomeCommand({ method: 'sudo', user }, 'echo', 'prompt')).toThrow(TsplayError)
  })

  test.each([
    ['sudo', 1, 'sudo: a terminal is required to read the password', /password is required/],
    ['sudo', 127, "env: 'sudo': No such file or directory", /not installed/],
    ['sudo', 1, 'sudo: unknown user wwww', /there is no user 'app'/],
    ['sudo', 1, 'x is not in the sudoers file.', /may not become/],
    [
      'su',
      1,
      'su: user app does not exist or the user entry does not contain all the required fields',
      /there is no user/,
    ],
    ['su', 1, 'su: Authentication failure', /wrong password/],
    ['doas', 1, 'doas: Operation not permitted', /may not become/],
    ['doas', 1, 'doas: Authentication required', /password is required/],
    ['sudo', 1, 'sudo: /etc/sudoers is owned by uid 1, should be 0', /could not become 'app': sudo: .*owned by uid 1/],
    ['sudo', 3, '', /could not become 'app': exit code 3/],
  ] as const)('%s ends with %i and «%s»', (method, code, errors, expected) => {
    expect(becomeFailure('web1', { method, user: 'app' }, { code }, errors, false).message).toMatch(expected)
  })
})
