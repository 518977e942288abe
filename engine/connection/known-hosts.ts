// The text of a known_hosts file and what it says about a host's key. Pure; reads no file.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** One usable line. */
export interface KnownHost {
  /** 1-based line number. */
  readonly line: number
  readonly marker?: 'revoked' | 'cert-authority'
  /** The patterns as written: names, wildcards, negations, or one hash. */
  readonly patterns: readonly string[]
  /** Key type, such as `ssh-ed25519`. */
  readonly type: string
  /** The key, base64. */
  readonly key: string
}

/** What the file says about a key that a host presents. */
export type Verdict =
  | { readonly kind: 'known' }
  /** No line names the host. `authorities`: a line trusts an authority for it, which is not supported. */
  | { readonly kind: 'unknown'; readonly authorities: boolean }
  /** Lines name the host, with other keys. */
  | { readonly kind: 'changed'; readonly known: readonly KnownHost[] }
  | { readonly kind: 'revoked'; readonly line: number }

/** The lines that mean something. Comments, and lines that OpenSSH would not understand either, are passed over. */
export function parseKnownHosts(text: string): KnownHost[] {
  const hosts: KnownHost[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const fields = raw.trim().split(/[ \t]+/)
    const first = fields[0]!
    if (first === '' || first.startsWith('#')) continue
    const marker = first.startsWith('@') ? fields.shift()!.slice(1) : undefined
    const [patterns, type, key] = fields
    if (!patterns || !type || !key || !/^[A-Za-z0-9+/]+=*$/.test(key)) continue
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') continue
    hosts.push({ line: index + 1, marker, patterns: patterns.split(','), type, key })
  }
  return hosts
}

/** The name a host is recorded under: `host`, or `[host]:port` where the port is not 22. */
export const knownHostName = (address: string, port: number): string =>
  port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`

/** The lines that name the host. */
export const linesFor = (hosts: readonly KnownHost[], name: string): KnownHost[] =>
  hosts.filter(({ patterns }) => matches(patterns, name))

/** Judges the key (the blob of the wire) that `address` presents. */
export function judge(hosts: readonly KnownHost[], address: string, port: number, key: Uint8Array): Verdict {
  const encoded = Buffer.from(key).toString('base64')
  const same = (host: KnownHost) => host.key === encoded
  const named = linesFor(hosts, knownHostName(address, port))
  // As OpenSSH does: a key recorded for the host without a port is good for any, but says nothing against another key.
  const plain = port === 22 ? [] : linesFor(hosts, address.toLowerCase())

  const revoked = [...named, ...plain].find((host) => host.marker === 'revoked' && same(host))
  if (revoked) return { kind: 'revoked', line: revoked.line }
  const keys = named.filter((host) => host.marker === undefined)
  if (keys.some(same) || plain.some((host) => host.marker === undefined && same(host))) return { kind: 'known' }
  if (keys.length > 0) return { kind: 'changed', known: keys }
  return { kind: 'unknown', authorities: named.some((host) => host.marker === 'cert-authority') }
}

/** The fingerprint of a key as OpenSSH shows it. */
export const fingerprint = (key: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

function matches(patterns: readonly string[], name: string): boolean {
  let matched = false
  for (const pattern of patterns) {
    if (pattern.startsWith('|')) matched ||= matchesHash(pattern, name)
    else if (pattern.startsWith('!')) {
      if (matchesWildcard(pattern.slice(1), name)) return false
    } else matched ||= matchesWildcard(pattern, name)
  }
  return matched
}

function matchesHash(pattern: string, name: string): boolean {
  const [, version, salt, hash] = pattern.split('|')
  if (version !== '1' || !salt || !hash) return false
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function matchesWildcard(pattern: string, name: string): boolean {
  const source = pattern.toLowerCase().replace(/[^*?]/g, (character) => character.replace(/[\\^$.|+()[\]{}]/, '\\$&'))
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(name)
}
