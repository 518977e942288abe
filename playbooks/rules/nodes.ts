// What nodes may be called, and which labels they may have, for Kubernetes to take them. Asks no host.
import type { Finding } from 'tsplay'

/** Nodes are objects of the cluster, named by what DNS calls a subdomain. */
export const nodeNameFindings = (hosts: readonly { readonly name: string }[]): Finding[] =>
  hosts
    .filter(({ name }) => !isSubdomain(name))
    .map(({ name }) => ({
      level: 'error',
      rule: 'node-name',
      message: `'${name}' cannot be the name of a node`,
      hint: 'nodes have names of small letters, digits, hyphens and dots',
      host: name,
    }))

/** Labels that no node takes: a name, with or without a domain before it, and a value of the same characters. */
export const labelFindings = (
  nodes: readonly { readonly name: string; readonly vars: { readonly labels: Readonly<Record<string, string>> } }[],
): Finding[] =>
  nodes.flatMap(({ name, vars }) =>
    Object.entries(vars.labels)
      .filter(([key, value]) => !isLabelName(key) || !(value === '' || isWord(value)))
      .map(
        ([key, value]): Finding => ({
          ...{ level: 'error', rule: 'node-label', host: name, variable: 'labels' },
          message: `'${key}=${value}' cannot be a label of a node`,
          hint: 'names and values have up to 63 letters, digits, hyphens, dots and underscores, and begin and end with one of the first two',
        }),
      ),
  )

const isWord = (text: string): boolean => text.length <= 63 && /^[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/.test(text)

function isLabelName(key: string): boolean {
  const [name = '', domain, ...more] = key.split('/').reverse()
  return more.length === 0 && isWord(name) && (domain === undefined || isSubdomain(domain))
}

/** What DNS calls a subdomain, as Kubernetes has it: small letters. */
const isSubdomain = (name: string): boolean =>
  name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
