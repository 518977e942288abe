// Public ssh keys as text: what a line of authorized_keys, known_hosts or a .pub file says. Pure.
import { createHash } from 'node:crypto'

/** A public key. Two are the same where type and blob are. */
export interface PublicKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, … */
  readonly type: string
  /** The key in base64. */
  readonly blob: string
  /** What stands behind it. */
  readonly comment: string
  /** What stands before it: options of authorized_keys, names of known_hosts. */
  readonly before: string
}

const keyType =
  /^(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com|(?:ssh|ecdsa|sk)-[a-z0-9-]+-cert-v01@openssh\.com)$/

/** The key in a line; undefined where there is none, as in a comment. */
export function publicKeyOf(line: string): PublicKey | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined
  for (const { word, start, end } of wordsOf(line)) {
    if (!keyType.test(word)) continue
    const [, blob, comment = ''] = /^[ \t]+([A-Za-z0-9+/]+=*)(?:[ \t]+(.*))?$/.exec(line.slice(end).trimEnd()) ?? []
    if (blob === undefined) return undefined
    return { type: word, blob, comment: comment.trim(), before: line.slice(0, start).trim() }
  }
  return undefined
}

export const sameKey = (a: PublicKey, b: PublicKey): boolean => a.type === b.type && a.blob === b.blob

/** `SHA256:…`, as ssh shows it. */
export function fingerprintOf(line: string): string | undefined {
  const key = publicKeyOf(line)
  return (
    key && `SHA256:${createHash('sha256').update(Buffer.from(key.blob, 'base64')).digest('base64').replace(/=+$/, '')}`
  )
}

/** Bits of the key; undefined where the blob is none that is known. */
export function bitsOf({ type, blob }: PublicKey): number | undefined {
  if (type === 'ssh-ed25519') return 256
  const curve = /^ecdsa-sha2-nistp(\d+)$/.exec(type)
  if (curve) return Number(curve[1])
  if (type !== 'ssh-rsa') return undefined
  const fields = fieldsOf(Buffer.from(blob, 'base64'))
  const modulus = fields[2]
  if (!modulus || modulus.length === 0) return undefined
  const start = modulus.findIndex((byte) => byte !== 0)
  return start < 0 ? undefined : (modulus.length - start - 1) * 8 + (32 - Math.clz32(modulus[start]!))
}

function fieldsOf(blob: Buffer): Buffer[] {
  const fields: Buffer[] = []
  for (let at = 0; at + 4 <= blob.length; ) {
    const length = blob.readUInt32BE(at)
    fields.push(blob.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return fields
}

/** Words and where they stand; blanks within quotes belong to a word, as in `command="a b"`. */
function* wordsOf(line: string): Generator<{ word: string; start: number; end: number }> {
  for (const match of line.matchAll(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g))
    yield { word: match[0], start: match.index, end: match.index + match[0].length }
}
