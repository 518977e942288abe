// The one door to hosts: picks the transport that a target asks for. Knows nothing of either.
import type { Connect } from './connection.ts'
import { hostConnection } from './host-connection.ts'
import { localTransport } from './local.ts'
import { sshTransport } from './ssh.ts'

/** Connects to a host. */
export const connect: Connect = async (target, signal) =>
  hostConnection(target, target.transport === 'local' ? localTransport(target) : await sshTransport(target, signal))
