// Hosts behind others: through jump hosts and through proxy commands, against real servers on the loopback.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { userInfo } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connector } from '../../engine/connection/connect.ts'
import type { Connect, Connection, Hop, Target } from '../../engine/connection/connection.ts'
import { formatError, type TsplayError } from '../../engine/error.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { freePort, newKey, type Sshd, sshdMissing, startSshd } from './sshd.ts'
import { outcome } from './support.ts'

/** Counts the connections to a port, and can cut them. */
async function gate(port: number) {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createServer((socket) => {
    count++
    const onward = connectTcp(port, '127.0.0.1')
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from)
      from.on('error', () => undefined).on('close', () => to.destroy())
      from.pipe(to)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    count: () => count,
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: () => server.close(),
  }
}

describe.skipIf(sshdMissing)(`a host behind others${sshdMissing ? ` (${sshdMissing})` : ''}`, () => {
  let jump: Sshd
  let inner: Sshd
  let narrow: Sshd

  beforeAll(async () => {
    jump = await startSshd()
    const keys = [`AuthorizedKeysFile ${jump.directory}/authorized_keys`]
    inner = await startSshd(keys)
    narrow = await startSshd([...keys, 'AllowTcpForwarding no'])
  })
  afterAll(() => Promise.all([jump, inner, narrow].map((server) => server?.stop())))

  const hop = (port: number): Hop => ({ address: '127.0.0.1', port, user: userInfo().username })
  const behind = (more: Partial<Target>): Target => ({
    ...inner.target,
    privateKeys: jump.target.privateKeys,
    knownHosts: path.join(jump.directory, 'known_hosts'),
    connectTimeout: 5,
    ...more,
  })
  const use = async <T>(
    target: Target,
    work: (connection: Connection) => Promise<T>,
    connect = connector(),
  ): Promise<T> => {
    const connection = await connect(target)
    try {
      return await work(connection)
    } finally {
      await connection.close()
    }
  }
  const says = async (connection: Connection): Promise<unknown> => {
    const [output] = await (await connection.session()).bundle([{ script: sh`echo "$SSH_CONNECTION" | cut -d' ' -f4` }])
    return outcome(output)?.stdout.trim()
  }
  const refusal = async (target: Target): Promise<string> => {
    const error = await use(target, says).catch((thrown: unknown) => thrown)
    return formatError(error as TsplayError)
  }

  test('is reached through one', async () => {
    expect(await use(behind({ jumpHosts: [hop(jump.port)] }), says)).toBe(String(inner.port))
  })

  test('is reached through two', async () => {
    const way = await gate(jump.port)
    expect(await use(behind({ jumpHosts: [hop(jump.port), hop(way.port)] }), says)).toBe(String(inner.port))
    expect(way.count()).toBe(1)
    way.close()
  })

  test('shares the connection to a jump host with others of the run, for as long as one needs it', async () => {
    const way = await gate(jump.port)
    const connect: Connect = connector()
    const target = behind({ jumpHosts: [hop(way.port)] })
    const first = await Promise.all(Array.from({ length: 5 }, () => connect(target)))
    expect(await Promise.all(first.map(says))).toEqual(Array(5).fill(String(inner.port)))
    await Promise.all(first.slice(1).map((connection) => connection.close()))
    expect(await says(first[0]!)).toBe(String(inner.port))
    expect(way.count()).toBe(1)
    await first[0]!.close()
    await use(target, says, connect)
    expect(way.count()).toBe(2)
    way.close()
  })

  test('never shows its own password to a jump host', async () => {
    const target = behind({ jumpHosts: [{ ...hop(jump.port), user: 'nobody-here' }], password: secret('its own') })
    const message = await refusal(target)
    expect(message).toMatch(/^jump host 127\.0\.0\.1: login as 'nobody-here' was refused; tried: key /)
    expect(message).not.toMatch(/tried:.*password/)
  })

  test('is refused where the key of a jump host has changed', async () => {
    newKey(path.join(jump.directory, 'other'))
    const [type, key] = execFileSync('cat', [path.join(jump.directory, 'other.pub')], { encoding: 'utf8' }).split(' ')
    const knownHosts = path.join(jump.directory, 'wrong_known_hosts')
    writeFileSync(knownHosts, `[127.0.0.1]:${jump.port} ${type} ${key}\n`)
    expect(await refusal(behind({ jumpHosts: [hop(jump.port)], knownHosts }))).toMatch(
      /^jump host 127\.0\.0\.1: the host key of \[127\.0\.0\.1\]:\d+ has CHANGED/,
    )
  })

  test('says which jump host cannot be reached, and which cannot reach the next', async () => {
    const closed = await freePort()
    expect(await refusal(behind({ jumpHosts: [hop(closed)] }))).toMatch(
      new RegExp(`^jump host 127\\.0\\.0\\.1: 127\\.0\\.0\\.1 port ${closed} refuses connections`),
    )
    expect(await refusal(behind({ jumpHosts: [hop(jump.port)], port: closed }))).toMatch(
      new RegExp(`^web1: jump host 127\\.0\\.0\\.1 cannot reach 127\\.0\\.0\\.1 port ${closed}: `),
    )
    expect(await refusal(behind({ jumpHosts: [hop(narrow.port)] }))).toMatch(/^web1: jump host .* cannot reach .*: /)
  })

  test('is given up in time where the jump host gets no answer from it, and at once on an interrupt', async () => {
    const server = new ssh2.Server({ hostKeys: [readFileSync(path.join(jump.directory, 'host'))] }, (client) => {
      client.on('authentication', (login) => login.accept())
      client.on('tcpip', () => undefined) // neither accepts nor rejects, as with a firewall that drops
      client.on('error', () => undefined)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const jumpHosts = [hop((server.address() as { port: number }).port)]
    expect(await refusal(behind({ jumpHosts, connectTimeout: 0.5 }))).toMatch(
      new RegExp(`^web1: jump host 127\\.0\\.0\\.1 did not reach 127\\.0\\.0\\.1 port ${inner.port} within 0.5 s\n`),
    )
    await expect(connector()(behind({ jumpHosts }), AbortSignal.timeout(300))).rejects.toMatchObject({
      kind: 'interrupted',
    })
    server.close()
  })

  test('is lost with its jump host', async () => {
    const way = await gate(jump.port)
    const connection = await connector()(behind({ jumpHosts: [hop(way.port)] }))
    const running = (await connection.session()).bundle([{ script: sh`sleep 30` }])
    await sleep(300)
    way.cut()
    await expect(running).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining('jump host') })
    await connection.close()
    way.close()
  })

  describe('through a proxy command', () => {
    const marker = `tsplay-proxy-${process.pid}`
    const relay = `const s=require('net').connect(+process.argv[2],process.argv[1]);process.stdin.pipe(s);s.pipe(process.stdout)`
    const command = `node -e "${relay}" %h %p ${marker} | cat`

    test('is reached, and nothing of the command is left', async () => {
      expect(await use(behind({ proxyCommand: command }), says)).toBe(String(inner.port))
      await expect
        .poll(() => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }), { timeout: 10_000 })
        .not.toContain(marker)
    })

    test('says at once what a command has said that ends', async () => {
      const started = performance.now()
      expect(await refusal(behind({ proxyCommand: 'echo no way for %r >&2; exit 3' }))).toMatch(
        new RegExp(
          `^web1: the proxy command ended with 3: no way for ${userInfo().username}\n {2}hint: run it by hand`,
        ),
      )
      expect(performance.now() - started).toBeLessThan(2000)
    })

    test('leaves nothing behind of a command that ends before what it has started', async () => {
      const seconds = `300.${process.pid}`
      expect(await refusal(behind({ proxyCommand: `sleep ${seconds} & exit 3`, connectTimeout: 1 }))).toMatch(
        /ended with 3/,
      )
      expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(seconds)
    })

    test('takes no part of a name for shell code', async () => {
      expect(await refusal(behind({ proxyCommand: 'nc %h %p', address: '$(touch /tmp/pwned)' }))).toMatch(
        /^web1: '\$\(touch \/tmp\/pwned\)' cannot be a part of the proxy command/,
      )
      expect(await refusal(behind({ proxyCommand: 'nc %h %x' }))).toMatch(
        /^web1: the proxy command has '%x', which means nothing/,
      )
    })

    test('that says nothing is given up in time', async () => {
      const started = performance.now()
      expect(await refusal(behind({ proxyCommand: 'sleep 60', connectTimeout: 1 }))).toMatch(
        /did not answer within 1 s/,
      )
      expect(performance.now() - started).toBeLessThan(5000)
    })
  })
})
