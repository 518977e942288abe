// The extensions of certificates and requests: a list of numbers, flags and values.
import { alternativeNames, decodeNames, encodeNames, hostOf } from './alternative-name.ts'
import { bytesOf, type Der, der, encodeDer, isBoolean, isTagged, items, oidOf, parseDer } from './der.ts'
import { decodeExtendedUsage, decodeKeyUsage, encodeExtendedUsage, encodeKeyUsage, normalUsages } from './usage.ts'

/** What extensions say. */
export interface Extensions {
  /** `DNS:…`, `email:…`, `IP:…` and `URI:…`. */
  readonly names: readonly string[]
  /** In cfssl's words, in one order. */
  readonly usages: readonly string[]
  /** Whether it may sign others; undefined where nothing is said. */
  readonly authority?: boolean
  /** How many authorities may stand between it and a leaf; undefined: any number. */
  readonly pathLength?: number
  readonly keyId?: Buffer
  readonly authorityKeyId?: Buffer
}

const oids = {
  keyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  names: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedUsage: '2.5.29.37',
} as const

/** The list, in the order in which cfssl writes it. */
export function encodeExtensions({ names, usages, authority, pathLength, keyId, authorityKeyId }: Extensions): Der {
  const keyUsage = encodeKeyUsage(usages)
  const extendedUsage = encodeExtendedUsage(usages)
  const constraints = [
    ...(authority ? [der.boolean(true)] : []),
    ...(authority && pathLength !== undefined ? [der.small(pathLength)] : []),
  ]
  return der.sequence(
    ...(keyUsage ? [extension('keyUsage', keyUsage, true)] : []),
    ...(extendedUsage ? [extension('extendedUsage', extendedUsage)] : []),
    ...(authority === undefined ? [] : [extension('basicConstraints', der.sequence(...constraints), true)]),
    ...(keyId ? [extension('keyId', der.octets(keyId))] : []),
    ...(authorityKeyId ? [extension('authorityKeyId', der.sequence(der.implicit(0, authorityKeyId)))] : []),
    ...(names.length > 0 ? [extension('names', encodeNames(alternativeNames(names.map(hostOf))))] : []),
  )
}

const extension = (name: keyof typeof oids, value: Der, critical = false): Der =>
  der.sequence(der.oid(oids[name]), ...(critical ? [der.boolean(true)] : []), der.octets(encodeDer(value)))

/** @throws Error where it is no list of extensions */
export function decodeExtensions(list: Der | undefined): Extensions {
  const values = new Map(
    (list ? items(list) : []).map((each) => {
      const [id, second, third] = items(each)
      return [oidOf(id), parseDer(bytesOf(isBoolean(second) ? third : second))] as const
    }),
  )
  const [keyUsage, extendedUsage] = [values.get(oids.keyUsage), values.get(oids.extendedUsage)]
  const names = values.get(oids.names)
  const constraints = values.get(oids.basicConstraints)
  const [isAuthority, length] = constraints ? constraintsOf(constraints) : []
  const keyId = values.get(oids.keyId)
  const authorityKeyId = values.get(oids.authorityKeyId)
  const identifier = authorityKeyId && items(authorityKeyId).find((each) => isTagged(each, 0))
  return {
    names: names ? decodeNames(names) : [],
    usages: normalUsages([
      ...(keyUsage ? decodeKeyUsage(keyUsage) : []),
      ...(extendedUsage ? decodeExtendedUsage(extendedUsage) : []),
    ]),
    ...(isAuthority !== undefined && { authority: isAuthority }),
    ...(length !== undefined && { pathLength: length }),
    ...(keyId && { keyId: bytesOf(keyId) }),
    ...(identifier && { authorityKeyId: bytesOf(identifier) }),
  }
}

function constraintsOf(node: Der): [authority: boolean, pathLength: number | undefined] {
  const [first, second] = items(node)
  const authority = isBoolean(first) && bytesOf(first)[0] !== 0
  const length = isBoolean(first) ? second : first
  return [authority, length && Number.parseInt(bytesOf(length).toString('hex'), 16)]
}
