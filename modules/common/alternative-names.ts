// The names and addresses a certificate is good for: what a user writes, and what a certificate holds.
import type { X509Certificate } from 'node:crypto'
import { isIP, isIPv6 } from 'node:net'
import { z } from 'zod'

/** A DNS name or an address, as a user writes it. */
export const hostParam = z.string().superRefine((host, ctx) => {
  const message = hostProblem(host)
  if (message) ctx.addIssue({ code: 'custom', message })
})

/** Each name once and in one spelling, as `DNS:name` or `IP:address`, in the order given. */
export const alternativeNames = (hosts: readonly string[]): string[] => [
  ...new Set(hosts.map((host) => (isIP(host) ? `IP:${plainAddress(host)}` : `DNS:${host.toLowerCase()}`))),
]

/** Those of a certificate, in the same form. */
export const alternativeNamesOf = (certificate: X509Certificate): string[] =>
  (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const address = /^IP Address:(.*)$/.exec(entry)?.[1]
      return address === undefined ? entry : `IP:${plainAddress(address)}`
    })

function hostProblem(host: string): string | undefined {
  if (isIP(host)) return host.includes('%') ? `'${host}': an address in a certificate has no zone` : undefined
  if (host.endsWith('.'))
    return `'${host}' ends with a dot: clients refuse such a name in a certificate; leave the dot out`
  if (/^[0-9.]+$/.test(host) || host.includes(':')) return `${JSON.stringify(host)} is not an address`
  const labels = host.split('.')
  const valid = labels.every(
    (label, index) =>
      /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label) ||
      (index === 0 && label === '*' && labels.length > 1),
  )
  return valid && host.length <= 253 ? undefined : `${JSON.stringify(host)} is neither a DNS name nor an address`
}

/** One spelling for each IPv6 address. */
const plainAddress = (address: string): string =>
  isIPv6(address) ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address
