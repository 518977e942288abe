// Names that must lead to one address each, and certificates that must hold what they are reached by. Asks no host.
import { isIP } from 'node:net'
import type { Finding } from 'tsplay'
import { addressKey, parseCidr } from '../cidr.ts'
import { error, warning } from './error.ts'

/** A name and where it leads. */
export interface Alias {
  readonly name: string
  readonly address: string
  /** The variable that says so. Default: the inventory's own hosts. */
  readonly variable?: string
  /** The host whose name it is. */
  readonly host?: string
}

/** A name that leads to two addresses is a matter of luck (B64). */
export function nameFindings(aliases: readonly Alias[]): Finding[] {
  const byName = new Map<string, Alias[]>()
  for (const alias of aliases) {
    const key = alias.name.toLowerCase().replace(/\.$/, '')
    byName.set(key, [...(byName.get(key) ?? []), alias])
  }
  return [...byName].flatMap(([name, all]): Finding[] => {
    const addresses = [...new Map(all.map(({ address }) => [addressKey(address), address])).values()]
    // one of each family is a host of both
    if (!addresses.some((address, index) => addresses.findIndex((other) => isAlike(address, other)) < index)) return []
    const variable = all.findLast((alias) => alias.variable !== undefined)?.variable
    const host = all.findLast((alias) => alias.host !== undefined)?.host
    return [
      {
        level: 'error',
        rule: 'name-addresses',
        message: `the name '${name}' leads to ${addresses.join(' and ')}`,
        hint: 'every host looks it up in /etc/hosts and takes the first: leave one of them',
        ...(variable === undefined ? host !== undefined && { host } : { variable }),
      },
    ]
  })
}

/** Whether a host cannot have both: addresses of one family, or names. */
const isAlike = (a: string, b: string): boolean => parseCidr(a)?.family === parseCidr(b)?.family

/** What the API is reached by must be in its certificate, or clients refuse it (B61, B64). */
export function certificateFindings(names: readonly string[], endpoints: readonly Alias[]): Finding[] {
  const known = new Set(names.map(addressKey))
  return (
    endpoints
      .map((endpoint) => ({ ...endpoint, key: addressKey(endpoint.name) }))
      // in a certificate, a star stands for the first part of a name
      .filter(({ key }) => !known.has(key) && !known.has(key.replace(/^[^.]+/, '*')))
      .map(({ name, variable }) => ({
        level: 'error',
        rule: 'certificate-names',
        message: `the API is reached as '${name}', which its certificate does not hold`,
        hint: 'add it to the hosts of the certificate',
        ...(variable !== undefined && { variable }),
      }))
  )
}

/** Members of etcd know one another by name (B77): two of one name are one member. */
export function memberFindings(members: readonly { readonly name: string; readonly host: string }[]): Finding[] {
  return members.flatMap(({ name, host }, index) => {
    const other = members.slice(0, index).find((each) => each.name === name)
    if (!other) return []
    return [
      {
        ...{ level: 'error', rule: 'etcd-name', host, variable: 'etcdName' },
        message: `the members of etcd on ${other.host} and ${host} are both called '${name}'`,
        hint: 'give each an `etcdName` of its own, or none: then it is called as its host',
      },
    ]
  })
}

/** What is called a name and is none: an address of a web page, or a name with its port. */
export const apiNameFindings = (name: string | undefined, variable: string): Finding[] =>
  name === undefined || isIP(name) !== 0 || isHostName(name)
    ? []
    : [
        error(
          'api-name',
          `'${name}' is no name that a host could be reached by`,
          'write the name alone: the port stands in `api.port`, and https:// nowhere',
          variable,
        ),
      ]

/** The domain of the services: one that can be, and that is nobody else's. */
export function domainFindings(
  domain: string,
  names: readonly { readonly name: string; readonly what: string }[],
  variable: string,
): Finding[] {
  const own = domain.toLowerCase().replace(/\.$/, '')
  if (!isHostName(own))
    return [error('cluster-domain', `'${domain}' is no domain`, 'write it as cluster.local', variable)]
  const other = names.find(({ name }) => `.${name.toLowerCase().replace(/\.$/, '')}`.endsWith(`.${own}`))
  if (!other) return []
  return [
    warning(
      'cluster-domain',
      `${other.what}, ${other.name}, is in the domain of the services, ${domain}, in which pods find nothing but services`,
      'choose a domain that is for the services alone',
      variable,
    ),
  ]
}

const isHostName = (name: string): boolean =>
  name.length <= 253 && /^[a-z0-9_]([-\w]*[a-z0-9])?(\.[a-z0-9_]([-\w]*[a-z0-9])?)*\.?$/i.test(name)
