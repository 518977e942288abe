// Public keys as apt wants them: binary, whatever they were given as, and their fingerprints. Verifies no signature.
import { createHash } from 'node:crypto'

/** The key's packets: text with `-----BEGIN PGP PUBLIC KEY BLOCK-----` is decoded, binary stays. @throws Error where there is no public key. */
export function binaryKey(bytes: Uint8Array): Uint8Array {
  const binary = isArmored(bytes) ? dearmor(new TextDecoder('latin1').decode(bytes)) : bytes
  if (fingerprintsOf(binary).length === 0) throw new Error('holds no OpenPGP public key')
  return binary
}

/** Fingerprints of the primary keys, upper case; none where it is something else. */
export function fingerprintsOf(bytes: Uint8Array): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const packet = packetAt(bytes, at)
    if (!packet) return []
    if (packet.tag === publicKeyTag) found.push(fingerprint(packet.body))
    else if (found.length === 0) return []
    at = packet.end
  }
  return found
}

/** Whether a fingerprint is the wanted one, which may be shortened to its last sixteen digits. */
export const isFingerprint = (fingerprint: string, wanted: string): boolean =>
  fingerprint.endsWith(plainFingerprint(wanted))

/** Without blanks and `0x`, upper case. */
export const plainFingerprint = (text: string): string => text.replace(/\s/g, '').replace(/^0x/i, '').toUpperCase()

const begin = '-----BEGIN PGP PUBLIC KEY BLOCK-----'

export const isArmored = (bytes: Uint8Array): boolean => new TextDecoder('latin1').decode(bytes).includes(begin)

/** Blocks one behind the other are keys one behind the other. The checksum at a block's end is left out. */
function dearmor(text: string): Uint8Array {
  const blocks = text.replaceAll('\r', '').split(begin).slice(1)
  return Buffer.concat(
    blocks.map((block) => {
      const [inside = ''] = block.split('-----END PGP')
      const body = inside.slice(inside.search(/\n[ \t]*\n/))
      return Buffer.from(body.replace(/^=.*$/gm, ''), 'base64')
    }),
  )
}

const publicKeyTag = 6

function packetAt(bytes: Uint8Array, at: number): { tag: number; body: Uint8Array; end: number } | undefined {
  const head = bytes[at]!
  if ((head & 0x80) === 0) return undefined
  const isNew = (head & 0x40) !== 0
  const tag = isNew ? head & 0x3f : (head & 0x3c) >> 2
  const length = isNew ? newLength(bytes, at + 1) : oldLength(bytes, at + 1, head & 3)
  if (!length) return undefined
  const end = length.start + length.size
  if (end > bytes.length) return undefined
  return { tag, body: bytes.subarray(length.start, end), end }
}

interface Length {
  readonly start: number
  readonly size: number
}

function newLength(bytes: Uint8Array, at: number): Length | undefined {
  const first = bytes[at] ?? 255
  if (first < 192) return { start: at + 1, size: first }
  if (first < 224) return { start: at + 2, size: (first - 192) * 256 + (bytes[at + 1] ?? 0) + 192 }
  return first === 255 ? { start: at + 5, size: number(bytes, at + 1, 4) } : undefined
}

/** Type 3 has no length; keys are never written so. */
const oldLength = (bytes: Uint8Array, at: number, type: number): Length | undefined =>
  type === 3 ? undefined : { start: at + 2 ** type, size: number(bytes, at, 2 ** type) }

const number = (bytes: Uint8Array, at: number, size: number): number =>
  bytes.subarray(at, at + size).reduce((value, byte) => value * 256 + byte, 0)

function fingerprint(body: Uint8Array): string {
  const { length } = body
  const hash =
    body[0] === 6
      ? createHash('sha256').update(Buffer.from([0x9b, length >>> 24, length >>> 16, length >>> 8, length]))
      : createHash('sha1').update(Buffer.from([0x99, length >>> 8, length]))
  return hash.update(body).digest('hex').toUpperCase()
}
