// Options by name: a mistyped one is an error where it is written, also where nobody checks types. Pure.
import { suggest, TsplayError } from './error.ts'

/** The names of a type, every one of them. */
export const namesOf = <T>(names: Record<keyof Required<T>, true>): ReadonlySet<string> => new Set(Object.keys(names))

/** @throws TsplayError naming the first option that `what` does not have, and the one that was meant */
export function checkOptions(what: string, options: object, known: ReadonlySet<string>): void {
  for (const name in options) {
    if (known.has(name)) continue
    // as Ansible writes it
    const camel = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
    throw new TsplayError(`${what}: there is no option '${name}'`, {
      hint: known.has(camel) ? `here it is called '${camel}'` : suggest(name, known),
    })
  }
}
