// A typed inventory: what `inventory(site, { … })` gives, with the text of its file to point into.
import { z } from 'zod'
import { type Place, suggest, TsplayError } from '../../error.ts'
import type { InventoryFile } from '../../inventory.ts'
import { type InventorySource, sourceBuilder } from '../inventory-source.ts'
import { statementsOf } from '../variables.ts'
import { locate } from './locate.ts'

/** A typed inventory as it was loaded. */
export interface TypedFile {
  readonly file: InventoryFile
  readonly name: string
  /** The file as messages show it. */
  readonly path?: string
  readonly text?: string
}

/** @throws TsplayError with the place of what has not the shape of an inventory */
export function typedSource(typed: TypedFile): InventorySource {
  checkStructure(typed)
  const { file, name, path } = typed
  const at = (...keys: string[]) => placeIn(typed, keys)
  const builder = sourceBuilder()
  for (const [group, { hosts = {}, children = [], vars }] of Object.entries(file.groups)) {
    builder.group(group, () => at('groups', group))
    for (const child of children) builder.child(group, child, () => at('groups', group, 'children', child))
    builder.vars(
      group,
      statementsOf(vars, `the vars of group '${group}'`, (...keys) => at('groups', group, 'vars', ...keys)),
    )
    for (const [host, entry] of Object.entries(hosts)) {
      checkName(typed, group, host)
      const path = ['groups', group, 'hosts', host]
      const statements = statementsOf(entry, `host '${host}' of group '${group}'`, (...keys) => at(...path, ...keys))
      builder.host(group, host, () => at(...path), statements)
    }
  }
  return builder.build({
    name,
    ...(path !== undefined && { path }),
    site: file.site,
    strict: true,
    vars: statementsOf(file.vars, "the inventory's vars", (...keys) => at('vars', ...keys)),
    ...(file.lab && { lab: { settings: file.lab, place: () => at('lab', 'subnet') } }),
  })
}

/** Where `keys` lead to in the file, as far as that can be found. */
function placeIn({ path, text }: TypedFile, keys: readonly string[]): Place | undefined {
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

function checkStructure(typed: TypedFile): void {
  const checked = structure.safeParse(typed.file)
  const issue = checked.error?.issues[0]
  if (!issue) return
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = [...issue.path, ...(unknown === undefined ? [] : [unknown])].map(String)
  const what = path.length === 0 ? 'the inventory' : `'${path.join('.')}'`
  const wrong = unknown === undefined ? issue.message.replace(/^Invalid input: /, '') : 'is not known'
  throw new TsplayError(`${what}${unknown === undefined ? ': ' : ' '}${wrong}`, {
    place: placeIn(typed, path),
    ...(unknown !== undefined && {
      hint: suggest(unknown, path[0] === 'lab' ? ['subnet'] : ['hosts', 'children', 'vars']),
    }),
  })
}

const hostName = /^[\p{L}\p{N}_:][\p{L}\p{N}_.:%-]*$/u

function checkName(typed: TypedFile, group: string, host: string): void {
  if (hostName.test(host)) return
  const range = /\[\w+:\w+\]/.test(host)
  throw new TsplayError(`'${host}' in group '${group}' is no name for a host`, {
    place: placeIn(typed, ['groups', group, 'hosts', host]),
    hint: range
      ? 'a range is not expanded here: make the entries with Object.fromEntries and map'
      : 'a name has letters, digits, dots, dashes and underscores',
  })
}
