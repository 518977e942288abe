// Facts as a task list sees them: each known or, where it is not yet, a reason to make the list again. Asks no host.
import { type FactKey, type Facts, factKeys } from '../facts.ts'

/** Thrown by reading facts that are not known yet; what has read them is done again when they are. */
export class FactsNeeded extends Error {
  override readonly name = 'FactsNeeded'
  readonly keys: readonly FactKey[]
  constructor(keys: readonly FactKey[]) {
    super(`the facts ${keys.join(', ')} are not known yet`)
    this.keys = keys
  }
}

/** Reads one fact of a host. @throws FactsNeeded where it is not known. */
export type ReadFact = <Key extends FactKey>(key: Key) => Facts[Key]

/** Reads nothing: for whoever asks no host. */
export const readNoFact: ReadFact = (key) => {
  throw new FactsNeeded([key])
}

/** Facts that are read when somebody wants them. */
export interface LazyFacts {
  /** Looks like plain data. A fact stays what it was when it was first read. */
  readonly facts: Facts
  /** What has been read, or tried to. */
  readonly wanted: ReadonlySet<FactKey>
  /** @throws FactsNeeded where something was wanted in vain, whoever has caught it then. */
  check(): void
}

export function lazyFacts(read: ReadFact): LazyFacts {
  const wanted = new Set<FactKey>()
  const known = new Map<FactKey, unknown>()
  const get = (key: FactKey): unknown => {
    wanted.add(key)
    if (!known.has(key)) known.set(key, read(key))
    return known.get(key)
  }
  const check = (): void => {
    const missing = [...wanted].filter((key) => {
      try {
        get(key)
        return false
      } catch (error) {
        if (error instanceof FactsNeeded) return true
        throw error
      }
    })
    if (missing.length > 0) throw new FactsNeeded(missing)
  }
  const all = (): void => {
    for (const key of factKeys) wanted.add(key)
    check()
  }
  const getters = Object.defineProperties(
    {},
    Object.fromEntries(factKeys.map((key) => [key, { enumerable: true, configurable: true, get: () => get(key) }])),
  ) as Facts
  return {
    // whoever asks for the names (a spread, JSON) is about to read what they name: better all at once than one by one
    facts: new Proxy(getters, {
      ownKeys(target) {
        all()
        return Reflect.ownKeys(target)
      },
    }),
    wanted,
    check,
  }
}

/**
 * Reads every fact where all of them are handed on in plain data, such as to a template: who takes them from there
 * cannot ask any more. No deeper than a person would write it. @throws FactsNeeded
 */
export function readHandedOn(data: unknown, depth = 8): void {
  if (depth === 0 || typeof data !== 'object' || data === null) return
  if (!Array.isArray(data) && Object.getPrototypeOf(data) !== Object.prototype) return
  // asking lazy facts for what they hold reads them all
  for (const value of Object.values(data)) readHandedOn(value, depth - 1)
}
