// An ssh client that has logged in: host key, keys, agent, password. Knows no way to the host and no channels.
import ssh2, { type AuthHandlerMiddleware, type Client } from 'ssh2'
import { TsplayError } from '../error.ts'
import type { Target } from './connection.ts'
import { type HostKeyCheck, hostKeyCheck } from './host-key.ts'
import type { Route } from './route.ts'
import { offeredAlgorithms } from './ssh-algorithms.ts'
import { type Logins, loginsFor } from './ssh-login.ts'
import { loginRefused, sshProblem, timedOut } from './ssh-problem.ts'

/**
 * A client that has logged in to the target at the other end of `route`.
 * @throws TsplayError kind `unreachable`, or `interrupted` where `signal` aborts it.
 */
export async function loggedIn(target: Target, route: Route, signal?: AbortSignal): Promise<Client> {
  const [hostKey, logins] = await Promise.all([hostKeyCheck(target), loginsFor(target)])
  const client = new ssh2.Client()
  try {
    await logIn(client, route, { target, hostKey, logins, signal })
    return client
  } catch (error) {
    client.end()
    route.stream.destroy()
    throw error
  }
}

// A host that answers nothing for 15 s is given up: long enough for a network that changes its ways, short enough that
// a run does not stand still. The host's side notices by its own rules: see `watcher` in bootstrap.ts.

interface LogIn {
  readonly target: Target
  readonly hostKey: HostKeyCheck
  readonly logins: Logins
  readonly signal?: AbortSignal
}

function logIn(client: Client, route: Route, { target, hostKey, logins, signal }: LogIn): Promise<void> {
  const { user, connectTimeout } = target
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
    // what has ended before anybody listened says so to nobody
    if (route.stream.destroyed) return settle(new Error('the way to the host is closed'))

    client.on('ready', () => settle())
    client.on('close', () => settle(new Error('the server closed the connection')))
    client.on('error', (error: Error & { level?: string }) => {
      // An agent that cannot be reached is one way less to log in, no more.
      if (error.level !== 'agent') settle(error)
    })
    client.connect({
      sock: route.stream,
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
      keepaliveInterval: 5000,
      keepaliveCountMax: 2,
    })
    route.start()
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
