// A host's variables and connection settings against their schemas: what is unknown, missing or of another type.
import type { z } from 'zod'
import { type Place, suggest, TsplayError } from '../error.ts'
import { secret } from '../secret.ts'
import type { ConnectionSettings, Site } from '../site.ts'
import { connectionSchemas, isConnectionKey } from './connection-settings.ts'
import { knownKeys } from './known-keys.ts'
import { plainScalar } from './sources/yaml-scalar.ts'
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

const schemaOf = (site: Site, group: string): z.ZodObject | undefined => site.groups[group] ?? site.otherGroups

/** Refuses variables that neither the site nor any of `groups` declares. */
export function checkKnown(statements: readonly Statement[], site: Site, groups: Iterable<string>): void {
  if (statements.length === 0 || isOpen(site.vars)) return
  const schemas = [site.vars, ...[...groups].flatMap((group) => schemaOf(site, group) ?? [])]
  if (schemas.some(isOpen)) return
  const known = new Set(schemas.flatMap((schema) => Object.keys(schema.shape)))
  for (const { key, kind, by, place } of statements) {
    if (kind === 'setting' || known.has(key) || key.startsWith('ansible_')) continue
    const elsewhere = Object.keys(site.groups).find((group) => site.groups[group] && key in site.groups[group].shape)
    throw new TsplayError(`unknown variable '${key}' in ${by}`, {
      place: place(),
      hint:
        elsewhere !== undefined
          ? `'${key}' is a variable of group '${elsewhere}'`
          : isConnectionKey(key)
            ? `as a connection setting it is called tsplay_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} here`
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
export function parsedVars(host: Subject, { variables }: Statements, site: Site): Record<string, unknown> {
  const vars = parsed(host, variables, site.vars, 'the site')
  for (const group of host.groups) {
    const schema = schemaOf(site, group)
    // what takes anything has been taken by the site's own variables, if those take anything
    if (schema && !(isAnything(schema) && isAnything(site.vars)))
      Object.assign(vars, parsed(host, variables, schema, `group '${group}'`))
  }
  return vars
}

const isAnything = (schema: z.ZodObject): boolean => isOpen(schema) && Object.keys(schema.shape).length === 0

function parsed(
  host: Subject,
  variables: Statements['variables'],
  schema: z.ZodObject,
  of: string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [key, { value }] of variables) if (Object.hasOwn(schema.shape, key) || isOpen(schema)) values[key] = value
  if (isAnything(schema)) return values
  const first = schema.safeParse(values)
  const checked = first.success ? first : schema.safeParse(asWanted(values, variables, schema, first.error.issues))
  if (checked.success) return { ...checked.data }
  const { issues } = checked.error
  // what is called otherwise is missing as well
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = [...issue.path, ...(unknown === undefined ? [] : [unknown])].map(String)
  const key = path[0]
  const statement = key === undefined ? undefined : variables.get(key)
  const where = statement ? statement.place(path.slice(1)) : host.place()
  const variable = key === undefined ? '' : ` variable '${path.join('.')}' of ${of}`
  if (key !== undefined && !statement) {
    throw new TsplayError(`host '${host.name}':${variable} is missing`, {
      place: where,
      hint: `give it to the host, to a group that it is in, or to the inventory's vars`,
    })
  }
  if (unknown !== undefined) {
    throw new TsplayError(`host '${host.name}':${variable} is not known`, {
      place: where,
      hint: suggest(unknown, knownKeys(schema, issue.path)),
    })
  }
  throw new TsplayError(`host '${host.name}':${variable || ` variables of ${of}`}: ${plain(issue.message)}`, {
    place: where,
    ...(statement && { hint: `it is given in ${statement.by}` }),
  })
}

/**
 * What was read from a text may be another thing than the schema wants: 1.10 a number and not a version, `true` in an INI
 * file a text, a password not yet a secret. The text says what was written, the schema what was meant.
 */
function asWanted(
  values: Readonly<Record<string, unknown>>,
  variables: Statements['variables'],
  schema: z.ZodObject,
  issues: readonly z.core.$ZodIssue[],
): Record<string, unknown> {
  const found = { ...values }
  for (const key of new Set(issues.map(({ path }) => String(path[0])))) {
    const text = variables.get(key)?.text
    const wanted = schema.shape[key]
    if (text === undefined || !wanted) continue
    const fits = (value: unknown): boolean => wanted.safeParse(value).success
    const candidate = [text, plainScalar(text), secret(text, key)].find(fits)
    if (candidate !== undefined) found[key] = candidate
  }
  return found
}

/** Address and connection settings of a host. @throws TsplayError where one is not what it may be */
export function parsedConnection(
  host: Subject,
  { settings }: Statements,
): { address: string; connection: ConnectionSettings; unsupported?: string } {
  const found: Record<string, unknown> = {}
  for (const [key, { value, written = key, by, place }] of settings) {
    const checked = connectionSchemas[key]?.safeParse(value)
    if (checked?.success === false) {
      throw new TsplayError(`host '${host.name}': '${written}': ${plain(checked.error.issues[0]!.message)}`, {
        place: place(),
        hint: `it is given in ${by}`,
      })
    }
    if (checked) found[key] = checked.data
  }
  const { address = host.name, ...connection } = found
  const unsupported = settings.get('unsupported')
  return {
    address: address as string,
    connection,
    ...(unsupported && { unsupported: String(unsupported.value) }),
  }
}

const plain = (message: string): string => message.replace(/^Invalid input: /, '')
