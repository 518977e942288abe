// Encrypts the text of one file of the store, bound to its place there. Knows no passphrases and no disk.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Seals and opens texts with one key. */
export interface Cipher {
  /** The text encrypted. `place`: which file it is, so that it is of no use as another. */
  seal(text: string, place: string): string
  /** Undefined where it was sealed with another key or for another place, or is damaged. */
  open(sealed: string, place: string): string | undefined
}

/** AES-256-GCM with a fresh nonce for each text. `key`: 32 bytes. */
export const cipherOf = (key: Buffer): Cipher => ({
  seal(text, place) {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(place))
    return armour(Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]))
  },
  open(sealed, place) {
    const bytes = unarmour(sealed)
    if (bytes === undefined || bytes.length < 28) return undefined
    const options = { authTagLength: 16 }
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), options).setAAD(boundTo(place))
    decipher.setAuthTag(bytes.subarray(-16))
    try {
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  },
})

const begin = '-----BEGIN TSPLAY ENCRYPTED FILE-----'
const end = '-----END TSPLAY ENCRYPTED FILE-----'

/** Whether a text is one that {@link Cipher.seal} has made, by its first line. */
export const isSealed = (text: string): boolean => text.startsWith(begin)

const boundTo = (place: string): Buffer => Buffer.from(`tsplay store 1\n${place}`)

const armour = (bytes: Buffer): string =>
  [begin, ...(bytes.toString('base64').match(/.{1,64}/g) ?? []), end, ''].join('\n')

function unarmour(text: string): Buffer | undefined {
  const lines = text.trim().split(/\r?\n/)
  return lines[0] === begin && lines.at(-1) === end ? Buffer.from(lines.slice(1, -1).join(''), 'base64') : undefined
}
