// What a certificate may be used for, in cfssl's words, and the two extensions that say it.
import { bitsOf, bytesOf, type Der, der, items, oidOf } from './der.ts'

/** Key usages by their bit. */
const keyUsages = [
  'digital signature',
  'content commitment',
  'key encipherment',
  'data encipherment',
  'key agreement',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
] as const

const extendedUsages = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
} as const

/** Other words for some of them. */
const synonyms = { signing: 'digital signature', 's/mime': 'email protection' } as const

/** A usage as cfssl's profiles name it. Spelt out, as editors and `tsplay doc` show it. */
export type Usage =
  | 'signing'
  | 'digital signature'
  | 'content commitment'
  | 'key encipherment'
  | 'data encipherment'
  | 'key agreement'
  | 'cert sign'
  | 'crl sign'
  | 'encipher only'
  | 'decipher only'
  | 'any'
  | 'server auth'
  | 'client auth'
  | 'code signing'
  | 'email protection'
  | 's/mime'
  | 'ipsec end system'
  | 'ipsec tunnel'
  | 'ipsec user'
  | 'timestamping'
  | 'ocsp signing'
  | 'microsoft sgc'
  | 'netscape sgc'

/** Every word that is understood. */
export const usageWords: readonly Usage[] = [
  ...keyUsages,
  ...(Object.keys(extendedUsages) as (keyof typeof extendedUsages)[]),
  ...(Object.keys(synonyms) as (keyof typeof synonyms)[]),
]

/** Each once, in one spelling and one order. */
export const normalUsages = (usages: readonly string[]): string[] => {
  const wanted = new Set(usages.map((usage) => (synonyms as Readonly<Record<string, string>>)[usage] ?? usage))
  const known = [...keyUsages, ...Object.keys(extendedUsages)]
  return [
    ...known.filter((usage) => wanted.has(usage)),
    ...[...wanted].filter((usage) => !known.includes(usage)).sort(),
  ]
}

/** The value of the extension `keyUsage`; undefined where none of the usages is one of a key. */
export function encodeKeyUsage(usages: readonly string[]): Der | undefined {
  const set = keyUsages.flatMap((usage, bit) => (normalUsages(usages).includes(usage) ? [bit] : []))
  if (set.length === 0) return undefined
  const highest = Math.max(...set)
  const bytes = new Uint8Array((highest >> 3) + 1)
  for (const bit of set) bytes[bit >> 3]! |= 0x80 >> (bit & 7)
  return der.bits(bytes, 7 - (highest & 7))
}

/** The value of the extension `extKeyUsage`; undefined where there is no such usage. */
export function encodeExtendedUsage(usages: readonly string[]): Der | undefined {
  const found = normalUsages(usages).flatMap((usage) => extendedUsages[usage as keyof typeof extendedUsages] ?? [])
  return found.length === 0 ? undefined : der.sequence(...found.map(der.oid))
}

export function decodeKeyUsage(node: Der): string[] {
  const bytes = bitsOf(node)
  return keyUsages.filter((_, bit) => (bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7)))
}

/** Usages that have no word here are told by their number. */
export const decodeExtendedUsage = (node: Der): string[] =>
  items(node).map((each) => {
    bytesOf(each)
    const oid = oidOf(each)
    return Object.entries(extendedUsages).find(([, known]) => known === oid)?.[0] ?? oid
  })
