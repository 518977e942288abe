// The one door to hosts: picks the transport that a target asks for. Knows nothing of either.
import type { Connect } from './connection.ts'
import { hostConnection } from './host-connection.ts'
import { jumpHosts } from './jump-hosts.ts'
import { localTransport } from './local.ts'
import { sshTransport } from './ssh.ts'

/** Connects to hosts; those behind the same jump hosts share the connections to them. One for a run. */
export function connector(): Connect {
  const jumps = jumpHosts()
  return async (target, signal) =>
    hostConnection(
      target,
      target.transport === 'local' ? localTransport(target) : await sshTransport(target, { signal, jumps }),
    )
}

/** Connects to a host. */
export const connect: Connect = (target, signal) => connector()(target, signal)
