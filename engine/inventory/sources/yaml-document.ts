// A YAML document as Ansible reads it, with the place of every value. Knows nothing of inventories.
import { Alias, isMap, isPair, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from 'yaml'
import { TsplayError } from '../../error.ts'
import { secret } from '../../secret.ts'
import type { Placed } from '../variables.ts'
import { placeAt, type TextFile } from './text-file.ts'
import { plainScalar } from './yaml-scalar.ts'

/** A value of a document: JSON's kinds, each with its place. Mappings keep their order. */
export interface YamlValue {
  readonly place: Placed
  /** The value as plain data. */
  readonly value: unknown
  /** As written, for a scalar. */
  readonly text?: string
  /** The entries of a mapping. */
  readonly entries?: readonly YamlEntry[]
  /** The items of a list. */
  readonly items?: readonly YamlValue[]
}

export interface YamlEntry {
  readonly key: string
  readonly place: Placed
  readonly value: YamlValue
}

/** Where the part of an entry stands that `path` leads to, as far as there is one: keys of mappings, numbers of items. */
export function placeInside({ place, value }: YamlEntry, [part, ...path]: readonly string[]): ReturnType<Placed> {
  const entry = value.entries?.find(({ key }) => key === part)
  if (entry) return placeInside(entry, path)
  const item = part === undefined ? undefined : value.items?.[Number(part)]
  return item ? placeInside({ key: '', place: item.place, value: item }, path) : place()
}

/** @throws TsplayError with the place of the first thing that is no YAML */
export function readYaml(file: TextFile): YamlValue {
  // every scalar comes as the text it is; what it means is Ansible's to say and not the library's
  try {
    const document = parseDocument(file.text, { schema: 'failsafe', version: '1.1', logLevel: 'silent' })
    const [error] = document.errors
    if (!error) return valueReader(file)(document.contents as Node | null)
    throw new TsplayError(messageOf(error.message), { place: placeAt(file, error.pos[0])(), ...hintFor(error.code) })
  } catch (error) {
    // the library's parser calls itself for each level of nesting
    if (!(error instanceof RangeError)) throw error
    throw new TsplayError(`'${file.path}' is nested too deeply`, { place: { file: file.path } })
  }
}

const messageOf = (message: string): string =>
  `not valid YAML: ${message
    .split('\n')[0]!
    .replace(/ at line \d+, column \d+:?$/, '')
    .replace(/^Map keys must be unique$/, 'a key is given twice in one mapping')}`

const hintFor = (code: string): { hint?: string } =>
  code === 'TAB_AS_INDENT'
    ? { hint: 'indent with blanks' }
    : code === 'DUPLICATE_KEY'
      ? { hint: 'of two values the second would win silently: keep one' }
      : {}

/** Anchors may multiply what is written; this is where it ends. */
const mostValues = 5_000_000

function valueReader(file: TextFile): (node: Node | null) => YamlValue {
  const anchors = new Map<string, YamlValue | undefined>()
  let values = 0

  const read = (node: Node | null): YamlValue => {
    if (++values > mostValues)
      throw new TsplayError(`'${file.path}' grows beyond measure through its aliases`, { place: { file: file.path } })
    const place = placeAt(file, node?.range?.[0] ?? 0)
    if (node === null) return { place, value: null, text: '' }
    if (node instanceof Alias) return aliased(node, place)
    const anchor = 'anchor' in node ? node.anchor : undefined
    if (anchor !== undefined) anchors.set(anchor, undefined)
    const found = isMap(node)
      ? mapping(node, place)
      : isSeq(node)
        ? list(node.items as Node[], place)
        : scalar(node, place)
    const tagged = special(node, found, place)
    if (anchor !== undefined) anchors.set(anchor, tagged)
    return tagged
  }

  const aliased = (node: Alias, place: Placed): YamlValue => {
    const found = anchors.get(node.source)
    if (found) {
      values += size(found)
      return { ...found, place }
    }
    const known = anchors.has(node.source)
    throw new TsplayError(known ? `'*${node.source}' contains itself` : `there is no anchor '&${node.source}'`, {
      place: place(),
    })
  }

  const list = (nodes: readonly Node[], place: Placed): YamlValue => {
    const items = nodes.map((item) => read(isPair(item) ? null : item))
    return { place, items, value: items.map(({ value }) => value) }
  }

  const mapping = (node: YAMLMap, place: Placed): YamlValue => {
    const own = new Map<string, YamlEntry>()
    const merged = new Map<string, YamlEntry>()
    for (const { key: keyNode, value: valueNode } of node.items) {
      const key = read(keyNode as Node | null)
      const value = read(valueNode as Node | null)
      if (key.text === '<<') mergeInto(merged, value, key.place)
      else own.set(keyText(key), { key: keyText(key), place: key.place, value })
    }
    const entries = [...new Map([...merged, ...own]).values()]
    return { place, entries, value: Object.fromEntries(entries.map((entry) => [entry.key, entry.value.value])) }
  }

  return read
}

/** `<<: *defaults` and `<<: [*a, *b]`: what is said first holds. */
function mergeInto(merged: Map<string, YamlEntry>, from: YamlValue, place: Placed): void {
  for (const source of from.items ?? [from]) {
    if (!source.entries) throw new TsplayError("'<<' takes in mappings only", { place: place() })
    for (const entry of source.entries) if (!merged.has(entry.key)) merged.set(entry.key, entry)
  }
}

function keyText({ entries, items, text, value, place }: YamlValue): string {
  if (entries || items) throw new TsplayError('a key is a text, not a list or a mapping', { place: place() })
  return value === null ? (text === '' ? '' : 'null') : typeof value === 'string' ? value : String(value)
}

function scalar(node: Node, place: Placed): YamlValue {
  if (!isScalar(node)) return { place, value: null }
  const text = node.source ?? String(node.value ?? '')
  const plain = node.type === 'PLAIN' || node.type === undefined
  return { place, text: plain ? text : String(node.value), value: plain ? plainScalar(text) : node.value }
}

const size = (value: YamlValue): number =>
  1 + (value.items ?? value.entries?.map((entry) => entry.value) ?? []).reduce((total, inner) => total + size(inner), 0)

/** What a tag makes of a value. Tags that would run code are unknown to Ansible as well. */
function special(node: Node, found: YamlValue, place: Placed): YamlValue {
  const tag = node.tag?.replace(/^tag:yaml\.org,2002:|^!!/, '')
  if (tag === undefined || ['map', 'seq', 'omap', 'pairs', '!unsafe'].includes(tag)) return found
  const text = found.text ?? ''
  if (tag === 'str') return { ...found, value: text }
  if (tag === 'set' && found.entries) return { ...found, value: Object.keys(found.value as object) }
  if (tag === 'binary') return { ...found, value: Buffer.from(text, 'base64').toString() }
  if (['int', 'float', 'bool', 'null', 'timestamp'].includes(tag)) return { ...found, value: plainScalar(text) }
  if (tag === '!vault' || tag === '!vault-encrypted') return { ...found, value: vaulted(place) }
  throw new TsplayError(`the tag '${node.tag}' is not known`, {
    place: place(),
    hint: 'YAML of an inventory may have !vault, !unsafe and the standard tags',
  })
}

/** A secret that cannot be opened: the inventory loads, and only a task that needs the value fails. */
const vaulted = (place: Placed) =>
  Object.freeze({
    ...secret('', 'a vault-encrypted value'),
    [Symbol.for('tsplay.secret')]: (): string => {
      throw new TsplayError('this value is encrypted with ansible-vault, which tsplay does not open', {
        place: place(),
        hint: 'ansible-vault decrypt it, or give it with -e',
      })
    },
  })
