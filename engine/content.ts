// File content as a value: compared by digest, streamed when it travels. Knows no file system; whoever makes one brings the bytes.
import { createHash } from 'node:crypto'

/** The content of a file, text or binary, small or large. Two contents are the same when their sha256 is. */
export interface Content {
  readonly kind: 'content'
  /** Hex sha256 of all bytes; empty where they are made only while they are sent, by someone who vouches for them. */
  readonly sha256: string
  /** Length in bytes; -1 where a host told only the digest. */
  readonly size: number
  /** True where the content must not be shown in diffs, events or logs. */
  readonly secret: boolean
  /** The values in it that are secret, where its other words may stand elsewhere, too. Default: every line of it is. */
  readonly secrets?: readonly string[]
  /** The whole content, where it is small enough to be held in memory (always below {@link diffLimit}). */
  readonly bytes?: Uint8Array
  /** Its stream fails by itself where the bytes are not those of the digest any more: they need not be summed again. */
  readonly vouched?: boolean
  /** True where a check has made it up: the run will make another (a key, a certificate). */
  readonly provisional?: boolean
  /** What a diff shows in place of a text that says nothing to people: a certificate's subject, names and dates. */
  told?(): string | undefined
  /** A fresh stream over the content; exactly `size` bytes. */
  stream(): AsyncIterable<Uint8Array>
}

/** Contents above this many bytes are compared by digest only and not shown as a text diff (Ansible's limit). */
export const diffLimit = 104_448

/** A content held in memory. A string is encoded as UTF-8. */
export function contentOf(
  data: string | Uint8Array,
  options: {
    secret?: boolean
    secrets?: readonly string[]
    provisional?: boolean
    told?: () => string | undefined
  } = {},
): Content {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  return {
    kind: 'content',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
    secret: options.secret ?? false,
    bytes,
    ...(options.secrets && { secrets: options.secrets }),
    ...(options.provisional && { provisional: true }),
    ...(options.told && { told: options.told }),
    async *stream() {
      if (bytes.length > 0) yield bytes
    },
  }
}

/** The content a host has, as its answer tells: by digest only, or in full where it was sent. */
export const contentOnHost = (
  answer: { sha256: string; content?: Uint8Array; secret?: boolean },
  options: { secret?: boolean } = {},
): Content =>
  answer.content
    ? contentOf(answer.content, { secret: isSecretAnswer(answer, options) })
    : {
        kind: 'content',
        sha256: answer.sha256,
        size: -1,
        secret: isSecretAnswer(answer, options),
        // biome-ignore lint/correctness/useYield: there is nothing to stream, and asking for it is a bug
        async *stream() {
          throw new Error('the content of a file on a host is known by its digest only')
        },
      }

const isSecretAnswer = (answer: { secret?: boolean }, options: { secret?: boolean }): boolean =>
  options.secret === true || answer.secret === true

export const isContent = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && (value as Content).kind === 'content'

/** The content as text, or undefined where it is too large, binary or not held in memory. */
export function contentText(content: Content): string | undefined {
  if (!content.bytes || content.bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content.bytes)
  } catch {
    return undefined // not UTF-8: binary as far as a diff is concerned
  }
}
