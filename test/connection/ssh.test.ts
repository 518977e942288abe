// Hosts over ssh, against a real server: what works, and each way it can go wrong with its own message.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../engine/connection/connect.ts'
import type { Connection, Step, Target } from '../../engine/connection/connection.ts'
import { ConnectionLost } from '../../engine/connection/connection-lost.ts'
import { contentOf } from '../../engine/content.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { freePort, newKey, type Sshd, sshdMissing, startSshd, temporaryUser, usersMissing } from './sshd.ts'
import { isAlive, outcome, text } from './support.ts'

async function withConnection<T>(target: Target, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(target)
  try {
    return await use(connection)
  } finally {
    await connection.close()
  }
}

/** What somebody answers who is no ssh server. */
async function withServer<T>(
  onConnection: (socket: import('node:net').Socket) => void,
  use: (port: number) => Promise<T>,
) {
  const server: Server = createServer(onConnection).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await use((server.address() as { port: number }).port)
  } finally {
    server.close()
  }
}

describe.skipIf(sshdMissing)(`over ssh${sshdMissing ? ` (${sshdMissing})` : ''}`, () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())

  /** A step that ends the server of its own connection, once all that was printed before has arrived. */
  function endOfServer(): Step {
    const arrived = new Set<string>()
    const file = join(sshd.directory, `arrived ${crypto.randomUUID()}`)
    return {
      script: sh`end() { kill -9 $(ps -o ppid= -p $$); }; echo; echo >&2; until [ -e ${file} ]; do sleep 0.02; done; end; sleep 5`,
      onOutput(stream) {
        if (arrived.add(stream).size === 2) writeFileSync(file, '')
      },
    }
  }

  test('steps run with their outputs, contents and order, in a few round trips', () =>
    withConnection(sshd.target, async (connection) => {
      const session = await connection.session()
      expect(connection.roundTrips).toBe(2)
      const data = Buffer.alloc(3_000_000, 'päckchen')
      const outputs = await session.bundle([
        { script: sh`echo ${"it's"}; echo err >&2; exit 3` },
        { script: sh`${contentOf(data)} | sha256sum` },
        { script: sh`pwd; cat`, environment: { LC_ALL: 'C' } },
      ])
      expect(outcome(outputs[0])).toEqual({ code: 3, stdout: "it's\n", stderr: 'err\n' })
      expect(text(outputs[1]?.stdout)).toContain(contentOf(data).sha256)
      expect(text(outputs[2]?.stdout)).toBe(`${process.env.HOME}\n`)
      expect(connection.roundTrips).toBe(3)
      expect(await connection.session()).toBe(session)
    }))

  test('administrators find their commands', () =>
    withConnection(sshd.target, async (connection) => {
      const [output] = await (await connection.session()).bundle([{ script: sh`echo ":$PATH:"` }])
      for (const path of ['/usr/local/sbin', '/usr/sbin', '/sbin']) expect(text(output?.stdout)).toContain(`:${path}:`)
    }))

  test('a timeout ends the process group on the host', () =>
    withConnection(sshd.target, async (connection) => {
      const session = await connection.session()
      const [output] = await session.bundle([{ script: sh`echo $$; sleep 60 & sleep 60`, timeout: 0.2 }])
      expect(output).toMatchObject({ code: 124, timedOut: true })
      expect(isAlive(Number(text(output?.stdout)))).toBe(false)
      expect((await session.bundle([{ script: sh`:` }]))[0]?.code).toBe(0)
    }))

  test('closing ends what still runs on the host', async () => {
    const connection = await connect(sshd.target)
    const session = await connection.session()
    const started = new Promise<number>((resolve, reject) => {
      session
        .bundle([{ script: sh`echo $$; sleep 60`, onOutput: (_, chunk) => resolve(Number(text(chunk))) }])
        .catch((error) => (error.kind === 'interrupted' ? undefined : reject(error)))
    })
    const pid = await started
    await connection.close()
    expect(isAlive(pid)).toBe(false)
  })

  test('a server that is killed in the middle of a step is unreachable, and the error says what was running', async () => {
    const connection = await connect(sshd.target)
    const session = await connection.session()
    const bundles = [
      session.bundle([{ script: sh`echo before` }, endOfServer()]),
      session.bundle([{ script: sh`echo queued` }]),
    ]
    const [first, second] = await Promise.allSettled(bundles)
    expect(first).toMatchObject({ reason: { kind: 'unreachable', message: expect.stringMatching(/^web1: .*kill -9/) } })
    expect(second).toMatchObject({ reason: { kind: 'unreachable' } })
    await expect(session.bundle([{ script: sh`:` }])).rejects.toMatchObject({ kind: 'unreachable' })
    await expect(connection.session()).rejects.toMatchObject({ kind: 'unreachable' })
    await connection.close()
  })

  test('a lost connection says how far the bundle came, and that a step which waits has not begun', async () => {
    for (const [waits, sent] of [
      [false, 3],
      [true, 2],
    ] as const) {
      await withConnection(sshd.target, async (connection) => {
        const session = await connection.session()
        const before = connection.roundTrips
        const steps = [{ script: sh`echo done` }, endOfServer(), { script: sh`echo next`, waits }]
        const error = await session.bundle(steps).catch((reason) => reason)
        expect(error).toBeInstanceOf(ConnectionLost)
        expect(error.bundle).toEqual({ outputs: [expect.objectContaining({ code: 0 }), undefined, undefined], sent })
        expect(connection.broken).toBeInstanceOf(ConnectionLost)
        expect(connection.roundTrips - before).toBe(waits ? 2 : 1)
      })
    }
  })

  test('a step that waits runs when those before it have ended, and not where one has failed', () =>
    withConnection(sshd.target, async (connection) => {
      const session = await connection.session()
      const bundle = async (first: string) => {
        const steps = [{ script: sh.raw(first) }, { script: sh`echo two`, waits: true }, { script: sh`echo three` }]
        const outputs = await session.bundle(steps, { stopOnFailure: true })
        return outputs.map((output) => output && text(output.stdout))
      }
      expect(await bundle('sleep 0.1; echo one')).toEqual(['one\n', 'two\n', 'three\n'])
      expect(await bundle('echo one; false')).toEqual(['one\n', undefined, undefined])
      expect(await bundle('echo one')).toEqual(['one\n', 'two\n', 'three\n'])
    }))

  test('the connection after a lost one ends what that has left running (X13)', async () => {
    const connection = await connect(sshd.target)
    const session = await connection.session()
    const pids: number[] = []
    const bundle = session.bundle([
      {
        script: sh`echo $$ $PPID; ps -o ppid= -p $$; sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' & sleep 60`,
        onOutput: (stream, chunk) => {
          if (stream === 'stdout') pids.push(...text(chunk).trim().split(/\s+/).map(Number))
        },
      },
    ])
    const failure = expect(bundle).rejects.toBeInstanceOf(ConnectionLost)
    await expect.poll(() => pids.length, { timeout: 5000 }).toBe(4)
    const [shell, , server, child] = pids as [number, number, number, number]
    process.kill(server, 'SIGKILL')
    await failure
    const next = await connection.again()
    expect([isAlive(shell), isAlive(child)]).toEqual([false, false])
    expect((await (await next.session()).bundle([{ script: sh`:` }]))[0]?.code).toBe(0)
    await Promise.all([next.close(), connection.close()])
  })

  test('an upload that the server is killed under rejects as well', async () => {
    const connection = await connect(sshd.target)
    const session = await connection.session()
    const content = contentOf(Buffer.alloc(20_000_000))
    const bundle = session.bundle([{ script: sh`kill -9 $(ps -o ppid= -p $$); sleep 5; ${content} >/dev/null` }])
    await expect(bundle).rejects.toMatchObject({ kind: 'unreachable' })
    await connection.close()
  })

  test('the output of a login shell’s start-up files is passed over', async () => {
    const noisy = await startSshd(['ForceCommand echo welcome; echo careful >&2; eval "$SSH_ORIGINAL_COMMAND"'])
    try {
      await withConnection(noisy.target, async (connection) => {
        const [output] = await (await connection.session()).bundle([{ script: sh`echo mine; echo err >&2` }])
        expect(outcome(output)).toEqual({ code: 0, stdout: 'mine\n', stderr: 'err\n' })
      })
    } finally {
      await noisy.stop()
    }
  })

  test('a host that allows no commands says why', async () => {
    const closed = await startSshd(['ForceCommand echo "This account is not available."; exit 1'])
    try {
      await withConnection(closed.target, async (connection) => {
        await expect(connection.session()).rejects.toMatchObject({
          kind: 'unreachable',
          message: expect.stringMatching(/no shell for .*This account is not available/),
        })
      })
    } finally {
      await closed.stop()
    }
  })

  test('a host that never answers a command is given up', async () => {
    const stuck = await startSshd(['ForceCommand echo "Agree? [y/N]"; sleep 30'])
    try {
      await withConnection({ ...stuck.target, connectTimeout: 1 }, async (connection) => {
        await expect(connection.session()).rejects.toThrow(/did not answer within 1 s; the last it said was: Agree\?/)
      })
    } finally {
      await stuck.stop()
    }
  })

  test('where the server grants one channel, a timeout still ends the step', async () => {
    const narrow = await startSshd(['MaxSessions 1'])
    try {
      await withConnection(narrow.target, async (connection) => {
        const session = await connection.session()
        const [output] = await session.bundle([{ script: sh`echo $$; sleep 60`, timeout: 0.2 }])
        expect(output?.timedOut).toBe(true)
        expect(isAlive(Number(text(output?.stdout)))).toBe(false)
        expect((await session.bundle([{ script: sh`:` }]))[0]?.code).toBe(0)
        await expect(connection.session({ method: 'sudo', user: 'nobody' })).rejects.toMatchObject({
          kind: 'unreachable',
          hint: expect.stringContaining('MaxSessions'),
        })
      })
    } finally {
      await narrow.stop()
    }
  })

  test('six hosts connect at once, and their keys are recorded once (X12)', async () => {
    const knownHosts = join(sshd.directory, 'fresh')
    const connections = await Promise.all(Array.from({ length: 6 }, () => connect({ ...sshd.target, knownHosts })))
    await Promise.all(connections.map((connection) => connection.close()))
    expect(readFileSync(knownHosts, 'utf8').trim().split('\n')).toHaveLength(1)
  })

  describe('host keys', () => {
    test('an unknown key is refused by the strict policy', async () => {
      const target: Target = { ...sshd.target, hostKeys: 'strict', knownHosts: join(sshd.directory, 'none') }
      await expect(connect(target)).rejects.toMatchObject({
        kind: 'unreachable',
        message: expect.stringMatching(/^web1: the host key of \[127\.0\.0\.1\]:\d+ is unknown: .*SHA256:/),
      })
    })

    test.each(['strict', 'accept-new'] as const)(
      'a changed key is refused by %s, with both fingerprints',
      async (hostKeys) => {
        const knownHosts = join(sshd.directory, `changed-${hostKeys}`)
        newKey(join(sshd.directory, `other-${hostKeys}`))
        const other = readFileSync(join(sshd.directory, `other-${hostKeys}.pub`), 'utf8')
        writeFileSync(knownHosts, `# comment\n[127.0.0.1]:${sshd.port} ${other}`)
        const prints = [`${sshd.directory}/host.pub`, knownHosts].map(
          (file) => execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' }).split(' ')[1]!,
        )
        const error = await connect({ ...sshd.target, knownHosts, hostKeys }).catch((reason) => reason)
        expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('CHANGED') })
        for (const print of prints) expect(error.message).toContain(print)
        expect(error.message).toContain(`${knownHosts}:2`)
      },
    )

    test('a known type of key is preferred to the one the server would choose', async () => {
      newKey(join(sshd.directory, 'rsa'), '', 'rsa')
      const twoKeys = await startSshd([`HostKey ${sshd.directory}/rsa`])
      try {
        const rsa = readFileSync(join(sshd.directory, 'rsa.pub'), 'utf8')
        writeFileSync(twoKeys.target.knownHosts, `[127.0.0.1]:${twoKeys.port} ${rsa}`)
        await withConnection({ ...twoKeys.target, hostKeys: 'strict' }, async () => {})
      } finally {
        await twoKeys.stop()
      }
    })
  })

  describe('logging in', () => {
    test('a key that the server does not know is refused, with what was tried', async () => {
      const path = join(sshd.directory, 'stranger')
      newKey(path)
      await expect(connect({ ...sshd.target, privateKeys: [path] })).rejects.toMatchObject({
        kind: 'unreachable',
        message: `web1: login as '${sshd.target.user}' was refused; tried: key ${path}`,
        hint: expect.stringContaining('publickey'),
      })
    })

    test('keys are tried in turn', async () => {
      const path = join(sshd.directory, 'another')
      newKey(path)
      await withConnection({ ...sshd.target, privateKeys: [path, ...sshd.target.privateKeys] }, async () => {})
    })

    test('an RSA key works, without SHA-1', async () => {
      const path = join(sshd.directory, 'rsa-user')
      newKey(path, '', 'rsa')
      appendFileSync(join(sshd.directory, 'authorized_keys'), readFileSync(`${path}.pub`))
      await withConnection({ ...sshd.target, privateKeys: [path] }, async () => {})
    })

    test('key files that are missing, encrypted, public or nonsense each say so', async () => {
      const file = (name: string) => join(sshd.directory, name)
      newKey(file('locked'), 'passphrase')
      execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-m', 'PEM', '-N', 'passphrase', '-f', file('locked-pem')])
      writeFileSync(file('nonsense'), 'nonsense\n')
      const login = (path: string) => connect({ ...sshd.target, privateKeys: [path] })
      await expect(login(file('nowhere'))).rejects.toThrow(/private key .*nowhere does not exist/)
      await expect(login(file('locked'))).rejects.toMatchObject({
        message: expect.stringMatching(/locked is encrypted/),
        hint: expect.stringContaining('ssh-add'),
      })
      await expect(login(file('locked-pem'))).rejects.toThrow(/locked-pem is encrypted/)
      await expect(login(file('user.pub'))).rejects.toThrow(/holds a public key/)
      await expect(login(file('nonsense'))).rejects.toThrow(/is not a private key/)
      await expect(login(sshd.directory)).rejects.toThrow(/cannot be read/)
    })

    test.skipIf(process.getuid?.() === 0)(
      'a key file without permission says so (skipped for root, who may read all)',
      async () => {
        const path = join(sshd.directory, 'forbidden')
        newKey(path)
        chmodSync(path, 0)
        await expect(connect({ ...sshd.target, privateKeys: [path] })).rejects.toThrow(/permission denied/)
      },
    )

    test('an agent lends its keys, and one that is not there is passed over', async () => {
      const socket = join(sshd.directory, 'agent')
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
      const before = process.env.SSH_AUTH_SOCK
      try {
        while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10))
        process.env.SSH_AUTH_SOCK = socket
        execFileSync('ssh-add', ['-q', ...sshd.target.privateKeys], { stdio: 'ignore' })
        await withConnection({ ...sshd.target, privateKeys: [] }, async () => {})
        process.env.SSH_AUTH_SOCK = join(sshd.directory, 'no-agent')
        await expect(connect({ ...sshd.target, privateKeys: [] })).rejects.toThrow(
          /was refused; tried: keys of the agent/,
        )
      } finally {
        if (before === undefined) delete process.env.SSH_AUTH_SOCK
        else process.env.SSH_AUTH_SOCK = before
        agent.kill()
        rmSync(socket, { force: true })
      }
    })

    test.skipIf(usersMissing)(
      `passwords work, and wrong ones are refused once${usersMissing ? ` (${usersMissing})` : ''}`,
      async () => {
        const user = temporaryUser()
        try {
          const target = { ...sshd.target, user: user.name, privateKeys: [join(sshd.directory, 'host')] }
          await withConnection({ ...target, password: secret(user.password) }, async (connection) => {
            const [output] = await (await connection.session()).bundle([{ script: sh`id -un; pwd` }])
            expect(text(output?.stdout)).toBe(`${user.name}\n/home/${user.name}\n`)
          })
          const error = await connect({ ...target, password: secret('wr0ng') }).catch((reason) => reason)
          expect(error.message).toMatch(/tried: key .*host, password/)
          expect(JSON.stringify(error) + error.stack + error.hint).not.toContain('wr0ng')
          const interactive = await startSshd(['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'])
          try {
            const asked = { ...interactive.target, user: user.name, privateKeys: [join(sshd.directory, 'host')] }
            await withConnection({ ...asked, password: secret(user.password) }, async () => {})
            await expect(connect({ ...asked, password: secret('wr0ng') })).rejects.toThrow(/keyboard-interactive/)
          } finally {
            await interactive.stop()
          }
        } finally {
          user.remove()
        }
      },
    )
  })

  describe('a host that cannot be reached', () => {
    const to = (address: string, port: number): Promise<Connection> =>
      connect({ ...sshd.target, address, port, connectTimeout: 0.5 })

    test('refuses', async () => {
      await expect(to('127.0.0.1', await freePort())).rejects.toMatchObject({
        kind: 'unreachable',
        message: expect.stringMatching(/^web1: 127\.0\.0\.1 port \d+ refuses connections$/),
        hint: expect.any(String),
      })
    })

    test('has no address', async () => {
      await expect(connect({ ...sshd.target, address: 'no-such-host.invalid' })).rejects.toMatchObject({
        kind: 'unreachable',
        message: "web1: the name 'no-such-host.invalid' does not resolve",
      })
    })

    test('accepts and never says a word', () =>
      withServer(
        () => {},
        async (port) => {
          await expect(to('127.0.0.1', port)).rejects.toThrow(/did not answer within 0.5 s/)
        },
      ))

    test('hangs up', () =>
      withServer(
        (socket) => socket.end(),
        async (port) => {
          await expect(to('127.0.0.1', port)).rejects.toThrow(/hung up before saying anything/)
        },
      ))

    test('is no ssh server', () =>
      withServer(
        (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
        async (port) => {
          await expect(to('127.0.0.1', port)).rejects.toMatchObject({ kind: 'unreachable' })
        },
      ))

    test('is no longer waited for when the run is cancelled', () =>
      withServer(
        () => {},
        async (port) => {
          const signal = AbortSignal.timeout(100)
          await expect(connect({ ...sshd.target, port }, signal)).rejects.toMatchObject({ kind: 'interrupted' })
          await expect(connect(sshd.target, signal)).rejects.toMatchObject({ kind: 'interrupted' })
        },
      ))
  })
})
