// Which value of a variable holds on a host: everything that was said of it, in order of precedence.
import { isDeepStrictEqual } from 'node:util'
import { type Place, TsplayError } from '../error.ts'
import { isSecret, reveal } from '../secret.ts'

/** One value that was given for a variable. */
export interface Statement {
  readonly key: string
  readonly value: unknown
  /** Who says so: `the inventory`, `group 'masters'`, `-e`. */
  readonly by: string
  readonly place: () => Place | undefined
}

/** Every variable with the statement that holds. */
export type Statements = ReadonlyMap<string, Statement>

/** What an object of the inventory says. Keys without a value say nothing. */
export const statementsOf = (
  vars: object | undefined,
  by: string,
  place: (key: string) => Place | undefined,
): Statement[] =>
  Object.entries(vars ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value, by, place: () => place(key) }))

/** Later statements win. */
export const merged = (...layers: readonly (readonly Statement[])[]): Map<string, Statement> =>
  new Map(layers.flat().map((statement) => [statement.key, statement]))

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
