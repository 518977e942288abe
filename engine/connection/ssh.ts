// A host over ssh: one authenticated connection, a channel per program. Knows no protocol above it.
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import ssh2, { type AuthHandlerMiddleware, type Client, type ClientChannel } from 'ssh2'
import { TsplayError } from '../error.ts'
import { quote } from '../script.ts'
import type { Target } from './connection.ts'
import { type HostKeyCheck, hostKeyCheck } from './host-key.ts'
import { offeredAlgorithms } from './ssh-algorithms.ts'
import { type Logins, loginsFor } from './ssh-login.ts'
import { loginRefused, sshProblem, timedOut } from './ssh-problem.ts'
import { type Channel, type Exit, failureOf, type Transport } from './transport.ts'

/**
 * Connects and logs in.
 * @throws TsplayError kind `unreachable`, or `interrupted` where `signal` aborts it.
 */
export async function sshTransport(target: Target, signal?: AbortSignal): Promise<Transport> {
  const [hostKey, logins] = await Promise.all([hostKeyCheck(target), loginsFor(target)])
  const client = new ssh2.Client()
  const socket = new Socket()
  const lost = new AbortController()
  try {
    await logIn(client, socket, { target, hostKey, logins, signal })
  } catch (error) {
    client.end()
    socket.destroy()
    throw error
  }
  client.on('error', (error) => lost.abort(sshProblem(target, error)))
  client.on('close', () => {
    lost.abort(new TsplayError(`${target.name}: the host closed the connection`, { kind: 'unreachable' }))
  })
  const transport: Transport = {
    name: target.name,
    user: target.user,
    openingTrips: 2,
    patience: target.connectTimeout,
    lost: lost.signal,
    open: (argv) => openChannel(client, transport, `exec ${argv.map(quote).join(' ')}`),
    again: () => sshTransport(target),
    async close() {
      client.end()
      // A farewell lets the server log a clean end; a dead one is not waited for.
      const gone = new Promise((resolve) => socket.once('close', resolve))
      if (!socket.destroyed) await Promise.race([gone, sleep(200, undefined, { ref: false })])
      socket.destroy()
    },
  }
  return transport
}

interface LogIn {
  readonly target: Target
  readonly hostKey: HostKeyCheck
  readonly logins: Logins
  readonly signal?: AbortSignal
}

function logIn(client: Client, socket: Socket, { target, hostKey, logins, signal }: LogIn): Promise<void> {
  const { address, port, user, connectTimeout } = target
  return new Promise<void>((resolve, reject) => {
    const settle = (error?: unknown) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      client.removeAllListeners()
      client.on('error', () => {}) // what is over may still complain
      if (error === undefined) resolve()
      else reject(sshProblem(target, error))
    }
    const abort = () => settle(new TsplayError(`${target.name}: interrupted`, { kind: 'interrupted' }))
    const timer = setTimeout(() => settle(timedOut(target)), connectTimeout * 1000)
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort)

    client.on('ready', () => settle())
    client.on('close', () => settle(new Error('the server closed the connection')))
    client.on('error', (error: Error & { level?: string }) => {
      // An agent that cannot be reached is one way less to log in, no more.
      if (error.level !== 'agent') settle(error)
    })
    client.connect({
      sock: socket,
      username: user,
      algorithms: offeredAlgorithms(hostKey.knownTypes),
      hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
        hostKey.verify(key).then(
          () => verify(true),
          (error) => {
            settle(error)
            verify(false)
          },
        )
      },
      authHandler: tryInTurn(target, logins, settle),
      readyTimeout: 0, // the timer above covers the name lookup too
      keepaliveInterval: 15_000,
      keepaliveCountMax: 3,
    })
    // A socket of our own: with Nagle's algorithm each answer waits 40 ms for an acknowledgement. As an option of
    // `connect` it would be ignored here.
    socket.setNoDelay(true)
    socket.connect({ host: address, port, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 2000 })
  })
}

function tryInTurn(
  target: Target,
  { logins, leftOut }: Logins,
  fail: (error: TsplayError) => void,
): AuthHandlerMiddleware {
  const waiting = [...logins]
  const tried: string[] = []
  return (accepted: readonly string[] | null, _partial, next) => {
    for (;;) {
      const login = waiting.shift()
      if (!login) return fail(loginRefused(target, tried, leftOut, accepted ?? []))
      const method = login.method.type === 'agent' ? 'publickey' : login.method.type
      if (accepted && !accepted.includes(method)) continue
      tried.push(login.label)
      return next(login.method)
    }
  }
}

/** A server grants ten channels and frees the place of a closed one a moment after it said so: worth a few more tries. */
const retryDelays = [10, 30, 100, 200, 400, 800]

async function openChannel(client: Client, transport: Transport, command: string): Promise<Channel> {
  for (const delay of [...retryDelays, undefined]) {
    const failure = failureOf(transport)
    if (failure) throw failure
    try {
      return channelOf(await execute(client, command))
    } catch (error) {
      const gone = failureOf(transport)
      if (gone) throw gone
      if (delay === undefined || (error as { reason?: unknown }).reason !== 2) {
        throw new TsplayError(
          `${transport.name}: the ssh server opens no further channel: ${(error as Error).message}`,
          {
            kind: 'unreachable',
            hint: 'MaxSessions in its sshd_config must leave room for one per user that tasks run as, and one more',
            cause: error,
          },
        )
      }
      await sleep(delay)
    }
  }
  throw new Error('unreachable')
}

const execute = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)))
  })

function channelOf(channel: ClientChannel): Channel {
  channel.on('error', () => {}) // whoever waits is told by `closed`
  const closed = new Promise<Exit>((resolve) => {
    channel.once('close', (code?: number | null, signal?: string) => {
      // After the last of standard error, which ends by itself.
      setImmediate(() => resolve({ code: code ?? undefined, signal }))
    })
  })
  return {
    input: channel,
    output: channel,
    errors: channel.stderr,
    closed,
    destroy() {
      channel.removeAllListeners('data')
      channel.resume() // an unread channel never closes
      channel.stderr.resume()
      channel.end()
      channel.close()
    },
  }
}
