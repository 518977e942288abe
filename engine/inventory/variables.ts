// Which value of a variable holds on a host: everything that was said of it, in order of precedence.
import { isDeepStrictEqual } from 'node:util'
import { type Place, TsplayError } from '../error.ts'
import { isSecret, reveal } from '../secret.ts'
import { isConnectionKey } from './connection-settings.ts'

/** Where something stands; computed when it is wanted. */
export type Placed = () => Place | undefined

/** One value that was given for a variable or for a connection setting. */
export interface Statement {
  readonly key: string
  readonly value: unknown
  readonly kind: 'variable' | 'setting'
  /** The value as it was written, where it was read from a text: `0755`, `1.10`. */
  readonly text?: string
  /** It stands in the host's name, as a port does; whatever else is said of the host holds before it. */
  readonly weak?: boolean
  /** What a setting is called where it stands, if not by its key: `ansible_user`. */
  readonly written?: string
  /** Who says so: `the inventory`, `group 'masters'`, `-e`. */
  readonly by: string
  /** Where it stands; `inner` leads to a part of the value, `['podCidr']`, as far as that can be found. */
  readonly place: (inner?: readonly string[]) => Place | undefined
}

/** Every variable and setting with the statement that holds. */
export interface Statements {
  readonly variables: ReadonlyMap<string, Statement>
  readonly settings: ReadonlyMap<string, Statement>
}

/** What a typed object says: connection settings stand among the variables. Keys without a value say nothing. */
export const statementsOf = (
  vars: object | undefined,
  by: string,
  place: (...keys: string[]) => Place | undefined,
): Statement[] =>
  Object.entries(vars ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({
      key,
      value,
      kind: isConnectionKey(key) ? 'setting' : 'variable',
      by,
      place: (inner = []) => place(key, ...inner),
    }))

/** Later statements win. */
export function merged(...layers: readonly (readonly Statement[])[]): Statements {
  const found = { variables: new Map<string, Statement>(), settings: new Map<string, Statement>() }
  for (const layer of layers)
    for (const statement of layer)
      (statement.kind === 'setting' ? found.settings : found.variables).set(statement.key, statement)
  return found
}

/** Refuses two groups of one file that say different things of the same host. */
export function refuseDisagreement(host: string, statements: readonly Statement[]): void {
  const first = new Map<string, Statement>()
  for (const statement of statements) {
    const earlier = first.get(statement.key)
    if (!earlier) first.set(statement.key, statement)
    else if (!sameValue(earlier.value, statement.value)) {
      const said = [earlier, statement].map(({ by, value }) => `${shown(value)} in ${by}`)
      throw new TsplayError(`host '${host}' is given two values of '${statement.key}': ${said.join(', ')}`, {
        place: statement.place(),
        hint: 'say it once, in one of the groups',
      })
    }
  }
}

const sameValue = (one: unknown, other: unknown): boolean =>
  isSecret(one) && isSecret(other) ? reveal(one) === reveal(other) : isDeepStrictEqual(one, other)

const shown = (value: unknown): string => (isSecret(value) ? '***' : JSON.stringify(value))
