// A host over ssh: one authenticated connection, a channel per program. Knows no protocol above it.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, ClientChannel } from 'ssh2'
import { TsplayError } from '../error.ts'
import { quote } from '../script.ts'
import type { Target } from './connection.ts'
import { asLost, ConnectionLost } from './connection-lost.ts'
import { type JumpHosts, jumpHosts } from './jump-hosts.ts'
import { loggedIn } from './ssh-client.ts'
import { sshProblem } from './ssh-problem.ts'
import { routeTo } from './ssh-route.ts'
import { type Channel, type Exit, failureOf, type Transport } from './transport.ts'

/**
 * Connects and logs in, on the way that the target asks for.
 * @throws TsplayError kind `unreachable`, or `interrupted` where `signal` aborts it.
 */
export async function sshTransport(
  target: Target,
  { signal, jumps = jumpHosts() }: { signal?: AbortSignal; jumps?: JumpHosts } = {},
): Promise<Transport> {
  const route = await routeTo(target, jumps, signal)
  const lost = new AbortController()
  const client = await loggedIn(target, route, signal).catch(async (error: unknown) => {
    const problem = route.problem()
    await route.close()
    throw problem ?? error
  })
  const lose = (error: TsplayError): void => lost.abort(asLost(route.problem() ?? error))
  client.on('error', (error) => lose(sshProblem(target, error)))
  client.on('close', () => lose(new ConnectionLost(`${target.name}: the host closed the connection`)))
  const transport: Transport = {
    name: target.name,
    user: target.user,
    openingTrips: 2,
    patience: target.connectTimeout,
    lost: lost.signal,
    open: (argv) => openChannel(client, transport, `exec ${argv.map(quote).join(' ')}`),
    again: (signal) => sshTransport(target, { jumps, ...(signal && { signal }) }),
    async close() {
      client.end()
      // A farewell lets the server log a clean end; a dead one is not waited for.
      const gone = new Promise((resolve) => route.stream.once('close', resolve))
      if (!route.stream.destroyed) await Promise.race([gone, sleep(200, undefined, { ref: false })])
      await route.close()
    },
  }
  return transport
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
    const over = (code?: number | null, signal?: string): void => resolve({ code: code ?? undefined, signal })
    // After the last of standard error, which ends by itself.
    channel.once('close', (code?: number | null, signal?: string) => setImmediate(() => over(code, signal)))
    // A daemon that holds the outputs open is not waited for.
    channel.once('exit', (code?: number | null, signal?: string) => setTimeout(() => over(code, signal), 200).unref())
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
