// A YAML or JSON inventory: groups with hosts, children and vars, as Ansible has them, or hosts right below their group.
import { closest, suggest, TsplayError } from '../../error.ts'
import { foreignStatements, portStatements } from '../foreign-statements.ts'
import { all } from '../group-tree.ts'
import { type InventorySource, type SourceBuilder, sourceBuilder } from '../inventory-source.ts'
import type { Placed, Statement } from '../variables.ts'
import { namesOf } from './host-names.ts'
import { expandRanges, hasRange } from './host-range.ts'
import { listedSource } from './listed-source.ts'
import { warnOfMode } from './mode-warning.ts'
import type { TextFile } from './text-file.ts'
import { placeInside, readYaml, type YamlEntry, type YamlValue } from './yaml-document.ts'

/** @throws TsplayError with line and column */
export function yamlSource(file: TextFile, name: string): InventorySource {
  const root = readYaml(file)
  const { entries } = root
  if (!entries) {
    if (root.value === null) return sourceBuilder().build({ name, path: file.path })
    throw new TsplayError(`'${file.path}' is not an inventory`, {
      place: root.place(),
      hint: 'it is a mapping of groups: all: { hosts: { web1: }, children: { … } }',
    })
  }
  const plugin = entries.find(({ key }) => key === 'plugin')
  if (plugin)
    throw new TsplayError(`'${file.path}' configures an inventory plugin, and tsplay runs none`, {
      place: plugin.place(),
      hint: `save what it finds: ansible-inventory -i ${file.path} --list > hosts.json`,
    })
  if (entries.some(({ key }) => key === '_meta')) return listedSource(root.value, { name, path: file.path })
  const builder = sourceBuilder()
  for (const entry of entries) {
    // tsplay's short form has the variables of every host beside the groups
    if (entry.key === 'vars' && isVariables(entry.value)) builder.vars(all, variables(entry.value, 'the vars', builder))
    else group(entry, builder)
  }
  return builder.build({ name, path: file.path })
}

/** A group named `vars` would have sections. */
const isVariables = ({ entries = [] }: YamlValue): boolean => !entries.some(({ key }) => sections.includes(key))

const sections = ['hosts', 'children', 'vars']

function group({ key: name, place, value }: YamlEntry, builder: SourceBuilder): void {
  if (name === '') throw new TsplayError('a group has an empty name', { place: place() })
  builder.group(name, place)
  if (value.value === null) return
  const entries = mappingOf(value, `group '${name}'`)
  if (isShort(entries, name)) {
    for (const entry of entries) host(entry, name, builder, true)
    return
  }
  for (const section of entries) {
    if (section.key === 'vars') builder.vars(name, variables(section.value, `the vars of group '${name}'`, builder))
    else if (section.key === 'hosts')
      for (const entry of named(section.value, 'hosts')) host(entry, name, builder, false)
    else
      for (const child of named(section.value, 'children')) {
        group(child, builder)
        builder.child(name, child.key, child.place)
      }
  }
}

/** The hosts stand right below the group. A key that is close to a section's name is a mistake and no host. */
function isShort(entries: readonly YamlEntry[], group: string): boolean {
  const isSection = ({ key }: YamlEntry): boolean => sections.includes(key)
  const strange = entries.find((entry) => !isSection(entry))
  if (!strange) return false
  const isHost = ({ key, value }: YamlEntry): boolean =>
    (value.entries !== undefined || value.value === null) && closest(key, sections) === undefined
  if (!entries.some(isSection) && entries.every(isHost)) return true
  throw new TsplayError(`'${strange.key}' in group '${group}' is neither hosts, children nor vars`, {
    place: strange.place(),
    hint: suggest(strange.key, sections),
  })
}

function mappingOf(value: YamlValue, what: string): readonly YamlEntry[] {
  if (value.entries) return value.entries
  if (value.value === null) return []
  throw new TsplayError(`${what} is ${value.items ? 'a list' : `'${value.text}'`}, not a mapping`, {
    place: value.place(),
  })
}

/** A mapping by name; also a list of names, or a single one. */
function named(value: YamlValue, section: string): readonly YamlEntry[] {
  const nothing = (place: Placed): YamlValue => ({ place, value: null })
  const names = value.items ?? (typeof value.value === 'string' ? [value] : undefined)
  if (!names) return mappingOf(value, `'${section}'`)
  return names.map((item) => {
    if (typeof item.value !== 'string')
      throw new TsplayError(`'${section}' lists names, and this is none`, {
        place: item.place(),
        hint: 'put quotes around it',
      })
    return { key: item.value, place: item.place, value: nothing(item.place) }
  })
}

function host({ key, place, value }: YamlEntry, group: string, builder: SourceBuilder, short: boolean): void {
  const { names, port } = namesOf(key, place)
  const by = `host '${key}' of group '${group}'`
  mappingOf(value, `host '${key}'`)
  for (const [index, name] of names.entries()) {
    const counted = short && names.length > 1 ? countedAlong(value, index, names.length) : value
    builder.host(group, name, place, [...portStatements(port, by, place), ...variables(counted, by, builder)])
  }
}

/** In the short form a range in a value counts along with the host's: `node[1:3]: {ip: "10.0.0.[11:13]"}`. */
function countedAlong(value: YamlValue, index: number, count: number): YamlValue {
  const entries = value.entries?.map((entry): YamlEntry => {
    const { text } = entry.value
    if (text === undefined || !hasRange(text)) return entry
    const texts = expandRanges(text)
    if (texts.length !== count)
      throw new TsplayError(`'${text}' stands for ${texts.length} values, and there are ${count} hosts`, {
        place: entry.value.place(),
      })
    return { ...entry, value: { ...entry.value, text: texts[index], value: texts[index] } }
  })
  return { ...value, ...(entries && { entries }) }
}

/** What a mapping says of a host or a group. */
export function variables(value: YamlValue, by: string, builder: Pick<SourceBuilder, 'warn'>): Statement[] {
  return mappingOf(value, by).flatMap((entry) => {
    const { key, value: inner } = entry
    warnOfModes(key, inner, builder)
    return foreignStatements({
      key,
      value: inner.value,
      ...(inner.text !== undefined && { text: inner.text }),
      by,
      place: (path = []) => placeInside(entry, path),
    })
  })
}

function warnOfModes(key: string, value: YamlValue, builder: Pick<SourceBuilder, 'warn'>): void {
  if (typeof value.value === 'number' && value.text !== undefined) warnOfMode(key, value.text, value.place, builder)
  for (const entry of value.entries ?? []) warnOfModes(entry.key, entry.value, builder)
  for (const item of value.items ?? []) warnOfModes(key, item, builder)
}
