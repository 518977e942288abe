// A session as a run sees it: bundles queue up, and a lost shell is opened again. Knows no protocol.
import { TsplayError } from '../error.ts'
import type { Become, Session } from './connection.ts'
import type { Remains } from './remains.ts'
import { openResidentShell, type ResidentShell } from './resident-shell.ts'
import { failureOf, type Transport } from './transport.ts'

/** A session that its connection can end. */
export interface HostSession extends Session {
  /** Opens the shell if there is none. */
  ready(): Promise<void>
  /** Ends the shell. What runs in it is ended before this resolves. */
  end(): Promise<void>
  /** What the host may still run of it, where it was out of reach before it ended. */
  remains(): Remains | undefined
}

/** The session of the login user, or of `become`. `count` is told every wait for the host, in round trips. */
export function hostSession(
  transport: Transport,
  become: Become | undefined,
  count: (trips: number) => void,
): HostSession {
  let shell: ResidentShell | undefined
  let queue: Promise<unknown> = Promise.resolve()
  let ended = false

  const closed = () => new TsplayError(`${transport.name}: the connection was closed`, { kind: 'interrupted' })
  // Called from the queue only, so there are never two shells.
  const open = async (): Promise<ResidentShell> => {
    if (ended) throw closed()
    const failure = failureOf(transport)
    if (failure) throw failure
    if (shell?.usable) return shell
    shell = await openResidentShell(transport, become)
    count(shell.openingTrips)
    if (ended) {
      shell.end()
      throw closed()
    }
    return shell
  }

  const run: Session['bundle'] = async (steps, options) => {
    if (options?.signal?.aborted) throw new TsplayError(`${transport.name}: interrupted`, { kind: 'interrupted' })
    if (steps.length === 0) return []
    const opened = await open()
    count(1 + steps.slice(1).filter(({ waits }) => waits).length)
    return opened.run(steps, options)
  }

  return {
    async ready() {
      const opening = queue.then(open)
      queue = opening.catch(() => {})
      await opening
    },
    bundle(steps, options) {
      const turn = queue.then(() => run(steps, options))
      queue = turn.catch(() => {})
      return turn
    },
    async end() {
      ended = true
      // One that is still being opened is not waited for: the end of the transport ends that too.
      if (!shell?.usable && !shell?.busy) return
      shell.end()
      await queue
    },
    remains: () => shell?.remains(),
  }
}
