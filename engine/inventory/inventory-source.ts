// One inventory as it was given: its content, what it is called and how to point into it.
import { z } from 'zod'
import { type Place, suggest, TsplayError } from '../error.ts'
import type { InventoryFile } from '../inventory.ts'
import type { Site } from '../site.ts'
import { all, ungrouped } from './group-tree.ts'
import { locate } from './locate.ts'

/** An inventory before it is resolved. */
export interface InventorySource {
  readonly file: InventoryFile
  /** `prod`, or the literal list. */
  readonly name: string
  /** The file as messages show it; a literal list has none. */
  readonly path?: string
  /** The file's text, to point into it. */
  readonly text?: string
}

/** Where `path` stands in the source, as far as it can be found. */
export function placeIn({ path, text }: InventorySource, keys: readonly string[]): Place | undefined {
  return path === undefined ? undefined : { file: path, ...(text !== undefined && locate(text, keys)) }
}

const record = z.record(z.string(), z.unknown(), { error: 'expected an object' })

const structure = z.object({
  vars: record.optional(),
  groups: z.record(
    z.string(),
    z.strictObject({
      hosts: z.record(z.string(), record).optional(),
      children: z.array(z.string()).readonly().optional(),
      vars: record.optional(),
    }),
  ),
  lab: z.strictObject({ subnet: z.string() }).optional(),
})

/** Checks what holds for the source by itself. @throws TsplayError with place */
export function checkSource(source: InventorySource, site: Site): void {
  checkStructure(source)
  const groups = new Set([...Object.keys(site.groups), all, ungrouped])
  for (const [group, entry] of Object.entries(source.file.groups)) {
    if (!groups.has(group)) {
      throw new TsplayError(`unknown group '${group}'`, {
        place: placeIn(source, ['groups', group]),
        hint: suggest(group, Object.keys(site.groups)),
      })
    }
    for (const child of entry.children ?? []) {
      if (Object.hasOwn(site.groups, child)) continue
      throw new TsplayError(`group '${group}' contains '${child}', which is no group`, {
        place: placeIn(source, ['groups', group, 'children', child]),
        hint: suggest(child, Object.keys(site.groups)),
      })
    }
    for (const host of Object.keys(entry.hosts ?? {})) checkName(source, group, host)
  }
}

function checkStructure(source: InventorySource): void {
  const checked = structure.safeParse(source.file)
  const issue = checked.error?.issues[0]
  if (!issue) return
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = [...issue.path, ...(unknown === undefined ? [] : [unknown])].map(String)
  const what = path.length === 0 ? 'the inventory' : `'${path.join('.')}'`
  const wrong = unknown === undefined ? issue.message.replace(/^Invalid input: /, '') : 'is not known'
  throw new TsplayError(`${what}${unknown === undefined ? ': ' : ' '}${wrong}`, {
    place: placeIn(source, path),
    ...(unknown !== undefined && {
      hint: suggest(unknown, path[0] === 'lab' ? ['subnet'] : ['hosts', 'children', 'vars']),
    }),
  })
}

const hostName = /^[\p{L}\p{N}_:][\p{L}\p{N}_.:%-]*$/u

function checkName(source: InventorySource, group: string, host: string): void {
  if (hostName.test(host)) return
  const range = /\[\w+:\w+\]/.test(host)
  throw new TsplayError(`'${host}' in group '${group}' is no name for a host`, {
    place: placeIn(source, ['groups', group, 'hosts', host]),
    hint: range
      ? 'a range is not expanded here: make the entries with Object.fromEntries and map'
      : 'a name has letters, digits, dots, dashes and underscores',
  })
}
