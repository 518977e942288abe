// A passphrase, and the key that scrypt makes of it. Knows no files and no environment.
import { scrypt } from 'node:crypto'
import { reveal, type Secret } from '../secret.ts'

/** What scrypt is told besides the passphrase. One hash takes 128 * N * r bytes of memory. */
export interface Derivation {
  readonly N: number
  readonly r: number
  readonly p: number
  /** Base64. */
  readonly salt: string
}

/** A passphrase that only gives away the keys made of it. */
export interface Passphrase {
  /** Where the user has given it, for messages: a variable's name, a file's path. */
  readonly origin: string
  /** 32 bytes. They are made once, however many stores ask: a third of a second and 128 MiB each time. */
  keyFor(derivation: Derivation): Promise<Buffer>
}

/** `origin`: where it comes from, for messages. */
export function passphraseOf(text: Secret, origin: string): Passphrase {
  const made = new Map<string, Promise<Buffer>>()
  return {
    origin,
    keyFor(derivation) {
      const { N, r, p, salt } = derivation
      const id = JSON.stringify([N, r, p, salt])
      const key = made.get(id) ?? keyOf(reveal(text), derivation)
      made.set(id, key)
      return key
    },
  }
}

const keyOf = (text: string, { N, r, p, salt }: Derivation): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 256 * N * r }
    // the same characters may be typed as other bytes on another machine
    scrypt(text.normalize('NFC'), Buffer.from(salt, 'base64'), 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
