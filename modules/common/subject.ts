// The subject of a certificate: what a user writes, and what a certificate holds.
import type { X509Certificate } from 'node:crypto'
import { z } from 'zod'

/** Who a certificate is for. */
export interface Subject {
  /** Common name, at most 64 characters. */
  cn: string
  /** Organisation; for Kubernetes the group (`system:masters`). */
  o?: string
  /** Organisational unit. */
  ou?: string
  /** Country, two letters. */
  c?: string
  /** State or province. */
  st?: string
  /** Locality. */
  l?: string
}

const field = (limit: number) =>
  z
    .string()
    .min(1)
    .max(limit)
    .refine((text) => !/[\x00-\x1f\x7f]/.test(text), { error: 'a subject cannot hold control characters' })

export const subjectParam = z.strictObject({
  cn: field(64),
  o: field(64).optional(),
  ou: field(64).optional(),
  c: z
    .string()
    .regex(/^[A-Z]{2}$/, { error: "a country is two capital letters, such as 'CN'" })
    .optional(),
  st: field(128).optional(),
  l: field(128).optional(),
})

/** Short names in the order in which a certificate lists them. */
export const subjectOrder = ['c', 'st', 'l', 'o', 'ou', 'cn'] as const

/** `C=CN, O=k8s, CN=kubernetes`, for messages and comparison. */
export const formatSubject = (subject: Subject): string =>
  subjectOrder
    .filter((key) => subject[key] !== undefined)
    .map((key) => `${key.toUpperCase()}=${subject[key]}`)
    .join(', ')

/** The subject of a certificate, in the same form. Fields that {@link Subject} does not know are listed behind. */
export function subjectOf(certificate: X509Certificate): string {
  const fields = certificate.toLegacyObject().subject as unknown as Record<string, string | string[]>
  const known = subjectOrder.map((key) => key.toUpperCase())
  const names = [...known, ...Object.keys(fields).filter((name) => !(known as string[]).includes(name))]
  return names
    .filter((name) => fields[name] !== undefined)
    .flatMap((name) => [fields[name]!].flat().map((value) => `${name}=${value}`))
    .join(', ')
}
