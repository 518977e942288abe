// A host's variables and connection settings against their schemas: what is unknown, missing or of another type.
import type { z } from 'zod'
import { type Place, suggest, TsplayError } from '../error.ts'
import type { ConnectionSettings, Site } from '../site.ts'
import { connectionSchemas, isConnectionKey } from './connection-settings.ts'
import type { Statement, Statements } from './variables.ts'

/** A host's name, its groups from the outermost to the innermost, and where it stands. */
export interface Subject {
  readonly name: string
  readonly groups: readonly string[]
  readonly place: () => Place | undefined
}

/** A schema takes keys that it does not name. */
const isOpen = (schema: z.ZodObject): boolean => {
  const { catchall } = schema.def
  return catchall !== undefined && catchall._zod.def.type !== 'never'
}

/** Refuses variables that neither the site nor any of `groups` declares. */
export function checkKnown(statements: Iterable<Statement>, site: Site, groups: Iterable<string>): void {
  const schemas = [site.vars, ...[...groups].flatMap((group) => site.groups[group] ?? [])]
  if (schemas.some(isOpen)) return
  const known = new Set(schemas.flatMap((schema) => Object.keys(schema.shape)))
  for (const { key, by, place } of statements) {
    if (known.has(key) || isConnectionKey(key)) continue
    const elsewhere = Object.keys(site.groups).find((group) => site.groups[group] && key in site.groups[group].shape)
    throw new TsplayError(`unknown variable '${key}' in ${by}`, {
      place: place(),
      hint:
        elsewhere !== undefined
          ? `'${key}' is a variable of group '${elsewhere}'`
          : suggest(key, [...known, ...Object.keys(connectionSchemas)]),
    })
  }
}

/** Refuses a site whose variables could be mistaken for connection settings. */
export function checkSite(site: Site): void {
  const declared = [
    ...Object.keys(site.vars.shape).map((key) => [key, 'the site'] as const),
    ...Object.entries(site.groups).flatMap(([group, schema]) =>
      Object.keys(schema.shape).map((key) => [key, `group '${group}'`] as const),
    ),
  ]
  const taken = declared.find(([key]) => isConnectionKey(key))
  if (!taken) return
  throw new TsplayError(`${taken[1]} declares a variable '${taken[0]}', which is the name of a connection setting`, {
    hint: `connection settings are ${Object.keys(connectionSchemas).join(', ')}`,
  })
}

/** The variables of a host, parsed by the schema of the site and of each of its groups. @throws TsplayError */
export function parsedVars(host: Subject, statements: Statements, site: Site): Record<string, unknown> {
  const vars = parsed(host, statements, site.vars, 'the site')
  for (const group of host.groups) {
    const schema = site.groups[group]
    if (schema) Object.assign(vars, parsed(host, statements, schema, `group '${group}'`))
  }
  return vars
}

function parsed(host: Subject, statements: Statements, schema: z.ZodObject, of: string): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [key, { value }] of statements)
    if (Object.hasOwn(schema.shape, key) || (isOpen(schema) && !isConnectionKey(key))) values[key] = value
  const checked = schema.safeParse(values)
  if (checked.success) return { ...checked.data }
  const issue = checked.error.issues[0]!
  const path = issue.path.map(String)
  const key = path[0]
  const statement = key === undefined ? undefined : statements.get(key)
  const where = statement ? statement.place() : host.place()
  const variable = key === undefined ? '' : ` variable '${path.join('.')}' of ${of}`
  if (key !== undefined && !statement) {
    throw new TsplayError(`host '${host.name}':${variable} is missing`, {
      place: where,
      hint: `give it to the host, to a group that it is in, or to the inventory's vars`,
    })
  }
  throw new TsplayError(`host '${host.name}':${variable || ` variables of ${of}`}: ${plain(issue.message)}`, {
    place: where,
    ...(statement && { hint: `it is given in ${statement.by}` }),
  })
}

/** Address and connection settings of a host. @throws TsplayError where one is not what it may be */
export function parsedConnection(
  host: Subject,
  statements: Statements,
): { address: string; connection: ConnectionSettings } {
  const found: Record<string, unknown> = {}
  for (const [key, statement] of statements) {
    if (!isConnectionKey(key)) continue
    const checked = connectionSchemas[key]!.safeParse(statement.value)
    if (!checked.success) {
      throw new TsplayError(`host '${host.name}': '${key}': ${plain(checked.error.issues[0]!.message)}`, {
        place: statement.place(),
        hint: `it is given in ${statement.by}`,
      })
    }
    found[key] = checked.data
  }
  const { address = host.name, ...connection } = found
  return { address: address as string, connection }
}

const plain = (message: string): string => message.replace(/^Invalid input: /, '')
