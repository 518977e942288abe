// What an rpm file says of itself: read from its first bytes, without rpm.
import type { Content } from '../../engine/content.ts'

/** A package as its file has it. */
export interface RpmIdentity {
  readonly name: string
  /** `[epoch:]version-release`. */
  readonly version: string
}

/** @throws Error where the bytes are no rpm of a package that can be installed. */
export async function rpmIdentity(content: Content): Promise<RpmIdentity> {
  const bytes = await beginning(content)
  if (bytes.length < 96 || bytes.readUInt32BE(0) !== 0xedabeedb) throw new Error('it is no rpm')
  if (bytes.readUInt16BE(6) !== 0) throw new Error('it is a source package')
  // the signature is a header like that of the package, and padded to 8 bytes
  const signature = 96 + headerSize(bytes, 96)
  const at = signature + ((8 - (signature % 8)) % 8)
  headerSize(bytes, at)
  const text = (tag: number) => value(bytes, at, tag)
  const [name, version, release] = [text(1000), text(1001), text(1002)]
  if (name === undefined || version === undefined || release === undefined) throw new Error('it has no name or version')
  const epoch = text(1003)
  return { name, version: `${epoch === undefined ? '' : `${epoch}:`}${version}-${release}` }
}

/** Files are long, and what is told stands in the first of it. */
const enough = 4 << 20

async function beginning(content: Content): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of content.stream()) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= enough) break
  }
  return Buffer.concat(chunks)
}

/** Introduction (16 bytes), index (16 bytes each), store. */
function headerSize(bytes: Buffer, at: number): number {
  const complete = bytes.length >= at + 16 && bytes.readUInt32BE(at) === 0x8eade801
  const size = complete ? 16 + 16 * bytes.readUInt32BE(at + 8) + bytes.readUInt32BE(at + 12) : 0
  if (!complete || bytes.length < at + size) throw new Error('it is a damaged rpm')
  return size
}

function value(bytes: Buffer, at: number, tag: number): string | undefined {
  const entries = bytes.readUInt32BE(at + 8)
  const store = at + 16 + 16 * entries
  for (let entry = at + 16; entry < store; entry += 16) {
    if (bytes.readUInt32BE(entry) !== tag) continue
    const [type, offset] = [bytes.readUInt32BE(entry + 4), store + bytes.readUInt32BE(entry + 8)]
    if (type === int32) return String(bytes.readUInt32BE(offset))
    return bytes.subarray(offset, bytes.indexOf(0, offset)).toString('utf8')
  }
  return undefined
}

const int32 = 4
