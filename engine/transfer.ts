// What the control side brings from elsewhere: downloads and archives, as values. Brings nothing itself.
import type { Text } from './secret.ts'

/** Something to download on the control side. */
export interface Download {
  /** Where it is, mirrors behind it: the first that answers is taken. */
  readonly urls: readonly string[]
  /** Hex sha256 that it must have. With one, what was downloaded once is never asked for again. */
  readonly sha256?: string
  /** Sent with the request. */
  readonly headers?: Readonly<Record<string, Text>>
  readonly user?: string
  readonly password?: Text
  /** Seconds without an answer, or without a byte, after which an address is given up. */
  readonly timeout: number
  /** False: whoever answers is believed. */
  readonly validateCerts: boolean
}

/** Which entries of an archive are meant, and by what names. */
export interface ArchivePick {
  /** Wildcards (`*`, `?`, `[…]`; a `*` takes slashes too). An entry is meant if its path, or a folder it is in, matches. Empty: all. */
  readonly include: readonly string[]
  /** The same for what is left out. */
  readonly exclude: readonly string[]
  /** How many leading folders are cut from each path; what has no more of them is left out. */
  readonly stripComponents: number
}
