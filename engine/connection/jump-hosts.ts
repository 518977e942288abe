// Hosts on the way to others. Targets behind the same jump host share one connection to it, as long as any of them needs it.
import type { Client, ClientChannel } from 'ssh2'
import { TsplayError } from '../error.ts'
import type { Hop, Target } from './connection.ts'
import { ConnectionLost } from './connection-lost.ts'
import type { Route } from './route.ts'
import { loggedIn } from './ssh-client.ts'
import { straight } from './straight.ts'

/** The jump hosts of a run. */
export interface JumpHosts {
  /** A way through the target's jump hosts. @throws TsplayError kind `unreachable`, naming the one that fails. */
  route(target: Target, signal?: AbortSignal): Promise<Route>
}

interface Shared {
  readonly client: Promise<Client>
  users: number
  /** Why it is of no more use. */
  problem?: TsplayError
  release(): Promise<void>
}

export function jumpHosts(): JumpHosts {
  const open = new Map<string, Shared>()

  const through = async (target: Target, hops: readonly Hop[], signal?: AbortSignal): Promise<Route> => {
    const hop = hops.at(-1)
    if (!hop) return straight(target)
    const shared = acquire(target, hops, signal)
    try {
      const stream = await forwarded(await shared.client, hop, target, signal)
      return {
        stream,
        start() {},
        problem: () => shared.problem,
        async close() {
          stream.destroy()
          await shared.release()
        },
      }
    } catch (error) {
      await shared.release()
      throw error
    }
  }

  const acquire = (target: Target, hops: readonly Hop[], signal?: AbortSignal): Shared => {
    const key = JSON.stringify([hops, target.privateKeys, target.hostKeys, target.knownHosts])
    const known = open.get(key)
    if (known) {
      known.users++
      return known
    }
    const { address, port, user } = hops.at(-1)!
    // the password is the target's alone: no host on the way gets to see it
    const { password: _password, ...rest } = target
    const host: Target = { ...rest, name: `jump host ${address}`, address, port, user }
    const way = through(host, hops.slice(0, -1), signal)
    const forget = (): void => {
      if (open.get(key) === shared) open.delete(key)
    }
    const client = way.then(async (route) => {
      const found = await loggedIn(host, route, signal).catch(async (error: unknown) => {
        await route.close()
        throw error
      })
      const lost = (): void => {
        shared.problem ??= new TsplayError(`${host.name}: the connection was lost`, { kind: 'unreachable' })
        forget()
      }
      found.on('error', lost).on('close', lost)
      return found
    })
    client.catch(forget)
    const shared: Shared = {
      client,
      users: 1,
      async release() {
        if (--shared.users > 0) return
        forget()
        const [found, route] = await Promise.allSettled([client, way])
        if (found.status === 'fulfilled') found.value.end()
        if (route.status === 'fulfilled') await route.value.close()
      },
    }
    open.set(key, shared)
    return shared
  }

  return { route: (target, signal) => through(target, target.jumpHosts ?? [], signal) }
}

/** A stream from the jump host to the next one, which has as long to answer as a host that is reached straight. */
const forwarded = (
  client: Client,
  hop: Hop,
  { name, address, port, connectTimeout }: Target,
  signal: AbortSignal | undefined,
): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    const place = `${address} port ${port}`
    let over = false
    const settle = (error?: TsplayError): void => {
      over = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      if (error) reject(error)
    }
    const abort = (): void => settle(new TsplayError(`${name}: interrupted`, { kind: 'interrupted' }))
    const timer = setTimeout(
      () =>
        settle(
          new ConnectionLost(`${name}: jump host ${hop.address} did not reach ${place} within ${connectTimeout} s`, {
            hint: 'is the host up, and does a firewall let the jump host through?',
          }),
        ),
      connectTimeout * 1000,
    )
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort)
    client.forwardOut('127.0.0.1', 0, address, port, (error, stream) => {
      if (over) return stream?.destroy() // it comes too late
      settle(
        error &&
          new ConnectionLost(`${name}: jump host ${hop.address} cannot reach ${place}: ${error.message}`, {
            hint: 'is the host up, can the jump host reach it, and does its sshd allow forwarding (AllowTcpForwarding)?',
            cause: error,
          }),
      )
      if (!error) resolve(stream)
    })
  })
