// Whether the key a host presents is trusted, under the three policies. Speaks no ssh.
import { TsplayError } from '../error.ts'
import type { Target } from './connection.ts'
import { fingerprint, judge, type KnownHost, knownHostName, linesFor, parseKnownHosts } from './known-hosts.ts'
import { appendKnownHost, readKnownHosts } from './known-hosts-file.ts'

/** What to do about the key of one host. */
export interface HostKeyCheck {
  /** Types of the keys on record, to be asked for first: another type of key would look like a change. */
  readonly knownTypes: readonly string[]
  /** @throws TsplayError kind `unreachable` where the key is not trusted. */
  verify(key: Uint8Array): Promise<void>
}

/** Reads what is known about the target. */
export async function hostKeyCheck(target: Target): Promise<HostKeyCheck> {
  if (target.hostKeys === 'off') return { knownTypes: [], verify: async () => {} }
  const hosts = parseKnownHosts(await readKnownHosts(target.knownHosts))
  const names = [knownHostName(target.address, target.port), target.address.toLowerCase()]
  const lines = names.flatMap((name) => linesFor(hosts, name)).filter(({ marker }) => marker === undefined)
  return {
    knownTypes: [...new Set(lines.map(({ type }) => type))],
    async verify(key) {
      if (accepts(target, hosts, key)) return
      await appendKnownHost(target.knownHosts, (text) =>
        // Asked again under the lock: the same host may have been recorded a moment ago.
        accepts(target, parseKnownHosts(text), key) ? undefined : recordOf(target, key),
      )
    },
  }
}

/** True where the key is known, false where it is to be recorded. */
function accepts(target: Target, hosts: readonly KnownHost[], key: Uint8Array): boolean {
  const { name, address, port, knownHosts } = target
  const verdict = judge(hosts, address, port, key)
  const refuse = (message: string, hint: string) =>
    new TsplayError(`${name}: ${message}`, { kind: 'unreachable', hint })
  const print = `${keyType(key)} ${fingerprint(key)}`
  switch (verdict.kind) {
    case 'known':
      return true
    case 'revoked':
      throw refuse(
        `the host key ${print} is revoked (${knownHosts}:${verdict.line})`,
        'do not connect before you know why',
      )
    case 'changed': {
      const known = verdict.known.map(
        (line) => `${line.type} ${fingerprint(Buffer.from(line.key, 'base64'))} (${knownHosts}:${line.line})`,
      )
      throw refuse(
        `the host key of ${knownHostName(address, port)} has CHANGED: it presents ${print}, known is ${known.join(', ')}`,
        `somebody may be listening in. If the host was reinstalled, remove the old key: ssh-keygen -R '${knownHostName(address, port)}' -f '${knownHosts}'`,
      )
    }
    case 'unknown':
      if (target.hostKeys === 'accept-new') return false
      throw refuse(
        `the host key of ${knownHostName(address, port)} is unknown: it presents ${print}`,
        verdict.authorities
          ? `${knownHosts} trusts a @cert-authority for it, and host certificates are not supported: add the key itself`
          : `compare the fingerprint and add the key to ${knownHosts}, or accept new keys with hostKeys: 'accept-new'`,
      )
  }
}

const recordOf = ({ address, port }: Target, key: Uint8Array): string =>
  `${knownHostName(address, port)} ${keyType(key)} ${Buffer.from(key).toString('base64')}`

/** The type stands at the beginning of the key, after its length. */
function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key)
  return bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0))
}
