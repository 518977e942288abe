// What `--list` of an inventory script prints, and `ansible-inventory --list` saves: groups by name, variables in `_meta`.
import { TsplayError } from '../../error.ts'
import { foreignStatements } from '../foreign-statements.ts'
import { type InventorySource, sourceBuilder } from '../inventory-source.ts'
import type { Placed, Statement } from '../variables.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * @param hostVars variables of hosts for which `_meta` says nothing at all, by name
 * @throws TsplayError naming the key that is not what it should be
 */
export function listedSource(
  listed: unknown,
  { name, path, hostVars }: { name: string; path: string; hostVars?: ReadonlyMap<string, unknown> },
): InventorySource {
  const place: Placed = () => ({ file: path })
  const wrong = (what: string): TsplayError => new TsplayError(`${path}: ${what}`, { hint: shape })
  const isObject = (value: unknown): value is Json =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const objectAt = (value: unknown, where: string): Json => {
    if (value === undefined || value === null) return {}
    if (isObject(value)) return value
    throw wrong(`${where} is not an object`)
  }
  const namesAt = (value: unknown, where: string): string[] => {
    if (value === undefined || value === null) return []
    if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')) return value
    throw wrong(`${where} is not a list of names`)
  }
  const said = (vars: Json, by: string): Statement[] =>
    Object.entries(vars).flatMap(([key, value]) => foreignStatements({ key, value, ...textOf(value), by, place }))

  const builder = sourceBuilder()
  const groupOf = new Map<string, string>()
  const { _meta: meta, ...groups } = objectAt(listed, 'what it prints')
  for (const [group, data] of Object.entries(groups)) {
    builder.group(group, place)
    const plain = isObject(data) && !['hosts', 'vars', 'children'].some((key) => key in data)
    // an object that says nothing of a group is a host of the group's name, with its variables
    const parts: Json = Array.isArray(data)
      ? { hosts: data }
      : plain
        ? { hosts: [group], vars: data }
        : objectAt(data, group)
    for (const host of namesAt(parts.hosts, `${group}.hosts`)) {
      if (!groupOf.has(host)) groupOf.set(host, group)
      builder.host(group, host, place, [])
    }
    builder.vars(group, said(objectAt(parts.vars, `${group}.vars`), `the vars of group '${group}'`))
    for (const child of namesAt(parts.children, `${group}.children`)) {
      builder.group(child, place)
      builder.child(group, child, place)
    }
  }
  const known = objectAt(objectAt(meta, '_meta').hostvars, '_meta.hostvars')
  for (const [host, group] of groupOf) {
    const vars = objectAt(hostVars?.get(host) ?? known[host], `the variables of '${host}'`)
    builder.host(group, host, place, said(vars, `host '${host}'`))
  }
  return builder.build({ name, path })
}

const shape = '{"web": {"hosts": ["web1"], "vars": {}, "children": []}, "_meta": {"hostvars": {"web1": {}}}}'

const textOf = (value: unknown): { text?: string } =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { text: String(value) } : {}
