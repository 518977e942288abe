// Many contents as one stream: a ustar archive, built while it is sent. Knows nothing of hosts.
import type { Content } from '../../engine/content.ts'

/** A file of the archive. */
export interface TarFile {
  /** Relative path. */
  readonly name: string
  /** Four octal digits. */
  readonly mode: string
  readonly content: Content
}

const block = 512

/** The archive as a content. Its length is known before its bytes are read, as a stream's must be. */
export function tarOf(files: readonly TarFile[]): Content {
  const size = files.reduce((sum, file) => sum + headers(file).length + padded(file.content.size), 0) + 2 * block
  return {
    kind: 'content',
    sha256: '',
    size,
    secret: true,
    async *stream() {
      for (const file of files) {
        yield headers(file)
        yield* file.content.stream()
        yield new Uint8Array(padded(file.content.size) - file.content.size)
      }
      yield new Uint8Array(2 * block)
    },
  }
}

const padded = (size: number): number => Math.ceil(size / block) * block

/** The header, before it a long name in GNU's way where it does not fit: understood by GNU tar, bsdtar and busybox. */
function headers({ name, mode, content }: TarFile): Uint8Array {
  const bytes = new TextEncoder().encode(name)
  if (bytes.length < 100) return header(bytes, { mode, size: content.size, type: '0' })
  const long = new Uint8Array(padded(bytes.length + 1))
  long.set(bytes)
  const announce = header(new TextEncoder().encode('././@LongLink'), {
    mode: '0644',
    size: bytes.length + 1,
    type: 'L',
  })
  return concat([announce, long, header(bytes.subarray(0, 99), { mode, size: content.size, type: '0' })])
}

function header(name: Uint8Array, { mode, size, type }: { mode: string; size: number; type: '0' | 'L' }): Uint8Array {
  const bytes = new Uint8Array(block)
  const put = (offset: number, text: string): void => void bytes.set(new TextEncoder().encode(text), offset)
  bytes.set(name, 0)
  put(100, `${mode.padStart(7, '0')}\0`)
  put(108, '0000000\0')
  put(116, '0000000\0')
  put(124, `${size.toString(8).padStart(11, '0')}\0`)
  put(
    136,
    `${Math.floor(Date.now() / 1000)
      .toString(8)
      .padStart(11, '0')}\0`,
  )
  put(148, '        ')
  put(156, type)
  put(257, 'ustar\u000000')
  put(
    148,
    `${bytes
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
  )
  return bytes
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
