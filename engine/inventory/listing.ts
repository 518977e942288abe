// A resolved inventory as text and JSON for people and for Ansible, which reads the list as a dynamic inventory's.
import { formatPlace } from '../error.ts'
import { isSecret } from '../secret.ts'
import type { Host } from '../site.ts'
import { all } from './group-tree.ts'
import type { Inventory } from './resolve-inventory.ts'
import { merged, type Statement } from './variables.ts'

type Json = Record<string, unknown>

/** Groups with their own hosts and children, and in `_meta` the variables of every host: the shape of a script's `--list`. */
export function listing(inventory: Inventory, hosts: readonly Host[], origin: boolean): Json {
  const listed = new Set(hosts.map(({ name }) => name))
  const groups = [all, ...inventory.tree.names].flatMap((group): [string, Json][] => {
    const children = inventory.tree.children(group)
    const own = group === all ? [] : inventory.ownHosts(group).filter((host) => listed.has(host))
    if (group !== all && children.length + own.length === 0) return []
    return [[group, { ...(own.length > 0 && { hosts: own }), ...(children.length > 0 && { children }) }]]
  })
  const vars = hosts.map((host): [string, Json] => [host.name, hostListing(inventory, host, origin)])
  return { _meta: { hostvars: Object.fromEntries(vars) }, ...Object.fromEntries(groups) }
}

/**
 * A host's variables as its site's schemas have made them, connection settings under Ansible's names. With `origin` each value
 * stands with who gave it, where, and what it has overruled.
 */
export function hostListing(inventory: Inventory, host: Host, origin: boolean): Json {
  const { vars } = host as { readonly vars: Readonly<Json> }
  const said = inventory.said(host)
  const { settings } = merged(said)
  const found: Json = { ...vars }
  const statementsFor = new Map<string, readonly Statement[]>()
  for (const key of Object.keys(vars))
    statementsFor.set(
      key,
      said.filter((one) => one.kind === 'variable' && one.key === key),
    )
  for (const { key, value, written } of settings.values()) {
    // what has an Ansible name is a variable of that name already
    if (written?.startsWith('ansible_') || key === 'unsupported') continue
    const name = ansibleNames[key] ?? `tsplay_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
    found[name] = key === 'privateKeys' && Array.isArray(value) ? value[0] : value
    statementsFor.set(
      name,
      said.filter((one) => one.kind === 'setting' && one.key === key),
    )
  }
  const sorted = Object.entries(found).sort(([one], [other]) => (one < other ? -1 : 1))
  if (!origin) return Object.fromEntries(sorted)
  return Object.fromEntries(sorted.map(([key, value]) => [key, withOrigin(value, statementsFor.get(key) ?? [])]))
}

const ansibleNames: Readonly<Record<string, string>> = {
  address: 'ansible_host',
  port: 'ansible_port',
  user: 'ansible_user',
  transport: 'ansible_connection',
  privateKeys: 'ansible_ssh_private_key_file',
  password: 'ansible_password',
  become: 'ansible_become',
  becomeUser: 'ansible_become_user',
  becomeMethod: 'ansible_become_method',
  becomePassword: 'ansible_become_password',
}

function withOrigin(value: unknown, statements: readonly Statement[]): Json {
  const holding = statements.at(-1)
  if (!holding) return { value, by: "the site's default" }
  const overrules = statements.slice(0, -1).reverse()
  return {
    value,
    ...from(holding),
    ...(overrules.length > 0 && { overrules: overrules.map((one) => ({ value: one.value, ...from(one) })) }),
  }
}

function from({ by, place }: Statement): { by: string; at?: string } {
  const found = place()
  return { by, ...(found && { at: formatPlace(found) }) }
}

/** Groups, those within them and their hosts as a tree. */
export function graph(inventory: Inventory, hosts: readonly Host[]): string {
  const listed = new Set(hosts.map(({ name }) => name))
  const lines: string[] = []
  const draw = (group: string, depth: number): void => {
    const indent = depth === 0 ? '' : `${'  |'.repeat(depth)}--`
    lines.push(`${indent}@${group}:`)
    for (const child of inventory.tree.children(group)) draw(child, depth + 1)
    for (const host of group === all ? [] : inventory.ownHosts(group))
      if (listed.has(host)) lines.push(`${'  |'.repeat(depth + 1)}--${host}`)
  }
  draw(all, 0)
  return lines.join('\n')
}

/** JSON in which secrets are masked and everything else is as it is. */
export const asJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (isSecret(inner) ? '***' : inner), 2)
