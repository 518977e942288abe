// A connection over any transport: one session per user, opened when first asked for. Knows no protocol.
import { TsplayError } from '../error.ts'
import type { Become, Connection, Target } from './connection.ts'
import { type HostSession, hostSession } from './host-session.ts'
import { endRemains } from './remains.ts'
import { failureOf, type Transport } from './transport.ts'

/** The connection to `target` over an open transport, which it closes when it is closed. */
export function hostConnection(target: Target, transport: Transport): Connection {
  const sessions = new Map<string, { session: HostSession; ready: Promise<void> }>()
  let roundTrips = 0
  let closing: Promise<void> | undefined

  const open = (key: string, become: Become | undefined) => {
    const session = hostSession(transport, become, (trips) => {
      roundTrips += trips
    })
    const opened = { session, ready: session.ready() }
    sessions.set(key, opened)
    // Whoever asks again may bring another password.
    opened.ready.catch(() => sessions.delete(key))
    return opened
  }

  return {
    target,
    get broken() {
      return failureOf(transport)
    },
    async again(signal) {
      const next = await transport.again(signal)
      const left = [...sessions.values()].flatMap(({ session }) => session.remains() ?? [])
      await Promise.all(left.map((remains) => endRemains(next, remains)))
      return hostConnection(target, next)
    },
    get roundTrips() {
      return roundTrips
    },
    async session(become) {
      if (closing) throw new TsplayError(`${target.name}: the connection was closed`, { kind: 'interrupted' })
      const failure = failureOf(transport)
      if (failure) throw failure
      const needed = neededBecome(become, transport.user)
      const key = needed ? `${needed.method} ${needed.user}` : ''
      const { session, ready } = sessions.get(key) ?? open(key, needed)
      await ready
      return session
    },
    close() {
      closing ??= (async () => {
        await Promise.allSettled([...sessions.values()].map(({ session }) => session.end()))
        await transport.close()
      })()
      return closing
    },
  }
}

/** Whoever is that user already need not become it: a root login works on hosts without sudo. */
const neededBecome = (become: Become | undefined, user: string): Become | undefined =>
  become?.user === user ? undefined : become
