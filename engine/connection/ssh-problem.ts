// What goes wrong on the way to an ssh server, as one clear message and a hint. Opens no connection.
import { TsplayError } from '../error.ts'
import type { Target } from './connection.ts'
import { ConnectionLost } from './connection-lost.ts'

/** The message for an error of the socket or the ssh library; a {@link ConnectionLost} where it may pass. */
export function sshProblem(target: Target, error: unknown): TsplayError {
  if (error instanceof TsplayError) return error
  const { name, address, port } = target
  const place = `${address} port ${port}`
  const code = codeOf(error)
  const text = error instanceof Error ? error.message : String(error)
  const problem = (message: string, hint?: string) =>
    new TsplayError(`${name}: ${message}`, { kind: 'unreachable', hint, cause: error })
  const passing = (message: string, hint?: string) => new ConnectionLost(`${name}: ${message}`, { hint, cause: error })
  switch (code) {
    case 'EAI_AGAIN':
      return passing(`the name service does not answer about '${address}'`, 'is the name service up?')
    case 'ENOTFOUND':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
      return problem(
        `the name '${address}' does not resolve`,
        'check the address in the inventory, or the name service',
      )
    case 'ECONNREFUSED':
      return passing(`${place} refuses connections`, 'is sshd running there, and is this its port?')
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return passing(`no route to ${place}`, 'is the host up, and is its network reachable from here?')
    case 'ETIMEDOUT':
      return timedOut(target)
    case 'ECONNRESET':
    case 'EPIPE':
      return passing('the connection was reset', 'the host went away, or something between cut the connection')
  }
  if (/keepalive/i.test(text)) return passing('the host stopped answering', 'it may have crashed or lost its network')
  if (/before handshake/i.test(text)) {
    return passing(
      `${place} hung up before saying anything`,
      'it may allow fewer connections at once (MaxStartups), or is no ssh server',
    )
  }
  if (/too many authentication failures/i.test(text)) {
    return problem('the server gave up after too many keys', 'the agent holds many: name the key file of this host')
  }
  if (/no matching/i.test(text)) {
    return problem(
      `no common algorithm with the ssh server: ${text}`,
      'the server is too old, or configured very narrowly',
    )
  }
  return problem(`ssh: ${text}`)
}

/** Nobody answered in time. */
export const timedOut = ({ name, address, port, connectTimeout }: Target): TsplayError =>
  new ConnectionLost(`${name}: ${address} port ${port} did not answer within ${connectTimeout} s`, {
    hint: 'is the host up, and does a firewall let this port through? Slow hosts need a longer connect timeout',
  })

/** Every way to log in was refused. */
export const loginRefused = (
  { name, user }: Target,
  tried: readonly string[],
  leftOut: readonly string[],
  accepted: readonly string[],
): TsplayError =>
  new TsplayError(
    `${name}: login as '${user}' was refused; tried: ${tried.join(', ') || 'nothing'}${leftOut.length > 0 ? `; not tried: ${leftOut.join(', ')}` : ''}`,
    {
      kind: 'unreachable',
      hint: `the server accepts ${accepted.join(', ') || 'nothing'}; is the user right, and the public key in its authorized_keys?`,
    },
  )

/** With several addresses for a name, node reports one error for all of them. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return (error as NodeJS.ErrnoException | undefined)?.code
}
