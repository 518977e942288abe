// How to reach a host: what the inventory says, then the command line's defaults. Reads no file.
import { homedir, userInfo } from 'node:os'
import path from 'node:path'
import type { Hop, Target } from '../connection/connection.ts'
import type { Secret } from '../secret.ts'
import type { Host } from '../site.ts'
import type { ConnectionFlags } from './flags.ts'

/** The target of a host. The command line's user and key win over the inventory's. */
export function targetOf(
  { name, address, connection }: Host,
  flags: ConnectionFlags,
  password: Secret | undefined,
): Target {
  const login = password ?? connection.password
  return {
    name,
    transport: connection.transport ?? 'ssh',
    address,
    port: connection.port ?? 22,
    user: flags.user ?? connection.user ?? userInfo().username,
    privateKeys: (flags.privateKey ? [flags.privateKey] : (connection.privateKeys ?? [])).map(expandHome),
    ...(login && { password: login }),
    knownHosts: expandHome(connection.knownHosts ?? '~/.ssh/known_hosts'),
    hostKeys: connection.hostKeys ?? 'strict',
    connectTimeout: flags.timeout,
    ...(connection.jumpHosts && { jumpHosts: connection.jumpHosts.map(hopOf) }),
    ...(connection.proxyCommand !== undefined && { proxyCommand: connection.proxyCommand }),
  }
}

/** `[user@]host[:port]`. Who logs in to a jump host is, as with OpenSSH, whoever runs this. */
function hopOf(text: string): Hop {
  const [, user, bracketed, plain, port] = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? []
  return { address: (bracketed ?? plain)!, port: Number(port ?? 22), user: user ?? userInfo().username }
}

export const expandHome = (file: string): string =>
  file === '~' || file.startsWith('~/') ? path.join(homedir(), file.slice(1)) : file
