// The keys that an object within a schema may have. Knows no value and no inventory.
import type { z } from 'zod'

/** Keys of the object that `path` leads to; of several that are possible, those of all. Empty where it is none, or any key may stand. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const { innerType, in: input, options, element, valueType, shape } = schema._zod.def as Def
  const inside = innerType ?? input
  if (inside) return knownKeys(inside, path)
  if (options) return [...new Set(options.flatMap((option) => knownKeys(option, path)))]
  const [key, ...rest] = path
  if (key === undefined) return Object.keys(shape ?? {})
  const next = element ?? valueType ?? shape?.[String(key)]
  return next ? knownKeys(next, rest) : []
}

/** What wraps another schema, offers several, or is made of some. */
interface Def {
  readonly innerType?: z.core.$ZodType
  readonly in?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly element?: z.core.$ZodType
  readonly valueType?: z.core.$ZodType
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
}
