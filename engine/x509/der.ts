// ASN.1 in DER, in few words: what certificates and requests are made of, and how to take them apart. node-forge encodes it.
import forge from 'node-forge'

/** A node of a DER tree. */
export type Der = forge.asn1.Asn1

const { asn1 } = forge
const { Type, Class } = asn1

const primitive = (type: forge.asn1.Type, bytes: string): Der => asn1.create(Class.UNIVERSAL, type, false, bytes)
const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('binary')

/** Builders, one per ASN.1 type. */
export const der = {
  sequence: (...items: readonly Der[]): Der => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...items]),
  set: (...items: readonly Der[]): Der => asn1.create(Class.UNIVERSAL, Type.SET, true, [...items]),
  /** `[tag]` around other nodes. */
  explicit: (tag: number, ...items: readonly Der[]): Der =>
    asn1.create(Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, true, [...items]),
  /** `[tag]` in place of a primitive type's own. */
  implicit: (tag: number, bytes: Uint8Array): Der =>
    asn1.create(Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, false, binary(bytes)),
  oid: (dotted: string): Der => primitive(Type.OID, asn1.oidToDer(dotted).getBytes()),
  /** A number that is not negative, as big-endian bytes. */
  integer: (bytes: Uint8Array): Der => primitive(Type.INTEGER, binary(positive(bytes))),
  small: (value: number): Der => primitive(Type.INTEGER, asn1.integerToDer(value).getBytes()),
  boolean: (value: boolean): Der => primitive(Type.BOOLEAN, value ? '\xff' : '\0'),
  octets: (bytes: Uint8Array): Der => primitive(Type.OCTETSTRING, binary(bytes)),
  bits: (bytes: Uint8Array, unused = 0): Der => primitive(Type.BITSTRING, String.fromCharCode(unused) + binary(bytes)),
  null: (): Der => primitive(Type.NULL, ''),
  printable: (text: string): Der => primitive(Type.PRINTABLESTRING, text),
  utf8: (text: string): Der => primitive(Type.UTF8, binary(Buffer.from(text))),
  ia5: (text: string): Der => primitive(Type.IA5STRING, text),
  /** Two-digit years up to 2049, four digits from then on, as X.509 demands. */
  time: (date: Date): Der =>
    date.getUTCFullYear() < 2050
      ? primitive(Type.UTCTIME, asn1.dateToUtcTime(date) as unknown as string)
      : primitive(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date) as unknown as string),
  /** Something that is encoded already. @throws Error where it is no DER */
  encoded: (bytes: Uint8Array): Der => parseDer(bytes),
}

/** X.509's integers are signed: a first bit of 1 would make it negative. */
function positive(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0)
  if (start < 0) return Uint8Array.of(0)
  const rest = bytes.subarray(start)
  return rest[0]! & 0x80 ? Uint8Array.of(0, ...rest) : rest
}

export const encodeDer = (node: Der): Buffer => Buffer.from(asn1.toDer(node).getBytes(), 'binary')

/** @throws Error where it is no DER, or there is something behind it */
export const parseDer = (bytes: Uint8Array): Der =>
  // bit strings stay as they are: what is in them need not be ASN.1
  asn1.fromDer(binary(bytes), { strict: true, parseAllBytes: true, decodeBitStrings: false } as never)

/**
 * What is in a constructed value, each item as it is encoded: a signature holds for exactly these bytes.
 * @throws Error where it is no DER
 */
export function rawItems(bytes: Uint8Array): readonly Buffer[] {
  const buffer = Buffer.from(bytes)
  const found: Buffer[] = []
  const end = lengthAt(buffer, 0).end
  for (let at = lengthAt(buffer, 0).start; at < end; ) {
    const next = lengthAt(buffer, at).end
    if (next > end) throw new Error('unexpected ASN.1: an item is longer than what it is in')
    found.push(buffer.subarray(at, next))
    at = next
  }
  return found
}

/** Where the content of the item at `at` starts and ends. */
function lengthAt(buffer: Buffer, at: number): { start: number; end: number } {
  const first = buffer[at + 1]
  if (first === undefined || first === 0x80 || first > 0x84) throw new Error('unexpected ASN.1: a length is missing')
  const count = first & 0x80 ? first & 0x7f : 0
  const start = at + 2 + count
  if (start > buffer.length) throw new Error('unexpected end of ASN.1')
  const end = start + (count === 0 ? first : buffer.readUIntBE(at + 2, count))
  if (end > buffer.length) throw new Error('unexpected end of ASN.1')
  return { start, end }
}

/** What is in a constructed node. @throws Error for one that holds no others */
export function items(node: Der | undefined): readonly Der[] {
  if (!node || !Array.isArray(node.value)) throw new Error('unexpected ASN.1: something is missing')
  return node.value
}

/** The bytes of a primitive node. @throws Error for one that holds others */
export function bytesOf(node: Der | undefined): Buffer {
  if (!node || typeof node.value !== 'string') throw new Error('unexpected ASN.1: something is missing')
  return Buffer.from(node.value, 'binary')
}

/** The bytes of a bit string without the number of unused bits before them. */
export const bitsOf = (node: Der | undefined): Buffer => bytesOf(node).subarray(1)

export const oidOf = (node: Der | undefined): string => asn1.derToOid(binary(bytesOf(node)))

/** Whether it is `[tag]`. */
export const isTagged = (node: Der, tag: number): boolean =>
  node.tagClass === Class.CONTEXT_SPECIFIC && (node.type as number) === tag

export const isBoolean = (node: Der | undefined): boolean =>
  node?.tagClass === Class.UNIVERSAL && node.type === Type.BOOLEAN

/** A text of whatever string type. */
export function textOf(node: Der): string {
  const bytes = bytesOf(node)
  // forge has taken its characters apart already
  if (node.type === Type.BMPSTRING) return node.value as string
  return bytes.toString(node.type === Type.UTF8 ? 'utf8' : 'latin1')
}

/** A block of PEM. */
export function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/** The bytes of the first block of PEM with this label; undefined where there is none. */
export function pemBytes(label: string, text: string): Buffer | undefined {
  const block = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`).exec(text)?.[1]
  return block === undefined ? undefined : Buffer.from(block, 'base64')
}
