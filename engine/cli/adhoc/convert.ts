// Texts of a command line as the values that a module wants: its schema says which. Knows no module.
import type { z } from 'zod'
import { booleanOf } from '../../../modules/ansible/index.ts'
import { suggest, TsplayError } from '../../error.ts'
import type { AnyModule } from '../../module.ts'
import { secret } from '../../secret.ts'

/**
 * Arguments by the module's own names, of its own types: yes and no, numbers, lists by commas, JSON, secrets.
 * What fits nothing stays as it is, for the schema to say what is wrong.
 * @throws TsplayError for a name that the module does not have
 */
export function converted(
  name: string,
  module: AnyModule,
  args: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { shape } = module.params as z.ZodObject
  const found: Record<string, unknown> = {}
  for (const [given, value] of Object.entries(args)) {
    const key = Object.keys(shape).find((own) => own === given || simplified(own) === simplified(given))
    if (key === undefined)
      throw new TsplayError(`${name}: unknown parameter '${given}'`, { hint: suggest(given, Object.keys(shape)) })
    if (Object.hasOwn(found, key)) throw new TsplayError(`${name}: '${given}' is given twice`)
    found[key] = typeof value === 'string' ? fitting(value, shape[key] as z.ZodType) : value
  }
  return found
}

const simplified = (name: string): string => name.toLowerCase().replace(/[_-]/g, '')

function fitting(text: string, schema: z.ZodType): unknown {
  const list = text.split(',').map((item) => item.trim())
  const isList = kindOf(schema) === 'array'
  const candidates = [
    // where both are taken, a comma makes a list, as in name=nginx,curl, and yes is a boolean
    ...(list.length > 1 || isList ? [list.filter((item) => item !== '')] : []),
    ...(/^(?:yes|no|true|false|on|off)$/i.test(text.trim()) ? [booleanOf(text)] : []),
    text,
    booleanOf(text),
    /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : undefined,
    json(text),
    secret(text, 'an argument'),
  ]
  return candidates.find((candidate) => candidate !== undefined && schema.safeParse(candidate).success) ?? text
}

/** What a schema wants, behind `optional`, `default` and `readonly`. */
function kindOf(schema: z.ZodType): string {
  const { type, innerType } = schema.def as { readonly type: string; readonly innerType?: z.ZodType }
  return innerType ? kindOf(innerType) : type
}

function json(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
