// Arguments in Ansible's words said in ours, by a translation's data. Converts no types.
import { TsplayError } from '../../engine/error.ts'
import type { Args, RefusedParam, Translation, Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

/**
 * Renames, refuses and leaves out as the translation says. Names it does not know pass through: they may be ours.
 * @throws TsplayError for what we cannot do, with a reason and what does the same
 */
export function translate(name: string, translation: Translation, args: Args): Wish {
  const { renamed = {}, values = {}, ignored = [], refused = {} } = translation
  const said = new Map<string, unknown>()
  for (const [given, value] of Object.entries(args)) {
    if (ignored.includes(given)) continue
    const refusal = own(refused, given)
    if (refusal) {
      if (isHarmless(value, refusal)) continue
      throw new TsplayError(`${name}: '${given}': ${refusal.why}`, { hint: refusal.instead })
    }
    const ours = own(renamed, given) ?? given
    if (said.has(ours)) throw new TsplayError(`${name}: '${given}' and another argument both give '${ours}'`)
    const others = own(values, ours)
    said.set(ours, (typeof value === 'string' && others && own(others, value)) || value)
  }
  const wish = Object.fromEntries(said)
  return translation.adapt?.(wish) ?? { module: translation.module, args: wish }
}

function isHarmless(value: unknown, { harmless }: RefusedParam): boolean {
  if (harmless) return harmless.includes(String(value))
  return value === null || value === '' || booleanOf(value) === false
}

/** What the user may name `constructor` is not to be found in every object. */
const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined
