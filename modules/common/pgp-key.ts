// Public keys of OpenPGP as rpm and apt take them: which keys a file holds. Verifies nothing.
import { createHash } from 'node:crypto'

/** A primary key. */
export interface PgpKey {
  /** 40 hexadecimal digits, in capitals. */
  readonly fingerprint: string
  /** When it was made, as eight hexadecimal digits: with the end of the fingerprint it is the name of an rpm key. */
  readonly created: string
}

/** The primary keys in a file, armoured or binary; none where it holds no key of version 4. */
export function pgpKeys(file: Uint8Array): PgpKey[] {
  const blocks = armoured(Buffer.from(file).toString('latin1'))
  return (blocks.length > 0 ? blocks : [Buffer.from(file)]).flatMap(keysOf)
}

function armoured(text: string): Buffer[] {
  const blocks = text.matchAll(
    /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+: ?[^\r\n]*\r?\n)*[ \t]*\r?\n([A-Za-z0-9+/=\s]*?)(?:\r?\n=[A-Za-z0-9+/=]{4})?\s*-----END PGP PUBLIC KEY BLOCK-----/g,
  )
  return [...blocks].map(([, body]) => Buffer.from(body!, 'base64'))
}

const publicKeyPacket = 6

function keysOf(bytes: Buffer): PgpKey[] {
  const keys: PgpKey[] = []
  for (let at = 0; at < bytes.length; ) {
    const packet = packetAt(bytes, at)
    if (!packet) break
    const body = bytes.subarray(packet.start, packet.end)
    if (packet.tag === publicKeyPacket && body[0] === 4 && body.length > 5) keys.push(keyOf(body))
    at = packet.end
  }
  return keys
}

function keyOf(body: Buffer): PgpKey {
  const head = Buffer.from([0x99, body.length >> 8, body.length & 0xff])
  const digest = createHash('sha1').update(head).update(body).digest('hex')
  return { fingerprint: digest.toUpperCase(), created: body.subarray(1, 5).toString('hex') }
}

/** Undefined where no packet begins, or it is longer than the file. */
function packetAt(bytes: Buffer, at: number): { tag: number; start: number; end: number } | undefined {
  const first = bytes[at]!
  if ((first & 0x80) === 0) return undefined
  const packet = first & 0x40 ? newPacket(bytes, at) : oldPacket(bytes, at)
  return packet && packet.end <= bytes.length && packet.end > at ? packet : undefined
}

function newPacket(bytes: Buffer, at: number) {
  const tag = bytes[at]! & 0x3f
  const [one = 255, two = 0] = [bytes[at + 1], bytes[at + 2]]
  if (one < 192) return { tag, start: at + 2, end: at + 2 + one }
  if (one < 224) return { tag, start: at + 3, end: at + 3 + ((one - 192) << 8) + two + 192 }
  if (one !== 255 || at + 6 > bytes.length) return undefined // parts of unknown length are not used for keys
  return { tag, start: at + 6, end: at + 6 + bytes.readUInt32BE(at + 2) }
}

function oldPacket(bytes: Buffer, at: number) {
  const tag = (bytes[at]! >> 2) & 0x0f
  const size = 1 << (bytes[at]! & 3)
  if (size === 8) return { tag, start: at + 1, end: bytes.length }
  if (at + 1 + size > bytes.length) return undefined
  const start = at + 1 + size
  return { tag, start, end: start + bytes.readUIntBE(at + 1, size) }
}
