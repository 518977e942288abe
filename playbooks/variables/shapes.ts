// Shapes that several variables have, with errors that say what is expected. Knows no variable.
import { type Secret, secret, z } from 'tsplay'
import { networksIn } from '../cidr.ts'

export const ipAddress = z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address' })

export const ipv4Address = z.ipv4({ error: 'expected an IPv4 address' })

export const absolutePath = z.string().startsWith('/', { error: 'expected an absolute path' })

/** @param example a network to be named in the error */
export const cidr = (example: string) =>
  z.union([z.cidrv4(), z.cidrv6()], { error: `expected a network, such as ${example}` })

/** One network, or one of each family. @param example a network to be named in the error */
export const cidrs = (example: string) =>
  z.string().refine(
    (text) => {
      const parts = networksIn(text)
      const families = new Set(parts.map((part) => part.includes(':')))
      return families.size === parts.length && parts.every((part) => cidr(example).safeParse(part).success)
    },
    { error: `expected a network, such as ${example}, or one of each family: '${example},fd01::/48'` },
  )

export const port = z.int().min(1).max(65_535)

/** A number of hosts, or a share of them. */
export const hostCount = z.union([
  z.int().positive(),
  z.custom<`${number}%`>((value) => typeof value === 'string' && /^(?:[1-9]\d?|100)%$/.test(value)),
])

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected a sha256 of 64 hex digits' })

export const fileMode = z.string().regex(/^[0-7]{4}$/, { error: "expected four octal digits, such as '0755'" })

/** A text that nobody else is to see; what a YAML file has as text is one, too. */
export const secretText = z.union([
  z.string().transform((text) => secret(text)),
  z.custom<Secret>((value) => value !== null && typeof value === 'object' && 'label' in value, {
    error: 'expected a text',
  }),
])

/** Packages by family of distributions, each with what it has where the inventory says nothing. */
export const packagesByFamily = (debian: readonly string[], redhat: readonly string[]) => {
  const names = z.array(z.string().min(1))
  return z.strictObject({ debian: names.default([...debian]), redhat: names.default([...redhat]) })
}
