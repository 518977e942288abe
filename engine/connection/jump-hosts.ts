// Hosts on the way to others. Targets behind the same jump host share one connection to it, as long as any of them needs it.
import type { Client, ClientChannel } from 'ssh2'
import { TsplayError } from '../error.ts'
import type { Hop, Target } from './connection.ts'
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
      const stream = await forwarded(await shared.client, hop, target)
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

/** A stream from the jump host to the next one. */
const forwarded = (client: Client, hop: Hop, { name, address, port }: Target): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, address, port, (error, stream) => {
      if (!error) return resolve(stream)
      reject(
        new TsplayError(`${name}: jump host ${hop.address} cannot reach ${address} port ${port}: ${error.message}`, {
          kind: 'unreachable',
          hint: 'is the host up, can the jump host reach it, and does its sshd allow forwarding (AllowTcpForwarding)?',
          cause: error,
        }),
      )
    })
  })
