// Certificates as files for real programs: those that should be accepted, and those that must not be.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { KeySpec } from '../../engine/x509/key.ts'
import { type Made, madeAuthority, madeLeaf } from '../support/made-certificates.ts'

/** Paths of a certificate and its key. */
export interface Files {
  readonly cert: string
  readonly key: string
}

/** Who takes part. Each has a key of its own. */
export interface Parties {
  /** Path of what is trusted: the root alone. */
  readonly ca: string
  /** Good for `localhost`, `127.0.0.1` and `::1`, to serve only. */
  readonly server: Files
  /** To be a client only. */
  readonly client: Files
  /** Both, as cfssl’s profile `kubernetes` has it. */
  readonly peer: Files
  /** A server whose certificate an intermediate signed; that one’s stands behind it. */
  readonly behind: Files
  /** A client of the same intermediate. */
  readonly clientBehind: Files
  /** To serve, but under another name and address. */
  readonly elsewhere: Files
  /** As `server` and `client`, until yesterday. */
  readonly expired: { readonly server: Files; readonly client: Files }
  /** As `server` and `client`, of an authority with the same subject and another key. */
  readonly foreign: { readonly server: Files; readonly client: Files }
}

export const kinds: readonly (readonly [name: string, key: KeySpec])[] = [
  ['RSA 2048', { algo: 'rsa', size: 2048 }],
  ['ECDSA 256', { algo: 'ecdsa', size: 256 }],
  ['ECDSA 384', { algo: 'ecdsa', size: 384 }],
  ['ECDSA 521', { algo: 'ecdsa', size: 521 }],
  ['Ed25519', { algo: 'ed25519' }],
]

const day = 86_400_000
const here = ['localhost', '127.0.0.1', '::1']

/** Makes them all below `folder`, with keys of one kind. */
export async function makeParties(folder: string, key: KeySpec): Promise<Parties> {
  mkdirSync(folder, { recursive: true })
  const write = (name: string, made: Made, behind = ''): Files => {
    const files = { cert: path.join(folder, `${name}.pem`), key: path.join(folder, `${name}-key.pem`) }
    writeFileSync(files.cert, made['.pem'] + behind)
    writeFileSync(files.key, made['-key.pem'], { mode: 0o600 })
    return files
  }
  const longAgo = new Date(Date.now() - 20 * day)
  const root = await madeAuthority({ subject: { cn: 'root', o: 'k8s' }, key, at: longAgo, pathLength: 1 })
  const between = await madeAuthority({ subject: { cn: 'between', o: 'k8s' }, key, pathLength: 0 }, root)
  const other = await madeAuthority({ subject: { cn: 'root', o: 'k8s' }, key, pathLength: 1 })

  // what TLS needs a key to do: RSA may encipher keys, the others sign only
  const words = (...usages: readonly string[]) => [
    'signing',
    ...(key.algo === 'rsa' ? ['key encipherment'] : []),
    ...usages,
  ]
  const server = { subject: { cn: 'server' }, hosts: here, usages: words('server auth'), key }
  const client = { subject: { cn: 'client', o: 'system:masters' }, usages: words('client auth'), key }
  const past = { expiry: '19d', at: longAgo }
  return {
    ca: write('root', root).cert,
    server: write('server', await madeLeaf(root, server)),
    client: write('client', await madeLeaf(root, client)),
    peer: write('peer', await madeLeaf(root, { ...server, usages: words('server auth', 'client auth') })),
    behind: write('behind', await madeLeaf(between, server), between['.pem']),
    clientBehind: write('client-behind', await madeLeaf(between, client), between['.pem']),
    elsewhere: write('elsewhere', await madeLeaf(root, { ...server, hosts: ['elsewhere.example', '127.0.0.2'] })),
    expired: {
      server: write('expired-server', await madeLeaf(root, { ...server, ...past })),
      client: write('expired-client', await madeLeaf(root, { ...client, ...past })),
    },
    foreign: {
      server: write('foreign-server', await madeLeaf(other, server)),
      client: write('foreign-client', await madeLeaf(other, client)),
    },
  }
}
