// Digests as users write them: `sha256:…`, bare hex of a known length, or lines of a sums file.
import { z } from 'zod'
import type { Algorithm } from '../../engine/probe.ts'

/** Algorithms by the length of their hex digits. */
const lengths: Readonly<Record<Algorithm, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
}

export const algorithms = Object.keys(lengths) as [Algorithm, ...Algorithm[]]

/** The schema of an algorithm's name. */
export const algorithmParam = z.enum(algorithms, { error: `an algorithm is one of ${algorithms.join(', ')}` })

/** A digest, or where a file with digests can be found. */
export type Checksum =
  | { readonly algorithm: Algorithm; readonly hex: string }
  | { readonly algorithm: Algorithm; readonly url: string }

/** `algorithm:hex` or `algorithm:address`. @throws Error saying what is wrong with it */
export function checksumOf(text: string): Checksum {
  const [, name = '', rest = ''] = /^([a-z0-9]+):(.*)$/is.exec(text) ?? []
  const algorithm = algorithms.find((each) => each === name.toLowerCase())
  if (!algorithm) throw new Error(`write it as 'sha256:…' (${algorithms.join(', ')})`)
  if (/^(https?|ftp|file):\/\//.test(rest)) return { algorithm, url: rest }
  if (!isDigest(rest, algorithm)) throw new Error(`a ${algorithm} has ${lengths[algorithm]} hex digits`)
  return { algorithm, hex: rest.toLowerCase() }
}

export const isDigest = (text: string, algorithm: Algorithm): boolean =>
  text.length === lengths[algorithm] && /^[0-9a-f]+$/i.test(text)

/** The schema of a sha256. */
export const sha256Param = z
  .string()
  .refine((text) => isDigest(text, 'sha256'), { error: 'a sha256 has 64 hex digits' })
  .transform((text) => text.toLowerCase())

/** The schema of a checksum. */
export const checksumParam = z.string().superRefine((text, context) => {
  try {
    checksumOf(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

/**
 * The digest of `name` by what a sums file says: `<hex>  name` (with `*` or `./` before it), `SHA256 (name) = <hex>`, or
 * nothing but one digest. Undefined where it says none.
 */
export function digestIn(sums: string, name: string, algorithm: Algorithm): string | undefined {
  const lines = sums.split(/\r?\n/).filter((line) => line.trim() !== '')
  for (const line of lines) {
    const [, plainHex, plainName] = /^([0-9a-f]+)\s+[*]?(.+)$/i.exec(line) ?? []
    const [, bsdName, bsdHex] = /^[A-Z0-9-]+ \((.+)\) = ([0-9a-f]+)$/i.exec(line) ?? []
    const hex = plainHex ?? bsdHex
    const named = (plainName ?? bsdName)?.trim().split('/').at(-1)
    if (hex !== undefined && named === name && isDigest(hex, algorithm)) return hex.toLowerCase()
  }
  const [only = ''] = lines
  return lines.length === 1 && isDigest(only.trim(), algorithm) ? only.trim().toLowerCase() : undefined
}
