// The names and addresses a certificate is good for: what a user writes, and what a certificate holds.
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'
import { compressedIPv6 } from '../compressed-ipv6.ts'
import { bytesOf, type Der, der, isTagged, items } from './der.ts'

/** A DNS name, an IP address, an e-mail address or a URI. Which of them it is, its form says, as in cfssl. */
export const hostParam = z.string().superRefine((host, ctx) => {
  const message = hostProblem(host)
  if (message) ctx.addIssue({ code: 'custom', message })
})

/** Each name once and in one spelling, as `DNS:name`, `email:address`, `IP:address` or `URI:…`, in the order cfssl lists kinds. */
export function alternativeNames(hosts: readonly string[]): string[] {
  const names = [...new Set(hosts.map(nameOf))]
  return kinds.flatMap((kind) => names.filter((name) => name.startsWith(`${kind}:`)))
}

const kinds = ['DNS', 'email', 'IP', 'URI'] as const

function nameOf(host: string): string {
  if (isIP(host)) return `IP:${plainAddress(host)}`
  if (isUri(host)) return `URI:${host}`
  if (host.includes('@')) return `email:${host}`
  return `DNS:${host.toLowerCase()}`
}

/** The other way round. */
export const hostOf = (name: string): string => name.slice(name.indexOf(':') + 1)

const isUri = (host: string): boolean => /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(host)

/** The value of the extension `subjectAltName`. */
export const encodeNames = (names: readonly string[]): Der =>
  der.sequence(
    ...names.map((name) => {
      const text = hostOf(name)
      if (name.startsWith('IP:')) return der.implicit(7, addressBytes(text))
      return der.implicit(name.startsWith('DNS:') ? 2 : name.startsWith('email:') ? 1 : 6, Buffer.from(text, 'latin1'))
    }),
  )

/** Kinds that have no form here are told by their number. */
export const decodeNames = (node: Der): string[] =>
  items(node).map((each) => {
    if (isTagged(each, 2)) return `DNS:${bytesOf(each).toString('latin1').toLowerCase()}`
    if (isTagged(each, 1)) return `email:${bytesOf(each).toString('latin1')}`
    if (isTagged(each, 6)) return `URI:${bytesOf(each).toString('latin1')}`
    if (isTagged(each, 7)) return `IP:${addressOf(bytesOf(each))}`
    return `other:[${each.type as number}]`
  })

function hostProblem(host: string): string | undefined {
  const shown = JSON.stringify(host)
  if (isIP(host)) return host.includes('%') ? `'${host}': an address in a certificate has no zone` : undefined
  if (isUri(host)) {
    if (URL.canParse(host) && /^[\x21-\x7e]+$/.test(host)) return undefined
    return `${shown} is not a URI`
  }
  if (host.includes('@')) {
    const at = host.lastIndexOf('@')
    const valid = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/.test(host.slice(0, at)) && isDnsName(host.slice(at + 1))
    return valid ? undefined : `${shown} is not an e-mail address`
  }
  if (host.endsWith('.'))
    return `'${host}' ends with a dot: clients refuse such a name in a certificate; leave the dot out`
  if (/^[0-9.]+(\/\d+)?$/.test(host) || host.includes(':')) return `${shown} is not an address`
  return isDnsName(host) ? undefined : `${shown} is neither a DNS name nor an address`
}

function isDnsName(name: string): boolean {
  const labels = name.split('.')
  return (
    name.length <= 253 &&
    labels.every(
      (label, index) =>
        /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label) ||
        (index === 0 && label === '*' && labels.length > 1),
    )
  )
}

/** One spelling for each IPv6 address. One that stands for an IPv4 address is that, as in cfssl. */
function plainAddress(address: string): string {
  if (!isIPv6(address)) return address
  const plain = compressedIPv6(address)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain)
  return mapped
    ? addressOf(
        Buffer.from(
          mapped
            .slice(1)
            .map((part) => part.padStart(4, '0'))
            .join(''),
          'hex',
        ),
      )
    : plain
}

function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number)
  const [head = '', tail] = address.split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const missing = tail === undefined ? 0 : 8 - before.length - after.length
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function addressOf(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) return bytes.toString('hex')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  return plainAddress(groups.join(':'))
}
