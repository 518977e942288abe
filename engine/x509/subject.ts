// Who a certificate is for: what a user writes, how it is encoded, and what a certificate says.
import { z } from 'zod'
import { type Der, der, encodeDer, items, oidOf, parseDer, rawItems, textOf } from './der.ts'

/** Who a certificate is for. A list stands for several values of one field. */
export interface Subject {
  /** Common name, at most 64 characters; for Kubernetes the user. */
  cn?: string
  /** Organisation; for Kubernetes the group (`system:masters`), or several. */
  o?: string | string[]
  /** Organisational unit. */
  ou?: string | string[]
  /** Country, two letters. */
  c?: string | string[]
  /** State or province. */
  st?: string | string[]
  /** Locality. */
  l?: string | string[]
}

const value = (limit: number) =>
  z
    .string()
    .min(1)
    .max(limit)
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'a subject cannot hold control characters' })

const several = <T extends z.ZodType<string>>(one: T) => z.union([one, z.array(one).min(1)])

export const subjectParam: z.ZodType<Subject> = z
  .strictObject({
    cn: value(64).optional(),
    o: several(value(64)).optional(),
    ou: several(value(64)).optional(),
    c: several(z.string().regex(/^[A-Z]{2}$/, { error: "a country is two capital letters, such as 'CN'" })).optional(),
    st: several(value(128)).optional(),
    l: several(value(128)).optional(),
  })
  .refine((subject) => Object.values(subject).some((each) => each !== undefined), {
    error: 'a subject needs at least one field, such as cn',
  })

/** Fields in the order in which cfssl lists them. */
const order = ['c', 'st', 'l', 'o', 'ou', 'cn'] as const

const oids: Readonly<Record<(typeof order)[number], string>> = {
  c: '2.5.4.6',
  st: '2.5.4.8',
  l: '2.5.4.7',
  o: '2.5.4.10',
  ou: '2.5.4.11',
  cn: '2.5.4.3',
}

/** What further fields of other people's certificates are called. */
const others: Readonly<Record<string, string>> = {
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.9': 'street',
  '2.5.4.17': 'postalCode',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
}

const nameOf = (oid: string): string => order.find((key) => oids[key] === oid)?.toUpperCase() ?? others[oid] ?? oid

const valuesOf = (subject: Subject, key: (typeof order)[number]): readonly string[] => [subject[key] ?? []].flat()

/** The bytes of a subject's distinguished name. */
export const encodeSubject = (subject: Subject): Buffer =>
  encodeDer(
    der.sequence(
      ...order.flatMap((key) => {
        const values = valuesOf(subject, key).map((text) => der.sequence(der.oid(oids[key]), stringOf(text)))
        // several values make one set, as Go writes them, and a set is sorted
        return values.length === 0 ? [] : [der.set(...values.sort((a, b) => encodeDer(a).compare(encodeDer(b))))]
      }),
    ),
  )

const stringOf = (text: string): Der => (/^[A-Za-z0-9 '()+,./:=?-]*$/.test(text) ? der.printable(text) : der.utf8(text))

/** `C=CN, O=k8s, CN=kubernetes`, for messages and comparison. */
export const formatSubject = (subject: Subject): string => formatName(encodeSubject(subject))

/** A distinguished name in the same form. Its fields stand in the order that it has. @throws Error where it is none */
export const formatName = (bytes: Uint8Array): string =>
  rawItems(bytes)
    .map((set) =>
      items(parseDer(set))
        .map((attribute) => {
          const [type, text] = items(attribute)
          return `${nameOf(oidOf(type))}=${escaped(textOf(text!))}`
        })
        .sort()
        .join(' + '),
    )
    .join(', ')

/** What would end a value stands behind a backslash, so that no two names look alike. */
const escaped = (text: string): string => text.replace(/[\\,+]/g, '\\$&').replace(/[\p{Cc}]/gu, ' ')

/** The fields of a distinguished name that {@link Subject} knows; undefined where it holds others or stands in another order. */
export function subjectOf(bytes: Uint8Array): Subject | undefined {
  const subject: Record<string, string | string[]> = {}
  for (const set of rawItems(bytes))
    for (const attribute of items(parseDer(set))) {
      const [type, text] = items(attribute)
      const key = order.find((each) => oids[each] === oidOf(type))
      if (key === undefined) return undefined
      const present = subject[key]
      subject[key] = present === undefined ? textOf(text!) : [...[present].flat(), textOf(text!)]
    }
  return formatSubject(subject) === formatName(bytes) ? subject : undefined
}
