// Names that must lead to one address each, and certificates that must hold what they are reached by. Asks no host.
import type { Finding } from 'tsplay'

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
    const addresses = [...new Set(all.map(({ address }) => address))]
    if (addresses.length < 2) return []
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

/** What the API is reached by must be in its certificate, or clients refuse it (B61, B64). */
export function certificateFindings(names: readonly string[], endpoints: readonly Alias[]): Finding[] {
  const known = new Set(names.map((name) => name.toLowerCase()))
  return endpoints
    .filter(({ name }) => !known.has(name.toLowerCase()))
    .map(({ name, variable }) => ({
      level: 'error',
      rule: 'certificate-names',
      message: `the API is reached as '${name}', which its certificate does not hold`,
      hint: 'add it to the hosts of the certificate',
      ...(variable !== undefined && { variable }),
    }))
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
