// Many contents as one stream: a ustar archive, put together while it is sent. Knows nothing of hosts.
import { createHash } from 'node:crypto'
import type { Content } from '../../engine/content.ts'

/** A file of the archive. */
export interface TarFile {
  /** Relative path. */
  readonly name: string
  /** Four octal digits. */
  readonly mode: string
  /** Seconds since 1970. Default 0. */
  readonly mtime?: number
  readonly content: Content
}

const block = 512

/** The archive as a content. Its length is known before any of its bytes are read. */
export function tarOf(files: readonly TarFile[]): Content {
  const sizes = files.map((file) => headers(file).length + padded(file.content.size))
  return {
    kind: 'content',
    sha256: '',
    vouched: true,
    size: sizes.reduce((sum, size) => sum + size, 2 * block),
    secret: files.some(({ content }) => content.secret),
    async *stream() {
      for (const file of files) {
        yield headers(file)
        yield* checked(file)
        yield new Uint8Array(padded(file.content.size) - file.content.size)
      }
      yield new Uint8Array(2 * block)
    },
  }
}

/** @throws Error where the file is not what it was when the archive was planned: it would put all that follows out of place. */
async function* checked({ name, content }: TarFile): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of content.stream()) {
    size += chunk.length
    if (size > content.size) break
    hash.update(chunk)
    yield chunk
  }
  if (size !== content.size || hash.digest('hex') !== content.sha256)
    throw new Error(`'${name.replace(/^\d+\//, '')}' changed while it was sent`)
}

const padded = (size: number): number => Math.ceil(size / block) * block

/** The header, before it a long name in GNU's way where it does not fit: understood by GNU tar, bsdtar and busybox. */
function headers({ name, mode, mtime = 0, content }: TarFile): Uint8Array {
  const bytes = new TextEncoder().encode(name)
  if (bytes.length < 100) return header(bytes, { mode, mtime, size: content.size, type: '0' })
  const long = new Uint8Array(padded(bytes.length + 1))
  long.set(bytes)
  const announced = { mode: '0644', mtime: 0, size: bytes.length + 1, type: 'L' } as const
  return Buffer.concat([
    header(new TextEncoder().encode('././@LongLink'), announced),
    long,
    header(bytes.subarray(0, 99), { mode, mtime, size: content.size, type: '0' }),
  ])
}

function header(
  name: Uint8Array,
  { mode, mtime, size, type }: { mode: string; mtime: number; size: number; type: '0' | 'L' },
): Uint8Array {
  const bytes = new Uint8Array(block)
  const put = (offset: number, text: string): void => void bytes.set(new TextEncoder().encode(text), offset)
  bytes.set(name, 0)
  put(100, `${octal(Number.parseInt(mode, 8), 7)}\0`)
  put(108, `${octal(0, 7)}\0`)
  put(116, `${octal(0, 7)}\0`)
  putSize(bytes, size)
  put(136, `${octal(Math.max(0, mtime), 11)}\0`)
  put(148, ' '.repeat(8))
  put(156, type)
  put(257, 'ustar\u000000')
  put(
    148,
    `${octal(
      bytes.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  )
  return bytes
}

/** In octal up to 8 GiB, beyond that as a number of the base 256: what GNU tar and its kin have agreed on. */
function putSize(bytes: Uint8Array, size: number): void {
  if (size < 8 ** 11) return void bytes.set(new TextEncoder().encode(`${octal(size, 11)}\0`), 124)
  new DataView(bytes.buffer).setBigUint64(128, BigInt(size))
  bytes[124] = 0x80
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
